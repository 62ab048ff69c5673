"""Kernels of the Pareto/NBD: log-likelihood with its gradient, and what follows for one customer.

A customer buys at rate λ ~ Gamma(r, α) and is lost at rate μ ~ Gamma(s, β); Schmittlein,
Morrison & Colombo (1987), section 3. With λ and μ mixed out, a history (x, t_x, T) has the
likelihood (Fader & Hardie 2005, "A Note on Deriving the Pareto/NBD Model and Related
Expressions", from the integral over the moment τ of dropout)

    Γ(r+x)/Γ(r) · α^r β^s · { (α+T)^-(r+x) (β+T)^-s + s ∫ (α+τ)^-(r+x) (β+τ)^-(s+1) dτ },

τ from t_x to T. The integrand is positive and smooth, so a Gauss–Legendre rule gives it, and
the derivatives, without the differences of hypergeometric functions of the closed form, which
cancel. Everything is relative to its size at t_x, so nothing overflows.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import digamma_step, log_gamma_step

__all__ = [
    "NODES",
    "WEIGHTS",
    "alive_and_gone",
    "dropped",
    "log_likelihood",
    "log_one_plus",
    "sum_runs",
]

#: Sizes of the rules; a row takes the smallest that is exact to about 1e-11.
SIZES = (6, 8, 10, 12, 16, 24)
_RULES = [np.polynomial.legendre.leggauss(size) for size in SIZES]
#: All rules one after the other, on (0, 1).
NODES = np.concatenate([(nodes + 1.0) / 2.0 for nodes, _ in _RULES])
WEIGHTS = np.concatenate([weights / 2.0 for _, weights in _RULES])
FIRST = np.array([0, 6, 14, 24, 36, 52, 76], np.int64)

#: What has fallen to exp(-40) of its start is left out.
_DEPTH = 40.0
#: Below this width in u = log(m + τ), the integrand is smooth in τ itself.
_NARROW = 0.3
#: A panel is at most this wide in u.
_PANEL = 3.2
#: Frequencies whose gamma functions are tabulated once per call.
_TABLE = 64


@kernel
def log_one_plus(q):
    """Return log(1 + q), q ≥ 0: faster than log1p, and as exact."""
    y = 1.0 + q
    return math.log(y) + (q - (y - 1.0)) / y


@kernel
def _rule(width, depth):
    """Return which rule is exact on a panel: measured on a grid over the whole domain."""
    if width > 3.0:
        return 5 if depth > 10.0 else 4
    if depth < 1.0 and width < 1.4:
        return 0
    if depth < 3.0 and width < 1.8:
        return 1
    if (depth < 3.0 and width < 2.5) or (depth < 6.0 and width < 1.8):
        return 2
    if depth < 10.0 and width < 2.3:
        return 3
    return 4 if depth < 20.0 else 5


@kernel
def _reach(a, s, near_a, near_b, width):
    """Return how far in u the integrand matters, if not to `width`, and how deep it falls.

    Its logarithm is concave in u, so that Newton steps from the right stay on the right.
    """
    low = min(near_a, near_b)
    depth = math.inf
    for _ in range(30):
        gap = low * math.expm1(width)
        depth = a * log_one_plus(gap / near_a) + (s + 1.0) * log_one_plus(gap / near_b) - width
        if depth < _DEPTH + 4.0:
            break
        here = low + gap
        slope = a * here / (near_a + gap) + (s + 1.0) * here / (near_b + gap) - 1.0
        width -= (depth - _DEPTH) / slope
    return width, depth


@kernel
def dropped(a, s, near_a, near_b, span, end_a, end_b):
    """Integrate over the moment τ of dropout, from t_x to T, relative to being alive at t_x.

    Takes r + x, s, α + t_x, β + t_x, T - t_x, log((α+T)/(α+t_x)) and log((β+T)/(β+t_x)). With
    f(τ) = s/(β+τ) · ((α+t_x)/(α+τ))^a ((β+t_x)/(β+τ))^s and g = τ - t_x, returns the integrals
    of f times 1, log(1 + g/(α+t_x)), g/(α+τ), log(1 + g/(β+t_x)), g/(β+τ) and 1/(β+τ).

    The substitution u = log(m + τ), m the smaller of α and β, keeps every singularity at
    least π away from the path, whatever the parameters.
    """
    if span <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    low, inv_a, inv_b = min(near_a, near_b), 1.0 / near_a, 1.0 / near_b
    a_higher = near_a > near_b
    width = end_b if a_higher else end_a
    depth = a * end_a + (s + 1.0) * end_b - width
    if depth > _DEPTH + 4.0:
        width, depth = _reach(a, s, near_a, near_b, width)
        span = min(low * math.expm1(width), span)
    linear = width < _NARROW
    span /= width
    panels = 1 if width <= _PANEL else math.ceil(width / _PANEL)
    scale = width / panels
    rule = _rule(scale, depth)
    whole = log_a = gap_a = log_b = gap_b = per_b = 0.0
    for panel in range(panels):
        for k in range(FIRST[rule], FIRST[rule + 1]):
            u = scale * (panel + NODES[k])
            if linear:
                gap, step = span * u, span * width
            else:
                here = low * math.exp(u)
                gap, step = here - low, width * here
            q_a, q_b = gap * inv_a, gap * inv_b
            y_a, y_b = 1.0 + q_a, 1.0 + q_b
            turn_a, turn_b = 1.0 / y_a, 1.0 / y_b
            # log(1 + q), with what rounding took from 1 + q given back; one of them may be u
            up_a = up_b = u
            if linear or a_higher:
                up_a = math.log(y_a) + (q_a - (y_a - 1.0)) * turn_a
            if linear or not a_higher:
                up_b = math.log(y_b) + (q_b - (y_b - 1.0)) * turn_b
            f = WEIGHTS[k] * step * turn_b * math.exp(-a * up_a - s * up_b)
            whole += f
            log_a += f * up_a
            gap_a += f * q_a * turn_a
            log_b += f * up_b
            gap_b += f * q_b * turn_b
            per_b += f * turn_b
    c = s / panels
    per = c * inv_b
    return per * whole, per * log_a, per * gap_a, per * log_b, per * gap_b, per * inv_b * per_b


@kernel
def alive_and_gone(r, alpha, s, beta, x, t_x, T):
    """Return the probabilities of being alive at T, and of being gone.

    P(Alive) of Schmittlein, Morrison & Colombo (1987), from the integral above.
    """
    a, near_a, near_b, span = r + x, alpha + t_x, beta + t_x, T - t_x
    end_a, end_b = log_one_plus(span / near_a), log_one_plus(span / near_b)
    still = math.exp(-a * end_a - s * end_b)
    gone = dropped(a, s, near_a, near_b, span, end_a, end_b)[0]
    both = still + gone
    return still / both, gone / both


@kernel
def log_likelihood(params, x, t_x, T, weights, out):
    """Add the weighted log-likelihood of rows, and its gradient, to `out`.

    Parameters
    ----------
    params : float64, shape (4,)
        r, alpha, s, beta.
    x, t_x, T, weights : float64, shape (n,)
        Rows.
    out : float64, shape (5,)
        Log-likelihood, then its derivatives.
    """
    r, alpha, s, beta = params[0], params[1], params[2], params[3]
    steps, turns = _tables(r)
    total = d_r = d_alpha = d_s = d_beta = 0.0
    for i in range(len(x)):
        n, last, weight = x[i], t_x[i], weights[i]
        a, near_a, near_b, span = r + n, alpha + last, beta + last, T[i] - last
        end_a, end_b = log_one_plus(span / near_a), log_one_plus(span / near_b)
        still = math.exp(-a * end_a - s * end_b)
        whole, log_a, gap_a, log_b, gap_b, per_b = dropped(a, s, near_a, near_b, span, end_a, end_b)
        inv = 1.0 / (still + whole)
        since_a = since_b = step = turn = 0.0
        if last > 0.0:
            since_a, since_b = log_one_plus(last / alpha), log_one_plus(last / beta)
        if n == 0.0:
            pass
        elif n < _TABLE:
            step, turn = steps[int(n)] - n * math.log(near_a), turns[int(n)]
        else:
            step, turn = log_gamma_step(r, n) - n * math.log(near_a), digamma_step(r, n)
        total += weight * (step - r * since_a - s * since_b + math.log(still + whole))
        d_r += weight * (turn - since_a - (still * end_a + log_a) * inv)
        gap_a = (still * span / (alpha + T[i]) + gap_a) * inv
        d_alpha += weight * (r * last / alpha - n + a * gap_a) / near_a
        d_s += weight * ((whole / s - still * end_b - log_b) * inv - since_b)
        gap_b = (still * span / (beta + T[i]) + gap_b) * inv
        d_beta += weight * (s * (last / beta + gap_b) / near_b - per_b * inv)
    out[0] += total
    out[1] += d_r
    out[2] += d_alpha
    out[3] += d_s
    out[4] += d_beta


@kernel
def sum_runs(params, ends, x, t_x, T, weights, out):
    """Do the same for runs of rows: run k, with `params[k]` and `out[k]`, ends at `ends[k + 1]`."""
    for k in range(len(params)):
        a, b = ends[k], ends[k + 1]
        log_likelihood(params[k], x[a:b], t_x[a:b], T[a:b], weights[a:b], out[k])


@kernel
def _tables(r):
    """Return log Γ(r+n) - log Γ(r) and ψ(r+n) - ψ(r) for small n."""
    steps, turns = np.zeros(_TABLE), np.zeros(_TABLE)
    for n in range(1, _TABLE):
        steps[n] = steps[n - 1] + math.log(r + (n - 1))
        turns[n] = turns[n - 1] + 1.0 / (r + (n - 1))
    return steps, turns
