"""Conditions in plain Python: what a leaf comes to for a customer, and whether it is true."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from customerintel.live.expression import Condition

if TYPE_CHECKING:
    from customerintel.live.row_view import RowView

__all__ = ["holds", "value_of"]

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
    "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
_MOMENTARY: Final = frozenset({"on", "absence", "sequence"})


def holds(condition: Condition, view: RowView, moments: frozenset[str] = frozenset()) -> bool:
    """Tell whether a condition is true of a customer.

    Parameters
    ----------
    condition : Condition
        Any condition.
    view : RowView
        The customer.
    moments : frozenset of str
        Keys of the momentary conditions (`On`, `Absence`, `Sequence`) that are true right now.
    """
    one: Any = condition
    if one.tag == "and":
        return all(holds(part, view, moments) for part in one.parts)
    if one.tag == "or":
        return any(holds(part, view, moments) for part in one.parts)
    if one.tag == "not":
        return not holds(one.part, view, moments)
    if one.tag in _MOMENTARY:
        return one.key in moments
    if one.tag == "predicate":
        return bool(one.function(view))
    if one.tag == "compare":
        return _compared(one, view)
    if one.tag in {"drop", "rise"}:
        return _moved(one, view)
    value = value_of(one, view)
    return value is not None and value in one.names


def _compared(one: Any, view: RowView) -> bool:
    if isinstance(one.right, str):
        same = view.text_is(one.left.path, one.right)
        return same is not None and same == (one.op == "eq")
    value = value_of(one.left, view)
    # NaN: nothing is true of a missing number, not even that it differs
    return bool(value == value) and _OPERATORS[one.op](value, one.right)


def _moved(one: Any, view: RowView) -> bool:
    """Tell whether a measure fell or rose by the last day end."""
    now, before = view.trend(one.counter, one.n_days)
    if one.tag == "drop":
        return bool(before >= one.at_least and now <= (1 - one.by) * before)
    return bool(now >= one.at_least and now >= (1 + one.by) * before)


def value_of(term: Any, view: RowView) -> Any:
    """Return what a term, or a leaf about a name, comes to for a customer."""
    if term.tag in {"count", "sum"}:
        return view.count(term)
    if term.tag == "property":
        return view.number(term.path)
    if term.tag == "score":
        return view.score(term.name)
    if term.tag in {"segment", "entered", "exited"}:
        return view.segment
    if term.tag == "relationship":
        return view.relationship
    return float(getattr(view, term.tag))
