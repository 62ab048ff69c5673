"""Conditions and terms for one customer at one moment, by recounting her events."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from live.oracle_events import Read, number
from live.rule_specs import RuleSpec, on

if TYPE_CHECKING:
    from live.oracle_live import Customer, Oracle

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPS = {name: getattr(operator, name) for name in ("gt", "ge", "lt", "le", "eq", "ne")}


_MONEY = (("since",), ("frequency",), ("monetary",))


@dataclass(frozen=True)
class Moment:
    """When something is evaluated, and on what.

    `at` is the time of evaluation, `due` the time of the fire; `ended` is the day whose end it
    is; `true` holds the momentary conditions whose moment it is.
    """

    at: int
    due: int
    event: Read | None = None
    ended: date | None = None
    true: frozenset[Any] = field(default_factory=frozenset)


@cache
def day_of(us: int, zone: ZoneInfo) -> date:
    """Return the local day of a time."""
    return (_EPOCH + timedelta(microseconds=us)).astimezone(zone).date()


@cache
def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the first moment of a local day, which is later than 0:00 where clocks skip it."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    return (start - _EPOCH) // timedelta(microseconds=1)


def _parts(condition: Any) -> Iterator[Any]:
    if condition is None:
        return
    yield condition
    kind = condition[0]
    if kind in ("and", "or"):
        for part in condition[1]:
            yield from _parts(part)
    elif kind == "not":
        yield from _parts(condition[1])


@cache
def leaves(rule: RuleSpec) -> tuple[Any, ...]:
    """Return what keeps state: momentary conditions of `when`, all measures, and `when` itself."""
    found = [part for part in _parts(rule.when) if part[0] in ("on", "absence", "sequence")]
    found += [
        _counted(part)
        for part in (*_parts(rule.when), *_parts(rule.where))
        if part[0] in ("drop", "rise") or (part[0] == "cmp" and part[1][0] in ("count", "sum"))
    ]
    parts = (*_parts(rule.when), *_parts(rule.where))
    found += [part[1] for part in parts if part[0] == "cmp" and part[1][0] == "score"]
    return (*found, rule.when)


def _counted(part: Any) -> Any:
    """Return what is counted for a condition; a trend has its windows besides."""
    return part[1] if part[0] == "cmp" else (*part[1][:-2], part[2], "trend")


@cache
def readings(when: Any) -> tuple[tuple[Any, ...], bool]:
    """Return the filters that `when` counts, and whether it reads what purchases change."""
    counted, money = [], False
    for part in _parts(when):
        if part[0] == "cmp" and part[1][0] in ("count", "sum"):
            counted.append(part[1][1])
        elif part[0] in ("segment", "entered", "exited") or part[1] in _MONEY:
            money = True
    return tuple(counted), money


def _fold(name: str) -> str:
    return "".join(name.replace("-", "").replace("_", "").casefold().split())


def matches(filter_: Any, event: Read) -> bool:
    """Tell whether an event is one that a filter means."""
    _, name, kind, where = filter_
    if name is not None and _fold(name) != _fold(event.name):
        return False
    if kind is not None and kind != event.kind:
        return False
    return where is None or _over_event(where, event)


def _over_event(condition: Any, event: Read | None) -> bool:
    kind, *rest = condition
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(_over_event(part, event) for part in rest[0])
    if kind == "not":
        return not _over_event(rest[0], event)
    (_, name), op, value = rest
    return _compare(_property(event, name), op, value)


def property_of(event: Read | None, name: str, *, is_text: bool) -> Any:
    """Return what is known of a property of an event."""
    if event is not None and event.kept is not None:
        return event.kept.get((name, is_text))
    return _property(event, name)


def _property(event: Read | None, name: str) -> Any:
    found: Any = {} if event is None else event.properties
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _compare(value: Any, op: str, given: Any) -> bool:
    if isinstance(given, str):
        # a number is another text
        return value is not None and op in ("eq", "ne") and bool(_OPS[op](value, given))
    read = number(value)
    return read is not None and bool(_OPS[op](read, given))


def holds(condition: Any, customer: Customer, moment: Moment, world: Oracle) -> bool:
    """Tell whether a condition is true."""
    kind, *rest = condition
    if kind in ("and", "or"):
        parts = [holds(part, customer, moment, world) for part in rest[0]]
        return all(parts) if kind == "and" else any(parts)
    if kind == "not":
        return not holds(rest[0], customer, moment, world)
    if kind in ("on", "absence", "sequence"):
        return condition in moment.true
    if kind == "cmp":
        term, op, value = rest
        if term[0] == "p":
            found = property_of(moment.event, term[1], is_text=isinstance(value, str))
            return _compare(found, op, value)
        return _compare(_value(term, customer, moment, world), op, value)
    if kind in ("drop", "rise"):
        return _changed(condition, customer, moment, world)
    if kind == "relationship":
        return customer.label in rest[0]
    if kind == "predicate":
        return _asked(rest[0], customer, moment, world)
    names = rest[0] if kind == "segment" else (rest[0],)
    return _segment(customer, moment, world) in names


def _asked(name: str, customer: Customer, moment: Moment, world: Oracle) -> bool:
    """Answer for a predicate of `rule_specs`."""
    if name in ("dear", "odd"):
        of = "total" if name == "dear" else "cart.items"
        value = number(property_of(moment.event, of, is_text=False))
        return value is not None and (value > 20 if name == "dear" else int(value) % 2 == 1)
    if name == "known":
        return customer.frequency >= 1 and customer.monetary > 0
    if name == "busy":
        return _often(customer, moment, world)
    return _segment(customer, moment, world) == "core" or moment.at // MINUTE % 2 == 1


def _often(customer: Customer, moment: Moment, world: Oracle) -> bool:
    term = ("count", on("Visit"), 7 * DAY, None)
    if world.held.get(ring_of(term), 0) < 7:
        return False  # nobody counts that
    known = next(leaf for leaf in world.since if ring_of(leaf) == ring_of(term))
    until = moment.at - 1 if moment.ended is not None else moment.at
    bucket = bucket_of(until, DAY, world.zone)
    return _measure(known, customer, world, DAY, bucket - 7, bucket) >= 2


def segment_of(cuts: Any, age: float, frequency: int, monetary: float) -> str:
    """Return the segment of the scheme in `rule_specs`."""
    recent, often, much = cuts
    r = 1 + sum(age <= cut for cut in recent)
    f = 1 + sum(frequency >= cut for cut in often)
    m = 1 + sum(monetary >= cut for cut in much)
    if r == 1:
        return "gone"
    return "core" if r == 3 and (f == 3 or (f == 2 and m == 3)) else "passing"


def _segment(customer: Customer, moment: Moment, world: Oracle) -> str | None:
    last = customer.last_purchase
    if world.cuts is None or last is None:
        return None
    age = _days_between(last, moment.at, world.zone)
    return segment_of(world.cuts, age, customer.frequency, customer.monetary)


def _days_between(first: int, last: int, zone: ZoneInfo) -> int:
    return (day_of(last, zone) - day_of(first, zone)).days


def _value(term: Any, customer: Customer, moment: Moment, world: Oracle) -> Any:
    kind, *rest = term
    if kind == "score":
        return customer.scores.get(rest[0])
    if kind == "since":
        last = customer.last_purchase
        return None if last is None else _days_between(last, moment.at, world.zone)
    if kind in ("frequency", "monetary"):
        return getattr(customer, kind)
    window, grain = rest[-2:]
    if window is None:
        return _measure(term, customer, world, 1, None, None)
    grain = grain or (MINUTE if window < 2 * HOUR else HOUR if window < 2 * DAY else DAY)
    # at the end of a day, that day is the current one
    until = moment.at - 1 if moment.ended is not None else moment.at
    bucket = bucket_of(until, grain, world.zone)
    return _measure(term, customer, world, grain, bucket - window // grain, bucket)


def bucket_of(us: int, grain: int, zone: ZoneInfo) -> int:
    """Return the number of the bucket of a time."""
    return day_of(us, zone).toordinal() if grain == DAY else us // grain


def _measure(
    term: Any, customer: Customer, world: Oracle, grain: int, above: int | None, to: int | None
) -> float:
    """Count or sum the events whose bucket b has ``above < b <= to``, since it is counted."""
    ring = ring_of(term)
    mine = [event for event in customer.events if counts(ring, event, world.since[term])]
    buckets = [bucket_of(event.time, grain, world.zone) for event in mine]
    if above is not None:
        # what is older than the newest bucket by more than the longest window is gone
        above = max(above, max(buckets, default=0) - world.held[ring])
    total = 0.0
    for event, bucket in zip(mine, buckets, strict=True):
        if above is None or to is None or above < bucket <= to:
            is_one = term[0] == "count"
            total += 1.0 if is_one else number(_property(event, term[2])) or 0.0
    return total


def _changed(condition: Any, customer: Customer, moment: Moment, world: Oracle) -> bool:
    kind, _, window, by, at_least = condition
    # an overdue deadline reads the last day end, too
    coming = customer.next_day or day_of(moment.at, world.zone)
    day = moment.ended or coming - timedelta(days=1)
    last, n = day.toordinal(), window // DAY
    counted = _counted(condition)
    now = _measure(counted, customer, world, DAY, last - n, last)
    before = _measure(counted, customer, world, DAY, last - 2 * n, last - n)
    if kind == "drop":
        return before >= at_least and now <= (1 - by) * before
    return now >= at_least and now >= (1 + by) * before


def ring_of(leaf: Any) -> Any:
    """Return what two expressions share that count the same by the same grain; else the leaf."""
    if leaf[0] not in ("count", "sum"):
        return leaf
    window, grain = leaf[-2:]
    if grain == "trend":
        return ("ring", *leaf[:-2], DAY)
    if window is None:
        return leaf
    usual = MINUTE if window < 2 * HOUR else HOUR if window < 2 * DAY else DAY
    return ("ring", *leaf[:-2], grain or usual)


def counts(ring: Any, event: Read, since: int) -> bool:
    """Tell whether an event is in a ring, or a measure since ever; a sum adds numbers only."""
    kind, filter_, *rest = ring[1:] if ring[0] == "ring" else ring
    is_there = event.ordinal >= since or ring in event.known
    if not is_there or ring in event.forgotten or not matches(filter_, event):
        return False
    return kind == "count" or number(_property(event, rest[0])) is not None
