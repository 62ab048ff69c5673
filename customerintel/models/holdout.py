"""`split_holdout`: what was known at one moment, and what the same customers bought after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables import CustomerSummary, History, TransactionLog
from customerintel.tables.building import build
from customerintel.tables.moments import UNITS, Calendar, read_moment
from customerintel.tables.results import html_table, one_line

__all__ = ["HoldoutSplit", "split_holdout"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class HoldoutSplit:
    """A calibration summary, and what its customers bought in the time after it.

    Attributes
    ----------
    calibration : CustomerSummary
        The customers as of `calibration_end`.
    purchases : int64 array, shape (n,)
        Purchase periods of each of them in (calibration_end, holdout_end]; read-only.
    horizon : float
        Length of the holdout, in the unit of the calibration.
    n_new : int
        Customers whose first purchase lies in the holdout; they are not among the n.
    calibration_end, holdout_end : numpy.datetime64
        Last microsecond of either time, UTC.
    """

    calibration: CustomerSummary
    purchases: Ints
    horizon: float
    n_new: int
    calibration_end: np.datetime64
    holdout_end: np.datetime64

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.purchases)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Customers of the calibration: int64, or objects of str; ascending."""
        return self.calibration.customer_id

    def to_frame(self) -> Any:
        """Return one row per customer of the calibration.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``customer_id``, ``frequency``, ``recency``, ``T``, ``monetary_value`` and
            ``holdout_purchases``.
        """
        made = self.calibration
        names = ("frequency", "recency", "T", "monetary_value")
        columns = {"customer_id": made.ids, **{name: getattr(made, name) for name in names}}
        return build(columns | {"holdout_purchases": self.purchases}, made.kind, made.zone)

    def _facts(self) -> dict[str, object]:
        return {
            "customers": len(self),
            "purchases": int(self.purchases.sum()),
            "horizon": self.horizon,
            "unit": self.calibration.unit,
            "calibration_end": self.calibration_end,
            "holdout_end": self.holdout_end,
            "new_customers": self.n_new,
        }

    def __repr__(self) -> str:
        return one_line("HoldoutSplit", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Holdout split", list(self._facts().items()))


def split_holdout(
    log: TransactionLog,
    *,
    calibration_end: Any,
    holdout_end: Any = None,
    unit: str = "week",
    period: str = "day",
) -> HoldoutSplit:
    """Cut a log in two: what a model may learn from, and what it is judged by.

    Parameters
    ----------
    log : TransactionLog
        The whole log.
    calibration_end : date, datetime, datetime64 or str
        What comes later is not seen by the calibration. A date is the last microsecond of its
        day, in the log's time zone.
    holdout_end : date, datetime, datetime64 or str, optional
        End of the holdout, read like `calibration_end`; it may lie after the last row, if the
        shop was watched until then. None: the moment of the last row.
    unit : {"hour", "day", "week", "month", "quarter", "year"}, default "week"
        Unit of the ages and of the horizon.
    period : {"hour", "day", "week", "month"}, default "day"
        Purchases within one calendar period, in the log's time zone, count as one.

    Returns
    -------
    HoldoutSplit
        One entry per customer with a purchase by `calibration_end`, ascending by id.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, the holdout has no length, or nobody had bought before it.

    Warns
    -----
    DataQualityWarning
        If an end is a datetime at midnight, which leaves that day out.

    Notes
    -----
    A customer's holdout purchases are what their frequency grows by from one end to the other,
    so both parts add up to the summary of the whole. Where the calibration ends within a
    period, such as on a Wednesday with weeks, what a customer buys in the rest of that period
    is a purchase of the holdout, unless they have bought in its first part already.

    The horizon is what T grows by, from period start to period start: from 30 September to
    30 June it is 273 days.

    Returns never count: they change the spend of the purchases that they are netted against
    (``returns="net"``), of the calibration too where they come by its end, but neither the
    frequencies nor the holdout purchases. With ``returns="keep"`` they are purchases in both.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.models import split_holdout
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 2, 3],
    ...     "timestamp": ["2024-01-01", "2024-01-08", "2024-01-20", "2024-01-03", "2024-01-22"],
    ...     "amount": [10.0, 20.0, 5.0, 8.0, 9.0],
    ... })
    >>> split = split_holdout(log, calibration_end="2024-01-14", holdout_end="2024-01-28")
    >>> split.calibration.frequency, split.purchases
    (array([1, 0]), array([1, 0]))
    >>> split.horizon, split.n_new
    (2.0, 1)
    """
    start, end = _ends(log, calibration_end, holdout_end)
    before = History(log, start).summarize(unit=unit, period=period)
    labels = Calendar(period, log.time_zone).floor(np.array([start, end], np.int64))
    if labels[0] == labels[1]:
        raise InvalidArgumentError(
            f"The holdout must last until a later {period} than the calibration, and both end in "
            "the same. Give an earlier calibration_end, or a later holdout_end."
        )
    if not len(before):
        raise InvalidArgumentError(
            "Nobody had bought by calibration_end, so there is nothing to learn from. Give a "
            "later one."
        )
    after = History(log, end).summarize(unit=unit, period=period)
    _, place = before.ids.match(after.ids)
    return HoldoutSplit(
        calibration=before,
        purchases=after.n_periods[place] - before.n_periods,
        horizon=float(labels[1] - labels[0]) / UNITS[unit],
        n_new=len(after) - len(before),
        calibration_end=before.moment,
        holdout_end=after.moment,
    )


def _ends(log: Any, calibration_end: Any, holdout_end: Any) -> tuple[int, int]:
    """Return both ends as UTC microseconds."""
    if not isinstance(log, TransactionLog):
        raise InvalidArgumentError(
            f"A holdout is cut from a TransactionLog; got {type(log).__name__}. Make one with "
            "TransactionLog.from_frame(); a history or a summary does not know what came later."
        )
    if not log.n_rows:
        raise InvalidArgumentError("The log has no rows, so there is nothing to split.")
    start = read_moment(calibration_end, log.time_zone, name="calibration_end")
    if holdout_end is None:
        end = int(log.end.astype(np.int64))
    else:
        end = read_moment(holdout_end, log.time_zone, name="holdout_end")
    if start >= end:
        what = "the last row of the log" if holdout_end is None else "holdout_end"
        raise InvalidArgumentError(f"calibration_end must come before {what}. Give an earlier one.")
    return start, end
