"""A row of changes that touch every table, and what a store holds after the first of them."""

from __future__ import annotations

from live.memory_store import MemoryStore, contents

from customerintel.live.store import Change, KeptAside
from customerintel.testing.store_subject import an_action


def change(i, size=400):
    """Return the i-th change, that touches every table."""
    return Change(
        records=[("events", bytes([i % 256]) * size), ("tick", str(i).encode())],
        actions=[an_action(i)],
        updates=[an_action(i - 1, state="done")],
        kept_aside=[KeptAside("no id", str(i).encode())],
        offsets={("s", "0"): i},
        meta={"i": str(i)},
        snapshot=[("a", bytes([i % 256]) * 900)] if i % 5 == 0 else None,
        coming=[(f"a{i}", bytes([i % 256]) * 900)] if i % 5 else [],
        complete=2 * i - 4 if i % 5 == 4 else None,
        forget_before=2 * i - 8 if i % 10 == 0 else None,
    )


def prefix(n, size=400):
    """Return what a store holds after the first n changes."""
    plain = MemoryStore({}, "plain")
    for i in range(1, n + 1):
        plain.write(change(i, size))
    return contents(plain)
