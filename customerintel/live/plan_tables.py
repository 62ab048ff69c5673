"""Rules as the tables that the kernels work by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from customerintel._kernels import live_words as w
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.compiling import Programs, drift, untouched
from customerintel.live.expression import Condition
from customerintel.live.layout import HEAD_HALVES, Item, Layout, LayoutBuilder
from customerintel.live.plan_parts import Parts, RuleParts, counter_key
from customerintel.live.wanted import Property
from customerintel.rfm.segment_scheme import SegmentScheme

__all__ = ["Tables", "lay_out"]


def lay_out(parts: Parts, lateness: int) -> Layout:
    """Give everything that the rules keep a place; what one kind of event touches lies together."""
    builder = LayoutBuilder()
    edges = dict.fromkeys(f"edge|{one.when.key}" for one in parts.rules if not one.is_momentary)
    builder.add_bits("edge", list(edges), w.W_EDGES)
    for on in parts.filters:
        for key, term in parts.counters.items():
            if key[0] == on:
                _place_counter(builder, key, term, parts.buckets[key], lateness)
        for text, absence in parts.timers.items():
            if absence.after.key == on:
                names = tuple(map(parts.name_of, kept_slots(parts, text)))
                builder.add(f"timer|{text}", "timer", w.KEPT + len(names), 0, names)
        for text, one in parts.sequences.items():
            if one.steps[0].key == on:
                builder.add(f"sequence|{text}", "sequence", len(one.steps) - 1)
    if parts.trends:
        builder.add_bits("drop", [f"drop|{key}" for key in parts.trends])
    for on in parts.unless:
        builder.add(f"seen|{on}", "seen", 1)
    if parts.scores:
        builder.add_run("score", [f"score|{key}" for key in parts.scores])
    for one in parts.rules:
        builder.add(f"passed|{one.rule.id}", "passed", 1)
    return builder.build(looks=any(_may_be_true(one, lateness) for one in parts.rules))


def _may_be_true(one: RuleParts, lateness: int) -> bool:
    """Tell whether a level that no day end looks at may be true before an event touches it."""
    if one.is_momentary or drift(one.when, is_ordered=lateness == 0) & {"rise", "day"}:
        return False
    return True in untouched(one.when)


def _place_counter(
    builder: LayoutBuilder, key: tuple[str, int, str], term: Any, buckets: int, lateness: int
) -> None:
    grain = key[1]
    held = buckets + -(-lateness // grain) if grain else 0
    size = 1 + held if term.tag == "sum" or not held else -(-(HEAD_HALVES + held) // 4)
    builder.add(f"counter|{key[0]}|{grain}|{key[2]}", term.tag, size, held)


def kept_slots(parts: Parts, timer: str) -> list[int]:
    """Return the properties of the arming event that rules of a timer read at its deadline."""
    found: set[int] = set()
    for one in parts.rules:
        for leaf in one.leaves:
            if leaf.tag == "absence" and leaf.key == timer:
                after = [] if leaf.after.where is None else [leaf.after.where]
                found.update(parts.slots_of(*one.where, *one.predicates, *after))
    return sorted(found)


class Tables:
    """Writes the table and the constants of a plan."""

    def __init__(self, parts: Parts, layout: Layout, scheme: SegmentScheme | None) -> None:
        self.parts, self.layout, self._scheme = parts, layout, scheme
        self.table = [0] * w.TABLE_HEAD
        self.constants: list[float] = []
        filters = list(parts.filters)
        self.filter = {key: k for k, key in enumerate(filters)}
        self.sequence = {key: k for k, key in enumerate(parts.sequences)}
        self.timer = {key: k for k, key in enumerate(parts.timers)}
        self._marks: dict[tuple[int, ...], int] = {}
        self.counter: dict[tuple[str, int, str], int] = {}
        self.programs = Programs(self.table, self.constants, {
            "counter": lambda term: self.counter[counter_key(term)],
            "slot": self.slot,
            "text": self._text,
            "leaf": self.leaf,
            "score": lambda term: self.item(f"score|{term.key}").offset,
            "drop": lambda one: list(parts.trends).index(one.key),
            "segment": self._segments,
            "label": lambda names: self._mark(list(parts.labels), names),
        })  # fmt: skip

    def item(self, key: str) -> Item:
        """Return the place of something in the record of a customer."""
        return self.layout.items[key]

    def leaf(self, one: Any) -> int:
        """Return the number of a moment: filters first, then sequences, then timers."""
        if one.tag == "on":
            return self.filter[one.key]
        if one.tag == "sequence":
            return len(self.filter) + self.sequence[one.key]
        return len(self.filter) + len(self.sequence) + self.timer[one.key]

    def add(self, numbers: Iterable[int]) -> int:
        """Write some numbers and return where they begin."""
        start = len(self.table)
        self.table.extend(int(one) for one in numbers)
        return start

    def add_list(self, numbers: Iterable[int]) -> int:
        """Write how many numbers there are, and the numbers."""
        listed = list(numbers)
        return self.add([len(listed), *listed])

    def slot(self, path: tuple[str, ...], *, is_text: bool = False) -> int:
        """Return the place of a property, as number or as text."""
        for one, slot in self.parts.properties.items():
            if one.path == path and (one.texts is not None) == is_text:
                return slot
        raise AssertionError(path)

    def _text(self, path: tuple[str, ...], text: str) -> int:
        one: Property = list(self.parts.properties)[self.slot(path, is_text=True)]
        return 1 + (one.texts or ()).index(text)

    def _mark(self, known: list[str], names: Iterable[str]) -> int:
        marks = tuple(int(name in set(names)) for name in known)
        if marks not in self._marks:
            self._marks[marks] = self.add_list(marks)
        return self._marks[marks]

    def _segments(self, names: tuple[str, ...]) -> int:
        known = list(self._scheme.segments) if self._scheme is not None else []
        strange = [name for name in names if name not in known]
        if strange:
            where = f"the scheme {self._scheme}" if known else "an engine without a scheme"
            raise InvalidArgumentError(
                f"{', '.join(map(repr, strange))}: no such segment in {where}; it has "
                f"{', '.join(map(repr, known)) or 'none'}."
            )
        return self._mark(known, names)

    def write_where(self, one: RuleParts) -> int:
        """Write the compiled part of `where`; -1 where there is none."""
        from customerintel.live.composition import And

        if not one.where:
            return -1
        whole: Condition = one.where[0] if len(one.where) == 1 else And(one.where)
        return self.programs.write(whole)

    def level_lists(self, lateness: int) -> list[RuleParts]:
        """Write which rules of levels are looked at before events, at day ends, and at all.

        Returns those that are looked at when a day ends.
        """
        before, days, every = [], [], []
        asked = [k for k, one in enumerate(self.parts.rules) if one.predicates]
        plain = [k for k in range(len(self.parts.rules)) if k not in asked]
        for k in plain + asked:
            one = self.parts.rules[k]
            if one.is_momentary:
                continue
            moves = drift(one.when, is_ordered=lateness == 0)
            every.append(k)
            if "fall" in moves:
                before.append(k)
            if moves & {"rise", "day"}:
                days.append(k)
        first: dict[str, int] = {}
        for k in before:
            first.setdefault(self.parts.rules[k].when.key, k)
        by_day = [
            k
            for k in first.values()
            if lateness == 0 and _is_steady(self.parts.rules[k].when, days=True)
        ]
        self.table[w.T_PRE_DAYS] = self.add_list(by_day)
        self.table[w.T_PRE_LIST] = self.add_list(k for k in first.values() if k not in by_day)
        self.table[w.T_DAY_LIST] = self.add_list(days)
        self.table[w.T_LEVEL_LIST] = self.add_list(every)
        self.table[w.T_HAS_DAYS] = int(bool(days or self.parts.trends))
        self._quiet_list([self.parts.rules[k].when for k in days], is_ordered=lateness == 0)
        return [self.parts.rules[k] for k in days]

    def _quiet_list(self, whens: list[Any], *, is_ordered: bool) -> None:
        """Write what each rule of a day end says of later ones."""
        kinds = [_quiet_kind(when, is_ordered=is_ordered) for when in whens]
        numbers = [
            (kind, self.counter[counter_key(when.left)] if kind == w.ADDING else 0)
            for kind, when in zip(kinds, whens, strict=True)
        ]
        self.table[w.T_QUIET] = self.add(number for pair in numbers for number in pair)
        self.table[w.T_DOZES] = int(not {w.RESTLESS, w.RISING} & set(kinds))


def _quiet_kind(when: Any, *, is_ordered: bool) -> int:
    """Return what a condition that was looked at says of later day ends before the next event."""
    if _is_steady(when):
        return w.STEADY
    if when.tag != "compare" or when.op in ("eq", "ne"):
        return w.RESTLESS
    if drift(when, is_ordered=is_ordered) == {"rise"}:
        return w.RISING
    adds = when.left.tag == "sum" and when.op in ("gt", "ge")
    return w.ADDING if adds and is_ordered else w.RESTLESS


def _is_steady(condition: Any, *, days: bool = False) -> bool:
    """Tell whether a condition changes by events, refreshes, drops and rises only.

    With `days`, counts whose windows are of whole days may change it, too.
    """
    if condition.tag in ("and", "or", "not"):
        return all(_is_steady(part, days=days) for part in condition.parts_within())
    if condition.tag in ("segment", "entered", "exited"):
        return False
    if condition.tag != "compare":
        return True
    term = condition.left
    if term.tag in ("count", "sum"):
        return term.window is None or (days and term.grain == "day")
    return term.tag not in ("time_since_last", "probability_alive")
