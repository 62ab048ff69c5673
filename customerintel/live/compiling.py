"""From conditions to programs of the kernels' stack machine."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from customerintel._kernels import live_words as w
from customerintel.live.counting_limits import expect_within_reach
from customerintel.live.expression import Condition, Expression

__all__ = ["FACTS", "Programs", "drift", "untouched"]

_OPS: Final = {
    "gt": w.GREATER,
    "ge": w.AT_LEAST,
    "lt": w.LESS,
    "le": w.AT_MOST,
    "eq": w.EQUAL,
    "ne": w.UNEQUAL,
}
_OF_NOTHING: Final = {name: getattr(operator, name) for name in _OPS}
#: Terms that are facts of the customer.
FACTS: Final = {
    "time_since_last": w.I_AGE,
    "frequency": w.I_FREQUENCY,
    "monetary": w.I_MONETARY,
    "probability_alive": w.I_ALIVE,
}
_SEGMENTS: Final = ("segment", "entered", "exited")


class Programs:
    """Writes programs behind each other into one list of numbers.

    Parameters
    ----------
    table : list of int
        The list.
    constants : list of float
        Collects what is compared with.
    places : mapping of str to callable
        For "counter", "slot", "leaf", "score", "drop" the place of such an expression, for
        "segment" and "label" the place of the list that marks some names.
    """

    def __init__(
        self,
        table: list[int],
        constants: list[float],
        places: Mapping[str, Callable[..., int]],
    ) -> None:
        self._table = table
        self._constants = constants
        self._places = places
        self._known: dict[float, int] = {}

    def write(self, condition: Condition) -> int:
        """Write one program and return where it begins."""
        # the lists that it marks stand before it
        self._lists(condition)
        start = len(self._table)
        self._condition(condition)
        self._say(w.I_END)
        return start

    def constant(self, value: float) -> int:
        """Return the place of a constant."""
        if value not in self._known:
            self._known[value] = len(self._constants)
            self._constants.append(value)
        return self._known[value]

    def _lists(self, condition: Any) -> None:
        if condition.tag in ("and", "or", "not"):
            for part in condition.parts_within():
                self._lists(part)
        elif condition.tag in _SEGMENTS:
            self._places["segment"](condition.names)
        elif condition.tag == "relationship":
            self._places["label"](condition.names)

    def _say(self, op: int, a: int = 0, b: int = 0) -> int:
        self._table.extend((op, a, b, 0))
        return len(self._table) - 4

    def _condition(self, one: Any) -> None:
        if one.tag in ("and", "or"):
            self._joined(list(one.parts_within()), w.I_UNLESS if one.tag == "and" else w.I_IF)
        elif one.tag == "not":
            for part in one.parts_within():
                self._condition(part)
            self._say(w.I_NOT)
        elif one.tag == "compare":
            self._compare(one)
        elif one.tag in _SEGMENTS:
            self._say(w.I_SEGMENT, self._places["segment"](one.names))
        elif one.tag == "relationship":
            self._say(w.I_LABEL, self._places["label"](one.names))
        elif one.tag in ("drop", "rise"):
            self._say(w.I_DROP, self._places["drop"](one))
        else:
            self._say(w.I_HIT, self._places["leaf"](one))

    def _joined(self, parts: list[Any], jump: int) -> None:
        jumps = []
        for k, part in enumerate(parts):
            self._condition(part)
            if k < len(parts) - 1:
                jumps.append(self._say(jump))
        for at in jumps:
            self._table[at + 1] = len(self._table)

    def _compare(self, one: Any) -> None:
        term, right = one.left, one.right
        if term.tag in ("count", "sum"):
            expect_within_reach(one)
            self._say(w.I_COUNT, self._places["counter"](term), term.n_buckets)
        elif term.tag == "property":
            texts = self._places["slot"](term.path, is_text=isinstance(right, str))
            self._say(w.I_P, texts)
            if isinstance(right, str):
                right = self._places["text"](term.path, right)
        elif term.tag == "score":
            self._say(w.I_SCORE, self._places["score"](term))
        else:
            self._say(FACTS[term.tag])
        self._say(w.I_COMPARE, _OPS[one.op], self.constant(float(right)))


def drift(condition: Any, *, is_ordered: bool) -> frozenset[str]:
    """Return what time alone can do to a condition.

    Parameters
    ----------
    condition : Condition
        Of levels.
    is_ordered : bool
        Whether no event is ever later than the moment at which something is evaluated.

    Returns
    -------
    frozenset of str
        "rise" (from false to true), "fall", and "day" where it changes when a day ends.
    """
    tag = condition.tag
    if tag in ("and", "or", "not"):
        found: set[str] = set()
        for part in condition.parts_within():
            found |= drift(part, is_ordered=is_ordered)
        return _turned(found) if tag == "not" else frozenset(found)
    if tag in _SEGMENTS:
        return frozenset(("rise", "fall"))
    if tag in ("drop", "rise"):
        return frozenset(("day",))
    if tag != "compare":
        return frozenset()
    return _drift_of_term(condition.left, condition.op, is_ordered=is_ordered)


def _drift_of_term(term: Expression, op: str, *, is_ordered: bool) -> frozenset[str]:
    both = frozenset(("rise", "fall"))
    tag = term.tag
    if tag in ("count", "sum") and getattr(term, "window", None) is not None:
        sinks = tag == "count" and is_ordered
    elif tag == "probability_alive":
        sinks = True
    elif tag == "time_since_last":
        sinks = False
        op = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}.get(op, op)
    else:
        return frozenset()
    if op in ("eq", "ne") or (not sinks and tag != "time_since_last"):
        return both
    return frozenset(("fall",)) if op in ("gt", "ge") else frozenset(("rise",))


def _turned(found: Iterable[str]) -> frozenset[str]:
    return frozenset({"rise": "fall", "fall": "rise"}.get(one, one) for one in found)


def untouched(condition: Any) -> frozenset[bool]:
    """Return what a condition may be of a customer none of whose events it counts."""
    tag = condition.tag
    if tag == "not":
        return frozenset(not one for part in condition.parts_within() for one in untouched(part))
    if tag in ("and", "or"):
        within = [untouched(part) for part in condition.parts_within()]
        ends = tag == "or"
        some = frozenset((ends,)) if any(ends in one for one in within) else frozenset[bool]()
        every = all((not ends) in one for one in within)
        return some | (frozenset((not ends,)) if every else frozenset())
    if tag == "compare" and condition.left.tag in ("count", "sum"):
        return frozenset((_OF_NOTHING[condition.op](0.0, float(condition.right)),))
    return frozenset((True, False))
