"""A slope that a few odd values do not move, and its interval."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Slope", "robust_slope"]

Floats = NDArray[np.float64]


class Slope(NamedTuple):
    """Change per step, its interval, and how many values it rests on."""

    slope: float
    lower: float
    upper: float
    n: int


def robust_slope(x: NDArray[np.generic], y: Floats, level: float, *, least: int = 4) -> Slope:
    """Return the median of the slopes between all pairs of values.

    Theil (1950, Indagationes Mathematicae 12, 85-91); the interval is that of Sen (1968, Journal
    of the American Statistical Association 63, section 6), with the variance of Kendall's S for
    ties in `y` (Kendall 1970, Rank Correlation Methods, eq. 4.2).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distinct.
    y : ndarray of float64, shape (n,)
        NaN is left out.
    level : float
        Of the interval; NaN where it would reach beyond all slopes.
    least : int, default 4
        With fewer values, all is NaN.
    """
    known = ~np.isnan(y)
    x, y = np.asarray(x, np.float64)[known], y[known]
    n = len(y)
    if n < max(least, 2):
        return Slope(np.nan, np.nan, np.nan, n)
    i, j = np.triu_indices(n, 1)
    slopes = np.sort((y[j] - y[i]) / (x[j] - x[i]))
    ties = np.unique(y, return_counts=True)[1].astype(np.float64)
    spread = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18.0
    reach = NormalDist().inv_cdf(0.5 + level / 2.0) * math.sqrt(max(spread, 0.0))
    low, high = round((len(slopes) - reach) / 2.0) - 1, round((len(slopes) + reach) / 2.0)
    inside = 0 <= low <= high < len(slopes)
    bounds = (float(slopes[low]), float(slopes[high])) if inside else (np.nan, np.nan)
    return Slope(float(np.median(slopes)), *bounds, n)
