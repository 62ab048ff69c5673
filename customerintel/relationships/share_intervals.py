"""Shares, means and rates per type, each with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.audit.score_intervals import score_interval
from customerintel.rfm.read_only import seal

__all__ = ["Estimate", "nothing", "rates", "ratios", "shares", "spend_shares"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Estimate:
    """A figure per type and its interval; read-only arrays of one shape.

    Attributes
    ----------
    value : ndarray of float64
        The figure; NaN where it is not known.
    low, high : ndarray of float64
        Ends of the interval; NaN where there is none.
    """

    value: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        seal(self)

    @property
    def error(self) -> Floats:
        """Margin of error: half the length of the interval."""
        half: Floats = (self.high - self.low) / 2.0
        return half

    def columns(self, name: str) -> dict[str, Floats]:
        """Return the columns ``name``, ``name_low``, ``name_high`` and ``name_error``."""
        return {
            name: self.value,
            f"{name}_low": self.low,
            f"{name}_high": self.high,
            f"{name}_error": self.error,
        }


def nothing(size: int) -> Estimate:
    """Return a figure that nobody knows."""
    unknown = np.full(size, np.nan)
    return Estimate(unknown, unknown.copy(), unknown.copy())


def shares(share: ArrayLike, n: ArrayLike, level: float) -> Estimate:
    """Return shares with the score interval of Wilson (1927, JASA 22, 209-212).

    Parameters
    ----------
    share : array_like of float
        Each may be a mean of probabilities: the outcomes behind them vary as ``s (1 - s)``,
        what is not known of each customer included (law of total variance).
    n : array_like of int
        Customers that each is a share of; NaN comes of 0.
    level : float
        Of each interval by itself.
    """
    share, n = np.broadcast_arrays(np.asarray(share, np.float64), np.asarray(n, np.float64))
    known = (n > 0) & np.isfinite(share)
    low, high = score_interval(np.where(known, share * n, np.nan), n, level)
    # rounding must not leave the share itself outside
    low, high = np.fmin(low, share), np.fmax(high, share)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    return Estimate(np.where(known, share, np.nan), low, high)


def ratios(
    codes: Ints, size: int, y: Floats, x: Floats, level: float, *, most: float = np.inf
) -> Estimate:
    """Return ``sum(y) / sum(x)`` of each type, with the interval of the delta method.

    The customers are taken as a sample of their type: Cochran (1977), Sampling Techniques,
    section 2.11. There is no interval of one customer.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Type of each customer, below `size`.
    size : int
        Number of types.
    y, x : ndarray of float64, shape (n,)
        What is divided by what.
    level : float
        Of each interval by itself.
    most : float
        What no ratio is above, and 0 below, if it is finite.
    """
    n = np.bincount(codes, minlength=size)
    above, below = (np.bincount(codes, one, minlength=size) for one in (y, x))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(below > 0, above / below, np.nan)
        left = y - ratio[codes] * x
        spread = np.bincount(codes, left**2, minlength=size) * n / (n - 1.0)
        half = NormalDist().inv_cdf(0.5 + level / 2.0) * np.sqrt(spread) / below
    half = np.where(n > 1, half, np.nan)
    low, high = ratio - half, ratio + half
    if np.isfinite(most):
        low, high = np.clip(low, 0.0, most), np.clip(high, 0.0, most)
    return Estimate(ratio, low, high)


def spend_shares(codes: Ints, size: int, spend: Floats, level: float) -> Estimate:
    """Return the share of all spend that each type has, with the interval of the delta method.

    As `ratios`, of what a customer spends in the type by what they spend at all; both vary with
    the customer. NaN where all spend together is not positive.
    """
    n, total = len(spend), float(spend.sum())
    if n < 1 or not total > 0.0:
        return nothing(size)
    share = np.bincount(codes, spend, minlength=size) / total
    square = np.bincount(codes, spend**2, minlength=size)
    rest = float((spend**2).sum()) - square
    half = np.full(size, np.nan)
    some = np.bincount(codes, minlength=size) > 0
    if n > 1:
        spread = (square * (1.0 - share) ** 2 + rest * share**2) * n / (n - 1.0)
        half = NormalDist().inv_cdf(0.5 + level / 2.0) * np.sqrt(np.maximum(spread, 0.0)) / total
        half = np.where(some, half, np.nan)  # of nobody's spend, nothing is known
    low, high = share - half, share + half
    if (spend >= 0.0).all():
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    return Estimate(share, low, high)


def rates(codes: Ints, size: int, events: Floats, exposure: Floats, level: float) -> Estimate:
    """Return events per unit of exposure of each type, with an interval of counts.

    The exact interval of a Poisson mean by Gamma quantiles (Garwood 1936, Biometrika 28,
    437-442), of a count divided by its dispersion where events of one customer come together
    (Wedderburn 1974, Biometrika 61, 439-447): the variance between customers over that of a
    Poisson count, at least 1.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Type of each customer, below `size`.
    size : int
        Number of types.
    events, exposure : ndarray of float64, shape (n,)
        Of each customer.
    level : float
        Of each interval by itself.
    """
    from scipy.special import gammaincinv

    n = np.bincount(codes, minlength=size)
    count, whole = (np.bincount(codes, one, minlength=size) for one in (events, exposure))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(whole > 0, count / whole, np.nan)
        left = events - rate[codes] * exposure
        spread = np.bincount(codes, left**2, minlength=size) * n / (n - 1.0)
        ratio = spread / count
    dispersion = np.where(np.isfinite(ratio), np.maximum(ratio, 1.0), 1.0)
    tail, own = (1.0 - level) / 2.0, count / dispersion
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(own > 0, gammaincinv(np.maximum(own, 1e-300), tail), 0.0)
        low, high = (x * dispersion / whole for x in (low, gammaincinv(own + 1.0, 1.0 - tail)))
    known = np.isfinite(rate)
    return Estimate(rate, np.where(known, low, np.nan), np.where(known, high, np.nan))
