"""Kernels of BG/CNBD-k and MBG/CNBD-k: the log-likelihood with its gradient, and P(alive).

A customer's clock ticks at a rate λ ~ Gamma(r, α), and every k-th tick is a purchase, so that the
times between purchases are Erlang-k. After x repeat purchases there were k x ticks up to t_x; with
A = r + k x, z = (T − t_x) / (α + T) and `early` chances to be lost at the start (0: BG, 1: MBG),

    alive, j ticks since t_x:   (A)_j / j! · z^j,   j = 0 … k − 1,
    lost right after t_x:       a / (b + x + early − 1) · (1 − z)^−A,

both times the same factor. Derived from Platzer and Reutterer (2016); with k = 1 they are the
two terms of Fader, Hardie and Lee (2005), equation 6. Given j, λ ~ Gamma(A + j, α + T) and
p ~ Beta(a, b + x + early), independently.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import digamma_step, log_gamma, log_gamma_step

__all__ = ["fill_phases", "probability_alive_now", "sum_log_likelihood"]

#: Frequencies up to here share what depends on nothing else.
_TABLE = 512
#: With more ticks than this to expect, only k − 1 of them are possible (and nothing overflows).
_CERTAIN = 1e25


@kernel
def _count_terms(k, params, x, early, out):
    """Fill in what depends on x only: log-likelihood, its slopes in r, a, b, and log odds."""
    r, a, b = params[0], params[2], params[3]
    n = x + early
    of_b, of_both = digamma_step(b, n), digamma_step(a + b, n)
    out[0] = log_gamma_step(r, k * x) + log_gamma_step(b, n) - log_gamma_step(a + b, n)
    out[1] = digamma_step(r, k * x)
    out[2] = -of_both
    out[3] = of_b - of_both
    out[4] = math.log(a) - math.log(b + (n - 1.0)) if n >= 1.0 else -math.inf


@kernel
def _phases(k, shape, z):
    """Return log Σ of the terms of being alive, its slope in the shape, and the mean of j."""
    if shape * z > _CERTAIN:
        return (k - 1) * math.log(shape * z) - log_gamma(float(k)), (k - 1) / shape, k - 1.0
    term, total, per_shape, of_shape, of_count = 1.0, 1.0, 0.0, 0.0, 0.0
    for j in range(1, k):
        climbed = shape + (j - 1.0)
        term *= climbed * z / j
        per_shape += 1.0 / climbed
        total += term
        of_shape += term * per_shape
        of_count += term * j
    return math.log(total), of_shape / total, of_count / total


@kernel
def fill_phases(k, shape, z, out):
    """Fill `out` with the probabilities of j = 0 … k − 1 ticks since t_x, given alive.

    Returns the logarithm of the sum of their terms.
    """
    if shape * z > _CERTAIN:
        out[:] = 0.0
        out[k - 1] = 1.0
        return (k - 1) * math.log(shape * z) - log_gamma(float(k))
    term, total = 1.0, 1.0
    out[0] = 1.0
    for j in range(1, k):
        term *= (shape + (j - 1.0)) * z / j
        out[j] = term
        total += term
    for j in range(k):
        out[j] /= total
    return math.log(total)


@kernel
def probability_alive_now(early, k, params, x, t_x, T, phases):
    """Return P(alive at T) of one customer, and fill `phases` as `fill_phases` does."""
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    shape, n = r + k * x, x + early
    log_alive = fill_phases(k, shape, (T - t_x) / (alpha + T), phases)
    if n < 1.0:
        return 1.0
    odds = shape * math.log1p((T - t_x) / (alpha + t_x)) - log_alive
    odds += math.log(a) - math.log(b + (n - 1.0))
    small = math.exp(-abs(odds))
    return (small if odds > 0.0 else 1.0) / (1.0 + small)


@kernel
def sum_log_likelihood(early, k, params, x, t_x, T, weights, out):
    """Add log-likelihood (place 0) and its gradient in r, α, a, b (places 1 … 4) to `out`.

    Without what the gaps add: (k − 1) Σ log gap − x log Γ(k), which no parameter changes.

    Parameters
    ----------
    early : float
        0 for BG/CNBD-k, 1 for MBG/CNBD-k.
    k : int
        Ticks per purchase.
    params : float64, shape (4,)
        r, α, a, b.
    x, t_x, T, weights : float64, shape (n,)
        Rows; sorted by T they are quicker.
    out : float64, shape (5,)
        Sums.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    known = int(min(x.max(), _TABLE)) + 1
    table, spare = np.empty((known, 5)), np.empty(5)
    for i in range(known):
        _count_terms(k, params, float(i), early, table[i])
    total, of_r, of_alpha, of_a, of_b = 0.0, 0.0, 0.0, 0.0, 0.0
    age, grown, log_rate, per_rate = -1.0, 0.0, 0.0, 0.0
    for i in range(x.size):
        counts = spare
        if x[i] < known:
            counts = table[int(x[i])]
        else:
            _count_terms(k, params, x[i], early, spare)
        if T[i] != age:
            age = T[i]
            grown, log_rate, per_rate = (
                math.log1p(age / alpha),
                math.log(alpha + age),
                1.0 / (alpha + age),
            )
        ticks, silence = k * x[i], age - t_x[i]
        shape = r + ticks
        value, by_shape, by_count = _phases(k, shape, silence * per_rate)
        lost, idle = 0.0, 0.0
        if x[i] + early >= 1.0:
            idle = math.log1p(silence / (alpha + t_x[i]))
            odds = counts[4] + shape * idle - value
            small = math.exp(-abs(odds))
            lost = (1.0 if odds > 0.0 else small) / (1.0 + small)
            value += max(odds, 0.0) + math.log1p(small)
        weight, kept = weights[i], 1.0 - lost
        total += weight * (counts[0] - r * grown - ticks * log_rate + value)
        of_r += weight * (counts[1] - grown + lost * idle + kept * by_shape)
        pull = lost * shape * silence / (alpha + t_x[i]) + kept * by_count
        of_alpha += weight * per_rate * (r * age / alpha - ticks - pull)
        of_a += weight * (counts[2] + lost / a)
        # without a chance to be lost, `lost` is 0
        of_b += weight * (counts[3] - lost / (b + max(x[i] + early - 1.0, 0.0)))
    out[0] += total
    out[1] += of_r
    out[2] += of_alpha
    out[3] += of_a
    out[4] += of_b
