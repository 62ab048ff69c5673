"""Shops of four customers, with the messages that they are given."""

from __future__ import annotations

import numpy as np
from relationships.hand_made import history_of, sure_of

from customerintel.tables.interaction_log import InteractionLog

FOUR = [(who, "2024-01-05", 10.0) for who in (1, 2, 3, 4)]


def log_of(rows, **more):
    names = ("customer_id", "timestamp", "kind", "direction", "channel", "campaign_id")
    columns = {
        name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
    return InteractionLog.from_frame({**columns, **more})


def mails(who, dates, campaign="spring"):
    return [(who, day, "delivered", "outbound", "email", campaign) for day in dates]


MONTHLY = [f"2024-{month:02d}-01" for month in range(2, 13)]


WEEKLY = np.arange("2024-01-08", "2024-12-30", 7, dtype="M8[D]").astype(str).tolist()


def shop(rows, keys=("buddy",) * 4, **more):
    settled = more.pop("resolved_at", None)
    extra = {} if settled is None else {"resolved_at": settled}
    history = history_of(FOUR)
    return sure_of(keys, history=history, interactions=log_of(rows, **extra), **more)
