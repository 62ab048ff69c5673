"""`label`: what a history tells of who has left, one horizon ago."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import moment_of, read_gap, read_horizon
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History

__all__ = ["active_since", "check_history", "label"]

Mask = NDArray[np.bool_]


def label(history: History, horizon: Any, *, gap: Any = None) -> tuple[History, Mask]:
    """Return the history one horizon earlier, and who of its customers then bought nothing.

    What an estimator learns from: the one is all that it may see, the other the truth.

    Parameters
    ----------
    history : History
        What is known now.
    horizon : str, timedelta or number of days
        Such as ``"90d"``; whole days are days of the calendar of the log's time zone.
    gap : str, timedelta or number of days, optional
        Time between the earlier moment and the horizon in which purchases do not count: the
        time that is needed to act on a prediction.

    Returns
    -------
    past : History
        As of ``history.moment`` − horizon − gap.
    churned : ndarray of bool, shape (past.n_customers,)
        True for each customer of `past` without a purchase in
        (``history.moment`` − horizon, ``history.moment``]; read-only.

    Raises
    ------
    InvalidArgumentError
        If nothing is visible that far back.

    Notes
    -----
    Returns are no purchases. A customer who bought nothing may still come back: this is
    "no purchase within the horizon", and not proof of a loss.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2024-01-05", "2024-03-20", "2024-01-20", "2024-03-01"],
    ...     "amount": [10.0, 20.0, 5.0, 8.0],
    ... })
    >>> past, churned = ci.churn.label(log.as_of("2024-03-31"), "60d")
    >>> past.customer_id, churned
    (array([1, 2]), array([False,  True]))
    """
    check_history(history, "label")
    length = read_horizon(horizon)
    zone = history._log.time_zone
    opens = length.before(moment_of(history), zone)
    wait = read_gap(gap)
    earlier = opens if wait is None else wait.before(opens, zone)
    past = History(history._log, earlier)
    if not past.n_customers:
        raise InvalidArgumentError(
            f"The history does not reach back over the horizon of {length}"
            f"{'' if wait is None else ' and the gap'}: nobody had bought by then, so there is "
            "nothing to learn from. Use a shorter horizon, or a longer log."
        )
    churned = ~active_since(history, opens, past)
    churned.flags.writeable = False
    return past, churned.view()


def active_since(history: History, moment: int, past: History) -> Mask:
    """Tell who of an earlier history's customers bought after a moment, by the later's.

    Parameters
    ----------
    history : History
        The later one.
    moment : int
        UTC microseconds; purchases at it do not count.
    past : History
        An earlier one of the same log, whose customers are asked about.

    Returns
    -------
    ndarray of bool, shape (past.n_customers,)
    """
    _, place = past.ids.match(history.ids)
    last: NDArray[np.int64] = history.fold("day", None).last
    active: Mask = last[place] > moment
    return active


def check_history(value: object, what: str) -> None:
    """Make sure that something is a history.

    Raises
    ------
    InvalidArgumentError
        If it is not.
    """
    if not isinstance(value, History):
        raise InvalidArgumentError(
            f"{what} takes a History; got {type(value).__name__}. "
            "Make one with log.as_of('2011-12-09')."
        )
