"""What a customer who is alive will do under BG/NBD and MBG/NBD, which agree about the future.

Purchases come at a rate λ ~ Gamma(shape, rate), and after each the customer is lost with
p ~ Beta(a, B), independently of λ.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.hypergeometric import log_hyp2f1_split

__all__ = ["SCRATCH", "future_purchases", "mean_power"]

#: Gauss-Legendre nodes of one stretch of the time axis, and the longest stretch of log time.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_LONGEST = 2.0
#: Where e^−y is nothing beside what came before.
_FADED = 38.0
#: With both parameters beyond this, a beta distribution is nearly a point.
_ALIKE = 1e6
#: Terms of a series that nodes share, and where it would overflow.
_TERMS, _HUGE = 256, 1e280
#: Numbers of scratch that `future_purchases` needs.
SCRATCH = _TERMS + 2 * 12


@kernel
def _log_mean_power(shape, a, B, u):
    """Return log E[(1 + p u)^−shape] for p ~ Beta(a, B), u > 0.

    ₂F₁(shape, a; a + B; −u) after Pfaff's transformation. Where a and B are so large that it is
    out of reach, p hardly differs from its mean, and two terms of Taylor's series are enough.
    """
    value = log_hyp2f1_split(shape, B, a + B, u / (1.0 + u), 1.0 / (1.0 + u))
    if math.isnan(value) and min(a, B) > _ALIKE:
        mean = a / (a + B)
        bend = u / (1.0 + mean * u)
        spread = mean * (B / (a + B)) / (a + B)
        spread = 0.5 * spread * shape * bend * (shape + 1.0) * bend
        return math.log1p(spread) - shape * math.log1p(mean * u)
    return value - shape * math.log1p(u)


@kernel
def mean_power(shape, a, B, u):
    """Return E[(1 + p u)^−shape] for p ~ Beta(a, B), at most 1."""
    return min(math.exp(_log_mean_power(shape, a, B, u)), 1.0) if u > 0.0 else 1.0


@kernel
def _fill_terms(shape, a, B, z, out):
    """Fill in the terms of ₂F₁(shape, B; a + B; z); return how many, 0 if `out` is too short."""
    term, total = 1.0, 1.0
    out[0] = 1.0
    for j in range(out.size - 1):
        ratio = z * (shape + j) * (B + j) / ((a + B + j) * (1.0 + j))
        term *= ratio
        total += term
        out[j + 1] = term
        if total > _HUGE:
            return 0
        # the ratio moves steadily towards z, so this bounds all that is left
        if term < 1e-17 * total * (1.0 - max(ratio, z)):
            return j + 2
    return 0


@kernel
def _stretch(shape, rate, a, B, speed, discount, middle, half, scratch):
    """Return one stretch of the integral of `future_purchases`, up to constants.

    Its ₂F₁ share their terms: those at the end of the stretch, times powers of how far a node is.
    """
    nodes = _NODES.size
    terms, near, values = scratch[:_TERMS], scratch[_TERMS:-nodes], scratch[-nodes:]
    end = math.expm1(middle + half) / speed / rate
    count = _fill_terms(shape, a, B, end / (1.0 + end), terms)
    for k in range(nodes):
        u = math.expm1(middle + half * _NODES[k]) / speed / rate
        near[k] = u / end * ((1.0 + end) / (1.0 + u))
        values[k] = 0.0
    for j in range(count - 1, -1, -1):
        term = terms[j]
        for k in range(nodes):
            values[k] = values[k] * near[k] + term
    total = 0.0
    for k in range(nodes):
        grown = math.expm1(middle + half * _NODES[k])
        u = grown / speed / rate
        if count > 0:
            here = values[k] * math.exp(-shape * math.log1p(u) - discount * grown / speed)
        else:
            here = math.exp(_log_mean_power(shape, a, B, u) - discount * grown / speed)
        total += _WEIGHTS[k] * (1.0 + grown) * here
    return total * half


@kernel
def future_purchases(shape, rate, a, B, horizon, discount, scratch):
    """Return the discounted purchases in (0, horizon] of a customer who is alive.

    The integral of e^(−discount s) E[λ e^(−λ p s)] over s; the mean of λ is taken exactly, that
    of p is a ₂F₁, and time is stretched so that the rest is smooth: w = log(1 + k s), where k
    is the fastest that purchases can fade. `scratch` holds
    SCRATCH numbers.
    """
    if horizon == math.inf:
        if discount == 0.0:
            return (a + B - 1.0) / (a - 1.0) if a > 1.0 else math.inf
        horizon = _FADED / discount
    speed = (shape + 1.0) / rate + discount
    length = math.log1p(speed * horizon)
    stretches = math.ceil(length / _LONGEST)
    half = 0.5 * length / stretches
    total = 0.0
    for j in range(stretches):
        middle = half * (2.0 * j + 1.0)
        total += _stretch(shape + 1.0, rate, a, B, speed, discount, middle, half, scratch)
    return total * shape / (rate * speed)
