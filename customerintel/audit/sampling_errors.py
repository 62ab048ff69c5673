"""How far totals, means and ratios would move had other customers of the same kind come."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.score_intervals import score_interval

__all__ = ["NOBODY", "ratio", "share", "total_bounds"]

Floats = NDArray[np.float64]
Bounds = tuple[float, float]
#: The interval that there is none of.
NOBODY: Bounds = (np.nan, np.nan)


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def total_bounds(values: Floats, n: int, level: float) -> Bounds:
    """Return the interval of a total over `n` customers, of whom all but `values` have 0.

    The customers are a simple random sample with replacement: the variance of their total is
    ``n`` times that of one (Cochran 1977, Sampling Techniques, eq. 2.21), which is also what a
    bootstrap by customer comes to. There is none of one customer.
    """
    if n < 2:
        return NOBODY
    total = float(values.sum())
    spread = max(float(values @ values) - total * total / n, 0.0) * n / (n - 1.0)
    half = _z(level) * float(np.sqrt(spread))
    return total - half, total + half


def ratio(above: Floats, below: Floats, level: float) -> tuple[float, Bounds]:
    """Return ``sum(above) / sum(below)`` and its interval by the delta method.

    Cochran (1977), section 2.11. With ones below it is that of a mean. NaN where the sum below
    is not positive: a growth of nothing is none.
    """
    n, total = len(above), float(below.sum())
    if not total > 0.0:
        return np.nan, NOBODY
    found = float(above.sum()) / total
    if n < 2:
        return found, NOBODY
    left = above - found * below
    half = _z(level) * float(np.sqrt(left @ left * n / (n - 1.0))) / total
    return found, (found - half, found + half)


def share(part: int, whole: int, level: float) -> tuple[float, Bounds]:
    """Return a share of customers and its interval, as of `score_interval`."""
    if not whole:
        return np.nan, NOBODY
    lower, upper = score_interval(part, whole, level)
    return part / whole, (float(lower), float(upper))
