"""Rules compiled for the kernels: which events matter, where state lies, what is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_words as w
from customerintel.live.event_filter import On
from customerintel.live.layout import Layout
from customerintel.live.plan_acts import Classes, write_counters, write_rules, write_timers
from customerintel.live.plan_parts import CounterKey, Parts
from customerintel.live.plan_tables import Tables, lay_out
from customerintel.live.rule import Rule
from customerintel.live.wanted import Wanted
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.tables.moments import Calendar, local_time
from customerintel.tables.zones import zone_of

__all__ = ["Counter", "Plan", "Timer", "compile_rules"]

Ints = NDArray[np.int64]
#: 2101-01-01 in microseconds: a day after the last event there can be.
_LAST = 4_133_980_800_000_000
#: Numbers that a program needs beside each other.
_STACK = 8


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter that rules share: what is counted, by which grain, and where.

    `held` is the number of buckets, 0 for one since ever; `place` that in the table.
    """

    on: On
    grain: int
    held: int
    offset: int
    is_sum: bool
    place: int


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that rules share."""

    absence: Any
    offset: int
    within: int


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Rules compiled to tables.

    Attributes
    ----------
    rules : tuple of Rule
        In their order.
    zone_name : str
        Zone of the days.
    lateness : int
        Microseconds for which time waits for late events.
    wanted : Wanted
        Which events and properties matter.
    layout : Layout
        Where the state of a customer lies.
    edges : int64 array
        Local midnights; day k is ``edges[k] <= t < edges[k + 1]``.
    table, numbers : arrays
        What the kernels work by.
    """

    rules: tuple[Rule, ...]
    zone_name: str
    lateness: int
    wanted: Wanted
    layout: Layout
    edges: Ints
    table: Ints
    numbers: NDArray[np.float64]
    n_leaves: int
    slots: dict[tuple[tuple[str, ...], tuple[str, ...] | None], int]
    reads: tuple[tuple[tuple[str, int], ...], ...]
    predicates: tuple[tuple[Any, ...], ...]
    labels: tuple[str, ...]
    scores: tuple[Any, ...]
    score_offset: int
    purposes: tuple[str, ...]
    email_purpose: int
    counters: dict[CounterKey, Counter]
    timers: tuple[Timer, ...]
    has_day_ends: bool
    first_date: date = field(default=date(1970, 1, 1))

    def __repr__(self) -> str:
        return f"Plan({len(self.rules)} rules, {8 * self.layout.width} bytes a customer)"

    @property
    def n_properties(self) -> int:
        """Number of columns of properties."""
        return len(self.wanted.properties)

    def day_of(self, t: int) -> int:
        """Return the local day of a moment, a place in `edges`."""
        day = int(np.searchsorted(self.edges, t, "right")) - 1
        return min(max(day, 0), len(self.edges) - 2)

    def date_of(self, day: int) -> date:
        """Return the date of a local day."""
        return date.fromordinal(self.first_date.toordinal() + int(day))


@cache
def _midnights(zone_name: str) -> tuple[Ints, date]:
    """Return the local midnights from 1970 to 2100, and the first date."""
    edges = np.ascontiguousarray(Calendar("day", zone_name).edges(0, _LAST), np.int64)
    edges.setflags(write=False)
    return edges, local_time(0, zone_of(zone_name)).date()


def compile_rules(
    rules: Iterable[Rule], zone_name: str, scheme: SegmentScheme | None, lateness: int = 0
) -> Plan:
    """Compile rules.

    Parameters
    ----------
    rules : RuleSet
        Checked rules.
    zone_name : str
        Zone of the days.
    scheme : SegmentScheme or None
        Names of the segments.
    lateness : int
        Microseconds for which time waits for late events.

    Returns
    -------
    Plan
        Tables, layout, and what the decoder must know.

    Raises
    ------
    InvalidArgumentError
        When a rule names a segment that the scheme does not have.
    """
    given = tuple(rules)
    parts = Parts(given)
    layout = lay_out(parts, lateness)
    tables = Tables(parts, layout, scheme)
    write_counters(tables)
    write_timers(tables)
    write_rules(tables)
    classes = Classes(tables)
    classes.write(tables.level_lists(lateness))
    _write_joins(tables)
    edges, first = _midnights(zone_name)
    _write_sizes(tables, edges)
    return _plan(tables, classes, given, zone_name, lateness, edges, first)


