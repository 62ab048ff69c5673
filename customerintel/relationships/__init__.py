"""What kind of relationship each customer has and wants, and what to do about it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.relationships.collecting import signals
    from customerintel.relationships.ranks import Reference
    from customerintel.relationships.relationship_rules import RelationshipRules, rules
    from customerintel.relationships.relationship_type import DIMENSIONS, RelationshipType
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.simulation import SimulatedShop, simulate
    from customerintel.relationships.type_collection import TypeRegistry
    from customerintel.relationships.type_registry import types

_HOMES = {
    "DIMENSIONS": "relationship_type",
    "Reference": "ranks",
    "RelationshipRules": "relationship_rules",
    "RelationshipType": "relationship_type",
    "Signals": "signal_set",
    "SimulatedShop": "simulation",
    "TypeRegistry": "type_collection",
    "rules": "relationship_rules",
    "signals": "collecting",
    "simulate": "simulation",
    "types": "type_registry",
}

__all__ = [
    "DIMENSIONS",
    "Reference",
    "RelationshipRules",
    "RelationshipType",
    "Signals",
    "SimulatedShop",
    "TypeRegistry",
    "rules",
    "signals",
    "simulate",
    "types",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
