"""Kernels of BG/NBD and MBG/NBD: the log-likelihood with its gradient, and every prediction.

The two models differ only in how often a customer could have been lost. After x repeat purchases
BG/NBD has had x chances (one per repeat purchase), MBG/NBD x + 1 (one more at the start), so
each kernel takes `early`, the number of chances at the start: 0 or 1. With n chances survived
and B = b + n, a customer who is alive buys at a rate λ ~ Gamma(r + x, α + T), is lost after
each purchase with p ~ Beta(a, B), independently, and either model goes on in the same way.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.beta_geo_future import mean_power
from customerintel._kernels.special import digamma_step, log_gamma, log_gamma_step

__all__ = [
    "alive_now",
    "probability_alive",
    "probability_of_purchase",
    "purchase_probabilities",
    "sum_log_likelihood",
    "sum_runs",
]

#: Frequencies up to here share what depends on nothing else.
_TABLE = 512


@kernel
def _count_terms(params, x, early, out):
    """Fill in what depends on x only: log-likelihood, its slopes in r, a, b, and log odds."""
    r, a, b = params[0], params[2], params[3]
    n = x + early
    of_b, of_both = digamma_step(b, n), digamma_step(a + b, n)
    out[0] = log_gamma_step(r, x) + log_gamma_step(b, n) - log_gamma_step(a + b, n)
    out[1] = digamma_step(r, x)
    out[2] = -of_both
    out[3] = of_b - of_both
    out[4] = math.log(a) - math.log(b + (n - 1.0)) if n >= 1.0 else -math.inf


@kernel
def sum_log_likelihood(early, params, x, t_x, T, weights, out):
    """Add log-likelihood (place 0) and its gradient in r, α, a, b (places 1 … 4) to `out`.

    Parameters
    ----------
    early : float
        0 for BG/NBD, 1 for MBG/NBD.
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
    for k in range(known):
        _count_terms(params, float(k), early, table[k])
    total, of_r, of_alpha, of_a, of_b = 0.0, 0.0, 0.0, 0.0, 0.0
    age, grown, log_rate, per_rate = -1.0, 0.0, 0.0, 0.0
    for i in range(x.size):
        counts = spare
        if x[i] < known:
            counts = table[int(x[i])]
        else:
            _count_terms(params, x[i], early, spare)
        if T[i] != age:
            age = T[i]
            grown, log_rate, per_rate = (
                math.log1p(age / alpha),
                math.log(alpha + age),
                1.0 / (alpha + age),
            )
        shape = r + x[i]
        value = counts[0] - r * grown - x[i] * log_rate
        lost, idle, silence = 0.0, 0.0, age - t_x[i]
        if x[i] + early >= 1.0:
            idle = math.log1p(silence / (alpha + t_x[i]))
            odds = counts[4] + shape * idle
            small = math.exp(-abs(odds))
            lost = (1.0 if odds > 0.0 else small) / (1.0 + small)
            value += max(odds, 0.0) + math.log1p(small)
        weight = weights[i]
        total += weight * value
        of_r += weight * (counts[1] - grown + lost * idle)
        pull = lost * shape * silence / (alpha + t_x[i])
        of_alpha += weight * per_rate * (r * age / alpha - x[i] - pull)
        of_a += weight * (counts[2] + lost / a)
        # without a chance to be lost, `lost` is 0
        of_b += weight * (counts[3] - lost / (b + max(x[i] + early - 1.0, 0.0)))
    out[0] += total
    out[1] += of_r
    out[2] += of_alpha
    out[3] += of_a
    out[4] += of_b


@kernel
def sum_runs(early, params, ends, x, t_x, T, weights, out):
    """Do the same for runs of rows: run k, with `params[k]` and `out[k]`, ends at `ends[k + 1]`."""
    for k in range(len(params)):
        i, j = ends[k], ends[k + 1]
        sum_log_likelihood(early, params[k], x[i:j], t_x[i:j], T[i:j], weights[i:j], out[k])


@kernel
def alive_now(params, x, t_x, T, early):
    """Return P(alive at T) of one customer."""
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    n = x + early
    if n < 1.0:
        return 1.0
    odds = (r + x) * math.log1p((T - t_x) / (alpha + t_x)) + math.log(a) - math.log(b + (n - 1.0))
    small = math.exp(-abs(odds))
    return (small if odds > 0.0 else 1.0) / (1.0 + small)


