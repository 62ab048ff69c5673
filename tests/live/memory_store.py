"""A store in dicts, as short as it can be: what the others are compared with."""

from __future__ import annotations

import copy
import threading
from functools import wraps

from customerintel.exceptions import InvalidArgumentError, LiveStoreError, StoreLockedError
from customerintel.live.store import LogRecord, StoredAction
from customerintel.live.stored_ids import holds_any


def _order(row):
    return row.due_at, row.id


def _ready(row):
    waiting = {"queued": max(row.due_at, row.not_before), "leased": row.lease_until}
    return waiting.get(row.state, 1 << 62)


def guarded(method):
    @wraps(method)
    def call(self, *arguments):
        with self.lock:
            if self.shelf is None:
                raise LiveStoreError("closed")
            return method(self, *arguments)

    return call


class MemoryStore:
    """Keeps everything on a shelf that is given; many may share one, one after the other."""

    def __init__(self, shelves, name):
        self.lock = threading.RLock()
        self.shelf = None
        held = shelves.setdefault(name, {"open": False, "data": None})
        if held["open"]:
            raise StoreLockedError("open elsewhere")
        held["open"] = True
        self.shelf = held
        if held["data"] is None:
            held["data"] = {
                "meta": {}, "offsets": {}, "log": {}, "last": 0, "snapshot": None,
                "outbox": {}, "aside": [],
            }  # fmt: skip
        held["data"]["coming"] = {}

    @property
    def data(self):
        return self.shelf["data"]

    @guarded
    def write(self, change):
        new = {name: copy.copy(part) for name, part in self.data.items()}
        self.apply(new, change)
        self.shelf["data"] = new
        return new["last"]

    def apply(self, new, change):
        for kind, body in change.records:
            new["last"] += 1
            new["log"][new["last"]] = (kind, bytes(body))
        for row in change.actions:
            new["outbox"].setdefault(row.id, copy.copy(row))
        for row in change.updates:
            if row.id in new["outbox"]:
                new["outbox"][row.id] = copy.copy(row)
        new["aside"] = new["aside"] + list(change.kept_aside)
        new["offsets"].update(change.offsets)
        new["meta"].update(change.meta)
        if change.snapshot is not None:
            new["snapshot"], new["coming"] = (new["last"], dict(change.snapshot)), {}
        new["coming"].update(change.coming)
        if change.complete is not None:
            new["snapshot"], new["coming"] = (change.complete, new["coming"]), {}
        if change.forget_before is not None and new["snapshot"] is not None:
            until = min(change.forget_before, new["snapshot"][0])
            new["log"] = {seq: one for seq, one in new["log"].items() if seq > until}

    @guarded
    def erase(self, customer_ids, rewrite, change):
        if change.snapshot is None and self.data["snapshot"] is not None:
            raise InvalidArgumentError("no snapshot")
        new = {name: copy.copy(part) for name, part in self.data.items()}
        for seq, (kind, body) in list(new["log"].items()):
            again = rewrite(LogRecord(seq, kind, body))
            if again:
                new["log"][seq] = (kind, again)
            elif again is not None:
                del new["log"][seq]
        new["outbox"] = {
            key: row for key, row in new["outbox"].items() if row.customer_id not in customer_ids
        }
        found = holds_any(customer_ids)
        new["aside"] = [one for one in new["aside"] if not found(one.raw)]
        self.apply(new, change)
        self.shelf["data"] = new

    @guarded
    def meta(self):
        return dict(self.data["meta"])

    @guarded
    def offsets(self):
        return dict(self.data["offsets"])

    @guarded
    def snapshot(self):
        return copy.deepcopy(self.data["snapshot"])

    @guarded
    def records(self, after=0):
        return iter([LogRecord(n, *one) for n, one in self.data["log"].items() if n > after])

    @guarded
    def kept_aside(self):
        return iter(self.data["aside"])

    @guarded
    def count_kept_aside(self):
        return len(self.data["aside"])

    @guarded
    def due(self, now, n):
        ready = [row for row in self.data["outbox"].values() if _ready(row) <= now]
        ready.sort(key=lambda row: (_ready(row), row.id))
        return sorted(map(copy.copy, ready[:n]), key=_order)

    @guarded
    def action(self, action_id):
        return copy.copy(self.data["outbox"].get(action_id))

    @guarded
    def actions(self):
        return iter(sorted(map(copy.copy, self.data["outbox"].values()), key=_order))

    @guarded
    def actions_of(self, customer_ids):
        return [row for row in self.actions() if row.customer_id in customer_ids]

    @guarded
    def count_sent(self, customer_id, channel, after, until):
        return sum(
            (row.customer_id, row.channel) == (customer_id, channel)
            and row.state in ("leased", "done")
            and after < row.sent_at <= until
            for row in self.data["outbox"].values()
        )

    @guarded
    def size(self):
        return {"records": len(self.data["log"])}

    def close(self):
        if self.shelf is not None:
            self.shelf["open"] = False
        self.shelf = None


def fields(row: StoredAction) -> str:
    """Return all that a row holds, NaN equal to NaN."""
    return str([getattr(row, name) for name in StoredAction.__slots__])


def contents(store) -> tuple[object, ...]:
    """Return all that a store holds, to be compared."""
    return (
        store.meta(), store.offsets(), store.snapshot(),
        [(one.seq, one.kind, one.body) for one in store.records()],
        [fields(row) for row in store.actions()], list(store.kept_aside()),
    )  # fmt: skip
