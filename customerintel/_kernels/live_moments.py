"""Times written in the common ISO 8601 way, as microseconds."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

#: Stands for a text that is not read here.
UNREAD = -(2**63)
#: The last year that nanoseconds in 64 bits can say whole; later ones are for others to refuse.
LAST_YEAR = 2261


@kernel
def _digits(data, start, count):
    """Return the number that `count` digits make; −1 if not all are digits."""
    number = np.int64(0)
    for k in range(start, start + count):
        digit = np.int64(data[k]) - 48
        if digit < 0 or digit > 9:
            return np.int64(-1)
        number = number * 10 + digit
    return number


@kernel
def _day(year, month, day):
    """Return the days since 1970-01-01 of a date of the Gregorian calendar; −1: there is none."""
    if not 1970 <= year <= LAST_YEAR or month < 1 or month > 12 or day < 1 or day > 31:
        return np.int64(-1)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2 and day > 28 + leap:
        return np.int64(-1)
    if day == 31 and (month == 4 or month == 6 or month == 9 or month == 11):
        return np.int64(-1)
    # years that begin in March: the leap day is their last
    y = year - (month <= 2)
    m = (month + 9) % 12
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468


@kernel
def _clock(data, start):
    """Return the seconds of ``HH:MM:SS``; −1 if it is none."""
    if data[start + 2] != 58 or data[start + 5] != 58:
        return np.int64(-1)
    hour = _digits(data, start, 2)
    minute = _digits(data, start + 3, 2)
    second = _digits(data, start + 6, 2)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59:
        return np.int64(-1)
    return hour * 3600 + minute * 60 + second


@kernel
def _offset(data, at, stop):
    """Return the seconds of ``Z``, ``±HH:MM`` or nothing up to `stop`; `UNREAD` if it is none."""
    if at == stop or (at + 1 == stop and data[at] == 90):
        return np.int64(0)
    if at + 6 != stop or (data[at] != 43 and data[at] != 45) or data[at + 3] != 58:
        return np.int64(UNREAD)
    hour = _digits(data, at + 1, 2)
    minute = _digits(data, at + 4, 2)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59:
        return np.int64(UNREAD)
    seconds = hour * 3600 + minute * 60
    return seconds if data[at] == 43 else -seconds


@kernel
def moment_of(data, start, stop):
    if stop - start < 19 or data[start + 4] != 45 or data[start + 7] != 45:
        return np.int64(UNREAD)
    if data[start + 10] != 84 and data[start + 10] != 32:
        return np.int64(UNREAD)
    year = _digits(data, start, 4)
    day = _day(year, _digits(data, start + 5, 2), _digits(data, start + 8, 2))
    seconds = _clock(data, start + 11)
    if day < 0 or seconds < 0:
        return np.int64(UNREAD)
    at = start + 19
    fraction = np.int64(0)
    if at < stop and data[at] == 46:
        at += 1
        scale = np.int64(100_000)
        first = at
        while at < stop and at < first + 6 and 48 <= data[at] <= 57:
            fraction += scale * (np.int64(data[at]) - 48)
            scale //= 10
            at += 1
        if at == first:
            return np.int64(UNREAD)
    shift = _offset(data, at, stop)
    if shift == UNREAD:
        return np.int64(UNREAD)
    return (day * 86_400 + seconds - shift) * 1_000_000 + fraction


@kernel
def read_moments(data, offsets, out):
    """Write the microseconds UTC of ``YYYY-MM-DDTHH:MM:SS[.ffffff][Z|±HH:MM]``; else `UNREAD`."""
    for i in range(len(offsets) - 1):
        out[i] = moment_of(data, offsets[i], offsets[i + 1])
