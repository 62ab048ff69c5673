"""Periods of equal kind, side by side: quarters, months, or those that a caller names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.moments_of import history_of
from customerintel.audit.period_edges import (
    MONTHS,
    by_calendar,
    check_count,
    counted_back,
    local_day,
)
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables.history import History
from customerintel.tables.moments import DAY, local_time, read_moment, read_window
from customerintel.tables.results import html_table, one_line
from customerintel.tables.zones import zone_of

__all__ = ["Periods", "read_periods"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Periods:
    """Stretches of time that are compared with each other, earliest first.

    Attributes
    ----------
    name : str
        "quarter", "90d" or, where the caller named each, "given".
    starts, ends : int64 array, shape (n_periods,)
        Microseconds UTC; a period holds what is after its start and not after its end.
    labels : tuple of str
        "2011-Q3", "2011-11" …; periods counted back from a moment end there: "to 2011-12-09".
    complete : bool array, shape (n_periods,)
        Whether it had ended at the moment, and the log had begun by the end of its first day.
    zone : str or None
        Time zone of the calendar; None is UTC.
    """

    name: str
    starts: Ints
    ends: Ints
    labels: tuple[str, ...]
    complete: NDArray[np.bool_]
    zone: str | None

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def days(self) -> NDArray[np.float64]:
        """Length of each period in days of 24 hours."""
        return read_only((self.ends - self.starts) / DAY)

    @property
    def start_dates(self) -> NDArray[np.datetime64]:
        """First day of each period, in the zone."""
        return self._dates(self.starts + 1)

    @property
    def end_dates(self) -> NDArray[np.datetime64]:
        """Last day of each period, in the zone."""
        return self._dates(self.ends)

    def _dates(self, moments: Ints) -> NDArray[np.datetime64]:
        zone = zone_of(self.zone)
        return read_only(np.array([local_time(int(at), zone).date() for at in moments], "M8[D]"))

    def take(self, places: Any) -> Periods:
        """Return some of the periods, in their order."""
        kept = np.arange(len(self))[places]
        return Periods(
            name=self.name,
            starts=self.starts[kept],
            ends=self.ends[kept],
            labels=tuple(self.labels[k] for k in kept),
            complete=self.complete[kept],
            zone=self.zone,
        )

    def __repr__(self) -> str:
        first, last = (self.labels[0], self.labels[-1]) if len(self) else (None, None)
        return one_line(
            "Periods", name=self.name, n=len(self), first=first, last=last,
            complete=int(self.complete.sum()),
        )  # fmt: skip

    def _repr_html_(self) -> str:
        state = ("partial", "complete")
        rows = [
            (name, state[int(whole)])
            for name, whole in zip(self.labels, self.complete, strict=True)
        ]
        return html_table(f"Periods: {self.name}", rows)


def read_periods(
    history: History, value: Any, *, align: Literal["as_of", "calendar"] = "as_of"
) -> Periods:
    """Return the periods that a history spans.

    Parameters
    ----------
    history : History or TransactionLog
        From the day of its first purchase to its moment; of a log, to its last row.
    value : str, int or sequence of pairs
        "week", "month", "quarter" or "year"; a length in days such as "90d"; or pairs of the
        first and the last day of each period, earliest first.
    align : {"as_of", "calendar"}, default "as_of"
        Count the periods back from the moment, so that all have the same length and only the
        first may be partial; or take those of the calendar, of which the last may be partial too.
        A length in days is always counted back.

    Returns
    -------
    Periods

    Raises
    ------
    InvalidArgumentError
        If they cannot be read, overlap, or are too many; or if nothing has been bought.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame(
    ...     {"customer_id": [1, 1], "timestamp": ["2011-01-31", "2011-11-20"]}
    ... )
    >>> ci.audit.read_periods(log.as_of("2011-12-09"), "quarter").labels
    ('to 2011-03-09', 'to 2011-06-09', 'to 2011-09-09', 'to 2011-12-09')
    >>> ci.audit.read_periods(log.as_of("2011-12-09"), "quarter", align="calendar").labels
    ('2011-Q1', '2011-Q2', '2011-Q3', '2011-Q4')
    """
    if align not in ("as_of", "calendar"):
        raise InvalidArgumentError(f"align must be 'as_of' or 'calendar'; got {align!r}.")
    history = history_of(history, caller="read_periods")
    if not len(history.ids):
        raise InvalidArgumentError(
            "Nothing has been bought by this moment, so there are no periods to look at."
        )
    zone, name = history._log.time_zone, "given"
    if isinstance(value, str) and (value in MONTHS or value == "week"):
        name = value
        find = by_calendar if align == "calendar" else counted_back
        starts, ends, labels = find(value, history)
    elif isinstance(value, str | int | np.integer | timedelta | np.timedelta64):
        days = _whole_days(value)
        name = f"{days}d"
        starts, ends, labels = counted_back(days, history)
    else:
        starts, ends, labels = _given(value, zone)
    first = history._log._events.first
    # by the end of the first day: shops open in the morning
    began = np.array([read_moment(local_day(int(at) + 1, zone), zone) for at in starts])
    return Periods(
        name=name,
        starts=np.array(starts, np.int64),
        ends=np.array(ends, np.int64),
        labels=tuple(labels),
        complete=(np.array(ends) <= int(history._moment)) & (first <= began),
        zone=zone,
    )


def _whole_days(value: Any) -> int:
    length = None if isinstance(value, bool) else _length(value)
    if length is None or length % DAY:
        named = ", ".join(map(repr, ("week", *MONTHS)))
        raise InvalidArgumentError(
            f"period must be one of {named}, a whole number of days such as '90d', or pairs of "
            f"the first and the last day of each period; got {value!r}."
        )
    return length // DAY


def _length(value: Any) -> int | None:
    try:
        return read_window(value)
    except InvalidArgumentError:
        return None


def _given(value: Any, zone: str | None) -> tuple[Sequence[int], Sequence[int], Any]:
    """Return starts, ends and labels of periods of which the caller named the days."""
    pairs = list(value) if isinstance(value, Sequence | np.ndarray) else []
    if not pairs or not all(
        isinstance(one, Sequence | np.ndarray) and len(one) == 2 for one in pairs
    ):
        _whole_days(value)
    days = [(_only_day(low, k), _only_day(high, k)) for k, (low, high) in enumerate(pairs)]
    check_count(len(days), "given")
    for k, (low, high) in enumerate(days):
        if high < low:
            raise InvalidArgumentError(
                f"period {k} ends before it begins: give the first and the last day of each."
            )
    for k, (one, other) in enumerate(pairwise(days)):
        if other[0] <= one[1]:
            raise InvalidArgumentError(
                f"period {k + 1} begins before period {k} has ended. Periods must not overlap, "
                "and stand in the order of time."
            )
    starts = [read_moment(low - timedelta(days=1), zone) for low, _ in days]
    ends = [read_moment(high, zone) for _, high in days]
    return starts, ends, [f"{low} to {high}" for low, high in days]


def _only_day(value: Any, place: int) -> date:
    if isinstance(value, np.datetime64) and np.datetime_data(value.dtype)[0] == "D":
        value = value.item()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidArgumentError(
            f"period {place} must be a pair of days such as ('2011-01-01', '2011-03-31')."
        )
    return value
