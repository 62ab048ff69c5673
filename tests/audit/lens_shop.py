"""A shop without returns, as rows and as a log: the twins of lenses 1 and 2 work on its rows."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

import customerintel as ci

DAYS = np.arange("2011-01-01", "2011-07-01", dtype="M8[D]")


@functools.cache
def rows(seed=3, n=4000, customers=700):
    """Return one row per order; free items and equal sums among them."""
    rng = np.random.default_rng(seed)
    who = (customers * rng.random(n) ** 2).astype(int)
    amount = rng.choice([0.0, 5.0, 10.0, 12.5, 40.0, 199.0], n, p=[0.02, 0.3, 0.3, 0.2, 0.15, 0.03])
    table = pd.DataFrame({
        "customer_id": who,
        "timestamp": DAYS[rng.integers(0, len(DAYS), n)],
        "amount": amount,
        "quantity": rng.integers(1, 5, n),
        "cost": np.round(amount * rng.choice([0.4, 0.6], n), 2),
    })  # fmt: skip
    return table.assign(month=table.timestamp.dt.month)


def log(table=None, **columns):
    table = rows() if table is None else table
    return ci.TransactionLog.from_frame(table.drop(columns="month", errors="ignore"), **columns)


def by_customer(month, table=None):
    """Return orders, units, spend and profit of each buyer of a month, by pandas."""
    table = rows() if table is None else table
    there = table[table.month == month].groupby("customer_id")
    found = there.agg(
        orders=("amount", "size"), units=("quantity", "sum"), spend=("amount", "sum"),
        cost=("cost", "sum"),
    )  # fmt: skip
    return found.assign(profit=found.spend - found.cost)
