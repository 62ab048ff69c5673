"""Times between a customer's successive purchase periods: the sum of their logarithms."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.folded import Folded
from customerintel.tables.grouping import Rows
from customerintel.tables.moments import UNITS, Calendar, window_start

if TYPE_CHECKING:
    from customerintel.tables.summary import CustomerSummary

__all__ = ["gaps_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Rows that are sorted together, about.
CHUNK_ROWS = 2_000_000


def gaps_of(summary: CustomerSummary) -> Floats:
    """Return Σ log (time between successive purchase periods) of each customer.

    The periods are those that the summary has counted. Memory beyond one byte per row does not
    grow with the log: customers are taken a few at a time.

    Parameters
    ----------
    summary : CustomerSummary
        Whose customers, periods and unit of time.

    Returns
    -------
    ndarray of float64, shape (n_customers,)
        0 without a repeat purchase.

    Raises
    ------
    InvalidArgumentError
        If the ages are floored.
    """
    rows = summary._rows
    if summary.floored or rows is None:
        raise InvalidArgumentError(
            "A summary with floor=True has no sum_log_gaps: a time between purchases that is "
            "rounded down may be 0, and log 0 is no number. Summarise with floor=False."
        )
    until = int(summary.moment.astype(np.int64))
    counts = rows.purchases(until)
    if summary.window is not None:
        counts &= rows.when > window_start(until, summary.window, summary.zone)
    calendar = Calendar(summary.period, summary.zone)
    return _sum(rows, counts, summary._folded, calendar, UNITS[summary.unit])


def _sum(rows: Rows, counts: Mask, folded: Folded, calendar: Calendar, unit: float) -> Floats:
    sums = np.zeros(len(folded.keys))
    if not len(sums):
        return sums
    low, high = int(folded.first.min()), int(folded.last.max())
    edges = calendar.edges(low, high)
    labels = calendar.floor(edges[:-1])
    for start, stop in _stretches(folded, int(counts.sum())):
        keys = folded.keys[start:stop]
        chosen = np.flatnonzero(counts & (rows.keys >= keys[0]) & (rows.keys <= keys[-1]))
        who = np.searchsorted(keys, rows.keys[chosen])
        period = np.searchsorted(edges, rows.when[chosen], "right") - 1
        visits = who * np.int64(len(labels)) + period
        visits.sort()  # many times as fast as np.unique
        who, period = np.divmod(visits, len(labels))
        again = (who[1:] == who[:-1]) & (period[1:] != period[:-1])
        gaps = np.diff(labels[period])[again] / unit
        sums[start:stop] = np.bincount(who[1:][again], np.log(gaps), stop - start)
    return sums


def _stretches(folded: Folded, n_rows: int) -> Iterator[tuple[int, int]]:
    """Cut the customers so that each stretch has alike many rows."""
    parts = n_rows // CHUNK_ROWS + 1
    seen = np.cumsum(folded.transactions, dtype=np.int64)
    inner = np.searchsorted(seen, seen[-1] * np.arange(1, parts) // parts)
    cuts = np.unique([0, *inner.tolist(), len(seen)]).tolist()
    yield from pairwise(cuts)