@kernel
def probability_alive(early, params, x, t_x, T, ahead, out):
    """Fill `out` with P(alive at T + ahead).

    Given alive at T, the lifetime is exponential with rate λ p, so that of those who are alive
    E[(1 + p ahead / (α + T))^−(r + x)] are so at T + ahead.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    for i in range(x.size):
        stays = mean_power(r + x[i], a, b + x[i] + early, ahead / (alpha + T[i]))
        out[i] = stays * alive_now(params, x[i], t_x[i], T[i], early)


@kernel
def probability_of_purchase(early, params, x, t_x, T, horizon, out):
    """Fill `out` with P(at least one purchase in (T, T + horizon])."""
    r, alpha = params[0], params[1]
    for i in range(x.size):
        bought = -math.expm1(-(r + x[i]) * math.log1p(horizon / (alpha + T[i])))
        out[i] = bought * alive_now(params, x[i], t_x[i], T[i], early)


@kernel
def _more_than(n, shape, z, log_rest):
    """Return P(N > n) of a negative binomial N with z the probability of one more.

    The incomplete beta function I_z(n + 1, shape) by its continued fraction (DLMF 8.17.22),
    which is quick where n + 1 is above the mean. `log_rest` is log(1 − z).
    """
    p, q = n + 1.0, shape
    log_front = log_gamma_step(q, p) - log_gamma(p + 1.0) + p * math.log(z) + q * log_rest
    c, d = 1.0, 1.0 - (p + q) * z / (p + 1.0)
    d = 1.0 / d
    value = d
    for m in range(1, 10_000):
        up = m * (q - m) * z / ((p + 2.0 * m - 1.0) * (p + 2.0 * m))
        d, c = 1.0 / (1.0 + up * d), 1.0 + up / c
        value *= d * c
        down = -(p + m) * (p + q + m) * z / ((p + 2.0 * m) * (p + 2.0 * m + 1.0))
        d, c = 1.0 / (1.0 + down * d), 1.0 + down / c
        value *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return math.exp(log_front) * value


@kernel
def _fill_counts(shape, z, log_rest, out):
    """Fill `out` with P(N ≥ n + 1), n = 0 … len − 1, of the purchases N of somebody never lost.

    Whichever side is small is summed from its own small terms, so each keeps its digits.
    """
    top = out.size - 1
    log_z, log_here = math.log(z), shape * log_rest
    for n in range(top + 1):
        if n > 0:
            log_here += log_z + math.log((shape + (n - 1.0)) / n)
        out[n] = math.exp(log_here)
    if (top + 1.0) * (1.0 - z) > shape * z:
        more = _more_than(top, shape, z, log_rest)
        for n in range(top, -1, -1):
            out[n], more = more, more + out[n]
    else:
        fewer = 0.0
        for n in range(top + 1):
            fewer += out[n]
            out[n] = 1.0 - fewer


@kernel
def purchase_probabilities(early, params, x, t_x, T, horizon, out):
    """Fill row i of `out` with P(0), …, P(m) and P(more) purchases in (T, T + horizon].

    Fader, Hardie and Lee (2005), equation 8, for a customer who is alive: n purchases are n
    that were survived and no more, or n of which the last was not.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    last = out.shape[1] - 2
    more = np.empty(last + 1)
    for i in range(x.size):
        shape, rate, B = r + x[i], alpha + T[i], b + x[i] + early
        alive = alive_now(params, x[i], t_x[i], T[i], early)
        grown = math.log1p(horizon / rate)
        _fill_counts(shape, horizon / (rate + horizon), -grown, more)
        log_exact, survived = -shape * grown, 1.0
        out[i, 0] = 1.0 - alive * -math.expm1(log_exact)
        for n in range(1, last + 1):
            log_exact += math.log((shape + (n - 1.0)) / n * (horizon / (rate + horizon)))
            lost = survived * a / (a + B + (n - 1.0))
            survived *= (B + (n - 1.0)) / (a + B + (n - 1.0))
            out[i, n] = alive * (survived * math.exp(log_exact) + lost * more[n - 1])
        out[i, last + 1] = alive * survived * more[last]
