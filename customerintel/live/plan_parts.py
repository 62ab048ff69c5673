"""What a set of rules needs, each thing once: filters, counters, timers, properties."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from customerintel.live.event_filter import On
from customerintel.live.expression import Condition
from customerintel.live.rule import Rule
from customerintel.live.walking import is_momentary, properties_of, walk
from customerintel.live.wanted import AMOUNT, Property

__all__ = ["CounterKey", "Parts", "RuleParts", "counter_key"]

CounterKey = tuple[str, int, str]
#: What is a moment or reads purchases, by tag.
_PURCHASES: Final = frozenset(
    ("segment", "entered", "exited", "time_since_last", "frequency", "monetary",
     "probability_alive")
)  # fmt: skip


def counter_key(term: Any) -> CounterKey:
    """Return what tells counters apart: the events, the grain (0: since ever), what is added.

    Examples
    --------
    >>> from customerintel.live import Count
    >>> counter_key(Count("Visit", window="7d"))[1:]
    (86400000000, '')
    """
    return term.on.key, term.grain_us or 0, term.of if term.tag == "sum" else ""


@dataclass(frozen=True, slots=True)
class RuleParts:
    """One rule, taken apart."""

    rule: Rule
    is_momentary: bool
    when: Condition
    where: tuple[Condition, ...]
    predicates: tuple[Any, ...]
    leaves: tuple[Any, ...]
    counters: tuple[Any, ...]
    reads_purchases: bool

    @classmethod
    def of(cls, rule: Rule) -> RuleParts:
        """Take a rule apart."""
        joined: list[Any] = [] if rule.where is None else [rule.where]
        if joined and joined[0].tag == "and":
            joined = list(joined[0].parts_within())
        inside = list(walk(rule.when))
        return cls(
            rule,
            is_momentary(rule.when),
            rule.when,
            tuple(one for one in joined if one.tag != "predicate"),
            tuple(one for one in joined if one.tag == "predicate"),
            tuple(_leaves(rule.when)),
            tuple(_counters(rule.when, trends=False)),
            any(one.tag in _PURCHASES for one in inside),
        )


def _leaves(condition: Any) -> Iterable[Any]:
    """Yield the moments in a condition."""
    if condition.tag in ("and", "or", "not"):
        for part in condition.parts_within():
            yield from _leaves(part)
    elif condition.tag in ("on", "absence", "sequence"):
        yield condition


def _counters(condition: Any, *, trends: bool = True) -> Iterable[Any]:
    """Yield the counters in a condition; of a drop or a rise the one over both windows.

    Without `trends`, not those of drops and rises, which events alone do not turn.
    """
    if condition.tag in ("drop", "rise"):
        if trends:
            yield condition.counter
    elif condition.tag in ("count", "sum"):
        yield condition
    else:
        for part in condition.parts_within():
            yield from _counters(part, trends=trends)


@dataclass
class Parts:
    """Everything that some rules need, each once, in order of first use."""

    rules: list[RuleParts]
    filters: dict[str, On] = field(default_factory=dict)
    counters: dict[CounterKey, Any] = field(default_factory=dict)
    buckets: dict[CounterKey, int] = field(default_factory=dict)
    timers: dict[str, Any] = field(default_factory=dict)
    sequences: dict[str, Any] = field(default_factory=dict)
    trends: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)
    unless: dict[str, On] = field(default_factory=dict)
    purposes: dict[str, None] = field(default_factory=dict)
    properties: dict[Property, int] = field(default_factory=dict)

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = [RuleParts.of(rule) for rule in rules]
        for name in self.__dataclass_fields__:
            if name != "rules":
                setattr(self, name, {})
        for one in self.rules:
            for condition in (one.when, *one.where):
                self._take(condition)
            if one.rule.unless is not None:
                self._filter(one.rule.unless)
                self.unless[one.rule.unless.key] = one.rule.unless
            if one.rule.requires_consent is not None:
                self.purposes[str(one.rule.requires_consent)] = None
        self._properties()

    def _filter(self, on: On) -> None:
        self.filters.setdefault(on.key, on)

    def _take(self, expression: Any) -> None:
        tag = expression.tag
        if tag == "on":
            self._filter(expression)
        elif tag in ("absence", "sequence"):
            known = self.timers if tag == "absence" else self.sequences
            known.setdefault(expression.key, expression)
        elif tag in ("drop", "rise"):
            self.trends.setdefault(expression.key, expression)
        elif tag == "score":
            self.scores.setdefault(expression.key, expression)
        elif tag == "relationship":
            self.labels.update(dict.fromkeys(expression.names))
        for term in _counters(expression) if tag in ("count", "sum", "drop", "rise") else ():
            key = counter_key(term)
            self._filter(term.on)
            self.counters.setdefault(key, term)
            # what the day that ended says is read while the next one is counted
            needed = term.n_buckets + (tag in ("drop", "rise"))
            self.buckets[key] = max(self.buckets.get(key, 0), needed)
        for part in expression.parts_within() if tag not in ("drop", "rise", "on") else ():
            self._take(part)

    def _properties(self) -> None:
        self.properties[Property(AMOUNT)] = 0
        conditions = [
            part
            for one in self.rules
            for part in (one.rule.when, one.rule.where, one.rule.unless)
            if part is not None
        ]
        for use in properties_of(*conditions):
            if use.is_number:
                self.properties.setdefault(Property(use.path), len(self.properties))
            if use.texts:
                self.properties.setdefault(Property(use.path, use.texts), len(self.properties))

    def slots_of(self, *conditions: Condition) -> list[int]:
        """Return the places of the properties that some conditions read, as they read them."""
        uses = properties_of(*conditions)
        numbers = {use.path for use in uses if use.is_number}
        texts = {use.path for use in uses if use.texts}
        return [
            slot
            for one, slot in self.properties.items()
            if one.path in (numbers if one.texts is None else texts)
        ]

    def name_of(self, slot: int) -> str:
        """Return a text that names a property for good: its path and texts as JSON."""
        one = list(self.properties)[slot]
        return json.dumps([one.path, one.texts])
