"""BG/BB: purchases at regular opportunities, by customers who may stop for good before any.

Given that a customer is alive after n opportunities, the chance p of a purchase and the chance
θ of stopping are independent and beta distributed again, so all predictions are those of a new
customer with other parameters: α + x, β + n - x, γ, δ + n (from the likelihood of
Fader, Hardie and Shang 2010).
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import digamma_step, log_gamma_step, log_hyp2f1


@kernel
def _first(params, x, t_x, slope):
    """Log-probability of the purchases until the last one and stopping right after it.

    The gradient goes to `slope`.
    """
    alpha, beta, gamma, delta = params[0], params[1], params[2], params[3]
    gaps = t_x - x
    both, ends = alpha + beta, gamma + delta
    total = log_gamma_step(alpha, x) + log_gamma_step(beta, gaps) - log_gamma_step(both, t_x)
    total += log_gamma_step(delta, t_x) - log_gamma_step(ends, t_x)
    all_both = digamma_step(both, t_x)
    all_ends = digamma_step(ends, t_x) + 1.0 / (ends + t_x)
    slope[0] = digamma_step(alpha, x) - all_both
    slope[1] = digamma_step(beta, gaps) - all_both
    slope[2] = 1.0 / gamma - all_ends
    slope[3] = digamma_step(delta, t_x) - all_ends
    return total + math.log(gamma / (ends + t_x))


@kernel
def history(params, x, t_x, n, slope):
    """Return the log-likelihood of one history and the probability to be alive after it.

    That of Fader, Hardie and Shang (2010). Its terms, one per place where the customer may
    have stopped and one for being alive, are taken relative to the first of them, each from
    the one before. The gradient goes to `slope`.
    """
    alpha, beta, gamma, delta = params[0], params[1], params[2], params[3]
    first = _first(params, x, t_x, slope)
    term, total = 1.0, 0.0
    by_both, by_beta, by_ends, by_delta = 0.0, 0.0, 0.0, 0.0
    grown = np.zeros(4)
    for i in range(int(n - t_x)):
        total += term
        grown[0] -= term * by_both
        grown[1] += term * (by_beta - by_both)
        grown[2] -= term * by_ends
        grown[3] += term * (by_delta - by_ends)
        t = t_x + i
        term *= (beta + t - x) / (alpha + beta + t) * ((delta + t) / (gamma + delta + t + 1.0))
        by_both += 1.0 / (alpha + beta + t)
        by_beta += 1.0 / (beta + t - x)
        by_ends += 1.0 / (gamma + delta + t + 1.0)
        by_delta += 1.0 / (delta + t)
    # alive: θ did not happen n times, in place of n times and then once
    ends = gamma + delta + n
    alive = term * ends / gamma
    total += alive
    grown[0] -= alive * by_both
    grown[1] += alive * (by_beta - by_both)
    grown[2] += alive * (1.0 / ends - 1.0 / gamma - by_ends)
    grown[3] += alive * (1.0 / ends + by_delta - by_ends)
    for k in range(4):
        slope[k] += grown[k] / total
    return first + math.log(total), alive / total


@kernel
def sum_rows(params, x, t_x, n, weights, out):
    """Add the log-likelihood (place 0) and its gradient (places 1 to 4) of rows to `out`."""
    slope = np.empty(4)
    for i in range(len(x)):
        value, _ = history(params, x[i], t_x[i], n[i], slope)
        out[0] += weights[i] * value
        for k in range(4):
            out[1 + k] += weights[i] * slope[k]


@kernel
def _later(params, x, t_x, n, slope, now):
    """Write the parameters of a customer who is alive, and return the probability of that."""
    _, alive = history(params, x, t_x, n, slope)
    now[0] = params[0] + x
    now[1] = params[1] + n - x
    now[2] = params[2]
    now[3] = params[3] + n
    return alive


@kernel
def alive(params, x, t_x, n, ahead, out):
    """Write the probabilities to be alive after `ahead` more opportunities."""
    slope, now = np.empty(4), np.empty(4)
    for i in range(len(x)):
        out[i] = _later(params, x[i], t_x[i], n[i], slope, now)
        if ahead > 0.0:
            stays = log_gamma_step(now[3], ahead) - log_gamma_step(now[2] + now[3], ahead)
            out[i] *= math.exp(stays)


@kernel
def purchases_alive(params, horizon, factor):
    """Purchases at `horizon` opportunities, the k-th worth factor^k, of a customer alive before."""
    chance, total, worth = 1.0, 0.0, 1.0
    for k in range(horizon):
        chance *= (params[3] + k) / (params[2] + params[3] + k)
        worth *= factor
        total += chance * worth
    return params[0] / (params[0] + params[1]) * total


@kernel
def residual_alive(params, factor):
    """Purchases at all later opportunities, the k-th worth factor^k, of a customer alive before.

    Fader, Hardie and Shang (2010), equation 14; without discount (factor 1), the mean number
    of opportunities, δ / (γ - 1), infinite where γ is at most 1.
    """
    gamma, delta = params[2], params[3]
    mean = params[0] / (params[0] + params[1])
    if factor >= 1.0:
        return mean * delta / (gamma - 1.0) if gamma > 1.0 else math.inf
    ends = gamma + delta
    return mean * delta / ends * factor * math.exp(log_hyp2f1(1.0, delta + 1.0, ends + 1.0, factor))


@kernel
def purchases(params, x, t_x, n, horizon, factor, out):
    """Write expected purchases at the next opportunities, the k-th worth factor^k; -1: at all."""
    slope, now = np.empty(4), np.empty(4)
    for i in range(len(x)):
        share = _later(params, x[i], t_x[i], n[i], slope, now)
        if horizon < 0:
            out[i] = share * residual_alive(now, factor)
        else:
            out[i] = share * purchases_alive(now, horizon, factor)


@kernel
def counts_alive(params, horizon, spare, out):
    """Write P(0), P(1), …, P(more) purchases of a customer who is alive before the opportunities.

    Fader, Hardie and Shang (2010), equation 7, the beta-binomial of j opportunities climbing
    with j: every term is positive, so that small probabilities keep their digits. `spare` and
    `out` have a place for each count and one for all that are higher.
    """
    a, b, gamma, delta = params[0], params[1], params[2], params[3]
    top = len(out) - 2
    out[:] = 0.0
    spare[:] = 0.0
    spare[0] = 1.0
    chance = 1.0
    for j in range(horizon):
        stops = chance * gamma / (gamma + delta + j)
        for k in range(len(out)):
            out[k] += stops * spare[k]
        chance *= (delta + j) / (gamma + delta + j)
        spare[top + 1] += spare[top] * (a + top) / (a + b + j) if top <= j else 0.0
        for k in range(min(top, j + 1), -1, -1):
            stay = spare[k] * (b + j - k) / (a + b + j) if k <= j else 0.0
            rise = spare[k - 1] * (a + k - 1.0) / (a + b + j) if k > 0 else 0.0
            spare[k] = stay + rise
    for k in range(len(out)):
        out[k] += chance * spare[k]


@kernel
def counts(params, x, t_x, n, horizon, out):
    """Write P(0), P(1), …, P(more) purchases at the next opportunities, shape (rows, counts)."""
    slope, now = np.empty(4), np.empty(4)
    spare = np.empty(out.shape[1])
    for i in range(len(x)):
        share = _later(params, x[i], t_x[i], n[i], slope, now)
        counts_alive(now, horizon, spare, out[i])
        for k in range(out.shape[1]):
            out[i, k] *= share
        out[i, 0] += 1.0 - share
