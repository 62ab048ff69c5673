"""The difference and the ratio of two means whose variances differ."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arm", "MeanDifference", "arm_of", "mean_difference", "relative_interval"]

Floats = NDArray[np.float64]
_NAN = float("nan")


class Arm(NamedTuple):
    """Customers of one arm, their mean, and the variance of one of them."""

    n: int
    mean: float
    variance: float


class MeanDifference(NamedTuple):
    """A difference with its interval, p, and degrees of freedom; NaN where it cannot be told."""

    difference: float
    low: float
    high: float
    p: float
    freedom: float


def arm_of(values: Floats) -> Arm:
    """Summarise one arm."""
    n = len(values)
    if not n:
        return Arm(0, _NAN, _NAN)
    return Arm(n, float(values.mean()), float(values.var(ddof=1)) if n > 1 else _NAN)


def mean_difference(treated: Arm, control: Arm, level: float, n_used: int = 0) -> MeanDifference:
    """Compare two means (Welch 1947, Biometrika 34, 28-35).

    Parameters
    ----------
    treated, control : Arm
    level : float
        Of the interval.
    n_used : int, default 0
        Degrees of freedom that an adjustment took.
    """
    from scipy.special import stdtr, stdtrit

    difference = treated.mean - control.mean
    a, b = treated.variance / max(treated.n, 1), control.variance / max(control.n, 1)
    if not a + b > 0.0:
        return MeanDifference(difference, _NAN, _NAN, _NAN, _NAN)
    error = sqrt(a + b)
    freedom = (a + b) ** 2 / (a * a / (treated.n - 1) + b * b / (control.n - 1)) - n_used
    freedom = max(freedom, 1.0)
    half = float(stdtrit(freedom, 0.5 + level / 2.0)) * error
    p = 2.0 * float(stdtr(freedom, -abs(difference) / error))
    return MeanDifference(difference, difference - half, difference + half, p, freedom)


def relative_interval(
    treated: Arm, control: Arm, level: float, freedom: float
) -> tuple[float, float]:
    """Return the interval of ``treated.mean / control.mean - 1`` (Fieller 1954, JRSS B 16, 175).

    NaN where the mean of control is not clearly apart from 0: then no ratio can be ruled out.
    """
    from scipy.special import stdtrit

    a, b = treated.variance / max(treated.n, 1), control.variance / max(control.n, 1)
    if not (freedom > 0.0 and a + b > 0.0):
        return _NAN, _NAN
    t2 = float(stdtrit(freedom, 0.5 + level / 2.0)) ** 2
    x, y = treated.mean, control.mean
    # ratios r with (x - r y)^2 <= t2 (a + r^2 b)
    square = y * y - t2 * b
    if square <= 0.0:
        return _NAN, _NAN
    root = sqrt(max((x * y) ** 2 - square * (x * x - t2 * a), 0.0))
    return (x * y - root) / square - 1.0, (x * y + root) / square - 1.0
