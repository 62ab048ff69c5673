"""Names of periods as people write them."""

from __future__ import annotations

import numpy as np

from customerintel.audit.periods import Periods
from customerintel.report.numbers import GAP, day, month

__all__ = ["period_names", "short_day", "step_word"]


def period_names(periods: Periods) -> list[str]:
    """Write months as "Dec 2011", days as "9 Dec 2011", and leave other names as they are."""
    if periods.labels and periods.labels[0].startswith("to "):
        return [f"to {short_day(last)}" for last in periods.end_dates]
    if periods.name == "month":
        return [month(first) for first in periods.start_dates]
    if periods.name == "quarter":
        return [f"{label[5:]} {label[:4]}" for label in periods.labels]
    if periods.name == "week":
        return [short_day(first) for first in periods.start_dates]
    return list(periods.labels)


def short_day(moment: np.datetime64) -> str:
    r"""Write a day with three letters of its month.

    Examples
    --------
    >>> short_day(np.datetime64("2011-12-09"))
    '9\xa0Dec\xa02011'
    """
    number, name, year = day(moment).split(GAP)
    return GAP.join((number, name[:3], year))


def step_word(name: str) -> str:
    """Write the length of a period: "quarter", or "90 days"."""
    return f"{name[:-1]} days" if name.endswith("d") and name[:-1].isdigit() else name
