"""Lengths of time, rates and hours of the day, as rules write them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from customerintel.exceptions import InvalidArgumentError

__all__ = [
    "DAY_US",
    "HOUR_US",
    "MINUTE_US",
    "read_hours",
    "read_length",
    "read_rate",
    "write_length",
]

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
_UNITS: Final = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": MINUTE_US,
    "h": HOUR_US,
    "d": DAY_US,
    "w": 7 * DAY_US,
}
#: 100 years of 365.25 days: sums with a moment stay far within 64 bits.
_LONGEST: Final = 36_525 * DAY_US
_LENGTH: Final = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,6})?)\s*(us|ms|[smhdw])\s*", re.ASCII)
_RATE: Final = re.compile(r"\s*([0-9]{1,9})\s*/(.*)", re.ASCII)
_HOUR: Final = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*", re.ASCII)
_MOST: Final = 1_000_000


def read_length(value: object, name: str) -> int:
    """Return a length of time in microseconds.

    Parameters
    ----------
    value : str or datetime.timedelta
        A number and its unit: ``"30s"``, ``"30m"``, ``"12h"``, ``"7d"``, ``"2w"`` (also
        ``"250ms"`` and ``"10us"``). A day is 24 hours.
    name : str
        What it is, for messages.

    Returns
    -------
    int
        More than 0, at most 100 years.

    Raises
    ------
    InvalidArgumentError
        If it is no such length.

    Examples
    --------
    >>> read_length("30m", "within"), read_length(timedelta(hours=1), "within")
    (1800000000, 3600000000)
    """
    if isinstance(value, timedelta):
        length = value // timedelta(microseconds=1)
    else:
        match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise InvalidArgumentError(
                f"{name} must be a number with its unit, such as '30m', '12h' or '7d' (units "
                f"s, m, h, d, w), or a timedelta; got {_shown(value)}."
            )
        length = int(Decimal(match[1]) * _UNITS[match[2]])
    if not 0 < length <= _LONGEST:
        raise InvalidArgumentError(
            f"{name} must be longer than nothing and at most 100 years; got {_shown(value)}."
        )
    return length


def write_length(length: int) -> str:
    """Return the shortest text of a length in microseconds.

    Examples
    --------
    >>> write_length(1_800_000_000), write_length(14 * DAY_US)
    ('30m', '14d')
    """
    unit = next(unit for unit in ("d", "h", "m", "s", "ms", "us") if length % _UNITS[unit] == 0)
    return f"{length // _UNITS[unit]}{unit}"


def read_rate(value: object, name: str) -> tuple[int, int]:
    """Return how often something may happen in how long: ``"2/7d"``.

    Parameters
    ----------
    value : str
        A number of times, at least 1, and a length.
    name : str
        What it is, for messages.

    Returns
    -------
    tuple of int
        The number, and the length in microseconds.

    Raises
    ------
    InvalidArgumentError
        If it is no such rate.

    Examples
    --------
    >>> read_rate("2/7d", "per_channel")
    (2, 604800000000)
    """
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidArgumentError(
            f"{name} must be a number of times and a length, such as '2/7d'; got {_shown(value)}."
        )
    times = int(match[1])
    if not 1 <= times <= _MOST:
        raise InvalidArgumentError(
            f"{name} must allow from 1 to {_MOST:,} times; got {_shown(value)}. To use a channel "
            "never, take its action out of the rule."
        )
    return times, read_length(match[2], f"{name} (behind the '/')")


def read_hours(value: object, name: str) -> tuple[int, int]:
    """Return two times of day, as minutes from midnight.

    Parameters
    ----------
    value : pair of str
        First and last: ``("21:00", "08:00")`` passes midnight; the last is not part of it, and
        may be ``"24:00"``.
    name : str
        What it is, for messages.

    Returns
    -------
    tuple of int
        Each from 0 to 1439, and different.

    Raises
    ------
    InvalidArgumentError
        If they are no such times, or cover the whole day.

    Examples
    --------
    >>> read_hours(("21:00", "08:00"), "quiet_hours")
    (1260, 480)
    """
    given = tuple(value) if isinstance(value, (list, tuple)) else ()
    found = [_minutes(hour, at_end=place == 1) for place, hour in enumerate(given)]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise InvalidArgumentError(
            f"{name} must be two times of day, such as ('21:00', '08:00'); got {_shown(value)}."
        )
    if found[0] == found[1]:
        raise InvalidArgumentError(
            f"{name} {_shown(value)} cover the whole day, so that nothing would ever be sent. "
            "Give a shorter time, or None for no quiet hours."
        )
    return found[0], found[1]


def _minutes(hour: object, *, at_end: bool) -> int | None:
    match = _HOUR.fullmatch(hour) if isinstance(hour, str) else None
    if match is None:
        return None
    hours, minutes = int(match[1]), int(match[2])
    if at_end and (hours, minutes) == (24, 0):
        return 0
    return 60 * hours + minutes if hours < 24 and minutes < 60 else None


def _shown(value: object) -> str:
    """Return a short text as it is, of anything else its type."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else f"a text of {len(value):,} characters"
    if isinstance(value, timedelta) or (isinstance(value, int) and not isinstance(value, bool)):
        return repr(value)
    if isinstance(value, (list, tuple)) and len(value) <= 4:
        inner = ", ".join(map(_shown, value))
        return f"({inner}{',' if len(value) == 1 else ''})"
    return type(value).__name__
