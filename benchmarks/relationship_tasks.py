"""Signals and types of a million customers: 15 million transactions, 30 million interactions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from churn_logs import STORED

import customerintel as ci

CUSTOMERS, TRANSACTIONS, INTERACTIONS = 1_000_000, 15_000_000, 30_000_000
DAYS = 3 * 365
MICROS = 86_400_000_000
START = np.datetime64("2021-01-01", "us")
MOMENT = (START + np.timedelta64(DAYS - 1, "D")).astype("M8[D]")
#: Kinds of interaction and their shares: most are messages and visits.
KINDS = {
    "delivered": 0.42, "open": 0.17, "click": 0.04, "visit": 0.2, "page_view": 0.06,
    "support_request": 0.025, "call": 0.02, "complaint": 0.02, "chat": 0.01, "review": 0.008,
    "feedback": 0.006, "referral": 0.005, "community": 0.004, "idea": 0.002, "escalation": 0.002,
    "special_request": 0.002, "dispute": 0.001, "opt_out": 0.005,
}  # fmt: skip
CHANNELS = ("email", "web", "app", "phone", "chat")


def _rows(rng: np.random.Generator, n: int, share: np.ndarray, born: np.ndarray) -> np.ndarray:
    """Return customer and microsecond of n rows in the order of time, as columns."""
    who = np.repeat(np.arange(CUSTOMERS), rng.multinomial(n, share))
    when = born[who] + (rng.random(n) * (DAYS - born[who]))
    order = np.argsort(when)
    return np.array([who[order], (when[order] * MICROS).astype(np.int64)])


def columns() -> dict[str, np.ndarray]:
    """Return random logs, kept for the next run; gamma activity, none of it typical of anything."""
    path = STORED / "relationships-million.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(5)
        born = rng.uniform(0.0, 0.9 * DAYS, CUSTOMERS)
        active = rng.gamma(1.2, size=CUSTOMERS) * (DAYS - born)
        bought = _rows(rng, TRANSACTIONS, active / active.sum(), born)
        eager = active * rng.gamma(2.0, size=CUSTOMERS)
        done = _rows(rng, INTERACTIONS, eager / eager.sum(), born)
        p = np.array(list(KINDS.values()))
        np.savez(
            path, customer=bought[0], when=bought[1], who=done[0], at=done[1],
            amount=np.round(rng.gamma(2.0, 15.0, TRANSACTIONS), 2),
            category=rng.integers(0, 12, TRANSACTIONS).astype(np.uint8),
            promo=rng.random(TRANSACTIONS) < 0.25,
            kind=rng.choice(len(p), INTERACTIONS, p=p / p.sum()).astype(np.uint8),
            channel=rng.integers(0, len(CHANNELS), INTERACTIONS).astype(np.uint8),
            sentiment=np.where(rng.random(INTERACTIONS) < 0.8, np.nan,
                               rng.uniform(-1.0, 1.0, INTERACTIONS)),
        )  # fmt: skip
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def _words(places: np.ndarray, names: list[str]) -> Any:
    import polars as pl

    return pl.Series(names, dtype=pl.Enum(names)).gather(pl.Series(places).cast(pl.Int64))


def frames() -> tuple[Any, Any]:
    """Return both tables in polars, with few words as enumerations."""
    import polars as pl

    rows = columns()
    bought = pl.DataFrame({
        "customer_id": rows["customer"], "timestamp": START + rows["when"].view("m8[us]"),
        "amount": rows["amount"], "promo": rows["promo"],
        "category": _words(rows["category"], [f"aisle {k}" for k in range(12)]),
    })  # fmt: skip
    settled = rows["at"] + 3 * MICROS
    settled[rows["kind"] != list(KINDS).index("complaint")] = np.iinfo(np.int64).min
    done = pl.DataFrame({
        "customer_id": rows["who"], "timestamp": START + rows["at"].view("m8[us]"),
        "kind": _words(rows["kind"], list(KINDS)),
        "channel": _words(rows["channel"], list(CHANNELS)),
        "sentiment": rows["sentiment"], "resolved_at": START + settled.view("m8[us]"),
    })  # fmt: skip
    return bought, done


def logs() -> tuple[Any, Any]:
    """Return both tables as validated logs."""
    bought, done = frames()
    return ci.TransactionLog.from_frame(bought), ci.InteractionLog.from_frame(done)


def validate_and_classify(given: tuple[Any, Any]) -> Any:
    """Do all there is to do, from the tables on."""
    bought, done = given
    made = ci.TransactionLog.from_frame(bought), ci.InteractionLog.from_frame(done)
    return classify(made)


def classify(given: tuple[Any, Any]) -> Any:
    """Compute the signals of all customers and classify them."""
    log, interactions = given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few signals are strong in random logs
        return ci.relationships.classify(log.as_of(MOMENT), interactions=interactions)


RELATIONSHIP_TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "relationships": {
        "signals and types": (logs, classify),
        "validation, signals and types": (frames, validate_and_classify),
    },
}
