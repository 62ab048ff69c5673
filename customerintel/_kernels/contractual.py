"""Customers under contract: the strength of churn at each renewal, and its likelihood.

The strength of decision t is -log(r_t), r_t being the share of customers that renews; as a
sum of positive terms it keeps all its digits where nearly everybody renews.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import digamma, digamma_step, log_gamma_step

#: Stirling's series is exact to float64 from here on.
_LARGE = 20.0
#: Logarithm of t^c beyond which log Γ(t^c + a) - log Γ(t^c) is a log(t^c) to the last bit.
_HUGE = 200.0


@kernel
def _bend(y, a, d):
    """Return log Γ(y+a+d) - log Γ(y+a) - log Γ(y+d) + log Γ(y), without cancellation.

    Moving y up by 1 leaves log1p(a d / (y (y + a + d))), which is positive; Stirling's series
    gives the rest.
    """
    total = 0.0
    while y < _LARGE:
        total += math.log1p(a * d / (y * (y + a + d)))
        y += 1.0
    far = a * math.log1p(d / (y + a)) + d * math.log1p(a / (y + d))
    far -= (y - 0.5) * math.log1p(a * d / (y * (y + a + d)))
    far += a / (y + a) * d / (y + d) * (2.0 * y + a + d) / (12.0 * y * (y + a + d))
    far += _rest(y + a) - _rest(y) + _rest(y + d) - _rest(y + a + d)
    # the least it can be, since the slope of ψ(x) is over 1/x: below lies rounding only
    return total + max(far, a / (y + a + d) * d)


@kernel
def _rest(y):
    """Return what follows 1/(12 y) in Stirling's series, with the sign turned."""
    z = 1.0 / (y * y)
    return (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z / 1188.0))) * z / y


@kernel
def geometric_strength(alpha, beta, t, slope):
    """Strength of decision t = 1, 2, … of the sBG; its derivatives by alpha and beta to `slope`."""
    y = beta + (t - 1.0)
    slope[0] = 1.0 / (y + alpha)
    slope[1] = -alpha / y / (y + alpha)
    return math.log1p(alpha / y)


@kernel
def weibull_strength(alpha, beta, c, t, slope):
    """Strength of decision t of the BdW; its derivatives by alpha, beta and c to `slope`."""
    late = math.log(t)
    early = math.log(t - 1.0) if t > 1.0 else 0.0
    if c * late > _HUGE:
        if c * early > _HUGE:
            ratio = -math.log1p(-1.0 / t)
            slope[0], slope[1], slope[2] = c * ratio, 0.0, alpha * ratio
            return alpha * c * ratio
        power = math.exp(c * early) if t > 1.0 else 0.0
        y = beta + power
        step = digamma_step(y, alpha)
        slope[0] = c * late - digamma(y + alpha)
        slope[1] = -step
        slope[2] = alpha * late - power * early * step
        return alpha * c * late - log_gamma_step(y, alpha)
    before = math.exp(c * early) if t > 1.0 else 0.0
    after = math.exp(c * late)
    # before · (t/(t-1))^c - before, whose difference would lose digits
    d = before * math.expm1(-c * math.log1p(-1.0 / t)) if t > 1.0 else 1.0
    y = beta + before
    slope[0] = digamma_step(y + alpha, d)
    slope[1] = slope[0] - digamma_step(y, d)
    slope[2] = after * late * digamma_step(y + d, alpha) - before * early * digamma_step(y, alpha)
    return _bend(y, alpha, d)


@kernel
def _add(strength, slope, cancelled, renewed, out):
    """Add one decision to the log-likelihood and its gradient."""
    churn = -math.expm1(-strength)
    if cancelled > 0.0:
        out[0] += cancelled * math.log(churn)
    if renewed > 0.0:
        out[0] -= renewed * strength
    pull = (cancelled * math.exp(-strength) / churn if cancelled > 0.0 else 0.0) - renewed
    for k in range(len(slope)):
        out[1 + k] += pull * slope[k]


@kernel
def sum_geometric(params, cancelled, renewed, out):
    """Add the log-likelihood of the sBG (place 0) and its gradient to `out`."""
    slope = np.empty(2)
    for i in range(len(cancelled)):
        strength = geometric_strength(params[0], params[1], i + 1.0, slope)
        _add(strength, slope, cancelled[i], renewed[i], out)


@kernel
def sum_weibull(params, cancelled, renewed, out):
    """Add the log-likelihood of the BdW (place 0) and its gradient to `out`."""
    slope = np.empty(3)
    for i in range(len(cancelled)):
        strength = weibull_strength(params[0], params[1], params[2], i + 1.0, slope)
        _add(strength, slope, cancelled[i], renewed[i], out)


@kernel
def geometric_strengths(params, first, out):
    """Write the strengths of the decisions first, first + 1, … of the sBG to `out`."""
    slope = np.empty(2)
    for i in range(len(out)):
        out[i] = geometric_strength(params[0], params[1], first + i, slope)


@kernel
def weibull_strengths(params, first, out):
    """Write the strengths of the decisions first, first + 1, … of the BdW to `out`."""
    slope = np.empty(3)
    for i in range(len(out)):
        out[i] = weibull_strength(params[0], params[1], params[2], first + i, slope)


@kernel
def discount_back(strengths, factor, value, out):
    """Write what the renewals from each decision on are worth, going back from `value`.

    `value` is the worth of all after the last decision, seen from before the first of them;
    each renewal counts 1 at its own decision and `factor` less for each one further away.
    """
    for i in range(len(strengths) - 1, -1, -1):
        value = math.exp(-strengths[i]) * (1.0 + factor * value)
        out[i] = value
