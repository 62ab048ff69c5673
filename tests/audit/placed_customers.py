"""A library's customers in areas, each area of one segment and one branch, and its people."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import customerintel as ci
from customerintel.audit.core_set import core_customers

N_AREAS, N_SEGMENTS, N_BRANCHES = 24, 8, 3


def area_tables(seed=0, n=1500):
    """Return purchases, customers and population as frames."""
    rng = np.random.default_rng(seed)
    area = rng.choice(N_AREAS - 2, n)  # two areas have nobody
    rate = rng.gamma(1.0, 2.0, n) * (1.0 + area % N_SEGMENTS / 3.0)
    who = np.repeat(np.arange(n), rng.poisson(rate))
    days = rng.integers(0, 300, len(who))
    log = pd.DataFrame(
        {
            "customer_id": who,
            "timestamp": np.datetime64("2023-01-01") + days.astype("m8[D]"),
            "category": rng.integers(0, 6, len(who)),
        }
    )
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "block": [f"0{a:03d}" for a in area],
            "segment": [f"seg {a % N_SEGMENTS}" for a in area],
            "branch": [f"branch {a % N_BRANCHES}" for a in area],
            "happy": np.where(rng.random(n) < 0.2, np.nan, rng.integers(1, 6, n)),
        }
    )
    blocks = np.arange(N_AREAS)
    population = pd.DataFrame(
        {
            "block": [f"0{a:03d}" for a in blocks],
            "segment": [f"seg {a % N_SEGMENTS}" for a in blocks],
            "branch": [f"branch {a % N_BRANCHES}" for a in blocks],
            "population": rng.integers(50, 900, N_AREAS),
        }
    )
    return log, customers, population


def core_of(log, **options):
    made = ci.TransactionLog.from_frame(log)
    return core_customers(made.as_of("2023-12-31"), **options)


@cache
def library():
    """Return core, customers and population; not to be changed."""
    log, customers, population = area_tables()
    return core_of(log, share=0.3), customers, population


def joined(core, customers):
    """Return one row per active customer, with the places of the table: the slow way."""
    history = core.history
    active = pd.DataFrame(
        {"customer_id": history.customer_id, "active": core.active, "core": core.in_core}
    )
    return active[active.active].merge(customers, how="left", on="customer_id")
