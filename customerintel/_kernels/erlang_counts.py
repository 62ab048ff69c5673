"""How often a clock of unknown rate ticks: N ticks within t, at a rate λ ~ Gamma(shape, rate).

N is negative binomial, (shape)_n / n! · (1 − z)^shape z^n with z = t / (rate + t).
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import log_gamma, log_gamma_step

__all__ = ["at_least", "fill_counts", "log_count", "log_share"]


@kernel
def log_share(rate, t):
    """Return log z = log (t / (rate + t))."""
    return math.log(t / (rate + t)) if t < rate else -math.log1p(rate / t)


@kernel
def log_count(shape, rate, t, n):
    """Return log P(N = n), n ≥ 0 and not necessarily whole."""
    value = n * log_share(rate, t) - shape * math.log1p(t / rate)
    if n <= shape:
        return value + log_gamma_step(shape, n) - log_gamma(n + 1.0)
    if shape >= 1.0:
        return value + log_gamma_step(n + 1.0, shape - 1.0) - log_gamma(shape)
    return value - log_gamma_step(n + shape, 1.0 - shape) - log_gamma(shape)


@kernel
def _fraction(p, q, z, rest):
    """Return I_z(p, q) B(p, q) / (z^p (1 − z)^q), `rest` being 1 − z to full precision.

    The continued fraction of Didonato and Morris (1992, ACM TOMS 18(3), 360-373, equation 9),
    by Lentz' method; it is quick where z < (p + 1) / (p + q + 2).
    """
    value = p * (p * rest - q * z + 1.0) / (p + 1.0)
    c, d = value, 0.0
    for m in range(1, 100_000):
        wide = p + 2.0 * m - 1.0
        over = m * (q - m) * z / wide
        top = (p + (m - 1.0)) * (p + q + (m - 1.0)) / wide * z * over
        base = m + over
        base += (p + m) * (p * rest - q * z + 1.0 + m * (1.0 + rest)) / (p + 2.0 * m + 1.0)
        d = 1.0 / (base + top * d)
        c = base + top / c
        value *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return 1.0 / value


@kernel
def at_least(shape, rate, t, n):
    """Return P(N ≥ n) = I_z(n, shape), n > 0 and not necessarily whole."""
    z, rest = t / (rate + t), rate / (rate + t)
    here = math.exp(log_count(shape, rate, t, n)) * n
    if (n + 1.0) * rate > (shape + 1.0) * t:
        return min(here * _fraction(n, shape, z, rest), 1.0)
    return max(1.0 - here * _fraction(shape, n, rest, z), 0.0)


@kernel
def fill_counts(shape, rate, t, exact, more):
    """Fill `exact` with P(N = n), n = 0 … len − 1, and `more` with P(N ≥ n), n = 0 … len.

    Whichever side is small is summed from its own small terms, so each keeps its digits.
    """
    size = exact.size
    log_z, log_here = log_share(rate, t), -shape * math.log1p(t / rate)
    for n in range(size):
        if n > 0:
            log_here += log_z + math.log((shape + (n - 1.0)) / n)
        exact[n] = math.exp(log_here)
    if (size + 1.0) * rate > (shape + 1.0) * t:
        more[size] = at_least(shape, rate, t, float(size))
        for n in range(size - 1, -1, -1):
            more[n] = more[n + 1] + exact[n]
    else:
        fewer = 0.0
        for n in range(size):
            more[n] = 1.0 - fewer
            fewer += exact[n]
        more[size] = 1.0 - fewer
