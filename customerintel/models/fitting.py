"""Maximum likelihood over positive parameters: several starts, standard errors, boundaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Likelihood", "Optimum", "maximise"]

Floats = NDArray[np.float64]
#: Log-likelihood at natural parameters, and its gradient with respect to them.
Likelihood = Callable[[Floats], tuple[float, Floats]]

#: Beyond exp(±this), a parameter is on its boundary.
FAR = 13.0
#: Where the search stops following a parameter.
LIMIT = 40.0
#: Slope at which Newton's steps take over.
_NEAR = 1e-6
#: How much further out, in logarithms, a limit is looked for.
_PUSH = 20.0
#: A log-likelihood that loses less than this on the way says nothing against the limit.
_NOTHING = 1e-6
#: Mean curvature below which a search may have stopped anywhere on a ridge.
_FLAT = 1e-5


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the likelihood is greatest.

    Parameters
    ----------
    params : ndarray of float64, shape (k,)
        Natural scale.
    log_likelihood : float
        Without the penalty.
    covariance : ndarray of float64, shape (k, k)
        Inverse of the observed information, natural scale; NaN on a boundary.
    status : {"interior", "boundary", "not_converged"}
        How the search ended.
    boundary : tuple of str
        Parameters that run away: ``"beta → inf"`` or ``"a → 0"``.
    """

    params: Floats
    log_likelihood: float
    covariance: Floats
    status: str
    boundary: tuple[str, ...]


def maximise(
    likelihood: Likelihood,
    starts: Sequence[Sequence[float]],
    names: Sequence[str],
    *,
    n: float,
    penalty: float = 0.0,
    n_effects: int = 0,
    typical: Sequence[float] | None = None,
    inverse: Floats | None = None,
) -> Optimum:
    """Search from every start with BFGS in the logarithms of the parameters.

    Parameters
    ----------
    likelihood : callable
        Sum over the customers, and its gradient.
    starts : sequence of sequences of float
        Natural scale.
    names : sequence of str
        Of the parameters.
    n : float
        Number of customers: the search works with means, so that its tolerances mean the same
        for any number.
    penalty : float
        Times the sum of the squared logarithms is taken off the mean log-likelihood.
    n_effects : int
        How many of the last parameters are effects of covariates, which may have either sign:
        they are searched as they are.
    typical : sequence of float, optional
        A usual size of each positive parameter that has a unit, which tells what is far; 1 if
        not given.
    inverse : ndarray of float64, shape (k, k), optional
        About the inverse of the mean curvature in what is searched, as from a sample.

    Returns
    -------
    Optimum
        The best of all starts.
    """
    n_positive = len(names) - n_effects
    scale = _Scale(n_positive, np.log(np.ones(n_positive) if typical is None else typical))

    def loss(place: Floats) -> tuple[float, Floats]:
        params = scale.natural(place)
        value, slope = likelihood(params)
        loss_here = -value / n + penalty * float(place @ place)
        return loss_here, -slope * scale.slopes(params) / n + 2.0 * penalty * place

    place = _polish(loss, _search(loss, [scale.searched(start) for start in starts], inverse))
    found, flat = _judge(likelihood, loss, place, names, n, scale)
    if flat and not penalty:
        return _find_limit(found, lambda params: likelihood(params)[0], names, scale)
    return found


def _search(loss: Likelihood, starts: Sequence[Floats], inverse: Floats | None) -> Floats:
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


@dataclass(frozen=True)
class _Scale:
    """Positive parameters are searched as logarithms, what follows them as it is."""

    n_positive: int
    usual: Floats

    def searched(self, params: Sequence[float] | Floats) -> Floats:
        place = np.array(params, np.float64)
        place[: self.n_positive] = np.log(place[: self.n_positive])
        return place

    def natural(self, place: Floats) -> Floats:
        params = place.copy()
        params[: self.n_positive] = np.exp(place[: self.n_positive])
        return params

    def slopes(self, params: Floats) -> Floats:
        """Return what a small step of the search changes in the parameters."""
        slopes = np.ones(len(params))
        slopes[: self.n_positive] = params[: self.n_positive]
        return slopes


def _polish(loss: Likelihood, place: Floats) -> Floats:
    """Take Newton steps as long as they help."""
    value, slope = loss(place)
    for _ in range(8):
        if np.abs(slope).max() < 1e-10:
            break
        curvature = _curvature(loss, place)
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


def _curvature(loss: Likelihood, place: Floats) -> Floats:
    """Return the Hessian of the loss: central differences of its analytic gradient."""
    step = 1e-4
    rows = []
    for k in range(len(place)):
        shift = np.zeros(len(place))
        shift[k] = step
        rows.append((loss(place + shift)[1] - loss(place - shift)[1]) / (2.0 * step))
    hessian = np.array(rows)
    return (hessian + hessian.T) / 2.0


def _judge(
    likelihood: Likelihood, loss: Likelihood, place: Floats, names: Sequence[str], n: float,
    scale: _Scale,
) -> tuple[Optimum, bool]:  # fmt: skip
    """Tell whether the optimum is inside and how sure the parameters are; and if it is flat."""
    params = scale.natural(place)
    value, slope = loss(place)
    far = [
        f"{name} → {'inf' if log > 0 else '0'}"
        for name, log in zip(
            names, (place[: scale.n_positive] - scale.usual).tolist(), strict=False
        )
        if abs(log) > FAR
    ]
    covariance = np.full((len(names), len(names)), np.nan)
    status, flat = "boundary" if far else "interior", False
    if not far:
        curvature = _curvature(loss, place)
        spread = np.linalg.eigvalsh(curvature) if np.isfinite(curvature).all() else np.zeros(1)
        flat = not spread.min() > _FLAT
        if (
            not np.isfinite(value)
            or np.abs(slope).max() > 1e-5
            or not spread.min() > 1e-12 * spread.max()
        ):
            status = "not_converged"
        else:
            # delta method: the parameters are functions of what was searched
            steps = scale.slopes(params)
            inverse = np.linalg.inv(curvature * n)
            covariance = (inverse + inverse.T) / 2.0 * np.outer(steps, steps)
    value = float(likelihood(params)[0])
    return Optimum(params, value, covariance, status, tuple(far)), flat


def _find_limit(
    found: Optimum, log_likelihood: Callable[[Floats], float], names: Sequence[str], scale: _Scale
) -> Optimum:
    """Put an optimum on the boundary where the likelihood is as great at infinity or zero.

    A search stops where the likelihood no longer grows, which on a flat ridge is anywhere.
    Returned is `found` itself, or the point that was looked at on the way to the limit.
    """
    least = found.log_likelihood - _NOTHING - 1e-12 * abs(found.log_likelihood)
    for size in range(1, scale.n_positive + 1):
        for chosen in combinations(range(scale.n_positive), size):
            for sign in (1.0, -1.0):
                place = scale.searched(found.params)
                moved = place[list(chosen)] + sign * _PUSH
                place[list(chosen)] = np.clip(moved, -LIMIT, LIMIT)
                params = scale.natural(place)
                value = log_likelihood(params)
                if value >= least:
                    ends = tuple(f"{names[k]} → {'inf' if sign > 0 else '0'}" for k in chosen)
                    unknown = np.full_like(found.covariance, np.nan)
                    return Optimum(params, value, unknown, "boundary", ends)
    return found