def _write_joins(tables: Tables) -> None:
    """Write the words of which a merge keeps the greater, and those that it fills in."""
    later: list[int] = []
    given: list[int] = []
    for item in tables.layout.items.values():
        words = range(item.offset, item.offset + item.size)
        if item.kind in ("sequence", "passed", "seen"):
            later.extend(words)
        elif item.kind == "score":
            given.extend(words)
    tables.table[w.T_MAX_LIST] = tables.add_list(later)
    tables.table[w.T_FILL_LIST] = tables.add_list(given)


def _write_sizes(tables: Tables, edges: Ints) -> None:
    table, parts = tables.table, tables.parts
    purposes = list(parts.purposes)
    leaves = len(tables.filter) + len(tables.sequence) + len(tables.timer)
    table[w.T_WIDTH] = tables.layout.width
    table[w.T_PROPERTIES] = len(parts.properties)
    table[w.T_LEAVES] = leaves
    table[w.T_EMAIL] = purposes.index("email_marketing") if "email_marketing" in purposes else -1
    table[w.T_STACK] = len(tables.constants)
    table[w.T_RFM] = len(tables.constants) + _STACK
    table[w.T_DAYS], table[w.T_N_DAYS] = len(table), len(edges)


def _plan(
    tables: Tables,
    classes: Classes,
    rules: tuple[Rule, ...],
    zone_name: str,
    lateness: int,
    edges: Ints,
    first: date,
) -> Plan:
    parts, layout, table = tables.parts, tables.layout, tables.table
    scores = [layout.items[f"score|{key}"].offset for key in parts.scores]
    return Plan(
        rules=rules,
        zone_name=zone_name,
        lateness=lateness,
        wanted=Wanted(list(parts.properties), classes.classify()),
        layout=layout,
        edges=edges,
        table=np.concatenate([np.array(table, np.int64), edges]),
        numbers=np.array([*tables.constants, *[0.0] * _STACK], np.float64),
        n_leaves=table[w.T_LEAVES],
        slots={(one.path, one.texts): slot for one, slot in parts.properties.items()},
        reads=tuple(_reads(parts, rule) for rule in rules),
        predicates=tuple(one.predicates for one in parts.rules),
        labels=tuple(parts.labels),
        scores=tuple(parts.scores.values()),
        score_offset=scores[0] if scores else 0,
        purposes=tuple(parts.purposes),
        email_purpose=table[w.T_EMAIL],
        counters={key: _counter(tables, key) for key in parts.counters},
        timers=tuple(
            Timer(one, layout.items[f"timer|{key}"].offset, one.within_us)
            for key, one in parts.timers.items()
        ),
        has_day_ends=bool(table[w.T_HAS_DAYS]),
        first_date=first,
    )


def _counter(tables: Tables, key: CounterKey) -> Counter:
    term = tables.parts.counters[key]
    item = tables.item(f"counter|{key[0]}|{key[1]}|{key[2]}")
    place = tables.counter[key]
    return Counter(term.on, key[1], item.part, item.offset, term.tag == "sum", place)


def _reads(parts: Parts, rule: Rule) -> tuple[tuple[str, int], ...]:
    """Return the numbers of the triggering event that a rule reads."""
    from customerintel.live.walking import properties_of

    conditions = [one for one in (rule.when, rule.where) if one is not None]
    found = []
    for use in properties_of(*conditions):
        for one, slot in parts.properties.items():
            if use.is_number and one.path == use.path and one.texts is None:
                found.append((use.name, slot))
    return tuple(found)
