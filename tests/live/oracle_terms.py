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
from live.rule_specs import RuleSpec

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


def _property(event: Read | None, name: str) -> Any:
    found: Any = {} if event is None else event.properties
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _compare(value: Any, op: str, given: Any) -> bool:
    if isinstance(given, str):
        return isinstance(value, str) and op in ("eq", "ne") and _OPS[op](value, given)
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
        return _compare(_value(term, customer, moment, world), op, value)
    if kind in ("drop", "rise"):
        return _changed(condition, customer, moment, world)
    if kind == "relationship":
        return customer.label in rest[0]
    names = rest[0] if kind == "segment" else (rest[0],)
    return _segment(customer, moment, world) in names


def _segment(customer: Customer, moment: Moment, world: Oracle) -> str | None:
    last = customer.last_purchase
    if world.segment_of is None or last is None:
        return None
    age = _days_between(last, moment.at, world.zone)
    return world.segment_of(age, customer.frequency, customer.monetary)


def _days_between(first: int, last: int, zone: ZoneInfo) -> int:
    return (day_of(last, zone) - day_of(first, zone)).days


def _value(term: Any, customer: Customer, moment: Moment, world: Oracle) -> Any:
    kind, *rest = term
    if kind == "p":
        return _property(moment.event, rest[0])
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
    bucket = _bucket(until, grain, world.zone)
    return _measure(term, customer, world, grain, bucket - window // grain, bucket)


def _bucket(us: int, grain: int, zone: ZoneInfo) -> int:
    return day_of(us, zone).toordinal() if grain == DAY else us // grain


def _measure(
    term: Any, customer: Customer, world: Oracle, grain: int, above: int | None, to: int | None
) -> float:
    """Count or sum the events whose bucket b has ``above < b <= to``, since it is counted."""
    kind, filter_ = term[:2]
    total = 0.0
    for event in customer.events:
        if event.ordinal < world.since[term] or not matches(filter_, event):
            continue
        bucket = _bucket(event.time, grain, world.zone)
        if above is None or to is None or above < bucket <= to:
            total += 1.0 if kind == "count" else number(_property(event, term[2])) or 0.0
    return total


def _changed(condition: Any, customer: Customer, moment: Moment, world: Oracle) -> bool:
    kind, _, window, by, at_least = condition
    day = moment.ended or day_of(moment.at, world.zone) - timedelta(days=1)
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
