"""The seam for other packages: the protocols of a scorer, and the registry that finds them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.plugins.contract import CHURN_ESTIMATOR, RELATIONSHIP_CLASSIFIER, Contract
    from customerintel.plugins.listing import PluginListing
    from customerintel.plugins.loaded import LoadedPlugin
    from customerintel.plugins.protocols import ChurnEstimator, RelationshipClassifier
    from customerintel.plugins.registry import Registry

_HOMES = {
    "CHURN_ESTIMATOR": "contract",
    "ChurnEstimator": "protocols",
    "Contract": "contract",
    "LoadedPlugin": "loaded",
    "PluginListing": "listing",
    "RELATIONSHIP_CLASSIFIER": "contract",
    "Registry": "registry",
    "RelationshipClassifier": "protocols",
}

__all__ = [
    "CHURN_ESTIMATOR",
    "RELATIONSHIP_CLASSIFIER",
    "ChurnEstimator",
    "Contract",
    "LoadedPlugin",
    "PluginListing",
    "Registry",
    "RelationshipClassifier",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
