"""Logs that churn estimators are compared on: real ones where there are any, and simulated ones."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import customerintel as ci

DAY = np.timedelta64(1, "D")
START = np.datetime64("2015-01-01", "us")
#: A folder with online_retail.csv.gz of the UCI repository; left out where it is absent.
REAL = Path(os.environ.get("CUSTOMERINTEL_REAL_DATA", "../../shared/data"))
STORED = Path(os.environ.get("CUSTOMERINTEL_BENCH_DATA", Path(tempfile.gettempdir()) / "ci-bench"))


def cdnow() -> Any:
    """The CDNOW sample, which the lifetimes wheel holds."""
    import pandas as pd

    files = metadata.files("lifetimes") or []
    path = next(one for one in files if one.name == "CDNOW_sample.txt").locate()
    names = ["all", "id", "date", "cds", "amount"]
    table = pd.read_csv(str(path), sep=r"\s+", header=None, names=names)
    table["when"] = pd.to_datetime(table["date"].astype(str))
    return ci.TransactionLog.from_frame(table, customer_id="id", timestamp="when")


def retail() -> Any:
    """Online Retail: rows with a customer, a quantity and a price above 0."""
    import pandas as pd

    path = REAL / "online_retail.csv.gz"
    if not path.exists():
        return None
    table = pd.read_csv(path, encoding="latin1")
    kept = table["CustomerID"].notna() & (table["Quantity"] > 0) & (table["UnitPrice"] > 0)
    table = table[kept].assign(when=lambda t: pd.to_datetime(t["InvoiceDate"]))
    table["amount"] = table["Quantity"] * table["UnitPrice"]
    table = table[["CustomerID", "when", "amount"]]
    return ci.TransactionLog.from_frame(table, customer_id="CustomerID", timestamp="when")


Season = Callable[[np.ndarray], np.ndarray]


def simulate(
    n: int, days: float, *, shape: float, scale: float, k: int = 1, death: float = 0.0,
    lives: tuple[float, float] | None = None, season: Season | None = None, seed: int = 1,
) -> Any:  # fmt: skip
    """Return a log of customers who come over four fifths of the time.

    Parameters
    ----------
    n : int
        Customers.
    days : float
        Length of the log.
    shape, scale : float
        Of the gamma distribution of rates; `scale` in days.
    k : int
        Erlang shape of the gaps: 1 is random, more is regular.
    death : float
        Beta-geometric dropout after each purchase, the first included: mean probability, of a
        beta distribution with a sum of 3.2; 0: none.
    lives : tuple, optional
        Shape and scale (days) of the gamma distribution of death rates.
    season : callable, optional
        Share of the visits, by day, that become purchases.
    seed : int
        Of all draws.
    """
    rng = np.random.default_rng(seed)
    rate, born = rng.gamma(shape, 1.0 / scale, n), rng.uniform(0.0, 0.8 * days, n)
    end = np.full(n, days)
    if lives is not None:
        end = np.minimum(end, born + rng.exponential(1.0 / rng.gamma(lives[0], 1.0 / lives[1], n)))
    drop = rng.beta(3.2 * death, 3.2 * (1.0 - death), n) if death else np.zeros(n)
    at, alive = born.copy(), rng.random(n) >= drop
    who, when = [np.arange(n)], [born]
    while alive.any():
        one = np.flatnonzero(alive)
        at[one] += rng.gamma(k, 1.0, len(one)) / (k * rate[one])
        one = one[at[one] < end[one]]
        alive[:] = False
        alive[one] = True
        bought = one if season is None else one[rng.random(len(one)) < season(at[one])]
        who.append(bought)
        when.append(at[bought])
        alive[bought[rng.random(len(bought)) < drop[bought]]] = False
    customer, time = np.concatenate(who), np.concatenate(when)
    order = np.argsort(time, kind="stable")
    level = rng.gamma(6.0, 5.0, n)
    amount = np.round(rng.gamma(3.0, 1.0, len(customer)) * level[customer] / 3.0 + 0.01, 2)
    stamp = START + (time * 86_400_000_000).astype("m8[us]")
    table = {"customer_id": customer[order], "timestamp": stamp[order], "amount": amount[order]}
    return ci.TransactionLog.from_frame(table)


def gifts(day: np.ndarray) -> np.ndarray:
    """Four in five purchases less outside of December."""
    return 0.25 + 0.75 * np.exp(-((((day % 365.25) - 340.0) / 25.0) ** 2))


def summers(day: np.ndarray) -> np.ndarray:
    """Up and down with the year."""
    return 0.5 + 0.5 * np.sin(2.0 * np.pi * day / 365.25)


#: Name: what makes the log, the moment (a date, or days after the start), and the horizon.
LOGS: dict[str, tuple[Callable[[], Any], Any, int]] = {
    "CDNOW, 1997-12-30": (cdnow, "1997-12-30", 181),
    "Online Retail, 2011-09-09": (retail, "2011-09-09", 90),
    "Pareto/NBD": (
        lambda: simulate(4000, 730, shape=0.9, scale=40.0, lives=(0.6, 150.0), seed=1), 640, 90,
    ),
    "MBG/CNBD-2": (
        lambda: simulate(4000, 730, shape=0.8, scale=30.0, k=2, death=0.25, seed=2), 640, 90,
    ),
    "seasonal: gifts, before December": (
        lambda: simulate(
            4000, 1000, shape=1.0, scale=12.0, lives=(0.6, 250.0), season=gifts, seed=3
        ), 640, 90,
    ),
    "seasonal: gifts, after December": (
        lambda: simulate(
            4000, 1000, shape=1.0, scale=12.0, lives=(0.6, 250.0), season=gifts, seed=4
        ), 730, 60,
    ),
    "seasonal: summers": (
        lambda: simulate(
            4000, 900, shape=1.0, scale=20.0, lives=(0.6, 200.0), season=summers, seed=5
        ), 640, 90,
    ),
}  # fmt: skip


def million() -> dict[str, np.ndarray]:
    """15 million transactions of 1 million customers, Pareto/NBD with repeat purchases."""
    path = STORED / "churn-million.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        log = simulate(1_000_000, 1095, shape=1.2, scale=19.6, lives=(0.9, 700.0), seed=7)
        table = log.to_frame()
        columns: dict[str, Any] = {name: np.asarray(table[name]) for name in table}
        np.savez(path, **columns)
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}
