"""What a condition is made of: its leaves, what it counts, which properties it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from customerintel.live.expression import Condition, Expression

if TYPE_CHECKING:
    from customerintel.live.rule import Rule
    from customerintel.live.terms import Count, Sum

__all__ = [
    "PropertyUse",
    "counters",
    "faults_of_event_condition",
    "filters",
    "is_momentary",
    "leaves",
    "properties_of",
    "segments_of",
    "walk",
]

#: True at one moment only.
MOMENTARY: Final = frozenset({"on", "absence", "sequence"})
_COMPOSED: Final = frozenset({"and", "or", "not"})
_COUNTERS: Final = frozenset({"count", "sum"})
_TRENDS: Final = frozenset({"drop", "rise"})
_SEGMENTS: Final = frozenset({"segment", "entered", "exited"})


@dataclass(frozen=True, slots=True)
class PropertyUse:
    """How conditions read a property of an event.

    Attributes
    ----------
    name : str
        As rules write it, ``"cart.total"``.
    path : tuple of str
        Keys from the outside to the inside.
    texts : tuple of str
        Texts that it is compared with, sorted.
    is_number : bool
        Whether it is read as a number.
    """

    name: str
    path: tuple[str, ...]
    texts: tuple[str, ...]
    is_number: bool


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all that is in it, the outer before the inner."""
    yield expression
    for part in expression.parts_within():
        yield from walk(part)


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield what ``&``, ``|`` and ``~`` join, from left to right.

    Examples
    --------
    >>> from customerintel.live import On, P, Segment
    >>> list(leaves(Segment("At Risk") & ~(P("cart_total") > 20)))
    [Segment('At Risk'), P('cart_total') > 20]
    """
    if condition.tag in _COMPOSED:
        for part in condition.parts_within():
            if isinstance(part, Condition):
                yield from leaves(part)
    else:
        yield condition


def is_momentary(condition: Condition) -> bool:
    """Tell whether `On`, `Absence` or `Sequence` is in it, which are true at a moment only.

    Examples
    --------
    >>> from customerintel.live import Count, On
    >>> is_momentary(On("Visit")), is_momentary(Count("Visit", window="7d") >= 3)
    (True, False)
    """
    return any(leaf.tag in MOMENTARY for leaf in leaves(condition))


def counters(rule: Rule) -> tuple[Count | Sum, ...]:
    """Return each `Count` and `Sum` that a rule reads, once, in the order of the rule.

    Of `Drop` and `Rise`, the one over both of their windows: their `counter`.
    """
    found = (one for condition in _conditions(rule) for one in _counters_in(condition))
    return tuple({one.key: one for one in found}.values())


def _counters_in(expression: Any) -> Iterator[Any]:
    if expression.tag in _TRENDS:
        yield expression.counter
    elif expression.tag in _COUNTERS:
        yield expression
    else:
        for part in expression.parts_within():
            yield from _counters_in(part)


def filters(rule: Rule) -> tuple[Any, ...]:
    """Return each distinct `On` of a rule, once: moments, timers, counters and `unless`."""
    conditions = [*_conditions(rule), *([] if rule.unless is None else [rule.unless])]
    found = (part for one in conditions for part in walk(one) if part.tag == "on")
    return tuple({part.key: part for part in found}.values())


def segments_of(rule: Rule) -> tuple[str, ...]:
    """Return the names of segments that a rule reads, each once."""
    return tuple(
        dict.fromkeys(
            name
            for condition in _conditions(rule)
            for leaf in leaves(condition)
            if leaf.tag in _SEGMENTS
            for name in getattr(leaf, "names", ())
        )
    )


def properties_of(*expressions: Expression) -> tuple[PropertyUse, ...]:
    """Return how each property of an event is read by some expressions, in order of first use.

    Examples
    --------
    >>> from customerintel.live import P
    >>> properties_of((P("plan") == "gold") | (P("plan") == "silver"))[0].texts
    ('gold', 'silver')
    """
    texts: dict[str, set[str]] = {}
    numbers: set[str] = set()
    for expression in expressions:
        for part in walk(expression):
            for name, text in _reads(part):
                known = texts.setdefault(name, set())
                if text is None:
                    numbers.add(name)
                else:
                    known.add(text)
    return tuple(
        PropertyUse(name, tuple(name.split(".")), tuple(sorted(known)), name in numbers)
        for name, known in texts.items()
    )


def _reads(part: Any) -> Iterator[tuple[str, str | None]]:
    if part.tag == "compare" and part.left.tag == "property":
        yield part.left.name, part.right if isinstance(part.right, str) else None
    elif part.tag == "sum":
        yield part.of, None
    elif part.tag == "predicate":
        yield from ((name, None) for name in part.reads)


def faults_of_event_condition(condition: Condition) -> list[str]:
    """Return what does not belong into the `where` of an `On`: all but properties."""
    strange = [leaf for leaf in leaves(condition) if not reads_event(leaf)]
    return [
        f"where of On reads the properties of the event alone, such as P('total') > 20; {one!r} "
        "belongs into the where of the rule."
        for one in dict.fromkeys(strange)
    ]


def reads_event(leaf: Condition) -> bool:
    """Tell whether a leaf compares a property of the event."""
    return leaf.tag == "compare" and next(iter(leaf.parts_within())).tag == "property"


def _conditions(rule: Rule) -> list[Condition]:
    return [rule.when] if rule.where is None else [rule.when, rule.where]
