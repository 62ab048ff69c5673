"""Customers whose rates depend on covariates, with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Parameters of `pareto_customers`.
TRUTH = {
    "r": 0.8, "alpha": 10.0, "s": 0.7, "beta": 12.0,
    "transaction[Gender=M]": -0.4, "transaction[Channel=shop]": 0.0,
    "transaction[Channel=web]": 0.5, "lifetime[Gender=M]": 0.6,
}  # fmt: skip


def purchases(rng, lam, end):
    """Return how many purchases, and the last of them, at rates `lam` up to `end`."""
    x = rng.poisson(lam * end)
    last = [stop * rng.random(k).max() if k else 0.0 for stop, k in zip(end, x, strict=True)]
    return x.astype(float), np.array(last)


def pareto_customers(n, seed=1):
    """Draw from the Pareto/NBD model with the parameters `TRUTH`, in weeks."""
    rng = np.random.default_rng(seed)
    man, channel = rng.integers(0, 2, n), rng.integers(0, 3, n)
    lam = rng.gamma(0.8, 1 / 10.0, n) * np.exp(-0.4 * man + 0.5 * (channel == 2))
    mu = rng.gamma(0.7, 1 / 12.0, n) * np.exp(0.6 * man)
    T = 52.0 - rng.integers(0, 12, n)
    x, last = purchases(rng, lam, np.minimum(rng.exponential(1 / mu), T))
    return pd.DataFrame(
        {
            "frequency": x, "recency": last, "T": T,
            "Gender": np.where(man, "M", "F"),
            "Channel": np.array(["app", "shop", "web"])[channel],
        }
    )  # fmt: skip
