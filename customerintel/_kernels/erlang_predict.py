"""Predictions of BG/CNBD-k and MBG/CNBD-k for rows: mixtures over the ticks since t_x."""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.erlang import probability_alive_now
from customerintel._kernels.erlang_counts import at_least, fill_counts
from customerintel._kernels.erlang_for_ever import fill_for_ever
from customerintel._kernels.erlang_future import horizon_for_ever, purchases_ahead, stays

__all__ = [
    "discounted_purchases",
    "expected_purchases",
    "probability_alive",
    "probability_of_purchase",
    "purchase_probabilities",
]

_BOUGHT, _STAYS, _BUYS = 0, 1, 2


@kernel
def _ahead(what, k, j, shape, rate, a, B, t, discount):
    """Return one prediction for a customer who is alive, with j ticks since the last purchase."""
    if what == _BOUGHT:
        return purchases_ahead(k, j, shape, rate, a, B, t, discount)
    if what == _STAYS:
        return stays(k, j, shape, rate, a, B, t)
    return at_least(shape, rate, t, float(k - j))


@kernel
def _mix(what, early, k, params, x, t_x, T, t, discount, out):
    """Fill `out` with one prediction for each row.

    Given the ticks since t_x, the future depends on x and T only, so it is worked out once for
    each pair of them among the rows.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    size = 16
    while size < 2 * x.size:
        size *= 2
    table = np.full(size, -1, np.int64)
    kept, phases, logs = np.empty((x.size, k)), np.empty(k), np.empty(k)
    for_ever = discount > 0.0 and t >= horizon_for_ever(k, discount)
    for i in range(x.size):
        # two irrational numbers spread a lattice of pairs evenly
        spot = x[i] * 0.7548776662466927 + T[i] * 0.5698402909980532
        at = int((spot - math.floor(spot)) * size) % size
        while table[at] >= 0 and (x[table[at]] != x[i] or T[table[at]] != T[i]):
            at = (at + 1) % size
        if table[at] < 0:
            table[at] = i
            shape, B = r + k * x[i], b + x[i] + early
            known = for_ever and fill_for_ever(
                k, shape, alpha + T[i], a, B, discount, logs, kept[i]
            )
            if not known:
                kept[i, :] = -1.0
        found = kept[table[at]]
        alive = probability_alive_now(early, k, params, x[i], t_x[i], T[i], phases)
        mean = 0.0
        for j in range(k):
            # what is weighed with nothing may be infinite
            if alive * phases[j] > 0.0:
                if found[j] < 0.0:
                    shape, B = r + k * x[i] + j, b + x[i] + early
                    found[j] = _ahead(what, k, j, shape, alpha + T[i], a, B, t, discount)
                mean += phases[j] * found[j]
        out[i] = alive * mean if alive > 0.0 else 0.0


@kernel
def probability_alive(early, k, params, x, t_x, T, ahead, out):
    """Fill `out` with P(alive at T + ahead)."""
    _mix(_STAYS, early, k, params, x, t_x, T, ahead, 0.0, out)


@kernel
def probability_of_purchase(early, k, params, x, t_x, T, horizon, out):
    """Fill `out` with P(at least one purchase in (T, T + horizon])."""
    _mix(_BUYS, early, k, params, x, t_x, T, horizon, 0.0, out)


@kernel
def expected_purchases(early, k, params, x, t_x, T, horizon, out):
    """Fill `out` with the expected purchases in (T, T + horizon]."""
    _mix(_BOUGHT, early, k, params, x, t_x, T, horizon, 0.0, out)


@kernel
def discounted_purchases(early, k, params, x, t_x, T, horizon, discount, out):
    """Fill `out` with the expected discounted purchases in (T, T + horizon]."""
    _mix(_BOUGHT, early, k, params, x, t_x, T, horizon, discount, out)


@kernel
def purchase_probabilities(early, k, params, x, t_x, T, horizon, out):
    """Fill row i of `out` with P(0), …, P(m) and P(more) purchases in (T, T + horizon].

    n purchases are n that were survived and no more, or n of which the last was not.
    """
    r, alpha, a, b = params[0], params[1], params[2], params[3]
    last = out.shape[1] - 2
    phases = np.empty(k)
    exact, more = np.empty(k * (last + 1)), np.empty(k * (last + 1) + 1)
    for i in range(x.size):
        alive = probability_alive_now(early, k, params, x[i], t_x[i], T[i], phases)
        B = b + x[i] + early
        out[i, :] = 0.0
        for j in range(k):
            weight, ticks = alive * phases[j], k * (last + 1) - j
            if weight == 0.0:
                continue
            shape = r + k * x[i] + j
            fill_counts(shape, alpha + T[i], horizon, exact[:ticks], more[: ticks + 1])
            lost, survived = 0.0, 1.0
            for n in range(last + 1):
                if n > 0:
                    lost = survived * a / (a + B + (n - 1.0))
                    survived *= (B + (n - 1.0)) / (a + B + (n - 1.0))
                just = exact[max(k * n - j, 0) : k * (n + 1) - j].sum()
                out[i, n] += weight * (survived * just + lost * more[max(k * n - j, 0)])
            out[i, last + 1] += weight * survived * more[ticks]
        out[i, 0] += 1.0 - alive
