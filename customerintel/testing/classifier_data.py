"""The customers that classifiers are tried on: drawn at random, a few of each of three habits.

Regulars buy often and read what they are sent, complainers call and complain, and the quiet buy
now and then. Some say what they are. It is all made up, and says nothing of real customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from customerintel.testing.datasets import DAY, MOMENT

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.tables import History
    from customerintel.tables.interaction_log import InteractionLog
    from customerintel.tables.survey_log import SurveyLog

__all__ = ["Base", "draw_base"]

Columns: TypeAlias = "dict[str, NDArray[Any]]"
Logs: TypeAlias = "tuple[History, InteractionLog, SurveyLog]"

#: Days before the moment on which the logs begin.
LENGTH = 600
#: Purchases per customer, on average: regulars, complainers, the quiet.
BUYING = np.array([14.0, 6.0, 2.0])
#: Interactions per customer, on average, and how many of them are of which kind.
TALKING = np.array([20.0, 12.0, 3.0])
KINDS = np.array(
    ["delivered", "open", "click", "complaint", "support_request", "referral", "review"], object
)
MIX = np.array(
    [
        [0.40, 0.30, 0.15, 0.00, 0.02, 0.08, 0.05],
        [0.25, 0.05, 0.00, 0.35, 0.35, 0.00, 0.00],
        [0.85, 0.10, 0.00, 0.02, 0.03, 0.00, 0.00],
    ]
)
#: Who says what: the share that states a type, and that answers on a scale.
STATING, ANSWERING = 0.5, 0.6


@dataclass(frozen=True, eq=False)
class Base:
    """Columns of logs to be.

    Parameters
    ----------
    habit : ndarray of int64, shape (n_customers,)
        Place in the three habits, in the order of ids.
    transactions, interactions, survey : dict of str to ndarray
        Columns; ``customer_id`` are integers.
    """

    habit: NDArray[np.int64]
    transactions: Columns
    interactions: Columns
    survey: Columns

    def dealt(self, seed: int) -> tuple[Base, NDArray[np.int64]]:
        """Return the customers with their ids dealt anew, and the place that each now has."""
        old = np.unique(self.transactions["customer_id"])
        new = np.random.default_rng(seed).permutation(old)
        parts = (
            {**columns, "customer_id": new[np.searchsorted(old, columns["customer_id"])]}
            for columns in (self.transactions, self.interactions, self.survey)
        )
        place = np.searchsorted(old, new)
        return Base(self.habit[np.argsort(place)], *parts), place

    def saying(self, word: str) -> Base:
        """Return the customers with another word for every stated type."""
        said = [None if one is None else word for one in self.survey["choice"].tolist()]
        return replace(self, survey={**self.survey, "choice": np.array(said, object)})

    def signals(
        self, *, interactions: bool = True, survey: bool = True, texts: bool = False
    ) -> Signals:
        """Make the signals of all customers, from all sources or some; ids as texts or not."""
        from customerintel.relationships.collecting import signals

        history, talk, answers = self._text_logs if texts else self._logs
        return signals(
            history,
            interactions=talk if interactions else None,
            survey=answers if survey else None,
        )

    # logs do not change, and a classifier is not given them: they are made once
    @cached_property
    def _logs(self) -> Logs:
        return self._read(lambda columns: columns)

    @cached_property
    def _text_logs(self) -> Logs:
        return self._read(_with_texts)

    def _read(self, written: Callable[[Columns], Columns]) -> Logs:
        from customerintel.tables import History, TransactionLog
        from customerintel.tables.interaction_log import InteractionLog
        from customerintel.tables.survey_log import SurveyLog

        return (
            History(TransactionLog.from_frame(written(self.transactions)), MOMENT),
            InteractionLog.from_frame(written(self.interactions)),
            SurveyLog.from_frame(written(self.survey)),
        )


def _with_texts(columns: Columns) -> Columns:
    """Return columns with ids as texts, which sort as the integers do."""
    ids = columns["customer_id"].tolist()
    return {**columns, "customer_id": np.array([f"c-{one:07d}" for one in ids], object)}


@lru_cache(maxsize=8)
def draw_base(n_customers: int, seed: int, words: tuple[str, ...]) -> Base:
    """Draw customers.

    Parameters
    ----------
    n_customers : int
        How many; each has bought at least once.
    seed : int
        Of the random numbers.
    words : tuple of str
        What customers may say they are.
    """
    rng = np.random.default_rng((seed, n_customers))
    ids = np.sort(rng.choice(1_000_000, n_customers, replace=False)).astype(np.int64)
    habit = rng.integers(0, 3, n_customers)
    bought = np.repeat(np.arange(n_customers), 1 + rng.poisson(BUYING[habit]))
    transactions = {
        "customer_id": ids[bought],
        "timestamp": _moments(rng, len(bought)),
        "amount": np.ceil(rng.gamma(2.0, 60.0, len(bought))) / 4.0,
        "category": np.array(["books", "toys", "wine"], object)[rng.integers(0, 3, len(bought))],
    }
    talked = np.repeat(np.arange(n_customers), rng.poisson(TALKING[habit]))
    place = (rng.random(len(talked))[:, None] > MIX.cumsum(axis=1)[habit[talked]]).sum(axis=1)
    interactions = {
        "customer_id": ids[talked],
        "timestamp": _moments(rng, len(talked)),
        "kind": KINDS[np.minimum(place, len(KINDS) - 1)],
    }
    return Base(habit, transactions, interactions, _survey(rng, ids, habit, words))


def _moments(rng: np.random.Generator, n: int) -> NDArray[np.datetime64]:
    ticks = MOMENT - rng.integers(0, LENGTH * DAY, n)
    return ticks.view("M8[us]")


def _survey(
    rng: np.random.Generator, ids: NDArray[np.int64], habit: NDArray[Any], words: Sequence[str]
) -> Columns:
    """Draw answers on a scale of 1 to 5, and types that are stated."""
    n = len(ids)
    answers = rng.random(n) < ANSWERING
    scale = np.clip(np.round(rng.normal(4.5 - 1.5 * (habit == 1), 0.8)), 1, 5)[answers]
    states = np.flatnonzero(rng.random(n) < STATING)
    said = np.array(words, object)[habit[states] % len(words)]
    n_scale, n_said = int(answers.sum()), len(said)
    return {
        "customer_id": np.concatenate([ids[answers], ids[states]]),
        "timestamp": _moments(rng, n_scale + n_said),
        "item": np.repeat(np.array(["satisfaction", "stated_type"], object), [n_scale, n_said]),
        "scale_min": np.repeat([1.0, np.nan], [n_scale, n_said]),
        "scale_max": np.repeat([5.0, np.nan], [n_scale, n_said]),
        "value": np.concatenate([scale, np.full(n_said, np.nan)]),
        "choice": np.concatenate([np.full(n_scale, None, object), said]),
    }
