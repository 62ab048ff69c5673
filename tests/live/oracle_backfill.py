"""The past told to new expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from live.oracle_state import Customer
from live.oracle_terms import Moment, bucket_of, counts, holds, matches, ring_of

if TYPE_CHECKING:
    from live.oracle_live import Oracle


def backfill(world: Oracle) -> None:
    """Let what the last change of rules brought know all records, as if it had been there."""
    quiet = _of_the_past(world)
    new = [leaf for leaf in world.since if leaf not in world.former]
    held = {ring_of(leaf): world.held_before.get(ring_of(leaf)) for leaf in world.since}
    for customer in world.customers.values():
        for ring, before in held.items():
            if ring[0] == "ring":
                _fill(world, customer, ring, before)
    for leaf in new:
        if leaf[0] in ("count", "sum") and leaf[-2:] == (None, None):
            world.since[leaf] = 0
        for customer in quiet.customers.values():
            mine = world.customers[customer.name]
            if leaf in customer.timers:
                mine.timers[leaf] = customer.timers[leaf]
            if leaf in customer.starts:
                mine.starts[leaf] = customer.starts[leaf]
    for rule in world.levels():
        if rule.when in new:
            for customer in world.customers.values():
                now = max(world.time, 0)
                moment = Moment(now, now)
                customer.edges[rule.when] = holds(rule.when, customer, moment, world)


def _of_the_past(world: Oracle) -> Oracle:
    quiet = type(world)(world.rules, zone=world.zone.key, lateness=world.lateness)
    for kind, *rest in world.log:
        quiet.seen.clear()
        getattr(quiet, kind)(*rest)
    quiet.tick(world.time)
    quiet.drain()
    return quiet


def _fill(world: Oracle, customer: Customer, ring: Any, before: int | None) -> None:
    """Let a ring know the events that are older than the buckets that it held."""
    since = next(number for leaf, number in world.since.items() if ring_of(leaf) == ring)
    last = None
    if before is not None and before < world.held[ring]:
        mine = [one for one in customer.events if counts(ring, one, since)]
        if mine:
            last = max(bucket_of(one.time, ring[-1], world.zone) for one in mine) - before
    elif before is not None:
        return
    for event in customer.events:
        old = last is None or bucket_of(event.time, ring[-1], world.zone) <= last
        if old and matches(ring[2], event):
            event.known.add(ring)
            event.forgotten.discard(ring)
