"""Discounted purchases for ever under BG/CNBD-k and MBG/CNBD-k.

At a given rate λ of the clock and p, with φ = λ / (λ + discount) the mean discount of a tick,
they are Σ_m (1 − p)^(m − 1) φ^(k m − j) = φ^(k − j) / (1 − (1 − p) φ^k). The mean over
p ~ Beta(a, B) is φ^(k − j) ₂F₁(1, B; a + B; φ^k). The mean over λ ~ Gamma is an integral over log λ
whose ends fall off so fast that the trapezoidal rule gives nearly all digits.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.hypergeometric import log_hyp2f1_split
from customerintel._kernels.special import log_gamma, log_gamma_step

__all__ = ["fill_for_ever"]

#: Below this share of a sum, what follows is left out.
_TINY = 1e-17


@kernel
def _log_peak(x):
    """Return x log x − x − log Γ(x)."""
    if x < 100.0:
        return x * math.log(x) - x - log_gamma(x)
    return 0.5 * math.log(x / (2.0 * math.pi)) - (1.0 / 12.0 - (1.0 / 360.0) / (x * x)) / x


@kernel
def _add_node(t, k, shape, waits, a, B, logs, out):
    """Add the integrands at λ = (shape + k) e^t / rate to `out`; return the largest share."""
    most = shape + k
    log_phi = -math.log1p(waits / most * math.exp(-t))
    log_seen = log_hyp2f1_split(1.0, B, a + B, math.exp(k * log_phi), -math.expm1(k * log_phi))
    if math.isnan(log_seen):
        return math.nan
    fall, largest = most * (t - math.expm1(t)) + log_seen, 0.0
    for j in range(k):
        part = math.exp(logs[j] + fall + (k - j) * (log_phi - t))
        out[j] += part
        if part > largest * out[j]:
            largest = part / out[j]
    return largest


@kernel
def fill_for_ever(k, shape, rate, a, B, discount, logs, out):
    """Fill `out` with the purchases after j = 0 … k − 1 ticks, λ ~ Gamma(shape + j, rate).

    `logs` is scratch, of the length of `out`. Returns whether all went well: ₂F₁ may be out of
    reach.
    """
    most = shape + k
    for j in range(k):
        logs[j] = _log_peak(most) + log_gamma_step(shape + j, float(k - j))
        logs[j] -= (k - j) * math.log(most)
        out[j] = 0.0
    waits = rate * discount
    # the transform of the gamma density of log λ is Γ(shape + i τ), which is nothing at 2 π / step
    step = 2.0 * math.pi / (22.0 + 8.7 * math.sqrt(most))
    start = _add_node(0.0, k, shape, waits, a, B, logs, out)
    for way in (-1.0, 1.0):
        share, n = start, 0
        while share > _TINY:
            n += 1
            share = _add_node(way * n * step, k, shape, waits, a, B, logs, out)
        if math.isnan(share):
            return False
    for j in range(k):
        out[j] *= step
    return True
