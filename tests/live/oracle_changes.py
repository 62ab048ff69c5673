"""What a change of rules leaves of the past: buckets that were held, properties that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from live.oracle_events import Read
from live.oracle_state import Customer
from live.oracle_terms import DAY, bucket_of, counts, leaves, property_of, ring_of
from live.rule_specs import FUNCTIONS, RuleSpec

if TYPE_CHECKING:
    from live.oracle_live import Oracle

#: Stands for a text that no rule compared with.
ANOTHER = "\0another"


def held_by(rules: Iterable[RuleSpec], lateness: int) -> dict[Any, int]:
    """Return how many buckets each ring holds: those of its longest window, and late ones."""
    held: dict[Any, int] = {}
    for leaf in {leaf for rule in rules for leaf in leaves(rule)}:
        ring = ring_of(leaf)
        if ring[0] == "ring":
            grain = ring[-1]
            n = 2 * leaf[-2] // DAY + 1 if leaf[-1] == "trend" else leaf[-2] // grain
            held[ring] = max(held.get(ring, 0), n + -(-lateness // grain))
    return held


def forget(customer: Customer, ring: Any, held: int, since: int, zone: ZoneInfo) -> None:
    """Mark the events that a ring holds no longer."""
    mine = [one for one in customer.events if counts(ring, one, since)]
    if mine:
        last = max(bucket_of(one.time, ring[-1], zone) for one in mine)
        for one in mine:
            if bucket_of(one.time, ring[-1], zone) <= last - held:
                one.forgotten.add(ring)


def leave(world: Oracle, rules: Sequence[RuleSpec]) -> None:
    """Leave what other rules can go on with; nothing waits for a rule that goes."""
    ids = {rule.id for rule in rules}
    world.stopped |= {row for row in world.decided if row[5] == "queued" and row[0] not in ids}
    world.held_before, world.held = world.held, held_by(rules, world.lateness)
    since = {ring_of(leaf): number for leaf, number in world.since.items()}
    world.former = set(world.since)
    for customer in world.customers.values():
        for ring, buckets in world.held_before.items():
            forget(customer, ring, buckets, since[ring], world.zone)
        for leaf, timer in customer.timers.items():
            if timer.event is not None:
                timer.event = keep(timer.event, leaf, world.rules, rules)


def _reads(spec: Any) -> Iterator[tuple[str, str | None]]:
    """Yield each property that is read, and the text that it is compared with if it is one."""
    if not isinstance(spec, tuple):
        return
    if spec[:1] == ("cmp",) and spec[1][0] == "p":
        yield spec[1][1], spec[3] if isinstance(spec[3], str) else None
    elif spec[:1] == ("sum",):
        yield spec[2], None
    elif spec[:1] == ("predicate",):
        yield from ((name, None) for name in FUNCTIONS[spec[1]][1])
    for part in spec:
        yield from _reads(part)


def _kept(rules: Sequence[RuleSpec], timer: Any) -> set[tuple[str, bool]]:
    """Return the properties that are kept for a timer, and whether as a text."""
    after = timer[1]
    read = [
        found
        for rule in rules
        if timer in leaves(rule)
        for found in (*_reads(rule.where), *_reads(after[3]))
    ]
    return {(name, text is not None) for name, text in read}


def keep(event: Read, timer: Any, old: Sequence[RuleSpec], new: Sequence[RuleSpec]) -> Read:
    """Return the event that armed a timer with what is left of its properties."""
    known = [
        {found for rule in rules for found in (*_reads(rule.when), *_reads(rule.where))}
        for rules in (old, new)
    ]
    kept: dict[tuple[str, bool], Any] = {}
    for name, is_text in _kept(old, timer) & _kept(new, timer):
        value = property_of(event, name, is_text=is_text)
        if is_text and value is not None and not all((name, value) in one for one in known):
            value = ANOTHER
        kept[name, is_text] = value
    return replace(event, kept=kept)
