"""What kind of relationship each customer has and wants, and what to do about it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.relationships.classification import classify
    from customerintel.relationships.collecting import signals
    from customerintel.relationships.crm import crm_fields
    from customerintel.relationships.evidence import Evidence
    from customerintel.relationships.evolution import Transitions, transitions
    from customerintel.relationships.gap_comparison import Gaps, gaps
    from customerintel.relationships.labelled import LabelledCustomers, calibrate
    from customerintel.relationships.lookup import get, load
    from customerintel.relationships.portfolio_by_type import Portfolio, portfolio
    from customerintel.relationships.ranks import Reference
    from customerintel.relationships.registry import (
        block,
        names,
        plugins,
        refresh,
        register,
        unblock,
        unregister,
    )
    from customerintel.relationships.relationship_rules import RelationshipRules, rules
    from customerintel.relationships.relationship_type import DIMENSIONS, RelationshipType
    from customerintel.relationships.scorer import RelationshipScorer
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.simulation import SimulatedShop, simulate
    from customerintel.relationships.table import RelationshipTable
    from customerintel.relationships.type_collection import TypeRegistry
    from customerintel.relationships.type_registry import types

_HOMES = {
    "DIMENSIONS": "relationship_type",
    "Evidence": "evidence",
    "Gaps": "gap_comparison",
    "LabelledCustomers": "labelled",
    "Portfolio": "portfolio_by_type",
    "Reference": "ranks",
    "RelationshipRules": "relationship_rules",
    "RelationshipScorer": "scorer",
    "RelationshipTable": "table",
    "RelationshipType": "relationship_type",
    "Signals": "signal_set",
    "SimulatedShop": "simulation",
    "Transitions": "evolution",
    "TypeRegistry": "type_collection",
    "block": "registry",
    "calibrate": "labelled",
    "classify": "classification",
    "crm_fields": "crm",
    "gaps": "gap_comparison",
    "get": "lookup",
    "load": "lookup",
    "names": "registry",
    "plugins": "registry",
    "portfolio": "portfolio_by_type",
    "refresh": "registry",
    "register": "registry",
    "rules": "relationship_rules",
    "signals": "collecting",
    "simulate": "simulation",
    "transitions": "evolution",
    "types": "type_registry",
    "unblock": "registry",
    "unregister": "registry",
}

__all__ = [
    "DIMENSIONS",
    "Evidence",
    "Gaps",
    "LabelledCustomers",
    "Portfolio",
    "Reference",
    "RelationshipRules",
    "RelationshipScorer",
    "RelationshipTable",
    "RelationshipType",
    "Signals",
    "SimulatedShop",
    "Transitions",
    "TypeRegistry",
    "block",
    "calibrate",
    "classify",
    "crm_fields",
    "gaps",
    "get",
    "load",
    "names",
    "plugins",
    "portfolio",
    "refresh",
    "register",
    "rules",
    "signals",
    "simulate",
    "transitions",
    "types",
    "unblock",
    "unregister",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
