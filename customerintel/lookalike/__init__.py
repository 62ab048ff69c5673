"""Who resembles the best customers: prospects ranked by their likeness to given seeds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.lookalike.audience_fairness import Fairness
    from customerintel.lookalike.evaluation import Evaluation
    from customerintel.lookalike.fitted_model import LookalikeModel
    from customerintel.lookalike.fitting_seeds import fit
    from customerintel.lookalike.model_files import load
    from customerintel.lookalike.ranking import RankedProspects

_HOMES = {
    "Evaluation": "evaluation",
    "Fairness": "audience_fairness",
    "LookalikeModel": "fitted_model",
    "RankedProspects": "ranking",
    "fit": "fitting_seeds",
    "load": "model_files",
}

__all__ = ["Evaluation", "Fairness", "LookalikeModel", "RankedProspects", "fit", "load"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
