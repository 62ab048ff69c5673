"""Small logs that reports are made of."""

from __future__ import annotations

import numpy as np

import customerintel as ci

START = np.datetime64("2023-01-01", "s")


def shop(n: int = 220, days: int = 400, *, seed: int = 1, amounts: bool = True):
    """A shop: gamma-Poisson buyers who come in over time, with returns and times of day."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.8, 1 / 40.0, n)
    begin = rng.uniform(0, 0.6 * days, n)
    columns: dict[str, list] = {"customer_id": [], "timestamp": [], "amount": []}
    for who in range(n):
        at = np.r_[begin[who], begin[who] + np.cumsum(rng.exponential(1 / rate[who], 200))]
        at = at[at < days]
        spend = np.round(rng.gamma(6.0, 1.0 + 9.0 * rate[who] * 40, len(at)), 2)
        back = rng.random(len(at)) < 0.04
        when = START + (at * 86_400).astype("m8[s]")
        columns["customer_id"] += [740_000 + who] * (len(at) + int(back.sum()))
        columns["timestamp"] += [*when, *(when[back] + np.timedelta64(7200, "s"))]
        columns["amount"] += [*spend, *(-spend[back])]
    order = np.argsort(columns["timestamp"], kind="stable")
    table = {name: np.array(values)[order] for name, values in columns.items()}
    if not amounts:
        del table["amount"]
    return ci.TransactionLog.from_frame(table)


def few(n: int = 12):
    """Too few customers for nearly everything."""
    return shop(n, 200, seed=3)
