"""Stores with one fault each, and the check that must find it."""

from __future__ import annotations

import copy

from live.memory_store import MemoryStore

from customerintel.exceptions import LiveStoreError
from customerintel.live.store import Change, LogRecord


class BadNew(MemoryStore):
    fails = "empty"

    def meta(self):
        return {"version": "1", **super().meta()}


class BadNumbers(MemoryStore):
    fails = "numbers"

    def write(self, change):
        return super().write(change) if change.records else 0


class BadAfter(MemoryStore):
    fails = "numbers"

    def records(self, after=0):
        return super().records(after - 1)


class BadReopening(MemoryStore):
    fails = "reopening"

    def __init__(self, shelves, name):
        super().__init__(shelves, name)
        self.data["aside"] = []


class BadHalves(MemoryStore):
    fails = "whole_or_nothing"

    def write(self, change):
        super().write(Change(records=change.records))
        rest = copy.copy(change)
        rest.records = []
        return super().write(rest)


class BadTexts(MemoryStore):
    fails = "awkward_values"

    def apply(self, new, change):
        for row in change.actions:
            if "\0" in row.payload:
                raise LiveStoreError("NUL")
        super().apply(new, change)


class BadSettings(MemoryStore):
    fails = "settings"

    def apply(self, new, change):
        super().apply(new, change)
        new["meta"] = dict(change.meta) or new["meta"]


class BadSnapshots(MemoryStore):
    fails = "snapshots"

    def apply(self, new, change):
        former = new["snapshot"]
        super().apply(new, change)
        if former and change.snapshot is not None:
            new["snapshot"] = (new["snapshot"][0], {**former[1], **new["snapshot"][1]})


class BadComing(MemoryStore):
    fails = "coming_snapshots"

    def apply(self, new, change):
        super().apply(new, change)
        if new["coming"] and new["snapshot"]:
            new["snapshot"] = (new["snapshot"][0], {**new["snapshot"][1], **new["coming"]})


class BadLeftOver(MemoryStore):
    fails = "coming_snapshots"

    def __init__(self, shelves, name):
        left = (shelves.get(name, {}).get("data") or {}).get("coming", {})
        super().__init__(shelves, name)
        self.data["coming"] = left


class BadForgetting(MemoryStore):
    fails = "forgetting"

    def apply(self, new, change):
        super().apply(new, change)
        if change.forget_before:
            new["log"] = {n: one for n, one in new["log"].items() if n > change.forget_before}


class BadNumbersAgain(MemoryStore):
    fails = "forgetting"

    def __init__(self, shelves, name):
        super().__init__(shelves, name)
        self.data["last"] = max(self.data["log"], default=0)


class BadErasure(MemoryStore):
    fails = "erasure"

    def erase(self, customer_ids, rewrite, change):
        super().erase(customer_ids, lambda record: rewrite(record) or None, change)


class BadErasedAside(MemoryStore):
    fails = "erasure"

    def erase(self, customer_ids, rewrite, change):
        aside = self.data["aside"]
        super().erase(customer_ids, rewrite, change)
        self.data["aside"] = aside


class BadLock(MemoryStore):
    fails = "one_engine"

    def __init__(self, shelves, name):
        shelves.get(name, {})["open"] = False
        super().__init__(shelves, name)


class BadClosing(MemoryStore):
    fails = "closed"

    def close(self):
        if self.shelf is None:
            raise LiveStoreError("closed already")
        super().close()


class BadReading(MemoryStore):
    fails = "read_while_written"

    def records(self, after=0):
        seq = after
        while seq < self.data["last"]:
            seq += 1
            if seq % 500:
                yield LogRecord(seq, *self.data["log"][seq])


class BadInserts(MemoryStore):
    fails = "inserted_once"

    def apply(self, new, change):
        for row in change.actions:
            new["outbox"].pop(row.id, None)
        super().apply(new, change)


class BadUpdates(MemoryStore):
    fails = "updates"

    def apply(self, new, change):
        new["outbox"].update((row.id, row) for row in change.updates)
        super().apply(new, change)


class BadDue(MemoryStore):
    fails = "due"

    def due(self, now, n):
        return [row for row in super().due(now, n) if row.state == "queued"]


class BadDone(MemoryStore):
    fails = "done_is_done"

    def due(self, now, n):
        return [row for row in self.actions() if row.due_at <= now and row.state != "leased"][:n]


class BadOrder(MemoryStore):
    fails = "order"

    def actions(self):
        return iter(sorted(super().actions(), key=lambda row: (row.due_at, row.id.lower())))


class BadPortions(MemoryStore):
    fails = "many"

    def actions(self):
        rows = list(super().actions())
        return iter([row for n, row in enumerate(rows) if n < 512 or row.due_at > rows[511].due_at])


class BadCustomers(MemoryStore):
    fails = "customers"

    def actions_of(self, customer_ids):
        return [row for one in customer_ids for row in super(BadCustomers, self).actions_of([one])]


class BadSent(MemoryStore):
    fails = "sent"

    def count_sent(self, customer_id, channel, after, until):
        return super().count_sent(customer_id, channel, after - 1, until)
