"""Stores that lose something when the process dies at the wrong moment: the harness must see it."""

from __future__ import annotations

import time
from dataclasses import replace

from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import Change


class OffsetsFirst(SQLiteStore):
    """Says how far it has read before it has kept what it read."""

    def write(self, change):
        if change.offsets:
            super().write(Change(offsets=change.offsets))
            time.sleep(0.005)
        return super().write(change)


class ActionsLater(SQLiteStore):
    """Writes a snapshot before the actions that it stands for."""

    def write(self, change):
        if change.snapshot is None or not change.actions:
            return super().write(change)
        super().write(replace(change, actions=[]))
        time.sleep(0.02)
        return super().write(Change(actions=change.actions))


class ForgetsInserts(SQLiteStore):
    """Lets an action that comes again be new."""

    def write(self, change):
        for one in change.actions:
            self._run("DELETE FROM outbox WHERE id = ?", (one.id,))
        return super().write(change)
