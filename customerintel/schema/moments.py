"""Moments in time: read from many kinds of value, always UTC, within int64 nanoseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final

import numpy as np

from customerintel.schema.forms import INT64_MAX, INT64_MIN, Breach, Form, Kind
from customerintel.schema.rules import Problem

__all__ = [
    "EARLIEST",
    "EPOCH",
    "LATEST",
    "MomentForm",
    "datetime_of",
    "microseconds",
    "tick_bounds",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: The first accepted moment: the first whole year that int64 nanoseconds can hold.
EARLIEST: Final = datetime(1678, 1, 1, tzinfo=UTC)
#: The last accepted moment: the last whole microsecond that int64 nanoseconds can hold.
LATEST: Final = EPOCH + timedelta(microseconds=(2**63 - 1) // 1000)
#: Units in which int64 holds less than a year around 1970.
_ALWAYS_INSIDE: Final = frozenset({"ps", "fs", "as"})
_TICK: Final = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return the whole microseconds from 1970-01-01 UTC to an aware moment.

    Parameters
    ----------
    moment : datetime.datetime
        Time-zone aware.

    Returns
    -------
    int
        Exact; negative before 1970.

    Examples
    --------
    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - EPOCH) // _TICK


def datetime_of(moment: int) -> datetime:
    """Return the aware moment, UTC, of whole microseconds from 1970-01-01.

    Parameters
    ----------
    moment : int
        As of `microseconds`.

    Examples
    --------
    >>> datetime_of(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return EPOCH + moment * _TICK


@dataclass(frozen=True, slots=True)
class MomentForm(Form):
    """A moment, brought to UTC. What has no zone is UTC; a bare date is its midnight.

    Numbers are refused: nothing tells whether they count seconds, milliseconds or days.
    """

    kind: ClassVar[Kind] = "timestamp"

    def parse(self, value: object) -> datetime:
        """Return an aware datetime in UTC, cut to whole microseconds."""
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value.strip())
            except ValueError:
                advice = "give an ISO 8601 time such as 2011-12-09T12:50:00+00:00"
                raise Breach(Problem.UNPARSEABLE, advice) from None
        if isinstance(value, np.datetime64):
            return _of_numpy(value)
        if isinstance(value, datetime):
            return _to_utc(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        advice = "give a datetime, a date or an ISO 8601 text; a bare number has no unit"
        raise Breach(Problem.UNPARSEABLE, advice)


def _to_utc(moment: datetime) -> datetime:
    try:
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Breach(Problem.OUT_OF_RANGE) from None
    # rebuilt, so that a subclass (pandas' Timestamp) becomes a plain datetime
    clock = (aware.hour, aware.minute, aware.second, aware.microsecond)
    return datetime(aware.year, aware.month, aware.day, *clock, tzinfo=UTC)


def _of_numpy(value: np.datetime64) -> datetime:
    low, high = tick_bounds(value.dtype, microseconds(EARLIEST), microseconds(LATEST))
    if not low <= int(value.astype(np.int64)) <= high:
        raise Breach(Problem.OUT_OF_RANGE)
    return EPOCH + timedelta(microseconds=int(value.astype("datetime64[us]").astype(np.int64)))


def tick_bounds(dtype: np.dtype[Any], minimum: int, maximum: int) -> tuple[int, int]:
    """Return inclusive bounds in microseconds as inclusive bounds in the ticks of a dtype.

    Parameters
    ----------
    dtype : numpy.dtype
        A datetime64 dtype with a unit.
    minimum, maximum : int
        Microseconds since 1970-01-01 UTC.

    Returns
    -------
    tuple of int
        The first and the last tick whose microsecond lies within the bounds.

    Examples
    --------
    >>> tick_bounds(np.dtype("datetime64[s]"), -1_500_000, 2_999_999)
    (-1, 2)
    """
    unit, step = np.datetime_data(dtype)
    if unit in _ALWAYS_INSIDE:
        return INT64_MIN, INT64_MAX
    first = np.datetime64(minimum, "us").astype(dtype)
    # a cast rounds down, and the first tick must not lie before the minimum
    early = int(first.astype("datetime64[us]").astype(np.int64)) < minimum
    low = int(first.astype(np.int64)) + early
    high = int(np.datetime64(maximum, "us").astype(dtype).astype(np.int64))
    return low, high + (999 if (unit, step) == ("ns", 1) else 0)
