"""Numbers as people write them: 1.2 million, 12 %, 3,480."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

__all__ = [
    "GAP", "MISSING", "SMALL", "amounts", "count", "day", "days", "decimal", "money", "month",
    "percent", "points", "several", "span", "times",
]  # fmt: skip

#: What stands where there is no number, and where there are too few customers to show one.
MISSING, SMALL = "\u2013", "under 10"
#: Between a number and its unit, so that no line breaks there.
GAP = "\u00a0"
_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_RAISED = str.maketrans(
    "0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def count(value: Any, *, least: int = 0) -> str:
    r"""Write a whole number; from a million on with three digits and a word.

    Parameters
    ----------
    value : int or float
        How many.
    least : int, default 0
        Numbers from 1 to below it are not shown: the reader could find whom they count.

    Examples
    --------
    >>> count(3480), count(1_234_567), count(7, least=10), count(0, least=10)
    ('3,480', '1.23\xa0million', 'under 10', '0')
    """
    number = float(value)
    if not math.isfinite(number):
        return MISSING
    if 0 < number < least:
        return SMALL if least == 10 else f"under {least}"
    return _sign(number) + (_worded(abs(number)) or f"{abs(number):,.0f}")


def several(value: Any, word: str, *, least: int = 0) -> str:
    """Write a number with what it counts, of one or of several.

    Examples
    --------
    >>> several(1, "row"), several(3480, "row"), several(0, "row")
    ('1 row', '3,480 rows', '0 rows')
    """
    return f"{count(value, least=least)} {word}{'' if float(value) == 1.0 else 's'}"


def decimal(value: Any) -> str:
    """Write a number of any size with two or three digits that matter.

    Examples
    --------
    >>> decimal(4.268), decimal(0.0312), decimal(1234.5), decimal(15.26)
    ('4.3', '0.031', '1,234', '15.3')
    """
    number = float(value)
    if not math.isfinite(number):
        return MISSING
    size = abs(number)
    if size == 0.0:
        return "0"
    if size >= 1.0:
        plain = _worded(size) or (f"{size:,.0f}" if size >= 99.95 else f"{size:.1f}")
        return _sign(number) + plain.removesuffix(".0")
    digits = min(6, 1 - math.floor(math.log10(size)))
    return _sign(number) + f"{size:.{digits}f}"


def percent(share: Any) -> str:
    r"""Write a share of 1 in per cent: one decimal below ten, none above.

    Examples
    --------
    >>> percent(0.1234), percent(0.0345), percent(0.0004), percent(0.998), percent(1)
    ('12\xa0%', '3.5\xa0%', 'under\xa00.1\xa0%', '99.8\xa0%', '100\xa0%')
    """
    number = 100.0 * float(share)
    if not math.isfinite(number):
        return MISSING
    size = abs(number)
    if 0.0 < size < 0.1:
        return f"under{GAP}0.1{GAP}%" if number > 0 else f"above{GAP}\u22120.1{GAP}%"
    if 99.0 <= size < 100.0:  # not 100 while somebody is missing
        plain = f"{min(size, 99.9):.1f}"
    else:
        plain = f"{size:.1f}".removesuffix(".0") if size < 9.95 else f"{size:,.0f}"
    return f"{_sign(number)}{plain}{GAP}%"


def points(share: Any) -> str:
    r"""Write a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(-0.0312), points(0.25)
    ('−3.1\xa0points', '+25\xa0points')
    """
    number = 100.0 * float(share)
    if not math.isfinite(number):
        return MISSING
    plain = f"{abs(number):.1f}".removesuffix(".0") if abs(number) < 9.95 else f"{abs(number):.0f}"
    sign = "" if plain == "0" else "\u2212" if number < 0 else "+"
    return f"{sign}{plain}{GAP}points"


def money(value: Any, currency: str | None = None) -> str:
    r"""Write an amount: cents below a hundred, whole units above, words from a million on.

    Examples
    --------
    >>> money(8_911_407.9), money(17.5, "£"), money(-3480.2, "EUR")
    ('8.91\xa0million', '£17.50', '−EUR\xa03,480')
    """
    number = float(value)
    if not math.isfinite(number):
        return MISSING
    size = abs(number)
    plain = _worded(size) or (f"{size:,.0f}" if size >= 99.995 or size == 0 else f"{size:.2f}")
    unit = "" if not currency else currency if len(currency) == 1 else f"{currency}{GAP}"
    return f"{_sign(number)}{unit}{plain}"


def amounts(currency: str | None) -> Callable[[Any], str]:
    """Return what writes amounts of one currency."""
    return partial(money, currency=currency)


def times(ratio: Any) -> str:
    """Write a ratio.

    Examples
    --------
    >>> times(2.345)
    '2.3×'
    """
    return f"{decimal(ratio)}\u00d7" if math.isfinite(float(ratio)) else MISSING


def days(value: Any) -> str:
    r"""Write a length of time in the unit that people would use.

    Examples
    --------
    >>> days(1), days(37.2), days(1200)
    ('1\xa0day', '37\xa0days', '3.3\xa0years')
    """
    number = float(value)
    if not math.isfinite(number):
        return MISSING
    if number >= 730.5:
        return f"{number / 365.25:.1f}{GAP}years"
    plain = f"{number:.0f}" if number >= 9.95 else f"{number:.1f}".removesuffix(".0")
    return f"{plain}{GAP}day{'' if plain == '1' else 's'}"


def day(moment: Any) -> str:
    r"""Write a day.

    Examples
    --------
    >>> day(np.datetime64("2011-12-09"))
    '9\xa0December\xa02011'
    """
    at = np.datetime64(moment, "D")
    if np.isnat(at):
        return MISSING
    year, number, rest = str(at).rsplit("-", 2)
    return f"{int(rest)}{GAP}{_MONTHS[int(number) - 1]}{GAP}{year}"


def month(moment: Any) -> str:
    """Write a month, short enough for an axis.

    Examples
    --------
    >>> month(np.datetime64("2011-12"))
    'Dec 2011'
    """
    year, number = str(np.datetime64(moment, "M")).rsplit("-", 1)
    return f"{_MONTHS[int(number) - 1][:3]} {year}"


def span(low: str, high: str) -> str:
    r"""Write an interval of two numbers that are already written.

    Examples
    --------
    >>> span(percent(0.12), percent(0.18))
    '12 to 18\xa0%'
    """
    if low == high:
        return low
    unit = f"{GAP}%"
    if low.endswith(unit) and high.endswith(unit) and "under" not in low:
        low = low.removesuffix(unit)
    return f"{low} to {high}"


def _sign(number: float) -> str:
    return "\u2212" if number < 0 else ""


def _worded(size: float) -> str | None:
    """Return three digits and a word, None below a million."""
    if size >= 0.9995e15:  # no amount is so large: a row of digits would help nobody
        front, power = f"{size:.2e}".split("e+")
        return f"{front}{GAP}\u00d7{GAP}10{power.translate(_RAISED)}"
    for scale, word in _WORDS:
        # what rounds up to the next word belongs to it
        if size >= 0.9995 * scale:
            number = size / scale
            digits = 2 if number < 9.995 else 1 if number < 99.95 else 0
            return f"{number:,.{digits}f}{GAP}{word}"
    return None
