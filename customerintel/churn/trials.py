"""Fitting estimators at each origin, and keeping what they predicted beside what happened."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.baselines import BASELINES, Baselines
from customerintel.churn.horizons import Horizon
from customerintel.churn.origin_table import outcome
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.exceptions import CustomerIntelError, InvalidArgumentError
from customerintel.tables import History, TransactionLog

__all__ = ["Origin", "Trials", "read_estimators", "run"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Origin:
    """What happened after one moment.

    Attributes
    ----------
    moment : int
        UTC microseconds.
    keys : ndarray of int64, shape (n,)
        Customers of the history at that moment.
    churned : ndarray of bool, shape (n,)
        Who then bought nothing in the horizon.
    n_new : int
        Customers who first bought after the latest moment that could be learnt from.
    """

    moment: int
    keys: NDArray[np.int64]
    churned: NDArray[np.bool_]
    n_new: int

    @property
    def one_sided(self) -> bool:
        """Whether everybody or nobody left."""
        return bool(self.churned.all() or not self.churned.any())


@dataclass
class Trials:
    """What each estimator predicted at each origin; None where it failed."""

    origins: list[Origin] = field(default_factory=list)
    predicted: dict[str, list[Floats | None]] = field(default_factory=dict)
    failures: dict[str, dict[int, str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def taken(self, name: str) -> list[int]:
        """Return the origins at which an estimator did not fail.

        Raises
        ------
        InvalidArgumentError
            If there is none.
        """
        taken = [k for k, p in enumerate(self.predicted[name]) if p is not None]
        if not taken:
            raise InvalidArgumentError(f"{name!r} failed at every origin: {self.failures[name][0]}")
        return taken

    def rows(self, name: str) -> list[tuple[Floats, NDArray[np.bool_]]]:
        """Return what an estimator predicted and what happened, per origin that it did not fail."""
        self.taken(name)
        pairs = zip(self.predicted[name], self.origins, strict=True)
        return [(p, origin.churned) for p, origin in pairs if p is not None]


def read_estimators(given: Any, seed: Any) -> dict[str, Any]:
    """Return a scorer per name.

    Parameters
    ----------
    given : str, estimator, sequence of them, or mapping of names to them
        As `scorer_of` takes them.
    seed : int or None
        For those that draw at random.

    Raises
    ------
    InvalidArgumentError
        If there is none, two have one name, or one that of a baseline.
    PluginError
        If one cannot be had.
    """
    from customerintel.churn.lookup import scorer_of

    scorers: dict[str, Any] = {}
    if isinstance(given, Mapping):
        named = [(name, scorer_of(one, seed)) for name, one in given.items()]
    else:
        several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        made = [scorer_of(one, seed) for one in several]
        named = [(one.name, one) for one in made]
    if not named:
        raise InvalidArgumentError(
            "estimators is empty, so there is nothing to judge. Name at least one, such as "
            "['recency']; the baselines are in the table anyway."
        )
    for name, scorer in named:
        if not isinstance(name, str) or not name:
            raise InvalidArgumentError(
                "Names of estimators are texts that are not empty; got one of type "
                f"{type(name).__name__}."
            )
        if name in scorers or name in BASELINES:
            whose = "a baseline" if name in BASELINES else "two estimators"
            raise InvalidArgumentError(
                f"{name!r} is the name of {whose}, and rows are told apart by it. Give names: "
                "estimators={'one': …, 'other': …}."
            )
        scorers[name] = scorer
    return scorers


def run(
    log: TransactionLog,
    moments: Sequence[int],
    origins: RollingOrigins,
    scorers: Mapping[str, Any],
    step: Callable[[], None],
) -> Trials:
    """Fit every estimator at every origin.

    Parameters
    ----------
    log : TransactionLog
        The whole log.
    moments : sequence of int
        Origins in UTC microseconds, ascending.
    origins : RollingOrigins
        Horizon and gap.
    scorers : mapping of str to ChurnScorer
        By name.
    step : callable
        Called after each fit.
    """
    trials = Trials(predicted={name: [] for name in (*BASELINES, *scorers)})
    trials.seconds = dict.fromkeys(trials.predicted, 0.0)
    for place, moment in enumerate(moments):
        history = History(log, moment)
        until = origins.learns(moment, log.time_zone)
        trials.origins.append(
            Origin(
                moment=moment,
                keys=history.ids.keys,
                churned=outcome(origins, history, moment),
                n_new=int((history.fold("day", None).first > until).sum()),
            )
        )
        simple = Baselines.fit(history, origins.horizon, origins.gap).predict(history)
        for name, probability in simple.items():
            trials.predicted[name].append(probability)
        for name, scorer in scorers.items():
            trials.predicted[name].append(
                _try(trials, place, history, name, scorer, origins.horizon)
            )
            step()
    return trials


def _try(
    trials: Trials, place: int, history: History, name: str, scorer: Any, horizon: Horizon
) -> Floats | None:
    """Return what an estimator predicts; what it warns of or fails with is kept beside it."""
    probability: Floats | None = None
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = scorer.fit(history, horizon).predict(history)
            probability = np.asarray(found.probability, np.float64)
        except CustomerIntelError as error:
            trials.failures.setdefault(name, {})[place] = str(error)
    trials.seconds[name] += time.perf_counter() - start
    said = trials.notes.setdefault(name, [])
    said += [text for one in caught if (text := str(one.message)) not in said]
    return probability
