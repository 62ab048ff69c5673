"""Maximum likelihood over positive parameters: several starts, standard errors, boundaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from customerintel.models.limits import find_limit
from customerintel.models.optimum import Likelihood, Optimum, SearchScale
from customerintel.models.searching import curvature_at, polish, search

__all__ = ["Likelihood", "Optimum", "maximise"]

Floats = NDArray[np.float64]

#: Mean curvature below which a search may have stopped anywhere on a ridge.
_FLAT = 1e-5


def maximise(
    likelihood: Likelihood,
    starts: Sequence[Sequence[float]],
    names: Sequence[str],
    *,
    n: float,
    penalty: float = 0.0,
    ranges: Floats | None = None,
    typical: Sequence[float] | None = None,
    inverse: Floats | None = None,
    limits: int = 8,
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
    ranges : ndarray of float64, optional
        From the least to the greatest value of the column that each of the last parameters
        belongs to, if they are effects of covariates, which may have either sign.
    typical : sequence of float, optional
        A usual size of each positive parameter that has a unit, which tells what is far; 1 if
        not given.
    inverse : ndarray of float64, shape (k, k), optional
        About the inverse of the mean curvature in what is searched, as from a sample.
    limits : int
        How many limits are looked into where the optimum is flat or far out.

    Returns
    -------
    Optimum
        The best of all starts.
    """
    ranges = np.zeros(0) if ranges is None else ranges
    usual = np.ones(len(names) - len(ranges)) if typical is None else np.array(typical)
    scale = SearchScale(names, np.log(usual), ranges)

    def loss(place: Floats) -> tuple[float, Floats]:
        params = scale.natural(place)
        value, slope = likelihood(params)
        loss_here = -value / n + penalty * float(place @ place)
        return loss_here, -slope * scale.slopes(params) / n + 2.0 * penalty * place

    place = polish(loss, search(loss, [scale.searched(start) for start in starts], inverse))
    found, flat = _judge(likelihood, loss, place, n, scale)
    if (flat or found.boundary) and not penalty:
        return find_limit(found, loss, likelihood, scale, most=limits)
    return found


def _judge(
    likelihood: Likelihood, loss: Likelihood, place: Floats, n: float, scale: SearchScale
) -> tuple[Optimum, bool]:
    """Tell whether the optimum is inside and how sure the parameters are; and if it is flat."""
    params = scale.natural(place)
    value, slope = loss(place)
    far = scale.ends(place)
    covariance = np.full((len(place), len(place)), np.nan)
    status, flat = "boundary" if far else "interior", False
    if not far:
        curvature = curvature_at(loss, place)
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
    return Optimum(params, value, covariance, status, far), flat
