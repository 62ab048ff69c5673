"""Kernels of the Pareto/NBD: what customers will still buy.

Given that a customer is alive at T, λ and μ are again independent: Gamma(r + x, α + T) and
Gamma(s, β + T), since the likelihood of being alive is λ^x e^{-(λ+μ)T}. So each prediction is
P(alive at T) times that of a new customer with these parameters.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.pareto import NODES, WEIGHTS, alive_and_gone, log_one_plus

__all__ = [
    "alive_ahead",
    "discounted",
    "discounted_life",
    "expected",
    "lifetime",
    "pmf",
    "purchase",
    "spread",
]

#: The rule of 16 nodes.
_FROM, _TO = 36, 52
#: What has fallen to exp(-45) of its start is left out.
_DEPTH = 45.0


@kernel
def lifetime(s, beta, t):
    """Return the expected time alive within t, of somebody alive now: ∫ (β/(β+τ))^s dτ.

    Times r/α, it is E[X(t)] of Schmittlein, Morrison & Colombo (1987) without its cancellation
    at s = 1 and at large β.
    """
    log = log_one_plus(t / beta)
    z = (s - 1.0) * log
    return beta * log * (1.0 if z == 0.0 else -math.expm1(-z) / z)


@kernel
def discounted_life(s, beta, rate, t):
    """Return ∫ (β/(β+τ))^s e^(-rate·τ) dτ from 0 to t, which may be infinite.

    For t = ∞ this is β U(1, 2-s, rate·β), U the confluent hypergeometric function of the
    second kind, and so the DERT of Fader, Hardie & Lee (2005), eq. 2, up to a factor.
    Substituted: y = log(1 + τ/β).
    """
    if rate == 0.0:
        if math.isinf(t):
            return beta / (s - 1.0) if s > 1.0 else math.inf
        return lifetime(s, beta, t)
    z = rate * beta
    end = log_one_plus(min(t / beta, _DEPTH / z))
    if s > 1.0:
        end = min(end, _DEPTH / (s - 1.0))
    depth = max(s - 1.0, 0.0) * end + z * math.expm1(end)
    panels = int(max(math.ceil(end / 1.25), math.ceil(depth / 10.0), 1.0))
    scale, total = end / panels, 0.0
    for panel in range(panels):
        for k in range(_FROM, _TO):
            y = scale * (panel + NODES[k])
            total += WEIGHTS[k] * math.exp(-(s - 1.0) * y - z * math.expm1(y))
    return beta * scale * total


@kernel
def _doublings(r, alpha, s, beta, t):
    """Return how often the first panel of (0, t) doubles.

    Panels that double see the poles at -α and -β from afar, and the first is so short that
    little falls within it.
    """
    n, first = 0, t
    while (
        first > 2.0 * min(alpha, beta)
        or r * log_one_plus(first / alpha) + s * log_one_plus(first / beta) > 6.0
    ):
        first /= 2.0
        n += 1
    return n


@kernel
def spread(r, alpha, s, beta, t, out):
    """Write P(X(t) = 0) … P(X(t) = n) and P(X(t) > n) of somebody alive now to `out`.

    X(t) = n either with dropout at τ < t, after n purchases, or alive through t; X(t) > n if
    purchase n + 1 comes at some τ < t. All are integrals of positive terms over τ; see Fader &
    Hardie (2005), "A Note on Deriving the Pareto/NBD Model", section "Distribution", whose
    closed form is a difference. With s = 0 and β = ∞, this is the NBD.
    """
    out[:] = 0.0
    most = len(out) - 2
    doublings = _doublings(r, alpha, s, beta, t)
    parts = 1 + int(math.sqrt(float(most)) / 8.0)
    for doubling in range(doublings + 1):
        right = math.ldexp(t, doubling - doublings)
        left = 0.0 if doubling == 0 else right / 2.0
        step = (right - left) / parts
        for part in range(parts):
            for k in range(_FROM, _TO):
                now = left + step * (part + NODES[k])
                alive = WEIGHTS[k] * step * math.exp(-s * log_one_plus(now / beta))
                leaves = alive * s / (beta + now)
                _add_counts(r, alpha, now, leaves, alive * (r + most) / (alpha + now), out)
    _add_counts(r, alpha, t, math.exp(-s * log_one_plus(t / beta)), 0.0, out)


@kernel
def _add_counts(r, alpha, t, weight, weight_beyond, out):
    """Add the NBD of the purchases within t, times `weight`; at the last also for the rest."""
    log_p = -r * log_one_plus(t / alpha)
    share, most = t / (alpha + t), len(out) - 2
    if log_p > -600.0:
        p = math.exp(log_p)
        for n in range(most):
            out[n] += weight * p
            p *= (r + n) / (n + 1.0) * share
    else:  # the first terms underflow, later ones need not
        for n in range(most):
            out[n] += weight * math.exp(log_p)
            log_p += math.log((r + n) / (n + 1.0) * share)
        p = math.exp(log_p)
    out[most] += weight * p
    out[most + 1] += weight_beyond * p


@kernel
def alive_ahead(params, x, t_x, T, ahead, out):
    """Write the probability of being alive at T + ahead."""
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    for i in range(len(x)):
        now = alive_and_gone(r, alpha, s, beta, x[i], t_x[i], T[i])[0]
        out[i] = now * math.exp(-s * log_one_plus(ahead / (beta + T[i])))


@kernel
def expected(params, x, t_x, T, horizon, out):
    """Write the expected purchases in (T, T + horizon]."""
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    for i in range(len(x)):
        now = alive_and_gone(r, alpha, s, beta, x[i], t_x[i], T[i])[0]
        out[i] = now * (r + x[i]) / (alpha + T[i]) * lifetime(s, beta + T[i], horizon)


@kernel
def purchase(params, x, t_x, T, horizon, out):
    """Write the probability of a purchase in (T, T + horizon]."""
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    for i in range(len(x)):
        now = alive_and_gone(r, alpha, s, beta, x[i], t_x[i], T[i])[0]
        out[i] = now * _some(r + x[i], alpha + T[i], s, beta + T[i], horizon)


@kernel
def _some(r, alpha, s, beta, t):
    """Return P(X(t) > 0) of somebody alive now: ∫ r/(α+τ) (α/(α+τ))^r (β/(β+τ))^s dτ."""
    doublings, total = _doublings(r, alpha, s, beta, t), 0.0
    for doubling in range(doublings + 1):
        right = math.ldexp(t, doubling - doublings)
        left = 0.0 if doubling == 0 else right / 2.0
        for k in range(_FROM, _TO):
            now = left + (right - left) * NODES[k]
            fall = r * log_one_plus(now / alpha) + s * log_one_plus(now / beta)
            total += WEIGHTS[k] * (right - left) * math.exp(-fall) / (alpha + now)
    return r * total


@kernel
def pmf(params, x, t_x, T, horizon, out):
    """Write the probabilities of 0 … n purchases in (T, T + horizon], and of more."""
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    for i in range(len(x)):
        now, gone = alive_and_gone(r, alpha, s, beta, x[i], t_x[i], T[i])
        spread(r + x[i], alpha + T[i], s, beta + T[i], horizon, out[i])
        for n in range(out.shape[1]):
            out[i, n] *= now
        out[i, 0] += gone


@kernel
def discounted(params, x, t_x, T, horizon, rate, out):
    """Write the expected discounted purchases in (T, T + horizon]; the horizon may be infinite."""
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    for i in range(len(x)):
        now = alive_and_gone(r, alpha, s, beta, x[i], t_x[i], T[i])[0]
        rest = discounted_life(s, beta + T[i], rate, horizon)
        out[i] = now * (r + x[i]) / (alpha + T[i]) * rest if now > 0.0 else 0.0
