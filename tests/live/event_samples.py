"""Rules' wishes and events that the tests of reading share."""

from __future__ import annotations

import json

import numpy as np

from customerintel.live.wanted import Property, Wanted
from customerintel.schema.event_kinds import EventKind

NAMES = {"visit": 0, "ordercompleted": 1, "page": 2}
#: Every kind of property: money, a number, texts, one inside another, one with a blank.
PROPERTIES = (
    Property(("$amount",)),
    Property(("cart_total",)),
    Property(("plan",), ("gold", "silver")),
    Property(("a", "b")),
    Property(("a",)),
    Property(("cart total",)),
)


def wanted():
    return Wanted(
        PROPERTIES,
        lambda name, kind: 3 if kind is EventKind.OPT_OUT else NAMES.get(name, -1),
    )


def line(**fields):
    """Return one event as a line of JSON."""
    given = {"userId": "c1", "event": "Visit", "timestamp": "2024-05-01T12:00:00Z"} | fields
    return json.dumps({name: value for name, value in given.items() if value != "-"}).encode()


def columns(batch):
    """Return all of a batch as plain values that can be compared."""
    listed = [
        column if isinstance(column, list) or column is None else column.to_list()
        for column in (batch.who, batch.names, batch.message)
    ]
    if listed[2] is not None and not any(listed[2]):
        listed[2] = None
    return {
        "who": listed[0],
        "names": listed[1],
        "message": listed[2],
        "timestamp": batch.timestamp.tolist(),
        "code": batch.code.tolist(),
        "values": np.where(np.isnan(batch.values), -9e99, batch.values).tolist(),
        "keys": batch.keys.tolist(),
        "links": batch.links,
        "withdrawals": batch.withdrawals,
        "origin": batch.origin.tolist(),
    }


def asides(found):
    return [(aside.position, aside.reason, aside.raw) for aside in found.rejected]
