"""What boosting learns from: customers at several earlier moments, and what became of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, features_for, moment_of
from customerintel.churn.labels import label
from customerintel.tables import History
from customerintel.tables.sampling import sample_history

__all__ = [
    "MANY", "Examples", "boosting", "collect_examples", "hold_out", "telling", "threads_for",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: An earlier moment with fewer customers than this share of the latest's says little.
FEWEST = 0.1
#: Rows below which every customer is held out once, in folds; above, one fold is enough.
MANY = 20_000
FOLDS = 4
#: scikit-learn's fit sets the warning filters of the whole process, and puts them back.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of customers at earlier moments.

    Parameters
    ----------
    X : ndarray of float64, shape (n, k)
        Features, NaN where they are not defined.
    churned : ndarray of bool, shape (n,)
        What then happened.
    customer : ndarray of int64, shape (n,)
        Whose row it is, as the log holds customers.
    latest : ndarray of bool, shape (n,)
        Rows of the latest moment.
    """

    X: Floats
    churned: Mask
    customer: Ints
    latest: Mask

    def take(self, rows: NDArray[np.bool_]) -> Examples:
        """Return some of the rows."""
        return Examples(self.X[rows], self.churned[rows], self.customer[rows], self.latest[rows])


def collect_examples(history: History, horizon: Horizon, *, origins: int, most: int,
                     seed: int) -> Examples:  # fmt: skip
    """Return customers at moments half a horizon apart, the latest one horizon ago.

    Parameters
    ----------
    history : History
        What is known.
    horizon : Horizon
        After each moment.
    origins : int
        Moments, at most; only those before which the log goes on for a horizon, besides the
        latest.
    most : int
        Rows, at most, about: from more customers some are drawn, with all their rows.
    seed : int
        Of the drawing.

    Raises
    ------
    InvalidArgumentError
        If the history is shorter than the horizon.
    """
    history = sample_history(history, max(1, most // origins), seed)
    log, zone, now = history._log, history._log.time_zone, moment_of(history)
    step = Horizon(max(1, horizon.microseconds // 2))
    parts: list[Examples] = []
    for place in range(origins):
        past, churned = label(history if not place else History(log, now), horizon)
        keys = past.ids.keys
        if place and len(keys) < FEWEST * len(parts[0].customer):
            break
        X = features_for(past, horizon).to_numpy()
        parts.append(Examples(X, churned, keys, np.full(len(X), not place)))
        now = step.before(now, zone)
        # the next moment's past must be as long as what it predicts
        if horizon.before(horizon.before(now, zone), zone) < log._events.first:
            break
    return Examples(
        np.concatenate([part.X for part in parts]),
        np.concatenate([part.churned for part in parts]),
        np.concatenate([part.customer for part in parts]),
        np.concatenate([part.latest for part in parts]),
    )


def telling(X: Floats) -> Mask:
    """Tell which columns differ between rows."""
    first = X[:1]
    same = (first == X) | (np.isnan(first) & np.isnan(X))
    return ~np.asarray(same.all(axis=0))


def hold_out(customer: Ints, seed: int) -> list[Mask]:
    """Return which rows to hold out, fold by fold; a customer's rows stay together."""
    distinct, code = np.unique(customer, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(distinct)) % FOLDS
    folds = range(FOLDS if len(customer) < MANY else 1)
    return [fold[code] == place for place in folds]


@contextmanager
def boosting(n: int) -> Iterator[None]:
    """Let one fit to so many rows go on at a time, on as many threads as are worth it."""
    with _ONE_AT_A_TIME, threads_for(n):
        yield


def threads_for(n: int) -> AbstractContextManager[Any]:
    """Let small data be worked on by one thread: waiting for others takes longer than the work."""
    import sklearn.ensemble  # noqa: F401 - only libraries that are loaded can be limited
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return nullcontext() if n > MANY else threadpool_limits(1, user_api="openmp")
