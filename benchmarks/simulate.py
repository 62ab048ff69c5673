"""The log that the benchmarks run on: gamma-Poisson activity in time order.

The reference size is that of the largest published study, ten library systems with
4.0 million customers and 67.4 million checkouts (CIVICTechnologies, 2016).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

N_TRANSACTIONS = 67_400_000
N_CUSTOMERS = 4_000_000
DAY = 86_400_000_000
START = 1_262_304_000_000_000  # 2010-01-01, microseconds
DAYS = 5 * 365


def simulate(
    n_transactions: int = N_TRANSACTIONS,
    n_customers: int = N_CUSTOMERS,
    seed: int = 1,
    *,
    sparse_ids: bool = True,
) -> dict[str, np.ndarray]:
    """Return ``customer_id``, ``timestamp`` (datetime64[us]) and ``amount`` in time order.

    Rates are gamma distributed (shape 1.5), so purchases per customer are negative
    binomial. ``sparse_ids`` draws the ids from all of int64, else they are 0 … n - 1.
    """
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.5, size=n_customers)
    counts = rng.multinomial(n_transactions, rate / rate.sum())
    codes = np.repeat(np.arange(n_customers, dtype=np.int32), counts)
    rng.shuffle(codes)
    when = rng.integers(0, DAYS * DAY // 1_000_000, size=n_transactions, dtype=np.int64)
    when.sort()
    if sparse_ids:
        ids = rng.integers(0, 2**62, size=n_customers + 1000, dtype=np.int64)
        ids = rng.permutation(np.unique(ids))[:n_customers]
        customer = ids[codes]
    else:
        customer = codes.astype(np.int64)
    del codes
    amount = np.round(rng.gamma(2.0, 15.0, size=n_transactions), 2)
    when *= 1_000_000
    when += START
    return {"customer_id": customer, "timestamp": when.view("M8[us]"), "amount": amount}


def stored(folder: Path, **options: object) -> dict[str, np.ndarray]:
    """Simulate once, then read from ``folder`` (``.npy`` files, one per column)."""
    name = "-".join(f"{key}={value}" for key, value in sorted(options.items())) or "reference"
    home = folder / name
    if not (home / "amount.npy").exists():
        home.mkdir(parents=True, exist_ok=True)
        for column, values in simulate(**options).items():  # type: ignore[arg-type]
            np.save(home / f"{column}.npy", values)
    return {
        column: np.load(home / f"{column}.npy") for column in ("customer_id", "timestamp", "amount")
    }
