"""Which fields each part of a rule has in JSON, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from customerintel.live import conditions, terms
from customerintel.live.expression import Expression, Term

__all__ = ["CONDITIONS", "COUNTERS", "NESTED", "SHAPES", "TERMS", "Shape"]

#: Kinds of field that hold expressions, and of which classes; several of them where True.
NESTED: Final[Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        "condition": ("condition", False),
        "conditions": ("condition", True),
        "event": ("event", False),
        "events": ("event", True),
        "term": ("term", False),
        "counter": ("counter", False),
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The JSON object of one kind of expression.

    Attributes
    ----------
    made : type
        Class that it becomes.
    fields : mapping of str to str
        Kind of each field: one of `NESTED`, or of what a JSON Schema calls a plain value.
    required : tuple of str
        Fields that must be there.
    """

    made: type[Expression]
    fields: Mapping[str, str]
    required: tuple[str, ...]


def _shape(made: type[Expression], required: str = "", optional: str = "") -> Shape:
    """Read ``"name:kind name:kind"``."""
    needed = [part.partition(":")[::2] for part in required.split()]
    others = [part.partition(":")[::2] for part in optional.split()]
    return Shape(made, dict(needed + others), tuple(name for name, _ in needed))


_WINDOW: Final = "window:length grain:grain"
_TREND: Final = "measure:counter window:length by:number"
_OF_TREND: Final = "versus:previous at_least:number"
_SHAPES: Final = (
    _shape(conditions.On, "", "event:text kind:kind where:condition"),
    _shape(conditions.Absence, "after:event of:event within:length"),
    _shape(conditions.Sequence, "steps:events within:length"),
    _shape(conditions.Drop, _TREND, _OF_TREND),
    _shape(conditions.Rise, _TREND, _OF_TREND),
    _shape(conditions.Compare, "left:term op:operator right:scalar"),
    _shape(conditions.And, "parts:conditions"),
    _shape(conditions.Or, "parts:conditions"),
    _shape(conditions.Not, "part:condition"),
    _shape(conditions.Segment, "names:texts"),
    _shape(conditions.Entered, "names:texts"),
    _shape(conditions.Exited, "names:texts"),
    _shape(conditions.Relationship, "names:texts"),
    _shape(terms.Count, "on:event", _WINDOW),
    _shape(terms.Sum, "on:event of:text", _WINDOW),
    _shape(terms.P, "name:text"),
    _shape(terms.Score, "name:text", "estimator:text given:flag horizon:length"),
    _shape(terms.TimeSinceLast),
    _shape(terms.Frequency),
    _shape(terms.Monetary),
    _shape(terms.ProbabilityAlive),
)
#: By the word under ``"is"``.
SHAPES: Final[Mapping[str, Shape]] = MappingProxyType({one.made.tag: one for one in _SHAPES})
COUNTERS: Final = ("count", "sum")
TERMS: Final = tuple(tag for tag, one in SHAPES.items() if issubclass(one.made, Term))
CONDITIONS: Final = tuple(tag for tag in SHAPES if tag not in TERMS)
