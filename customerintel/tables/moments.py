"""Moments, windows and calendars: what ``as_of="2011-12-09"`` and ``period="week"`` mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema.moments import EARLIEST, EPOCH, LATEST, tick_bounds
from customerintel.tables.notices import warn_caller
from customerintel.tables.zones import zone_of

__all__ = ["DAY", "UNITS", "Calendar", "local_time", "read_moment", "read_window", "window_start"]

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
#: Microseconds per unit; a year is 365.25 days.
UNITS: Final = {
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30.4375 * DAY,
    "quarter": 91.3125 * DAY,
    "year": 365.25 * DAY,
}
PERIODS: Final = ("hour", "day", "week", "month")
_EPOCH: Final = EPOCH.replace(tzinfo=None)
_FIRST: Final = (EARLIEST.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1)
_LAST: Final = (LATEST.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1)
_MONDAY: Final = -3 * DAY  # 1970-01-01 was a Thursday
#: NumPy's units of a fixed length.
_LENGTHS: Final = ("W", "D", "h", "m", "s", "ms", "us", "ns")
_WINDOW: Final = re.compile(r"\s*(\d+)\s*(h|d|w|hours?|days?|weeks?)\s*", re.IGNORECASE)


def _microseconds(naive: datetime) -> int:
    return (naive - _EPOCH) // timedelta(microseconds=1)


def _to_utc(naive: datetime, zone: tzinfo) -> int:
    """Return UTC microseconds of a local wall-clock time."""
    try:
        return _microseconds(naive.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None))
    except OverflowError:
        return _microseconds(naive)


def local_time(moment: int, zone: tzinfo) -> datetime:
    """Return the wall-clock time of UTC microseconds, without zone."""
    utc = _EPOCH + timedelta(microseconds=moment)
    return utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def read_moment(value: Any, zone_name: str | None, *, name: str = "as_of") -> int:
    """Return UTC microseconds of what a caller gave as a moment.

    A date (``date``, ``datetime64[D]``, ``"2011-12-09"``) is the last microsecond of that
    day in the zone of the log; anything with a time of day is exact.

    Raises
    ------
    InvalidArgumentError
        If it is not a date, a datetime or ISO 8601 text, or outside what a log can hold.

    Warns
    -----
    DataQualityWarning
        If it is a datetime at midnight, which leaves that day out.
    """
    zone = zone_of(zone_name)
    given = _as_datetime(value, name)
    whole_day = not isinstance(given, datetime)
    try:
        if isinstance(given, datetime):
            at = _exact(given, zone)
        else:
            at = _to_utc(datetime.combine(given, time(0)) + timedelta(days=1), zone) - 1
    except OverflowError:
        raise _outside(name) from None
    if whole_day and given == LATEST.date():
        at = min(at, _LAST)
    if not _FIRST <= at <= _LAST:
        raise _outside(name)
    if isinstance(given, datetime) and given.time() == time(0):
        warn_caller(
            f"{name} is a datetime at midnight, so nothing of that day is seen. "
            "Give a date to see the whole day."
        )
    return at


def _exact(given: datetime, zone: tzinfo) -> int:
    if given.tzinfo is None:
        return _to_utc(given, zone)
    return _microseconds(given.astimezone(UTC).replace(tzinfo=None))


def _outside(name: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{name} lies outside {EARLIEST:%Y-%m-%d} … {LATEST:%Y-%m-%d}, within which all "
        "timestamps of a log are."
    )


def _as_datetime(value: Any, name: str) -> date | datetime:
    hint = (
        f"{name} must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
        "'2011-12-09T14:30'"
    )
    if isinstance(value, np.datetime64) and not np.isnat(value):
        return _of_numpy(value, name)
    if isinstance(value, str):
        text = value.strip()
        try:
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError as error:
            raise InvalidArgumentError(f"{hint}; this one cannot be read.") from error
    if not isinstance(value, date) or value != value:
        shown = "a missing value (NaT)" if value != value else type(value).__name__
        raise InvalidArgumentError(f"{hint}; got {shown}.")
    # pandas' Timestamp counts nanoseconds that datetime cannot hold
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


def _of_numpy(value: np.datetime64, name: str) -> date | datetime:
    low, high = tick_bounds(value.dtype, _FIRST, _LAST)
    if not low <= int(value.astype(np.int64)) <= high:
        raise _outside(name)
    unit = np.datetime_data(value.dtype)[0]
    if unit in ("W", "M", "Y"):
        raise InvalidArgumentError(
            f"{name} is a datetime64 of a whole week, month or year; give the day that is meant."
        )
    return value.astype("M8[D]" if unit == "D" else "M8[us]").item()  # type: ignore[no-any-return]


def read_window(value: Any, *, name: str = "window") -> int | None:
    """Return microseconds of a length of time; None stays None.

    Raises
    ------
    InvalidArgumentError
        If it is not like ``"180d"``, ``"26w"``, ``"12h"``, a timedelta or whole days, or not
        positive.
    """
    if value is None:
        return None
    length: int | None = None
    if isinstance(value, str) and (match := _WINDOW.fullmatch(value)):
        unit = {"h": "hour", "d": "day", "w": "week"}[match[2][0].lower()]
        length = int(match[1]) * int(UNITS[unit])
    elif isinstance(value, np.timedelta64):  # NumPy counts it among the integers
        if np.datetime_data(value)[0] in _LENGTHS and not np.isnat(value):
            length = int(value.astype("m8[us]").astype(np.int64))
    elif isinstance(value, timedelta):
        length = value // timedelta(microseconds=1)
    elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        length = int(value) * DAY
    if length is None or not 0 < length < 2**60:
        raise InvalidArgumentError(
            f"{name} must be a positive length such as '180d', '26w', '12h', a timedelta or a "
            "number of days. Months and years differ in length and are not taken."
        )
    return length


def window_start(moment: int, window: int, zone_name: str | None) -> int:
    """Return the moment a window before `moment`; whole days are days of the calendar."""
    if window % DAY or zone_name in (None, "UTC"):
        return moment - window
    zone = zone_of(zone_name)
    try:
        return _to_utc(local_time(moment, zone) - timedelta(days=window // DAY), zone)
    except OverflowError:
        return moment - window


@dataclass(frozen=True)
class Calendar:
    """Periods of one length in one time zone.

    Parameters
    ----------
    period : {"hour", "day", "week", "month"}
        Weeks begin on Monday.
    zone_name : str, optional
        IANA name; None is UTC.
    """

    period: str
    zone_name: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.period, str) or self.period not in PERIODS:
            raise InvalidArgumentError(
                f"period must be one of {', '.join(map(repr, PERIODS))}; got {self.period!r}."
            )

    @property
    def _uniform(self) -> bool:
        return self.zone_name in (None, "UTC") and self.period != "month"

    def edges(self, low: int, high: int) -> NDArray[np.int64]:
        """Return the starts (UTC microseconds) of all periods that touch ``low … high``.

        The last entry is the end of the last period.
        """
        if self._uniform:
            step = int(UNITS[self.period])
            origin = _MONDAY if self.period == "week" else 0
            first = origin + (low - origin) // step * step
            count = (high - first) // step + 2
            return first + np.arange(count, dtype=np.int64) * step
        return self._irregular(low, high)[0]

    def floor(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the start of each time's period in microseconds, for differences between them.

        Days, weeks and months by the calendar's wall clock, so that a day always lasts 24
        hours; hours in UTC, so that one that is repeated when clocks go back has its own start.
        """
        if not len(times):
            return times
        if self._uniform:
            step = int(UNITS[self.period])
            origin = _MONDAY if self.period == "week" else 0
            return times - (times - origin) % step
        edges, labels = self._irregular(int(times.min()), int(times.max()))
        return labels[np.searchsorted(edges, times, "right") - 1]

    def _irregular(self, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the UTC starts of the periods, and what `floor` makes of them."""
        zone = zone_of(self.zone_name)
        first = np.datetime64(local_time(low, zone).date() - timedelta(days=1), "D")
        last = np.datetime64(local_time(high, zone).date() + timedelta(days=1), "D")
        if self.period == "month":
            days = np.arange(first.astype("M8[M]"), last.astype("M8[M]") + 2).astype("M8[D]")
        elif self.period == "week":
            monday = first - (first.astype(np.int64) + 3) % 7
            days = np.arange(monday, last + 8, 7)
        else:
            days = np.arange(first, last + 2)
        labels = days.astype("M8[us]").astype(np.int64)
        if zone is UTC:
            edges = labels.copy()
        else:
            edges = np.array([_to_utc(day, zone) for day in days.astype("M8[us]").tolist()])
        if self.period == "hour":
            counts = -(-np.diff(edges) // HOUR)
            hours = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
            edges = labels = np.append(np.repeat(edges[:-1], counts) + hours * HOUR, edges[-1])
        start = max(0, int(np.searchsorted(edges, low, "right")) - 1)
        stop = int(np.searchsorted(edges, high, "right")) + 1
        return edges[start:stop], labels[start:stop]
