"""Logs of customers who buy as they always did, and of some who leave."""

from __future__ import annotations

import numpy as np

import customerintel as ci

YEAR = 365 * 86_400_000_000
START = np.datetime64("2022-01-01", "us").astype(np.int64)


def orders_of(n, *, shape=1.0, mean=4.0, years=2, seed=0, gone=0.0):
    """Purchases by year and customer; after the first year a share of the customers is gone."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(shape, mean / shape, n)
    stays = rng.random(n) >= gone
    return np.stack([rng.poisson(rates * (stays | (year == 0))) for year in range(years)])


def log_of(orders, *, seed=0, amount=None, **columns):
    """One row per purchase, at any moment of its year of 365 days from 2022 on."""
    rng = np.random.default_rng(seed)
    years, n = orders.shape
    who = np.repeat(np.tile(np.arange(n), years), orders.ravel())
    year = np.repeat(np.repeat(np.arange(years), n), orders.ravel())
    size = len(who)
    moments = START + year * YEAR + rng.integers(0, YEAR, size)
    rows = {"customer_id": who, "timestamp": moments.astype("M8[us]")}
    if amount is not None:
        rows["amount"] = amount(rng, who)
    rows |= {name: make(rng, who, year) for name, make in columns.items()}
    # a first row, so that the first year is whole, and a last one
    edges = {"customer_id": [n, n], "timestamp": [START, START + years * YEAR - 1]}
    for name, values in rows.items():
        first = edges.get(name, [values[0], values[0]] if size else [1.0, 1.0])
        rows[name] = np.concatenate([np.asarray(first).astype(values.dtype), values])
    return ci.TransactionLog.from_frame(rows)


def spend(rng, who):
    """Gamma-Gamma amounts: each customer has a level of their own."""
    level = 1.0 / rng.gamma(4.0, 1.0 / 15.0, int(who.max()) + 1)
    return rng.gamma(6.0, 1.0, len(who)) * level[who]
