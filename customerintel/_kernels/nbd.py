"""Kernels of the NBD: everybody buys at a rate λ ~ Gamma(r, α) for ever (Ehrenberg 1959).

The likelihood is that of the purchase moments, as for the models with dropout, so the two can be
compared: Γ(r+x)/Γ(r) · α^r / (α+T)^(r+x). Given a history, λ ~ Gamma(r + x, α + T).
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.pareto import log_one_plus
from customerintel._kernels.pareto_future import spread
from customerintel._kernels.special import digamma_step, log_gamma_step

__all__ = ["alive_ahead", "discounted", "expected", "log_likelihood", "pmf", "purchase"]


@kernel
def log_likelihood(params, x, _t_x, T, weights, out):
    """Add the weighted log-likelihood of rows, and its gradient (r, alpha), to `out`."""
    r, alpha = params[0], params[1]
    total = d_r = d_alpha = 0.0
    for i in range(len(x)):
        n, weight, end = x[i], weights[i], alpha + T[i]
        since = log_one_plus(T[i] / alpha)
        total += weight * (log_gamma_step(r, n) - r * since - n * math.log(end))
        d_r += weight * (digamma_step(r, n) - since)
        d_alpha += weight * (r * T[i] / alpha - n) / end
    out[0] += total
    out[1] += d_r
    out[2] += d_alpha


@kernel
def alive_ahead(_params, _x, _t_x, _T, _ahead, out):
    """Write 1: nobody is ever lost."""
    out[:] = 1.0


@kernel
def expected(params, x, _t_x, T, horizon, out):
    """Write the expected purchases in (T, T + horizon]."""
    for i in range(len(x)):
        out[i] = (params[0] + x[i]) / (params[1] + T[i]) * horizon


@kernel
def purchase(params, x, _t_x, T, horizon, out):
    """Write the probability of a purchase in (T, T + horizon]."""
    for i in range(len(x)):
        out[i] = -math.expm1(-(params[0] + x[i]) * log_one_plus(horizon / (params[1] + T[i])))


@kernel
def pmf(params, x, _t_x, T, horizon, out):
    """Write the probabilities of 0 … n purchases in (T, T + horizon], and of more."""
    for i in range(len(x)):
        spread(params[0] + x[i], params[1] + T[i], 0.0, math.inf, horizon, out[i])


@kernel
def discounted(params, x, _t_x, T, horizon, rate, out):
    """Write the expected discounted purchases in (T, T + horizon]; the horizon may be infinite."""
    life = horizon if rate == 0.0 else -math.expm1(-rate * horizon) / rate
    for i in range(len(x)):
        out[i] = (params[0] + x[i]) / (params[1] + T[i]) * life
