"""The search for the top of a likelihood: BFGS from several starts, then Newton's steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.optimum import LIMIT, Likelihood

__all__ = ["curvature_at", "polish", "search"]

Floats = NDArray[np.float64]

#: Slope at which Newton's steps take over.
_NEAR = 1e-6


def search(loss: Likelihood, starts: Sequence[Floats], inverse: Floats | None) -> Floats:
    """Return the best place that a search from any start comes to."""
    from scipy.optimize import minimize

    def bounded(inner: Floats) -> tuple[float, Floats]:
        # hardly bent where parameters usually are, and never beyond the limit
        share = np.tanh(inner / LIMIT)
        value, slope = loss(LIMIT * share)
        return value, slope * (1.0 - share * share)

    options: Any = {"maxiter": 2000, "gtol": _NEAR, "hess_inv0": inverse}
    inside = [np.clip(start / LIMIT, -0.999, 0.999) for start in starts]
    results = [
        minimize(bounded, LIMIT * np.arctanh(share), jac=True, method="BFGS", options=options)
        for share in inside
    ]
    # a search that met NaN has found nothing, and must not win by being no number
    best = min(results, key=lambda found: found.fun if math.isfinite(found.fun) else math.inf)
    place: Floats = LIMIT * np.tanh(best.x / LIMIT)
    return place


def polish(loss: Likelihood, place: Floats) -> Floats:
    """Take Newton steps as long as they help."""
    value, slope = loss(place)
    for _ in range(8):
        if np.abs(slope).max() < 1e-10:
            break
        curvature = curvature_at(loss, place)
        try:
            step = np.linalg.solve(curvature, -slope)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.abs(step).max() > 1.0:
            break
        tried, tried_slope = loss(place + step)
        # so near the top, differences of the value are rounding: the slope decides
        higher = not tried <= value + 1e-13 * (1.0 + abs(value))
        if higher or np.abs(tried_slope).max() >= np.abs(slope).max():
            break
        place, value, slope = place + step, tried, tried_slope
    return place


def curvature_at(loss: Likelihood, place: Floats) -> Floats:
    """Return the Hessian of the loss: central differences of its analytic gradient."""
    step = 1e-4
    rows = []
    for k in range(len(place)):
        shift = np.zeros(len(place))
        shift[k] = step
        rows.append((loss(place + shift)[1] - loss(place - shift)[1]) / (2.0 * step))
    hessian = np.array(rows)
    return (hessian + hessian.T) / 2.0
