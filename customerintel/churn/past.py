"""Moments inside a history from which an estimator learns: what was known, and what came."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, moment_of
from customerintel.churn.labels import active_since, label
from customerintel.tables import History
from customerintel.tables.moments import DAY

__all__ = ["Origin", "age_of", "horizon_to_learn_from", "past_origins", "too_few", "year_before"]

#: Moments with overlapping outcomes that are learned from, at most.
MOST = 4
#: Days between them, at the least.
STEP = 14.0
#: Days of history that a moment must have before it, at the most that is asked.
REACH = 60.0
YEAR = 365.0
#: Customers with each outcome below which nothing but the share is learned.
FEWEST = 10


@dataclass(frozen=True)
class Origin:
    """A moment in the past, and what its customers then did.

    Parameters
    ----------
    past : History
        As of the moment.
    churned : ndarray of bool, shape (past.n_customers,)
        Who bought nothing in the horizon after it.
    days_ago : float
        From it to the present.
    recent : bool
        Whether its outcome tells of the present's level; that of a year ago is the season's.
    """

    past: History
    churned: NDArray[np.bool_]
    days_ago: float
    recent: bool = True


def horizon_to_learn_from(history: History, horizon: Horizon) -> Horizon:
    """Return the horizon, or half of the history if that is shorter.

    One horizon ago, much of a short history is not there yet, and customers who were seen for
    days teach little of those who were seen for months. Who is likelier to leave than whom is
    much the same over a shorter horizon.
    """
    half = np.floor(0.5 * age_of(history))
    return horizon if horizon.days <= half else Horizon(max(1, int(half)) * DAY)


def past_origins(history: History, horizon: Horizon) -> list[Origin]:
    """Return moments to learn from, the latest first.

    The latest lies one horizon ago, further ones a third of a horizon before each other, so
    outcomes overlap; one lies a year ago, in the season of the present, where the history
    reaches so far.

    Raises
    ------
    InvalidArgumentError
        If nobody had bought one horizon ago.
    """
    days = horizon.days
    past, churned = label(history, horizon)
    found = [Origin(past, churned, days)]
    step = max(days / 3.0, STEP)
    reach = min(days, REACH)
    for k in range(1, MOST):
        found += _at(history, horizon, days + k * step, reach)
    if all(abs(YEAR - one.days_ago) > 10.0 for one in found) and days < YEAR:
        found += [replace(one, recent=False) for one in _at(history, horizon, YEAR, reach)]
    return found


def year_before(history: History, horizon: Horizon, *, every: float = 30.0) -> list[Origin]:
    """Return moments one to thirteen months before the latest that can be judged."""
    ages = np.arange(horizon.days, horizon.days + YEAR + every, every)
    return [one for age in ages for one in _at(history, horizon, float(age), every)]


def too_few(churned: NDArray[np.bool_]) -> bool:
    """Whether outcomes tell nothing but the share: one of both is all but missing."""
    return min(int(churned.sum()), int((~churned).sum())) < FEWEST


def age_of(history: History) -> float:
    """Return days from the first row to the moment."""
    if not history._log.n_rows:
        return 0.0
    return (moment_of(history) - history._log._events.start) / DAY


def _at(history: History, horizon: Horizon, days_ago: float, reach: float) -> list[Origin]:
    """Return the moment so many days ago, or nothing if too little lies before it."""
    if age_of(history) - days_ago < reach:
        return []
    zone = history._log.time_zone
    present = moment_of(history)
    moment = Horizon(math.ceil(days_ago) * DAY).before(present, zone)
    past = History(history._log, moment)
    if not past.n_customers:
        return []
    # where clocks change, there and back may end an hour late: never after the present
    until = History(history._log, min(horizon.after(moment, zone), present))
    return [Origin(past, ~active_since(until, moment, past), days_ago)]
