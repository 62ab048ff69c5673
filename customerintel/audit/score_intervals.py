"""Intervals of many shares at a time, whatever the shape of their arrays."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["log_log_interval", "score_interval"]

Floats = NDArray[np.float64]


def score_interval(part: ArrayLike, whole: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the score intervals of shares (Wilson 1927, JASA 22, 209-212).

    Parameters
    ----------
    part, whole : array_like of float
        Counts, of shapes that broadcast; NaN comes of 0 in `whole`, and of NaN in either.
    level : float
        Of each interval by itself.
    """
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part / whole
        size = 1.0 + z**2 / whole
        center = (share + z**2 / (2.0 * whole)) / size
        spread = np.sqrt(share * (1.0 - share) / whole + z**2 / (4.0 * whole**2))
        low, high = center - z * spread / size, center + z * spread / size
        # rounding must not leave the share itself outside
        return np.clip(np.minimum(low, share), 0.0, 1.0), np.clip(np.maximum(high, share), 0.0, 1.0)


def log_log_interval(left: Floats, spread: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the intervals of Kaplan-Meier estimates by ``log(-log S)``.

    Kalbfleisch and Prentice (1980), The Statistical Analysis of Failure Time Data, section 1.3.

    Parameters
    ----------
    left : ndarray of float64
        The estimates; NaN comes of those that are 0 or 1.
    spread : ndarray of float64
        Roots of Greenwood's sums, ``sqrt(sum d / (n (n - d)))``.
    level : float
        Of each interval by itself.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        bend = np.exp(z * spread / np.abs(np.log(left)))
        inside = (left > 0.0) & (left < 1.0)
        return np.where(inside, left**bend, np.nan), np.where(inside, left ** (1.0 / bend), np.nan)
