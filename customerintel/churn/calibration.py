"""Whether probabilities can be taken at their word: the line through their logits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["EDGE", "N_COLUMNS", "Line", "anchored", "fit_line", "logit", "moved"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Probabilities nearer to 0 or 1 count as this far from it, in logarithms.
EDGE = 1e-15
#: Columns of `anchored`.
N_COLUMNS = 7


@dataclass(frozen=True)
class Line:
    r"""Cox's recalibration: :math:`\mathrm{logit}\,P(left) = intercept + slope \cdot z`.

    Attributes
    ----------
    intercept, slope : float
        0 and 1 where the probabilities are right; NaN where no line can be drawn.
    shift : float
        The intercept where the slope is held at 1: calibration in the large.
    """

    intercept: float
    slope: float
    shift: float


def logit(probability: Floats) -> Floats:
    """Return log-odds, of probabilities within [EDGE, 1 - EDGE]."""
    clipped = np.clip(probability, EDGE, 1.0 - EDGE)
    odds: Floats = np.log(clipped) - np.log1p(-clipped)
    return odds


def fit_line(z: Floats, churned: Mask, weights: Floats | None = None) -> Line:
    r"""Fit a line through log-odds by maximum likelihood.

    Parameters
    ----------
    z : ndarray of float64, shape (n,)
        Log-odds that were predicted.
    churned : ndarray of bool, shape (n,)
        What happened.
    weights : ndarray of float64, shape (n,), optional
        How often each row counts.

    Returns
    -------
    Line
        With NaN where the likelihood has no maximum: everybody or nobody left, all `z` are
        equal, or a threshold tells all who left from all who stayed.

    References
    ----------
    .. [1] Cox, D. R. (1958). Two Further Applications of a Model for Binary Regression.
       Biometrika 45(3/4), 562-565.
    """
    w = np.ones(len(z)) if weights is None else weights
    some = w > 0.0
    z, y, w = z[some], churned[some], w[some]
    if not y.any() or y.all():
        return Line(math.nan, math.nan, math.nan)
    shift = _newton(np.zeros((1, len(z))), z, y, w)
    gone, here = z[y], z[~y]
    if here.max() <= gone.min() or gone.max() <= here.min():
        return Line(math.nan, math.nan, float(shift[0]))
    # in units of its own spread, so that Newton's steps are well conditioned
    mean, spread = float(z.mean()), float(z.std())
    scaled = (z - mean) / spread
    found = _newton(scaled[None, :], np.zeros(len(z)), y, w)
    slope = found[1] / spread
    return Line(float(found[0] - slope * mean), float(slope), float(shift[0]))


def _newton(x: Floats, offset: Floats, y: Mask, w: Floats) -> Floats:
    """Return intercept and slope (0 if `x` is all 0) that maximise the likelihood."""
    from scipy.special import expit

    share = float(w @ y / w.sum())
    beta = np.array([math.log(share / (1.0 - share)) - float(w @ offset / w.sum()), 0.0])
    best = _log_likelihood(beta, x, offset, y, w)
    for _ in range(100):
        p = expit(offset + beta[0] + beta[1] * x[0])
        r, v = w * (y - p), w * p * (1.0 - p)
        step = solve(r.sum(), r @ x[0], v.sum(), v @ x[0], v @ x[0] ** 2)
        if np.abs(step).max() < 1e-6 * (1.0 + np.abs(beta).max()):
            return beta + step  # the steps that are left out are of the order of its square
        size = 1.0
        while size > 1e-9:
            tried = beta + size * step
            reached = _log_likelihood(tried, x, offset, y, w)
            if reached >= best:
                break
            size /= 2.0
        else:
            break
        beta, best = tried, reached
    return beta


def _log_likelihood(beta: Floats, x: Floats, offset: Floats, y: Mask, w: Floats) -> float:
    eta = offset + beta[0] + beta[1] * x[0]
    return -float(w @ np.logaddexp(0.0, np.where(y, -eta, eta)))


def solve(g0: float, g1: float, h00: float, h01: float, h11: float) -> Floats:
    """Return the Newton step of intercept and slope; of the intercept alone where x is all 0."""
    if h11 == 0.0:
        return np.array([g0 / h00 if h00 > 0.0 else 0.0, 0.0])
    determinant = h00 * h11 - h01 * h01
    if determinant <= 0.0:
        return np.zeros(2)
    return np.array([(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant])


def anchored(line: Line, z: Floats, churned: Mask) -> Floats:
    """Return columns of which weighted sums tell how the line moves under other weights.

    Returns
    -------
    ndarray of float64, shape (n, 7)
        Of each row: its part in the gradient (2) and the information (3) of the line, and in
        those of the shift (2).
    """
    from scipy.special import expit

    columns = np.empty((len(z), N_COLUMNS))
    p = expit(line.intercept + line.slope * z)
    r, v = churned - p, p * (1.0 - p)
    columns[:, 0], columns[:, 1] = r, r * z
    columns[:, 2], columns[:, 3], columns[:, 4] = v, v * z, v * z * z
    p = expit(line.shift + z)
    columns[:, 5], columns[:, 6] = churned - p, p * (1.0 - p)
    return columns


def moved(line: Line, sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Return intercept, slope and shift one Newton step from a line, per row of sums.

    A resample's own line differs from it by a term of the order 1/n, where the resamples
    differ from each other by the order 1/sqrt(n).

    Parameters
    ----------
    line : Line
        Of all rows.
    sums : ndarray of float64, shape (m, 7)
        Weighted sums of `anchored`, one row per resample.
    """
    g0, g1, h00, h01, h11, g, h = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = h00 * h11 - h01 * h01
        intercept = line.intercept + (h11 * g0 - h01 * g1) / determinant
        slope = line.slope + (h00 * g1 - h01 * g0) / determinant
        shift = line.shift + g / h
    return intercept, slope, shift
