"""Kernels of BG/NBD and MBG/NBD: discounted and plain expected purchases of many customers.

What a customer who is alive will buy depends on x and on T only, smoothly on T. Where many rows
have an x in common, it is worked out at a few T and read off a polynomial between them.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.beta_geo import alive_now
from customerintel._kernels.beta_geo_future import SCRATCH, future_purchases

__all__ = ["discounted_purchases", "expected_purchases"]

#: A polynomial serves α + T from one power of four to the next, in their logarithms.
_WIDTH = math.log(4.0)
#: Points of the smaller and the larger polynomial, and the rows that make one worth while.
_FEW, _MANY, _WORTH = 16, 32, 64
#: Three last coefficients below this, beside all values, leave about a tenth of it unseen.
_SMALL = 1e-13


@kernel
def _find_cells(x, rate, cell):
    """Fill `cell` with a number per pair of x and panel; return rows and first row of each."""
    size = 16
    while size < 2 * x.size:
        size *= 2
    table = np.full(size, -1, np.int64)
    counts, firsts = np.zeros(x.size, np.int64), np.empty(x.size, np.int64)
    n = 0
    for i in range(x.size):
        panel = math.floor(math.log(rate[i]) / _WIDTH)
        # two irrational numbers spread a lattice of pairs evenly
        spot = x[i] * 0.7548776662466927 + panel * 0.5698402909980532
        at = int((spot - math.floor(spot)) * size) % size
        while table[at] >= 0:
            first = firsts[table[at]]
            if x[first] == x[i] and math.floor(math.log(rate[first]) / _WIDTH) == panel:
                break
            at = (at + 1) % size
        if table[at] < 0:
            table[at] = n
            firsts[n] = i
            n += 1
        cell[i] = table[at]
        counts[table[at]] += 1
    return counts[:n], firsts[:n]


@kernel
def _interpolate(shape, panel, a, B, horizon, discount, points, scratch, out):
    """Fill `out` with Chebyshev coefficients over a panel; return whether they are enough."""
    values = np.empty(points)
    for k in range(points):
        y = math.cos(math.pi * (k + 0.5) / points)
        rate = math.exp((panel + 0.5 + 0.5 * y) * _WIDTH)
        values[k] = future_purchases(shape, rate, a, B, horizon, discount, scratch)
    for j in range(points):
        total = 0.0
        for k in range(points):
            total += values[k] * math.cos(math.pi * j * (k + 0.5) / points)
        out[j] = total * (1.0 if j == 0 else 2.0) / points
    least = values.min()
    tail = abs(out[points - 1]) + abs(out[points - 2]) + abs(out[points - 3])
    return tail < _SMALL * least


@kernel
def _read_off(coefs, points, log_rate, panel):
    """Return the value of a polynomial (Clenshaw's recurrence)."""
    y = 2.0 * (log_rate / _WIDTH - panel) - 1.0
    b, c = 0.0, 0.0
    for j in range(points - 1, 0, -1):
        b, c = coefs[j] + 2.0 * y * b - c, b
    return coefs[0] + y * b - c


@kernel
def discounted_purchases(early, params, x, t_x, T, horizon, discount, out):
    """Fill `out` with the expected discounted purchases in (T, T + horizon].

    The polynomials are exact to 13 digits or more, so a row's last bits may depend on how many
    others there are with its x.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    rate = alpha + T
    cell = np.empty(x.size, np.int64)
    counts, firsts = _find_cells(x, rate, cell)
    place, n = np.full(counts.size, -1, np.int64), 0
    coefs, points = np.empty((x.size // _WORTH + 1, _MANY)), np.zeros(counts.size, np.int64)
    scratch = np.empty(SCRATCH)
    # without an end or a discount, it is finite or not, and simple
    simple = horizon == math.inf and discount == 0.0
    for k in range(counts.size):
        if counts[k] < _WORTH or simple:
            continue
        i = firsts[k]
        panel = math.floor(math.log(rate[i]) / _WIDTH)
        shape, B = r + x[i], b + x[i] + early
        for size in (_FEW, _MANY):
            if _interpolate(shape, panel, a, B, horizon, discount, size, scratch, coefs[n]):
                place[k], points[k] = n, size
                n += 1
                break
    for i in range(x.size):
        alive = alive_now(params, x[i], t_x[i], T[i], early)
        k = cell[i]
        if alive == 0.0:
            out[i] = 0.0
        elif place[k] >= 0:
            log_rate = math.log(rate[i])
            panel = math.floor(log_rate / _WIDTH)
            out[i] = alive * _read_off(coefs[place[k]], points[k], log_rate, panel)
        else:
            shape, B = r + x[i], b + x[i] + early
            out[i] = alive * future_purchases(shape, rate[i], a, B, horizon, discount, scratch)


@kernel
def expected_purchases(early, params, x, t_x, T, horizon, out):
    """Fill `out` with the expected purchases in (T, T + horizon]."""
    discounted_purchases(early, params, x, t_x, T, horizon, 0.0, out)
