"""Intervals of what is observed of a core, of what is expected, and of the difference."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.score_intervals import score_interval

__all__ = ["excess_of_share", "percentiles", "widened"]

Floats = NDArray[np.float64]
Bounds = tuple[float, float]

#: Replicates that differ by less, for their size, do not differ.
SPREAD = 1e-9


def percentiles(drawn: Floats, level: float) -> Bounds:
    """Return the percentile interval; NaN where a tenth of the replicates or more is unknown."""
    known = drawn[np.isfinite(drawn)]
    if not len(known) or len(known) < 0.9 * len(drawn):
        return math.nan, math.nan
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return float(low), float(high)


def widened(at: float, drawn: Floats, error: float, level: float) -> Bounds:
    """Return the percentile interval with the error of a simulation in it.

    Parameters
    ----------
    at : float
        The figure itself, which the interval always contains.
    drawn : ndarray of float64
        Its replicates.
    error : float
        Standard error of the figure by simulation: independent of the customers, so the squares
        of both distances from the figure add up.
    level : float
        Of the interval.

    Returns
    -------
    low, high : float
        NaN where nothing varies, such as where all customers are alike: replicates that agree
        tell nothing of the error.
    """
    low, high = percentiles(drawn, level)
    half = NormalDist().inv_cdf(0.5 + level / 2.0) * error
    low = at - math.hypot(max(at - low, 0.0), half)
    high = at + math.hypot(max(high - at, 0.0), half)
    if not high - low > SPREAD * abs(at):
        return math.nan, math.nan
    return low, high


def excess_of_share(
    share: float, size: float, expected: tuple[float, Bounds], level: float
) -> Bounds:
    """Return the interval of a share of customers less what was expected of it.

    Customers drawn anew from those who all did the same do the same, so that replicates of a
    share near 0 or 1 tell too little of its error. Its own interval is Wilson's (1927); that of
    the difference comes from the ends of both (Zou and Donner 2008, Statistics in Medicine 27,
    1693-1702, eq. 7).

    Parameters
    ----------
    share, size : float
        What was observed, and of how many customers.
    expected : tuple
        What was expected, and its interval; NaN is one without width.
    level : float
        Of the interval.
    """
    low, high = (float(end) for end in score_interval(share * size, size, level))
    at, (least, most) = expected
    below = 0.0 if math.isnan(least) else at - least
    above = 0.0 if math.isnan(most) else most - at
    gap = share - at
    return gap - math.hypot(share - low, above), gap + math.hypot(high - share, below)
