"""The Gamma-Gamma model of spend: log-likelihood and gradient."""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel
from customerintel._kernels.special import digamma_step, log_beta


@kernel
def sum_spend(params, x, total, log_total, weights, out):
    """Add the log-likelihood of rows to ``out[0]``, its gradient to ``out[1:]``.

    With s = x m, the spend of all x repeat purchases, equation 1a of Fader and Hardie (2013) is
    log f(m) = −log B(px, q) − q log(1 + s/γ) − px log(1 + γ/s) − log m; the last term
    holds no parameter and is left out.
    Rows with equal x should follow each other: they share the special functions.
    """
    p, q, gamma = params[0], params[1], params[2]
    log_gamma = math.log(gamma)
    before = -1.0
    first, by_p, by_q = 0.0, 0.0, 0.0
    for i in range(len(x)):
        shape = p * x[i]
        if x[i] != before:
            before = x[i]
            first = -log_beta(shape, q)
            by_p = digamma_step(shape, q)
            by_q = digamma_step(q, shape)
        # one logarithm gives both, and the small one of the two without cancellation
        apart = log_total[i] - log_gamma
        if apart > 0.0:
            below = math.log1p(gamma / total[i])
            above = below + apart
        else:
            above = math.log1p(total[i] / gamma)
            below = above - apart
        w = weights[i]
        out[0] += w * (first - q * above - shape * below)
        out[1] += w * x[i] * (by_p - below)
        out[2] += w * (by_q - above)
        out[3] += w * (q * total[i] / gamma - shape) / (gamma + total[i])
