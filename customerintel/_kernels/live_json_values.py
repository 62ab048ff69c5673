"""Blanks, texts, numbers and words of JSON: where each ends.

`LEFT` stands for what is no JSON and for what is unusual: escapes, exponents, long numbers.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_letters import LAST, first_special

#: Stands for a place: this is not read here.
LEFT: Final = -1
#: Letters of a number that nobody wants; with fewer than 300 digits it is finite.
LONGEST: Final = 40
#: Digits of a number that is read: as a whole number it is exact as a float.
DIGITS: Final = 15
_POWERS: Final = 10.0 ** np.arange(DIGITS + 1)


@kernel
def blank(data, at, stop):
    """Return the first place that is not blank."""
    while at < stop and (data[at] == 32 or data[at] == 9 or data[at] == 13 or data[at] == 10):
        at += 1
    return at


@kernel
def _plain_end(data, at, stop):
    """Return the first place of a letter that is not plain."""
    while at + LAST < stop:
        n = first_special(data, at)
        at += n
        if n <= LAST:
            return at
    while at < stop and 32 <= data[at] <= 126 and data[at] != 34 and data[at] != 92:
        at += 1
    return at


@kernel
def text_end(data, at, stop):
    """Return the place of the quote that ends the ASCII text from `at` on."""
    at = _plain_end(data, at, stop)
    return at if at < stop and data[at] == 34 else LEFT


@kernel
def _letter_end(data, at, stop):
    """Return the place behind a letter beyond ASCII (Unicode 15.0, table 3-7)."""
    first = data[at]
    n = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4 or at + n > stop:
        return LEFT
    second = data[at + 1]
    if (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F):
        return LEFT
    if (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F):
        return LEFT
    for k in range(at + 1, at + n):
        if data[k] < 0x80 or data[k] > 0xBF:
            return LEFT
    return at + n


@kernel
def any_text_end(data, at, stop):
    """Return the place of the quote that ends the text from `at` on, in any letters."""
    while True:
        at = _plain_end(data, at, stop)
        if at >= stop:
            return LEFT
        if data[at] == 34:
            return at
        if data[at] < 0x80:
            return LEFT
        at = _letter_end(data, at, stop)
        if at < 0:
            return LEFT


@kernel
def _digits_end(data, at, stop):
    while at < stop and 48 <= data[at] <= 57:
        at += 1
    return at


@kernel
def number_end(data, at, stop):
    """Return the place behind a number without exponent."""
    start = at
    if data[at] == 45:
        at += 1
    first = at
    at = _digits_end(data, at, stop)
    if at == first or (data[first] == 48 and at > first + 1):
        return LEFT
    if at < stop and data[at] == 46:
        point = at
        at = _digits_end(data, at + 1, stop)
        if at == point + 1:
            return LEFT
    return at if at - start <= LONGEST else LEFT


@kernel
def number_of(data, at, stop):
    """Return a number that is written there; NaN: it may have to be rounded."""
    negative = data[at] == 45
    if negative:
        at += 1
    whole, n_digits, behind = np.int64(0), 0, -1
    for k in range(at, stop):
        if data[k] == 46:
            behind = stop - k - 1
        else:
            n_digits += 1
            if n_digits > DIGITS:
                return np.nan
            whole = 10 * whole + (np.int64(data[k]) - 48)
    if negative and whole == 0:
        return np.nan
    number = np.float64(-whole if negative else whole)
    # both are exact, so the quotient is the float that is nearest
    return number / _POWERS[behind] if behind > 0 else number


@kernel
def _word_end(data, at, stop):
    """Return the place behind true, false or null."""
    if at + 4 <= stop:
        a, b, c, d = data[at], data[at + 1], data[at + 2], data[at + 3]
        if a == 110 and b == 117 and c == 108 and d == 108:
            return at + 4
        if a == 116 and b == 114 and c == 117 and d == 101:
            return at + 4
        if (
            a == 102
            and b == 97
            and c == 108
            and d == 115
            and at + 5 <= stop
            and data[at + 4] == 101
        ):
            return at + 5
    return LEFT


@kernel
def plain_end(data, at, stop):
    """Return the place behind a text, number or word."""
    byte = data[at]
    if byte == 34:
        end = any_text_end(data, at + 1, stop)
        return LEFT if end < 0 else end + 1
    if byte == 45 or 48 <= byte <= 57:
        return number_end(data, at, stop)
    return _word_end(data, at, stop)
