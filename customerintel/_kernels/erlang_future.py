"""What a customer who is alive will do under BG/CNBD-k and MBG/CNBD-k.

The clock ticks at a rate λ ~ Gamma(shape, rate), every k-th tick is a purchase, and after each
purchase the customer is lost with p ~ Beta(a, B), independently of λ. With j ticks since the last
purchase, purchase m to come is tick k m − j, which the customer sees with the probability
E[(1 − p)^(m − 1)] = (B)_(m − 1) / (a + B)_(m − 1). So the expected discounted purchases are

    Σ_m (B)_(m − 1) / (a + B)_(m − 1) · D(k m − j),

D(c) being the mean of e^(−discount τ) over tick c at τ ≤ t. With g(n) = P(n ticks within t) and
G(n) the integral of e^(−discount τ) P(n ticks within τ) over τ ≤ t, integration by parts gives

    D(c) = D(c + 1) + e^(−discount t) g(c) + discount G(c),
    (shape + c − 1) G(c − 1) = rate D(c) + c G(c),

which are followed downwards: all terms are positive, so no digits are lost.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.erlang_counts import at_least, log_count
from customerintel._kernels.special import log_gamma_step

__all__ = ["horizon_for_ever", "purchases_ahead", "stays"]

#: What is e^−this of the rest is left out.
_FADED = 42.0
#: Ticks that are followed one by one; and where there are more, purchases that are.
_MOST, _FEW = 50_000.0, 512
#: The logarithm of a probability that is as good as 0.
_NEVER = -150.0
#: What is summed: purchases, or the probability of being lost at one.
_PURCHASES, _LOSSES = 0, 1
#: Gauss-Legendre nodes of one stretch of a logarithm.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


@kernel
def _log_survived(a, B, n):
    """Return log E[(1 − p)^n], by whichever of two forms is a difference of less."""
    if n < a:
        return log_gamma_step(B, n) - log_gamma_step(a + B, n)
    return log_gamma_step(B, a) - log_gamma_step(B + n, a)


@kernel
def _most_seen(a, B, m):
    """Return the last purchase up to `m` that is not as good as never seen (and underflows)."""
    low, high = 1.0, m
    if _log_survived(a, B, m - 1.0) >= _NEVER:
        return m
    while high - low > 1.0:
        middle = math.floor(0.5 * (low + high))
        if _log_survived(a, B, middle - 1.0) >= _NEVER:
            low = middle
        else:
            high = middle
    return low


@kernel
def _drop(shape, rate, discount, c):
    """Return about −log E[e^(−discount τ)], τ being the moment of tick c (Laplace's method)."""
    lead = shape - rate * discount
    root = math.sqrt(lead * lead + 4.0 * rate * (shape + c) * discount)
    # the rate that weighs most: the greater solution, without cancelling
    top = lead + root if lead > 0.0 else 4.0 * rate * (shape + c) * discount / (root - lead)
    speed = top / (2.0 * rate)
    mean = shape / rate
    return c * math.log1p(discount / speed) + rate * (speed - mean) - shape * math.log(speed / mean)


@kernel
def _last(shape, rate, t, discount, first, most):
    """Return a tick beyond which nothing matters beside tick `first`; `most` if it is later.

    With a discount, D(c) without end falls more slowly than by `t`, and on the way down what is
    left out grows as it does.
    """
    mean = shape * t / rate
    least = log_count(shape, rate, t, first) if mean < first else -2.0
    c, step = max(first, math.ceil(mean)), 4.0
    while c < most:
        c += math.ceil(step)
        step *= 1.5
        ratio = (shape + c) / (c + 1.0) * (t / (rate + t))
        rest = log_count(shape, rate, t, c)
        if ratio < 1.0 and rest - 2.0 * math.log(1.0 - ratio) < least - _FADED:
            if discount == 0.0:
                return c
            rest -= discount * t - _drop(shape, rate, discount, c) + math.log(1.0 - ratio)
            if rest < -_FADED:
                return c
    return most


@kernel
def _walk(k, j, shape, rate, a, B, t, last, beyond, what):
    """Return the sum over the purchases up to tick `last`, where `beyond` is D(last + 1).

    Without discount. For `_LOSSES`, purchases count by the probability that the customer is lost
    at them.
    """
    m = math.floor((last + j) / k)
    top = _most_seen(a, B, m)
    seen = math.exp(_log_survived(a, B, top - 1.0))
    now = math.exp(log_count(shape, rate, t, last))
    arrives, share, total = beyond, t / (rate + t), 0.0
    c = last
    while m >= 1.0:
        arrives += now
        if c == k * m - j:
            if m <= top:
                total += arrives * seen * (a / (a + B + (m - 1.0)) if what == _LOSSES else 1.0)
                seen *= (a + B + (m - 2.0)) / (B + (m - 2.0)) if m > 1.0 else 1.0
            m -= 1.0
        now *= c / (shape + (c - 1.0)) / share
        c -= 1.0
    return total


@kernel
def _walk_discounted(k, j, shape, rate, a, B, t, discount, last):
    """Return the discounted sum over the purchases up to tick `last`, beyond which is nothing."""
    m = math.floor((last + j) / k)
    top = _most_seen(a, B, m)
    seen = math.exp(_log_survived(a, B, top - 1.0))
    now, share = math.exp(log_count(shape, rate, t, last) - discount * t), t / (rate + t)
    arrives, stay, total, c = 0.0, 0.0, 0.0, last
    while m >= 1.0:
        arrives += now + discount * stay
        if c == k * m - j:
            if m <= top:
                total += arrives * seen
                seen *= (a + B + (m - 2.0)) / (B + (m - 2.0)) if m > 1.0 else 1.0
            m -= 1.0
        per = 1.0 / (shape + (c - 1.0))
        stay = (rate * arrives + c * stay) * per
        now *= c * per / share
        c -= 1.0
    return total


@kernel
def _term(k, j, shape, rate, a, B, t, what, m):
    """Return the m-th term of the sum without discount, m not necessarily whole."""
    value = math.exp(_log_survived(a, B, m - 1.0)) * at_least(shape, rate, t, k * m - j)
    return value * a / (a + B + (m - 1.0)) if what == _LOSSES else value


@kernel
def _far_sum(k, j, shape, rate, a, B, t, what, first):
    """Return the sum of the terms from purchase `first` on (Euler and Maclaurin's formula).

    Far out they change little from one to the next; on the scale of log m they fall where as many
    are expected within t, over a width that depends on how alike the customers are.
    """
    middle = math.log(shape * t / rate / k)
    width = math.sqrt(1.0 / shape + rate / (shape * t))
    here = _term(k, j, shape, rate, a, B, t, what, first)
    before, after = (
        _term(k, j, shape, rate, a, B, t, what, first - 1.0),
        _term(k, j, shape, rate, a, B, t, what, first + 1.0),
    )
    total, y = 0.5 * here - (after - before) / 24.0, math.log(first)
    for _ in range(10_000):
        half = 0.5 * min(1.0, max(width, 0.5 * abs(y - middle)))
        part = 0.0
        for i in range(_NODES.size):
            m = math.exp(y + half * (1.0 + _NODES[i]))
            part += _WEIGHTS[i] * m * _term(k, j, shape, rate, a, B, t, what, m)
        total += half * part
        y += 2.0 * half
        if y > middle and half * part <= 1e-17 * total:
            break
    return total


@kernel
def _plain(k, j, shape, rate, a, B, t, what):
    """Return the sum without discount."""
    last = _last(shape, rate, t, 0.0, float(k - j), _MOST)
    if last < _MOST:
        return _walk(k, j, shape, rate, a, B, t, last, 0.0, what)
    next_one = float(k * _FEW - j)
    total = _far_sum(k, j, shape, rate, a, B, t, what, float(_FEW))
    beyond = at_least(shape, rate, t, next_one)
    return total + _walk(k, j, shape, rate, a, B, t, next_one - 1.0, beyond, what)


@kernel
def _by_parts(k, j, shape, rate, a, B, t, discount):
    """Return the discounted purchases from those within τ ≤ t, which bend on the scale of log τ."""
    speed = (shape + 1.0) / rate
    length = math.log1p(speed * t)
    stretches = math.ceil(length)
    half, total = 0.5 * length / stretches, 0.0
    for s in range(stretches):
        for i in range(_NODES.size):
            grown = math.expm1(half * (2.0 * s + 1.0 + _NODES[i]))
            now = grown / speed
            weight = _WEIGHTS[i] * half * (1.0 + grown) / speed
            if discount * now < 700.0:
                bought = _plain(k, j, shape, rate, a, B, now, _PURCHASES)
                total += weight * discount * math.exp(-discount * now) * bought
    return total + math.exp(-discount * t) * _plain(k, j, shape, rate, a, B, t, _PURCHASES)


@kernel
def horizon_for_ever(k, discount):
    """Return a time from which on nothing that is so discounted matters."""
    return (_FADED + 4.0 * k) / discount


@kernel
def purchases_ahead(k, j, shape, rate, a, B, t, discount):
    """Return the expected discounted purchases within t, which may be infinite."""
    if discount == 0.0:
        if t == math.inf:
            return (a + B - 1.0) / (a - 1.0) if a > 1.0 else math.inf
        return _plain(k, j, shape, rate, a, B, t, _PURCHASES)
    t = min(t, horizon_for_ever(k, discount))
    last = _last(shape, rate, t, discount, float(k - j), _MOST)
    if last < _MOST:
        return _walk_discounted(k, j, shape, rate, a, B, t, discount, last)
    return _by_parts(k, j, shape, rate, a, B, t, discount)


@kernel
def stays(k, j, shape, rate, a, B, t):
    """Return the probability of being alive after t."""
    if t == 0.0:
        return 1.0
    last = _last(shape, rate, t, 0.0, float(k - j), _MOST)
    if last >= _MOST:
        return max(1.0 - _plain(k, j, shape, rate, a, B, t, _LOSSES), 0.0)
    m = math.floor((last + j) / k)
    top = _most_seen(a, B, m + 1.0) - 1.0
    seen, total = math.exp(_log_survived(a, B, top)), 0.0
    now, share, c = math.exp(log_count(shape, rate, t, last)), t / (rate + t), last
    while c >= 0.0:
        if m <= top:
            total += now * seen
        if c == k * m - j and m >= 1.0:
            if m <= top:
                seen *= (a + B + (m - 1.0)) / (B + (m - 1.0))
            m -= 1.0
        if c > 0.0:
            now *= c / (shape + (c - 1.0)) / share
        c -= 1.0
    return min(total, 1.0)
