"""Log loss of a logistic regression with an intercept per group: value, slope and curvature.

BLAS would do the sums as fast on an idle machine; on a busy one its threads wait for each other.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel


@kernel
def log_odds_of(b, n_groups, X, groups, offset, out):
    """Write the log-odds of each row: its group's intercept, its columns, its offset."""
    k = X.shape[1]
    for i in range(len(out)):
        z = offset[i] + b[groups[i]]
        for j in range(k):
            z += X[i, j] * b[n_groups + j]
        out[i] = z


@kernel
def add_loss(z, y, n_groups, X, groups, out):
    """Add the sum of the log losses (place 0) and its gradient (from place 1) to `out`."""
    k = X.shape[1]
    for i in range(len(z)):
        e = math.exp(-abs(z[i]))
        out[0] += max(z[i], 0.0) - y[i] * z[i] + math.log1p(e)
        p = 1.0 / (1.0 + e) if z[i] >= 0.0 else e / (1.0 + e)
        error = p - y[i]
        out[1 + groups[i]] += error
        for j in range(k):
            out[1 + n_groups + j] += error * X[i, j]


@kernel
def add_curvature(z, n_groups, X, groups, out):
    """Add the second derivatives to `out`, of which only the lower triangle is filled."""
    k = X.shape[1]
    for i in range(len(z)):
        e = math.exp(-abs(z[i]))
        w = e / ((1.0 + e) * (1.0 + e))
        g = groups[i]
        out[g, g] += w
        for a in range(k):
            wa = w * X[i, a]
            out[n_groups + a, g] += wa
            for j in range(a + 1):
                out[n_groups + a, n_groups + j] += wa * X[i, j]
