"""How two groupings of the same people go together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cramers_v"]


def cramers_v(table: NDArray[Any]) -> tuple[float, float, int]:
    """Return Cramér's V without its bias, Pearson's chi-square and its degrees of freedom.

    Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328. NaN where a side has
    one group, or there is but one person.

    Parameters
    ----------
    table : ndarray, shape (rows, columns)
        Numbers of people; rows and columns of nobody count for nothing.
    """
    counts = np.asarray(table, np.float64)
    counts = counts[np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)]
    total = float(counts.sum())
    rows, columns = counts.shape
    if total < 2.0 or min(rows, columns) < 2:
        return math.nan, math.nan, 0
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    square = float(((counts - expected) ** 2 / expected).sum())
    freedom = (rows - 1) * (columns - 1)
    phi = max(0.0, square / total - freedom / (total - 1.0))
    least = min(k - (k - 1) ** 2 / (total - 1.0) for k in (rows, columns)) - 1.0
    v = min(1.0, math.sqrt(phi / least)) if least > 0.0 else math.nan
    return v, square, freedom
