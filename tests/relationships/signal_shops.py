"""Small shops with every kind of row, as plain rows and as logs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import customerintel as ci
from customerintel.schema.event_kinds import EventKind
from customerintel.tables.interaction_log import InteractionLog

#: Day 0 of the shops.
FIRST = np.datetime64("2023-01-01", "us")
ZERO = int(FIRST.astype("M8[D]").astype(int))
KINDS = [kind.value for kind in EventKind]


class Shop(NamedTuple):
    """Rows as `oracle_signals` reads them; times are days since 1970."""

    purchases: list[tuple]
    contacts: list[tuple]

    def log(self, **more):
        rows = self.purchases
        columns = {
            "customer_id": [row[0] for row in rows],
            "timestamp": times(row[1] for row in rows),
            "amount": [row[2] for row in rows],
            "promo": [row[3] for row in rows],
            "category": [row[4] for row in rows],
        }
        return ci.TransactionLog.from_frame({**columns, **more})

    def interactions(self):
        rows = self.contacts
        if not rows:
            return InteractionLog.from_frame({"customer_id": [], "timestamp": [], "kind": []})
        names = ("kind", "direction", "sentiment", "resolved_at", "channel", "campaign_id")
        columns = dict(zip(names, zip(*(row[2:] for row in rows), strict=True), strict=True))
        settled = [None if at is None else moment(at) for at in columns["resolved_at"]]
        return InteractionLog.from_frame(
            {
                "customer_id": [row[0] for row in rows],
                "timestamp": times(row[1] for row in rows),
                **{name: np.array(column, object) for name, column in columns.items()},
                "resolved_at": np.array(settled, "M8[us]"),
                "sentiment": np.array(columns["sentiment"], float),
            }
        )


def moment(time):
    return np.datetime64(round(time * 86_400_000_000), "us")


def times(days):
    return np.array([moment(day) for day in days], "M8[us]")


def small_shop(seed, *, n=12, rows=90, contacts=220, days=420):
    """Return a shop in which customers beyond `n` only make contact."""
    rng = np.random.default_rng(seed)

    def some_time():
        # steps of an hour, so that many moments are shared
        return ZERO + int(rng.integers(days * 24)) / 24

    bought = []
    for _ in range(rows):
        amount = round(float(rng.gamma(2.0, 20.0)), 2) * (-0.5 if rng.random() < 0.1 else 1.0)
        category = None if rng.random() < 0.1 else f"c{rng.integers(4)}"
        promo = "SPRING" if rng.random() < 0.3 else None
        bought.append((int(rng.integers(n)), some_time(), amount, promo, category))
    met = []
    kinds = [*KINDS, *["complaint"] * 8, *["delivered", "open", "click"] * 3]
    for k in range(contacts):
        # every kind is there early once
        kind, at = kinds[rng.integers(len(kinds))], some_time()
        if k < len(KINDS):
            kind, at = KINDS[k], ZERO + k / 2
        act = kind not in ("open", "click")
        met.append(
            (
                int(rng.integers(n + 3)),
                at,
                kind,
                [None, "inbound", "outbound"][rng.integers(3)] if act else "inbound",
                round(float(rng.uniform(-1, 1)), 3) if act and rng.random() < 0.5 else None,
                at + float(rng.integers(1, 99)) if rng.random() < 0.5 else None,
                ["web", "Store", "phone", None][rng.integers(4)],
                None if rng.random() < 0.3 else f"m{rng.integers(3)}",
            )
        )
    return Shop(bought, met)
