"""Rows that have the customer and the moment of another, in a log without order numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from customerintel.report.numbers import percent
from customerintel.tables.history import History
from customerintel.tables.moments import DAY
from customerintel.tables.visits import Visits, visits_of

__all__ = ["ADVICE", "lines_as_purchases"]

#: Rows that are looked at together; customers are never split.
STRETCH = 4_000_000
#: Share of the purchase rows from which on they look like lines of orders.
MANY = 0.10
#: What the reader of the page is asked for; the command line names its option instead.
ADVICE = "Give the column of the order number"


def lines_as_purchases(history: History) -> str:
    """Say so if rows that count as purchases look like lines of orders; else nothing.

    Where the log has no order numbers, every row is a purchase. Somebody hardly buys twice in the
    same minute, so many rows of one customer and one moment are lines of one order.
    """
    visits = visits_of(history._log)
    shared, rows, whole_days = 0, 0, True
    edges = _edges(visits)
    for low, high in pairwise(edges):
        start, stop = int(visits.offsets[low]), int(visits.offsets[high])
        packed = visits.packed[start:stop]
        if (packed & 2).any():  # there are orders of several lines, so the numbers are known
            return ""
        seen = visits.seen_at[start:stop] if len(visits.seen_at) else packed >> 2
        bought = ((packed & 1) == 0) & (seen <= history._moment)
        moments = packed[bought] >> 2
        who = np.repeat(np.arange(high - low), np.diff(visits.offsets[low : high + 1]))[bought]
        same = (moments[1:] == moments[:-1]) & (who[1:] == who[:-1])
        shared += int(np.count_nonzero(np.r_[same, False] | np.r_[False, same]))
        rows += len(moments)
        whole_days &= not ((moments - (visits.packed[0] >> 2)) % DAY).any()
    if not rows or shared < MANY * rows:
        return ""
    moment = "day" if whole_days else "moment"
    return (
        f"Every row counts as a purchase, and {percent(shared / rows)} of the rows have the "
        f"customer and the {moment} of another: they look like lines of one order. {ADVICE}: "
        "until then, all that counts purchases, such as the core and the segments, counts lines."
    )


def _edges(visits: Visits) -> list[int]:
    cuts = np.arange(0, len(visits.packed) + STRETCH, STRETCH)
    places = np.searchsorted(visits.offsets, cuts, "left").clip(0, len(visits.keys))
    edges: list[int] = np.unique(places).tolist()
    return edges
