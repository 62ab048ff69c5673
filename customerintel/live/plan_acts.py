"""What each class of events makes the kernels do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

from customerintel._kernels import live_words as w
from customerintel.live.layout import HEAD_HALVES, LINE, Item
from customerintel.live.plan_parts import RuleParts, counter_key
from customerintel.live.plan_tables import Tables, kept_slots
from customerintel.schema.event_kinds import EventKind

__all__ = ["Classes", "write_counters", "write_rules", "write_timers"]

#: Lines of a record that are asked for ahead of a day end, at most.
_MOST_LINES: Final = 7

_KINDS = {
    EventKind.PURCHASE: w.PURCHASE,
    EventKind.RETURN: w.RETURN,
    EventKind.OPT_OUT: w.OPT_OUT,
}
#: Kinds that change what is known of purchases.
_BOUGHT: Final = (w.PURCHASE, w.RETURN)


def write_counters(tables: Tables) -> None:
    """Write the counters, drops and rises."""
    parts = tables.parts
    for key, term in parts.counters.items():
        item = tables.item(f"counter|{key[0]}|{key[1]}|{key[2]}")
        is_sum = term.tag == "sum"
        kind = (w.RING_SUM if is_sum else w.RING_COUNT) if key[1] else (
            w.EVER_SUM if is_sum else w.EVER_COUNT
        )  # fmt: skip
        if kind == w.RING_COUNT:
            head, ring = 4 * item.offset, 4 * item.offset + HEAD_HALVES
        else:
            head, ring = item.offset, item.offset + 1
        slot = tables.slot(term.path) if is_sum else -1
        grain = 0 if term.grain == "day" else key[1]
        place = tables.add((kind, grain, item.part, head, ring, slot))
        tables.counter[key] = place
        tables.table[w.T_COUNTER] = tables.table[w.T_COUNTER] or place
    tables.table[w.T_N_COUNTERS] = len(parts.counters)
    rows = []
    for one in parts.trends.values():
        # apart from other constants: the two are read side by side
        numbers = len(tables.constants)
        tables.constants += [float(one.by), float(one.at_least)]
        rows += [
            tables.counter[counter_key(one.counter)],
            one.n_days,
            int(one.tag == "rise"),
            numbers,
        ]
    tables.table[w.T_DROP] = tables.add(rows)
    tables.table[w.T_N_DROPS] = len(parts.trends)
    first = next(iter(parts.trends), None)
    tables.table[w.T_DROPS] = 0 if first is None else tables.item(f"drop|{first}").offset
    keys = [f"drop|{key}" for key in parts.trends]
    keys += ["counter|{}|{}|{}".format(*counter_key(one.counter)) for one in parts.trends.values()]
    lines = lines_of(map(tables.item, keys))
    tables.table[w.T_DAY_LINES] = tables.add_list(lines[:_MOST_LINES])


def write_timers(tables: Tables) -> None:
    """Write timers and sequences."""
    parts = tables.parts
    rows: list[int] = []
    for key, one in parts.timers.items():
        kept = tables.add_list(kept_slots(parts, key))
        fired = tables.add_list(
            k
            for k in in_order(parts.rules)
            if any(leaf.key == key for leaf in parts.rules[k].leaves)
        )
        same = int(one.after.key == one.of.key)
        item = tables.item(f"timer|{key}")
        rows += [item.offset, one.within_us, same, tables.leaf(one), kept, fired]
    tables.table[w.T_TIMER], tables.table[w.T_TIMERS] = tables.add(rows), len(parts.timers)
    keys = [f"timer|{key}" for key in parts.timers]
    tables.table[w.T_DUE_LINES] = tables.add_list([0, *lines_of(map(tables.item, keys))])
    rows = []
    for key, one in parts.sequences.items():
        steps = tables.add(tables.filter[step.key] for step in one.steps)
        item = tables.item(f"sequence|{key}")
        rows += [item.offset, len(one.steps), one.within_us, tables.leaf(one), steps]
    tables.table[w.T_SEQUENCE], tables.table[w.T_N_SEQUENCES] = (
        tables.add(rows),
        len(parts.sequences),
    )


def in_order(rules: list[RuleParts]) -> list[int]:
    """Return the rules as they are asked: those with a Python predicate last."""
    return sorted(range(len(rules)), key=lambda k: bool(rules[k].predicates))


def write_rules(tables: Tables) -> None:
    """Write the rules and their programs."""
    parts = tables.parts
    keys = dict.fromkeys(one.when.key for one in parts.rules if not one.is_momentary)
    edges = {key: k for k, key in enumerate(keys)}
    filters = [
        -1 if on.where is None else tables.programs.write(on.where) for on in parts.filters.values()
    ]
    tables.table[w.T_FILTER] = tables.add(filters)
    purposes = list(parts.purposes)
    rows: list[int] = []
    for one in parts.rules:
        rule = one.rule
        purpose = (
            -1 if rule.requires_consent is None else purposes.index(str(rule.requires_consent))
        )
        rows += [
            tables.programs.write(one.when),
            tables.write_where(one),
            edges.get(one.when.key, -1),
            int(one.when.tag == "exited"),
            rule.limits.once_per_us or 0,
            purpose,
            tables.item(f"passed|{rule.id}").offset,
            int(bool(one.predicates)),
            *_enough(tables, one.when),
        ]
    tables.table[w.T_RULE], tables.table[w.T_RULES] = tables.add(rows), len(parts.rules)
    tables.table[w.T_EXITS] = int(any(one.when.tag == "exited" for one in parts.rules))
    tables.table[w.T_EDGE_WORDS] = max(1, -(-len(edges) // 62))
    first = next(iter(edges), None)
    tables.table[w.T_EDGES] = w.W_EDGES if first is None else tables.item(f"edge|{first}").offset


def _enough(tables: Tables, when: Any) -> tuple[int, int, int]:
    """Return counter, buckets and number where a condition is a count that has come to it."""
    if when.tag != "compare" or when.left.tag != "count" or when.op not in ("gt", "ge"):
        return -1, 0, 0
    if when.left.window is None:
        return -1, 0, 0
    limit = float(when.right)
    number = math.ceil(limit) if when.op == "ge" else math.floor(limit) + 1
    return tables.counter[counter_key(when.left)], when.left.n_buckets, number


def lines_of(items: Iterable[Item]) -> list[int]:
    """Return the first words of the cache lines of some items, but for that of every customer."""
    lines: set[int] = set()
    for one in items:
        lines.update(range(one.offset // LINE * LINE, one.offset + one.size, LINE))
    return sorted(lines - {0})


class Classes:
    """Classes of events: by the name, if some filter asks for it, and by the kind."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        parts = tables.parts
        names = (on.folded_name for on in parts.filters.values())
        self._names = {one: k + 1 for k, one in enumerate(dict.fromkeys(n for n in names if n))}
        kinds = [on.kind for on in parts.filters.values() if on.kind is not None]
        both = dict.fromkeys([*map(EventKind, kinds), *_KINDS])
        self._kinds = {one: k + 1 for k, one in enumerate(both)}
        #: Filters that conditions and sequences ask for one by one.
        self._moments = {leaf.key for one in parts.rules for leaf in one.leaves}
        self._moments |= {step.key for one in parts.sequences.values() for step in one.steps}

    def classify(self) -> Callable[[str, EventKind], int]:
        """Return what gives an event its class."""
        names, kinds, width = dict(self._names), dict(self._kinds), len(self._kinds) + 1

        def class_of(name: str, kind: EventKind) -> int:
            return names.get(name, 0) * width + kinds.get(kind, 0) - 1

        return class_of

    def write(self, days: list[RuleParts]) -> None:
        """Write the filters and acts of each class.

        Parameters
        ----------
        days : list of RuleParts
            What is looked at when a day ends.
        """
        trends = (one.counter for one in self._tables.parts.trends.values())
        counted = (term for one in days for term in one.counters)
        waking = {term.on.key for term in (*trends, *counted)}
        bought = any(one.reads_purchases for one in days)
        rows: list[int] = []
        for name in [None, *self._names]:
            for kind in [None, *self._kinds]:
                if name is None and kind is None:
                    continue
                special = 0 if kind is None else _KINDS.get(kind, 0)
                found = self._filters(name, kind)
                marked = [key for key in found if self._hit(key) >= 0 or key in self._moments]
                filters = self._tables.add_list(self._tables.filter[key] for key in marked)
                lines = self._tables.add_list(self._lines(found))
                wakes = bool(waking & set(found)) or (bought and special in _BOUGHT)
                rows += [filters, self._acts(found, special), special, lines, int(wakes)]
        self._tables.table[w.T_CODES] = self._tables.add(rows)

    def _filters(self, name: str | None, kind: EventKind | None) -> list[str]:
        return [
            key
            for key, on in self._tables.parts.filters.items()
            if (on.folded_name is not None and on.folded_name == name)
            or (on.kind is not None and kind is not None and on.kind == kind.value)
        ]

    def _hit(self, key: str) -> int:
        """Return the filter that an act waits for; -1 where every event of the class passes it."""
        return -1 if self._tables.parts.filters[key].where is None else self._tables.filter[key]

    def _lines(self, found: list[str]) -> list[int]:
        """Return the first words of the cache lines that such an event touches."""
        t, parts = self._tables, self._tables.parts
        keys = [f"counter|{key[0]}|{key[1]}|{key[2]}" for key in parts.counters if key[0] in found]
        for key, one in parts.timers.items():
            if one.of.key in found or one.after.key in found:
                keys.append(f"timer|{key}")
        for key, one in parts.sequences.items():
            if any(step.key in found for step in one.steps):
                keys.append(f"sequence|{key}")
        keys += [f"seen|{key}" for key in parts.unless if key in found]
        return lines_of(map(t.item, keys))

    def _acts(self, found: list[str], special: int) -> int:
        t, parts = self._tables, self._tables.parts
        acts: list[tuple[int, int, int, int]] = []
        for key, one in parts.timers.items():
            if one.after.key == one.of.key:
                continue
            if one.of.key in found:
                acts.append((w.DISARM, self._hit(one.of.key), t.timer[key], 0))
        for key, one in parts.timers.items():
            if one.after.key in found:
                op = w.REARM if one.after.key == one.of.key else w.ARM
                acts.append((op, self._hit(one.after.key), t.timer[key], 0))
        for key, one in parts.sequences.items():
            if any(step.key in found for step in one.steps):
                at = t.table[w.T_SEQUENCE] + t.sequence[key] * w.SEQUENCE_SIZE
                acts.append((w.STEP, -1, at, 0))
        for counter, place in t.counter.items():
            if counter[0] in found:
                acts.append((w.ADD, self._hit(counter[0]), place, 0))
        acts += [
            (w.NOTE, self._hit(key), t.item(f"seen|{key}").offset, 0)
            for key in parts.unless
            if key in found
        ]
        acts += self._rules(found, special)
        return t.add([len(acts), *(number for act in acts for number in act)])

    def _rules(self, found: list[str], special: int) -> list[tuple[int, int, int, int]]:
        t, acts = self._tables, []
        for k in in_order(t.parts.rules):
            one = t.parts.rules[k]
            if one.is_momentary:
                leaves = {
                    self._hit(leaf.key) if leaf.tag == "on" else t.leaf(leaf)
                    for leaf in one.leaves
                    if _may_come(leaf, found)
                }
                op = w.FIRE
            else:
                leaves = {self._hit(term.on.key) for term in one.counters if term.on.key in found}
                op = w.LEVEL
                if one.reads_purchases and special in _BOUGHT:
                    acts.append((op, -1, k, 0))
                    continue
            if len(leaves) == 1 or -1 in leaves:
                acts.append((op, min(leaves), k, 0))
            elif leaves:
                acts.append((op, -2, k, t.add_list(sorted(leaves))))
        return acts


def _may_come(leaf: object, found: list[str]) -> bool:
    """Tell whether a moment may be true at an event that passes some filters."""
    steps = getattr(leaf, "steps", None)
    if steps is not None:
        return steps[-1].key in found
    return getattr(leaf, "tag", "") == "on" and getattr(leaf, "key", "") in found
