"""Which events of a batch a filter matches, all of them at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from customerintel.live.composition import And, Compare, Not, Or
from customerintel.live.wanted import Property
from customerintel.schema.event_kinds import EventKind

if TYPE_CHECKING:
    from customerintel.live.event_filter import On
    from customerintel.live.expression import Condition
    from customerintel.live.terms import P

__all__ = ["matches_name", "matches_values", "properties_of"]

Mask = NDArray[np.bool_]
_COMPARES: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
    "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip


def matches_name(on: On, folded_name: str, kind: EventKind) -> bool:
    """Tell whether a filter is about events of this name and kind."""
    if on.interaction is not None:
        return kind.value == on.interaction
    return folded_name == on.folded_name


def properties_of(on: On) -> tuple[Property, ...]:
    """Return the columns that the condition of a filter reads, each once."""
    found = (_column(one) for one in _comparisons(on.where))
    return tuple(dict.fromkeys(found))


def matches_values(on: On, columns: Mapping[Property, NDArray[np.float64]], n: int) -> Mask:
    """Tell of which of `n` events the condition of a filter is true.

    Parameters
    ----------
    on : On
    columns : mapping of Property to ndarray of float64, shape (n,)
        As a decoder made them.
    n : int
    """
    if on.where is None:
        return np.ones(n, bool)
    return _true(on.where, columns)


def _true(condition: Condition, columns: Mapping[Property, NDArray[np.float64]]) -> Mask:
    if isinstance(condition, (And, Or)):
        masks = [_true(part, columns) for part in condition.parts]
        join = np.logical_and if isinstance(condition, And) else np.logical_or
        return join.reduce(masks)  # type: ignore[no-any-return]
    if isinstance(condition, Not):
        return ~_true(condition.part, columns)
    one = cast("Compare", condition)  # a filter takes nothing else
    values = columns[_column(one)]
    right = 1.0 if isinstance(one.right, str) else one.right
    # a comparison with what is missing is false, != too
    answer: Mask = _COMPARES[one.op](values, right) & ~np.isnan(values)
    return answer


def _column(one: Compare) -> Property:
    texts = (one.right,) if isinstance(one.right, str) else None
    return Property(cast("P", one.left).path, texts)


def _comparisons(condition: Condition | None) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    elif condition is not None:
        for part in condition.parts_within():
            yield from _comparisons(part)  # type: ignore[arg-type]
