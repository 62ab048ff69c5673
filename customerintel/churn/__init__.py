"""Who is leaving: estimators of the chance that a customer buys no more within a horizon."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.churn.evaluation import ChurnEvaluation, evaluate
    from customerintel.churn.explanation import Explanation
    from customerintel.churn.labels import label
    from customerintel.churn.lookup import get, load
    from customerintel.churn.predictions import Predictions
    from customerintel.churn.profit import ProfitModel
    from customerintel.churn.registry import (
        block,
        names,
        plugins,
        refresh,
        register,
        unblock,
        unregister,
    )
    from customerintel.churn.rolling_origins import RollingOrigins
    from customerintel.churn.scorer import ChurnScorer

_HOMES = {
    "ChurnEvaluation": "evaluation",
    "ChurnScorer": "scorer",
    "Explanation": "explanation",
    "Predictions": "predictions",
    "ProfitModel": "profit",
    "RollingOrigins": "rolling_origins",
    "block": "registry",
    "evaluate": "evaluation",
    "get": "lookup",
    "label": "labels",
    "load": "lookup",
    "names": "registry",
    "plugins": "registry",
    "refresh": "registry",
    "register": "registry",
    "unblock": "registry",
    "unregister": "registry",
}

__all__ = [
    "ChurnEvaluation",
    "ChurnScorer",
    "Explanation",
    "Predictions",
    "ProfitModel",
    "RollingOrigins",
    "block",
    "evaluate",
    "get",
    "label",
    "load",
    "names",
    "plugins",
    "refresh",
    "register",
    "unblock",
    "unregister",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
