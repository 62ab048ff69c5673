"""All that the oracle knows of one customer, and how two become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from live.oracle_events import Read
from live.oracle_terms import matches

NEVER = -(2**62)


@dataclass
class Timer:
    """Of one customer and one Absence."""

    armed: int | None = None
    event: Read | None = None
    last_of: int = NEVER
    done: int = NEVER


@dataclass
class Customer:
    """All that is known of one customer."""

    name: str
    events: list[Read] = field(default_factory=list)
    next_day: date | None = None
    timers: dict[Any, Timer] = field(default_factory=dict)
    starts: dict[Any, list[int | None]] = field(default_factory=dict)
    edges: dict[Any, bool] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)
    arms: dict[str, tuple[int, bool]] = field(default_factory=dict)
    consents: list[Mapping[str, Any]] = field(default_factory=list)
    frequency: int = 0
    bought: set[date] = field(default_factory=set)
    #: Day up to which a history knows every day with a purchase.
    known_until: date = date.min
    monetary: float = 0.0
    first_purchase: int | None = None
    last_purchase: int | None = None
    scores: dict[str, float] = field(default_factory=dict)
    label: str | None = None


def join(gone: Customer, into: Customer) -> None:
    """Add what is known of one customer to another; nothing fires."""
    into.events = sorted(into.events + gone.events, key=lambda event: event.ordinal)
    days = [one.next_day for one in (into, gone) if one.next_day is not None]
    into.next_day = max(days, default=None)
    for leaf, timer in gone.timers.items():
        _merge_timer(into.timers.setdefault(leaf, Timer()), timer, leaf)
    for leaf, start in gone.starts.items():
        mine = into.starts.setdefault(leaf, [None] * len(start))
        mine[:] = [_later(a, b) for a, b in zip(mine, start, strict=True)]
    for leaf, state in gone.edges.items():
        into.edges[leaf] = into.edges.get(leaf, False) or state
    for rule, time in gone.passed.items():
        into.passed[rule] = max(into.passed.get(rule, time), time)
    for salt, arm in gone.arms.items():
        into.arms[salt] = min(into.arms.get(salt, arm), arm, key=lambda one: one[0])
    into.consents += gone.consents
    into.frequency += gone.frequency
    into.bought |= gone.bought
    into.known_until = max(into.known_until, gone.known_until)
    into.first_purchase = _earlier(into.first_purchase, gone.first_purchase)
    into.monetary += gone.monetary
    into.last_purchase = _later(into.last_purchase, gone.last_purchase)
    into.scores = gone.scores | into.scores
    into.label = gone.label if into.label is None else into.label


def _earlier(first: int | None, second: int | None) -> int | None:
    return min((one for one in (first, second) if one is not None), default=None)


def _later(first: int | None, second: int | None) -> int | None:
    return max((one for one in (first, second) if one is not None), default=None)


def _merge_timer(mine: Timer, other: Timer, leaf: Any) -> None:
    """Keep the later arming, which only what the other customer did can still answer."""
    _, after, of, within = leaf
    here, there = (NEVER if one.armed is None else one.armed for one in (mine, other))
    answer = other.last_of if here > there else NEVER
    if there > here:
        mine.armed, mine.event, answer = other.armed, other.event, mine.last_of
    mine.last_of, mine.done = max(mine.last_of, other.last_of), max(mine.done, other.done)
    armed = max(here, there)
    if after != of and armed != NEVER and armed <= answer < armed + within:
        mine.armed = mine.event = None


def allows(customer: Customer, purpose: str, at: int) -> bool:
    """Tell whether the entries of a customer allow a use at a moment."""
    strictness = {"grant": 0, "withdraw": 1, "object": 2}
    forever = 2**63
    mine = [e for e in customer.consents if e["purpose"] == purpose and e["timestamp"] <= at]
    mine.sort(
        key=lambda e: (e["timestamp"], strictness[e["status"]], -(e["expires_at"] or forever))
    )
    objected, allowed = False, False
    for entry in mine:
        objected |= entry["status"] == "object"
        if entry["status"] != "grant":
            allowed = False
        elif not objected or entry["basis"] == "consent":
            allowed = at < (entry["expires_at"] or forever)
    return allowed


def turn(timer: Timer, leaf: Any, event: Read) -> None:
    """Let an event arm or disarm an Absence."""
    _, after, of, within = leaf
    time = event.time
    if matches(of, event):
        timer.last_of = max(timer.last_of, time)
        if timer.armed is not None and timer.armed <= time < timer.armed + within:
            timer.armed = None
    if matches(after, event):
        early = timer.armed is not None and time < timer.armed
        undone = after != of and timer.last_of > time
        if not early and time > timer.done and not undone:
            timer.armed, timer.event = time, event


def step(customer: Customer, leaf: Any, event: Read) -> bool:
    """Let an event move the matches of a Sequence on; tell whether one is complete."""
    _, steps, within = leaf
    start = customer.starts.setdefault(leaf, [None] * len(steps))
    for j in reversed(range(len(steps))):
        before = event.time if j == 0 else start[j - 1]
        near = before is not None and 0 <= event.time - before <= within
        if matches(steps[j], event) and before is not None and near:
            start[j] = before if start[j] is None else max(start[j] or 0, before)
    if start[-1] is None:
        return False
    start[:] = [None] * len(steps)
    return True


def assign(customer: Customer, due: int, share: float, salt: str) -> bool:
    """Tell whether a customer is in the control group, from her first trigger on."""
    text = f"{salt}\0{customer.name}".encode()
    bucket = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") % 10_000
    return customer.arms.setdefault(salt, (due, bucket < round(share * 10_000)))[1]
