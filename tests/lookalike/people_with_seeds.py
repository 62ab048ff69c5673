"""Small populations in which some traits tell the seeds."""

from __future__ import annotations

import numpy as np


def table(n=1_500, seed=0, *, texts=False):
    """Five mixed traits, with gaps, a rare level and ids in no order."""
    rng = np.random.default_rng(seed)
    spend = np.exp(rng.normal(size=n))
    spend[rng.random(n) < 0.1] = np.nan
    plan = rng.choice(["basic", "gold", "silver"], n, p=[0.6, 0.1, 0.3]).astype(object)
    plan[rng.random(n) < 0.05] = None
    ids = rng.permutation(n) * 7 + 3
    return {
        "customer_id": np.array([f"p{k}" for k in ids], object) if texts else ids,
        "visits": rng.poisson(4.0, n),
        "spend": spend,
        "age": rng.integers(18, 90, n).astype(float),
        "plan": plan,
        "branch": np.array([f"b{k}" for k in range(30)], object)[rng.integers(0, 30, n)],
    }


def odds(people):
    """True log-odds of being like the seeds."""
    gold = people["plan"] == "gold"
    return 0.6 * people["visits"] + 2.0 * gold - 0.04 * people["age"] - 1.5


def seeds_of(people, seed=1):
    """Ids of the seeds, drawn by the true log-odds."""
    chance = 1.0 / (1.0 + np.exp(-odds(people)))
    return people["customer_id"][np.random.default_rng(seed).random(len(chance)) < 0.5 * chance]


def rows_of(people, index):
    """Some rows of the table."""
    return {name: column[index] for name, column in people.items()}
