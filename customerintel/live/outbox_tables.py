"""The rows of an outbox as columns, and as events of the Segment Spec."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from customerintel.live.store import StoredAction
from customerintel.schema.moments import datetime_of

__all__ = ["columns_of_rows", "events_of_row"]

_TEXTS = ("id", "rule_id", "customer_id", "channel", "state", "reason", "trigger_key", "arm")
_WHOLE = ("rule_version", "position", "attempts")
_TIMES = ("due_at", "not_before", "lease_until", "sent_at", "unit_at")
_NUMBERS = ("frequency", "monetary", "time_since_last")
_ORDER = (
    "id", "rule_id", "rule_version", "customer_id", "position", "channel", "due_at", "not_before",
    "state", "reason", "attempts", "lease_until", "sent_at", "trigger_key", "arm", "unit_at",
    "frequency", "monetary", "time_since_last", "payload",
)  # fmt: skip


def columns_of_rows(rows: Iterable[StoredAction]) -> dict[str, Any]:
    """Return one array per field; times are datetime64 in UTC, NaT for none."""
    gathered: dict[str, list[Any]] = {name: [] for name in _ORDER}
    for row in rows:
        for name, values in gathered.items():
            values.append(getattr(row, name))
    return {name: _column(name, values) for name, values in gathered.items()}


def _column(name: str, values: list[Any]) -> Any:
    if name in _WHOLE:
        return np.array(values, np.int64)
    if name in _NUMBERS:
        return np.array(values, np.float64)
    if name in _TIMES:
        times = np.array(values, np.int64)
        return np.where(times == 0, np.iinfo(np.int64).min, times).view("M8[us]")
    texts = np.empty(len(values), object)
    texts[:] = values
    return texts


def events_of_row(row: StoredAction) -> Iterator[dict[str, Any]]:
    """Yield what became of one action, in order."""
    if row.state == "held_out":
        yield _event(row, "Action Held Out", row.due_at)
        return
    # what was suppressed as it fired never waited
    if row.state != "suppressed" or row.not_before > row.due_at:
        yield _event(row, "Action Queued", row.due_at)
    if row.state == "done":
        yield _event(row, "Action Sent", row.sent_at)
    elif row.state == "suppressed":
        yield _event(row, "Action Suppressed", row.not_before, reason=row.reason)
    elif row.state == "failed":
        yield _event(row, "Action Failed", row.not_before, reason=row.reason)


def _event(row: StoredAction, name: str, at: int, **facts: object) -> dict[str, Any]:
    properties = {
        "action_id": row.id, "rule_id": row.rule_id, "rule_version": row.rule_version,
        "channel": row.channel, "arm": row.arm or None, "payload": json.loads(row.payload), **facts,
    }  # fmt: skip
    return {
        "type": "track",
        "event": name,
        "userId": row.customer_id,
        "messageId": f"{row.id}-{name.rpartition(' ')[2].lower()}",
        "timestamp": datetime_of(at).isoformat(),
        "properties": properties,
    }
