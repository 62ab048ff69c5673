"""Special functions of one number, in logs, without the cancellation of the textbook forms.

Below ten every function climbs with its recurrence, from ten on it uses the expansions of
log Γ and ψ in 1/x (Abramowitz and Stegun 1964, 6.1.41 and 6.3.18), cut where the next term is
under 1e-17. Differences are formed term by term, so that log Γ(x + d) − log Γ(x) keeps its
digits however large x and however small d are.

Arguments outside the stated domain give NaN or an infinity and never raise; NaN goes through.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.hypergeometric import log_hyp2f1, log_hyp2f1_next

__all__ = [
    "digamma",
    "digamma_step",
    "log_add",
    "log_beta",
    "log_gamma",
    "log_gamma_step",
    "log_hyp2f1",
    "log_hyp2f1_next",
    "log_subtract",
]

#: From here on the expansions hold to the last digit.
_FAR = 10.0
_HALF_LOG_2PI = 0.9189385332046727418
_LOG_2 = 0.6931471805599453094
#: B(2k) / (2k (2k − 1)), last first: log Γ is Stirling's formula plus Σ of these / x^(2k − 1).
_GAMMA = (
    -3617.0 / 122400.0,
    1.0 / 156.0,
    -691.0 / 360360.0,
    1.0 / 1188.0,
    -1.0 / 1680.0,
    1.0 / 1260.0,
    -1.0 / 360.0,
    1.0 / 12.0,
)
#: B(2k) / (2k), last first: ψ is log x − 1 / (2x) − Σ of these / x^(2k).
_DIGAMMA = (
    -3617.0 / 8160.0,
    1.0 / 12.0,
    -691.0 / 32760.0,
    1.0 / 132.0,
    -1.0 / 240.0,
    1.0 / 252.0,
    -1.0 / 120.0,
    1.0 / 12.0,
)


@kernel
def _stirling_rest(x):
    """Return log Γ(x) less Stirling's formula, x ≥ 10."""
    v = 1.0 / x
    w = v * v
    total = 0.0
    for c in _GAMMA:
        total = total * w + c
    return total * v


@kernel
def log_gamma(x):
    """Return log Γ(x) for x > 0."""
    if x < _FAR:
        if x <= 0.0:
            return math.inf if x == 0.0 else math.nan
        return math.lgamma(x)
    return (x - 0.5) * (math.log(x) - 1.0) + (_HALF_LOG_2PI - 0.5) + _stirling_rest(x)


@kernel
def _far_step(x, d):
    """Return log Γ(x + d) − log Γ(x) for x ≥ 10."""
    v, u = 1.0 / x, 1.0 / (x + d)
    w, y = v * v, u * u
    # a polynomial at y, and its slope between w and y: their difference without cancelling
    value, slope = 0.0, 0.0
    for c in _GAMMA:
        slope = slope * w + value
        value = value * y + c
    ratio = d * v
    rest = -ratio * u * value - v * (ratio * u * (v + u)) * slope
    return (x - 0.5) * math.log1p(ratio) + d * (math.log(x + d) - 1.0) + rest


@kernel
def log_gamma_step(x, d):
    """Return log Γ(x + d) − log Γ(x) for x > 0, d ≥ 0.

    The error is that of rounding the parts: a few units in the last place of
    d log(x + d), however large x and however small d are.
    """
    if not (x > 0.0 and d >= 0.0):
        return math.nan
    climbed = 0.0
    product = 0.0  # Π (1 + d / x) − 1, whose digits count where d is small
    while x < _FAR:
        ratio = d / x
        if ratio > 1e25:  # the product of ten would overflow
            climbed += math.log(x + d) - math.log(x)
        else:
            product += ratio * (1.0 + product)
        x += 1.0
    return _far_step(x, d) - math.log1p(product) - climbed


@kernel
def digamma(x):
    """Return ψ(x), the derivative of log Γ, for x > 0."""
    if not x > 0.0:
        return math.nan
    climbed = 0.0
    while x < _FAR:
        climbed += 1.0 / x
        x += 1.0
    v = 1.0 / x
    w = v * v
    total = 0.0
    for c in _DIGAMMA:
        total = total * w + c
    return math.log(x) - 0.5 * v - total * w - climbed


@kernel
def digamma_step(x, d):
    """Return ψ(x + d) − ψ(x) for x > 0, d ≥ 0, exact to rounding however small d is."""
    if not (x > 0.0 and d >= 0.0):
        return math.nan
    climbed = 0.0
    while x < _FAR:
        climbed += d / (x + d) / x
        x += 1.0
    v, u = 1.0 / x, 1.0 / (x + d)
    w, y = v * v, u * u
    value, slope = 0.0, 0.0
    for c in _DIGAMMA:
        slope = slope * w + value
        value = value * y + c
    # the polynomial is Σ c w^k over k ≥ 1: one more turn without a constant
    slope = slope * w + value
    ratio = d * v * u
    return math.log1p(d * v) + 0.5 * ratio + ratio * (v + u) * slope + climbed


@kernel
def log_beta(a, b):
    """Return log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0.

    The sum of three log-gammas is wrong by 4 at (1e15, 1.5); this is not.
    """
    if not (a > 0.0 and b > 0.0):
        return math.nan
    if a > b:
        a, b = b, a
    if a < _FAR:
        return log_gamma(a) - log_gamma_step(b, a)
    share = a / (a + b)
    rest = _stirling_rest(a) + _stirling_rest(b) - _stirling_rest(a + b)
    powers = (a - 0.5) * math.log(share) + b * math.log1p(-share)
    return powers + _HALF_LOG_2PI - 0.5 * math.log(b) + rest


@kernel
def log_add(a, b):
    """Return log(e^a + e^b); −inf stands for a zero."""
    high, low = (a, b) if a > b else (b, a)
    if low == -math.inf or high == math.inf:
        return high
    return high + math.log1p(math.exp(low - high))


@kernel
def log_subtract(a, b):
    """Return log(e^a − e^b): −inf where a = b, NaN where a < b."""
    if b == -math.inf:
        return a
    if a == b:
        return -math.inf
    if not a > b:
        return math.nan
    gap = b - a
    if gap > -_LOG_2:
        return a + math.log(-math.expm1(gap))
    return a + math.log1p(-math.exp(gap))
