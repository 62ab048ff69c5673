"""The logarithm of Gauss' hypergeometric function F(a, b; c; z) for a, b, c > 0, 0 ≤ z < 1.

Every term of its series is positive there, but near z = 1 there are too many of them, and F
overflows long before its logarithm is large. Euler's transformation (Abramowitz and Stegun
1964, 15.3.3) F(a, b; c; z) = (1 − z)^(c − a − b) F(c − a, c − b; c; z) relates two forms of
the same number: a bounded one, whose two upper parameters sum to at most c and whose series
ends early when c is large, and a growing one, whose parameters are all positive. The bounded
one is summed where that takes few terms and loses no digits. Elsewhere the growing one is
followed up to z through its differential equation (ibid. 15.5.1) by Taylor steps that halve
1 − z: the coefficients are positive there too, so next to nothing cancels.

Where c = a + 1, the case of the Pareto/NBD, a continued fraction with positive terms is
quicker, and near z = 1 the integral behind it is expanded in powers of 1 − z.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel

__all__ = ["log_hyp2f1", "log_hyp2f1_next", "log_hyp2f1_next_split", "log_hyp2f1_split"]

#: A tail below this share of a sum does not change its last digit.
_TINY = 1e-17
#: Digits that a sum with terms of both signs may lose (as a factor).
_LOSS = 300.0
_BIG, _LOG_BIG = 1e200, 200.0 * 2.302585092994045684
_BIG_ROOT = 1e100
#: No argument of the models comes near this number of terms: it only ends a loop.
_MANY = 2_000_000


@kernel
def log_hyp2f1(a, b, c, z):
    """Return log F(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1, NaN elsewhere.

    c − a − b may have either sign and may be an integer. Near z = 1 the result cannot be
    better than 1 − z is known: `log_hyp2f1_split` takes that number by itself.

    On the golden grid of the BG/NBD and the MBG/NBD (x to 10,000, r and b from 0.05 to 100,
    a from 0.01 to 20, 1 − z from 1 to 1e-9) the error is at most 1.2e-13 or, where log F is
    above 100, two units in its last place (3e-11 at log F = 2e5). Twenty units were seen with
    an upper parameter of 11,000 over c = 1,000, which takes 1 ms. More than two million terms
    (parameters of many millions near z = 1) give NaN.
    """
    return log_hyp2f1_split(a, b, c, z, 1.0 - z)


@kernel
def log_hyp2f1_split(a, b, c, z, w):
    """Return log F(a, b; c; z), `w` being 1 − z to full precision."""
    if not (a > 0.0 and b > 0.0 and c > 0.0 and z >= 0.0 and w > 0.0):
        return math.nan
    # the larger first: where a, b, c are large, its difference to c is exact
    e = (a - c) + b if a > b else (b - c) + a
    return _log_either(a, b, c, c - a, c - b, e, z, w)


@kernel
def _log_either(a, b, c, ca, cb, e, z, w):
    """Return log F(a, b; c; z), ca = c − a, cb = c − b, e = a + b − c."""
    if e >= 0.0:
        bounded = _log_bounded(ca, cb, c, e, z, w)
        if math.isnan(bounded):
            return _log_growing(a, b, c, e, z, w)
        return bounded - e * _log_complement(z, w)
    bounded = _log_bounded(a, b, c, -e, z, w)
    if math.isnan(bounded):
        return _log_growing(ca, cb, c, -e, z, w) - e * _log_complement(z, w)
    return bounded


@kernel
def _log_complement(z, w):
    """Return log(1 − z) from the one of z and w = 1 − z that says more."""
    return math.log1p(-z) if z < 0.5 else math.log(w)


@kernel
def _log_bounded(a, b, c, f, z, w):
    """Return log F by its series, f = c − a − b ≥ 0; NaN where it is too long or cancels."""
    rest, size, term = 0.0, 0.0, 1.0
    limit = int(min(500.0 + 4.0 * c, 1e5))
    for n in range(limit):
        term *= (a + n) * (b + n) * z / ((c + n) * (1.0 + n))
        rest += term
        size += abs(term)
        if size > _BIG:
            return math.nan
        # the tail, over the term: terms fall like z^n and like n^(−f − 1)
        tail = min(1.0 / w, 1.0 + (n + c) / f) if f > 1e-9 else 1.0 / w
        if abs(term) * tail <= _TINY * size:
            return math.log1p(rest) if (1.0 + rest) * _LOSS > 1.0 + size else math.nan
    return math.nan


@kernel
def _log_growing(a, b, c, e, z, w):
    """Return log F, e = a + b − c ≥ 0: positive terms up to a first point, then Taylor steps."""
    # from here on all Taylor coefficients are positive, or nearly: c w < (e + 1) z
    first = min(0.25, max((e + 1.0) / (c + e + 1.0), 4.0 / c))
    if w >= first:
        value, slope, shift = _positive_series(a, b, c, z, w)
        return math.log(value) + shift
    at = first
    value, slope, shift = _positive_series(a, b, c, 1.0 - at, at)
    shift += math.log(value)
    slope /= value
    while at > w:
        # a step may multiply F by e^300 at most
        far = min(0.5 * at, 300.0 / slope)
        if at - far < w:
            far = at - w
        value, slope = _taylor_step(a * b, a + b, c, e, at, far, slope)
        at = max(w, at - far)
        slope /= value
        shift += math.log(value)
    return shift


@kernel
def _positive_series(a, b, c, z, w):
    """Return F and its derivative by z, both over e^shift, and shift."""
    total, weighted, term, shift = 1.0, 0.0, 1.0, 0.0
    for n in range(_MANY):
        ratio = (a + n) * (b + n) * z / ((c + n) * (1.0 + n))
        term *= ratio
        total += term
        weighted += (n + 1.0) * term
        if ratio < 1.0 and (n + 1.0) * term <= _TINY * w * weighted:
            return total, weighted / z, shift
        if weighted > _BIG:
            total /= _BIG
            weighted /= _BIG
            term /= _BIG
            shift += _LOG_BIG
    return math.nan, math.nan, math.nan


@kernel
def _taylor_step(product, total, c, e, w, far, slope):
    """Return F and F′ at 1 − w + far over F at 1 − w, where `slope` is F′ / F; total = a + b."""
    z = 1.0 - w
    here, ahead = 1.0, slope * far  # terms n and n + 1 of F
    new, change = here + ahead, ahead
    bend = c * w - (e + 1.0) * z
    turn = z - w
    p, q = far / (z * w), far * far / (z * w)
    for n in range(_MANY):
        m = n + 2.0
        up = (n + 1.0) * (n * turn - bend) * p * ahead + (n * (n + total) + product) * q * here
        up /= (n + 1.0) * m
        here, ahead = ahead, up
        new += up
        change += m * up
        if n > 4 and not (abs(m * up) > 0.1 * _TINY * abs(change) or abs(up) > abs(here)):
            break  # also when there is no number left
    return new, change / far


@kernel
def log_hyp2f1_next(a, b, z):
    """Return log F(a, b; a + 1; z) for a, b > 0 and 0 ≤ z < 1, NaN elsewhere.

    Near z = 1 the result cannot be better than 1 − z is known:
    `log_hyp2f1_next_split` takes that number by itself.

    On the golden grid of the Pareto/NBD (x to 10,000, r from 0.05 to 10, s from 0.01 to 100,
    1 − z from 1 to 1e-9) the error is at most 2e-15 or one unit in the last place of log F.
    """
    return log_hyp2f1_next_split(a, b, z, 1.0 - z)


@kernel
def log_hyp2f1_next_split(a, b, z, w):
    """Return log F(a, b; a + 1; z), `w` being 1 − z to full precision."""
    if not (a > 0.0 and b > 0.0 and z >= 0.0 and w > 0.0):
        return math.nan
    # F(a, b; a + 1; z) is a z^(−a) ∫ u^(−b) (1 − u)^(a − 1) du from w to 1
    edge = min(0.5, 1.0 / a)
    if b > a + 1.0 or (w < edge and b > 30.0):
        return _log_either(a, b, a + 1.0, 1.0, a + 1.0 - b, b - 1.0, z, w)
    if w >= edge:
        return math.log(_fraction(a, b, z / w)) - b * _log_complement(z, w)
    far = a * math.log1p(-edge) - b * math.log(edge)
    far += math.log(_fraction(a, b, (1.0 - edge) / edge) / a)
    near = _log_near(a, b, w, edge)
    high, low = (far, near) if far > near else (near, far)
    return math.log(a) - a * math.log1p(-w) + high + math.log1p(math.exp(low - high))


@kernel
def _fraction(a, b, y):
    """Return F(1, b; a + 1; −y), 0 < b ≤ a + 1, y ≥ 0, by Gauss' continued fraction (1813).

    With y = z / (1 − z) this is (1 − z)^b F(a, b; a + 1; z) (Abramowitz and Stegun 15.3.5).
    Written as a / (a + p₁y / (a + 1 + p₂y / (a + 2 + …))), all terms positive, it needs one
    division a turn: numerators and denominators of its convergents follow one recurrence
    (ibid. 3.10.1).
    """
    n0, n1, d0, d1 = 0.0, a, 1.0, a
    value = 1.0
    for n in range(_MANY):
        p, q = (b + n) * (a + n) * y, a + (2.0 * n + 1.0)
        n0, d0 = q * n1 + p * n0, q * d1 + p * d0
        p, q = (n + 1.0) * (a - b + (n + 1.0)) * y, q + 1.0
        n1, d1 = q * n0 + p * n1, q * d0 + p * d1
        before, value = value, n1 / d1
        if abs(value - before) <= 1e-16 * value:
            break
        if d1 > _BIG_ROOT:
            n0, n1, d0, d1 = n0 / _BIG_ROOT, n1 / _BIG_ROOT, d0 / _BIG_ROOT, d1 / _BIG_ROOT
    return value


@kernel
def _log_near(a, b, w, edge):
    """Return log ∫ u^(−b) (1 − u)^(a − 1) du from w to edge ≤ 1/a, by powers of u."""
    span = math.log(edge / w)
    # powers of both ends, over the larger of w^(1 − b) and edge^(1 − b)
    if b > 1.0:
        base, upper, lower = math.log(w), math.exp((1.0 - b) * span), 1.0
    else:
        base, upper, lower = math.log(edge), 1.0, math.exp((b - 1.0) * span)
    total, coefficient = 0.0, 1.0
    for k in range(_MANY):
        m = k + 1.0 - b
        x = m * span
        if abs(x) > 0.5:
            part = coefficient * (upper - lower) / m
        else:  # an integer b makes m zero and the integral a logarithm
            part = coefficient * lower * span * (math.expm1(x) / x if x != 0.0 else 1.0)
        total += part
        if k > b and abs(part) <= _TINY * total:
            break
        coefficient *= (k + 1.0 - a) / (k + 1.0)
        upper *= edge
        lower *= w
    return math.log(total) + (1.0 - b) * base
