"""Maximum likelihood over positive parameters: several starts, standard errors, boundaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Optimum", "maximise"]

Floats = NDArray[np.float64]
#: Log-likelihood at natural parameters, and its gradient with respect to them.
Likelihood = Callable[[Floats], tuple[float, Floats]]

#: Beyond exp(±this), a parameter is on its boundary.
FAR = 13.0
#: Where the search stops following a parameter.
LIMIT = 40.0


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
) -> Optimum:
    """Search from every start with L-BFGS-B in the logarithms of the parameters.

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

    Returns
    -------
    Optimum
        The best of all starts.
    """
    from scipy.optimize import minimize

    def loss(logs: Floats) -> tuple[float, Floats]:
        params = np.exp(logs)
        value, slope = likelihood(params)
        loss_here = -value / n + penalty * float(logs @ logs)
        return loss_here, -slope * params / n + 2.0 * penalty * logs

    bounds = [(-LIMIT, LIMIT)] * len(names)
    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    results = [
        minimize(  # type: ignore[call-overload]  # SciPy's stubs know no function of this kind
            loss, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        for start in starts
    ]
    best = min(results, key=lambda result: float(result.fun))
    logs = _polish(loss, np.asarray(best.x))
    return _judge(likelihood, loss, logs, names, n)


def _polish(loss: Likelihood, logs: Floats) -> Floats:
    """Take Newton steps as long as they help."""
    value, slope = loss(logs)
    for _ in range(8):
        if np.abs(slope).max() < 1e-10:
            break
        curvature = _curvature(loss, logs)
        try:
            step = np.linalg.solve(curvature, -slope)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.abs(step).max() > 1.0:
            break
        tried, tried_slope = loss(logs + step)
        if not tried <= value or np.abs(tried_slope).max() >= np.abs(slope).max():
            break
        logs, value, slope = logs + step, tried, tried_slope
    return logs


def _curvature(loss: Likelihood, logs: Floats) -> Floats:
    """Return the Hessian of the loss: central differences of its analytic gradient."""
    step = 1e-4
    rows = []
    for k in range(len(logs)):
        shift = np.zeros(len(logs))
        shift[k] = step
        rows.append((loss(logs + shift)[1] - loss(logs - shift)[1]) / (2.0 * step))
    hessian = np.array(rows)
    return (hessian + hessian.T) / 2.0


def _judge(
    likelihood: Likelihood, loss: Likelihood, logs: Floats, names: Sequence[str], n: float
) -> Optimum:
    """Tell whether the optimum is inside, and how sure the parameters are."""
    params = np.exp(logs)
    value, slope = loss(logs)
    far = [
        f"{name} → {'inf' if log > 0 else '0'}"
        for name, log in zip(names, logs.tolist(), strict=True)
        if abs(log) > FAR
    ]
    covariance = np.full((len(names), len(names)), np.nan)
    status = "boundary" if far else "interior"
    if not far:
        information = _curvature(loss, logs) * n
        spread = np.linalg.eigvalsh(information)
        if (
            not np.isfinite(value)
            or np.abs(slope).max() > 1e-5
            or not spread.min() > 1e-12 * spread.max()
        ):
            status = "not_converged"
        else:
            # delta method: the parameters are the exponentials of what was searched
            covariance = np.linalg.inv(information) * np.outer(params, params)
    return Optimum(params, float(likelihood(params)[0]), covariance, status, tuple(far))
