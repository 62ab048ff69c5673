"""Additive logistic models on sparse rows: log-odds, log loss, slope and curvature.

Row i touches the coefficients ``place[i, j]``; the first columns, those of numbers, lie between
two neighbours and share themselves between them by ``weight[i, j]``.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def add_effects(place, weight, b, out):
    """Add the effects of each row's traits to its log-odds."""
    p = weight.shape[1]
    for i in range(len(out)):
        z = out[i]
        for j in range(p):
            a, w = place[i, j], weight[i, j]
            z += b[a] * (1.0 - w) + b[a + 1] * w
        for j in range(p, place.shape[1]):
            z += b[place[i, j]]
        out[i] = z


@kernel
def add_loss(place, weight, y, case, z, out):
    """Add the weighted log loss (place 0) and its gradient (from place 1) to `out`."""
    p = weight.shape[1]
    for i in range(len(z)):
        e = math.exp(-abs(z[i]))
        out[0] += case[i] * (max(z[i], 0.0) - y[i] * z[i] + math.log1p(e))
        chance = 1.0 / (1.0 + e) if z[i] >= 0.0 else e / (1.0 + e)
        error = case[i] * (chance - y[i])
        out[1] += error
        for j in range(p):
            a, w = place[i, j], weight[i, j]
            out[1 + a] += error * (1.0 - w)
            out[2 + a] += error * w
        for j in range(p, place.shape[1]):
            out[1 + place[i, j]] += error


@kernel
def add_curvature(place, weight, case, z, out):
    """Add the second derivatives to `out`: the lower triangle, diagonal included."""
    k, p = place.shape[1], weight.shape[1]
    at = np.zeros(1 + p + k, np.int64)
    value = np.ones(1 + p + k)
    for i in range(len(z)):
        e = math.exp(-abs(z[i]))
        curve = case[i] * e / ((1.0 + e) * (1.0 + e))
        n = 1
        for j in range(p):
            at[n], value[n] = place[i, j], 1.0 - weight[i, j]
            at[n + 1], value[n + 1] = place[i, j] + 1, weight[i, j]
            n += 2
        for j in range(p, k):
            at[n] = place[i, j]
            n += 1
        # places ascend from trait to trait, so the later one is the row of the triangle
        for c in range(n):
            wc = curve * value[c]
            if wc != 0.0:
                row = at[c]
                for d in range(c + 1):
                    out[row, at[d]] += wc * value[d]


@kernel
def locate(values, knots, first, place, weight):
    """Write between which knots each number lies; NaN has the place behind the last knot."""
    n = len(knots)
    for i in range(len(values)):
        x = values[i]
        if math.isnan(x):
            place[i], weight[i] = first + n, 0.0
        elif x <= knots[0]:
            place[i], weight[i] = first, 0.0
        elif x >= knots[n - 1]:
            place[i], weight[i] = first + n - 2, 1.0
        else:
            low, high = 0, n - 1
            while high - low > 1:
                middle = (low + high) // 2
                if knots[middle] <= x:
                    low = middle
                else:
                    high = middle
            place[i] = first + low
            weight[i] = (x - knots[low]) / (knots[high] - knots[low])


@kernel
def add_cells(a, b, n_b, error, curve, errors, curves):
    """Add errors and curvatures of rows to the cells of two traits' bins."""
    for i in range(len(a)):
        cell = a[i] * n_b + b[i]
        errors[cell] += error[i]
        curves[cell] += curve[i]
