"""Customer-base models: who is still a customer, what will they buy, what are they worth."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.models.beta_discrete_weibull import BetaDiscreteWeibull
    from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
    from customerintel.models.beta_geo_cnbd import BetaGeoCNBD
    from customerintel.models.beta_geo_nbd import BetaGeoNBD
    from customerintel.models.bootstrap import Bootstrap
    from customerintel.models.comparison import ModelComparison, compare
    from customerintel.models.files import load
    from customerintel.models.gamma_gamma import GammaGamma
    from customerintel.models.holdout import HoldoutSplit, split_holdout
    from customerintel.models.interop import to_pymc_marketing
    from customerintel.models.intervals import PredictionInterval
    from customerintel.models.modified_beta_geo_cnbd import ModifiedBetaGeoCNBD
    from customerintel.models.modified_beta_geo_nbd import ModifiedBetaGeoNBD
    from customerintel.models.nbd import NBD
    from customerintel.models.pareto_nbd import ParetoNBD
    from customerintel.models.ranking import RankedModel
    from customerintel.models.results import FittedModel
    from customerintel.models.shifted_beta_geometric import ShiftedBetaGeometric
    from customerintel.models.value import LifetimeValue, lifetime_value

_HOMES = {
    "BetaDiscreteWeibull": "beta_discrete_weibull",
    "BetaGeoBetaBinomial": "beta_geo_beta_binomial",
    "BetaGeoCNBD": "beta_geo_cnbd",
    "BetaGeoNBD": "beta_geo_nbd",
    "Bootstrap": "bootstrap",
    "FittedModel": "results",
    "GammaGamma": "gamma_gamma",
    "HoldoutSplit": "holdout",
    "LifetimeValue": "value",
    "ModelComparison": "comparison",
    "ModifiedBetaGeoCNBD": "modified_beta_geo_cnbd",
    "ModifiedBetaGeoNBD": "modified_beta_geo_nbd",
    "NBD": "nbd",
    "ParetoNBD": "pareto_nbd",
    "PredictionInterval": "intervals",
    "RankedModel": "ranking",
    "ShiftedBetaGeometric": "shifted_beta_geometric",
    "compare": "comparison",
    "lifetime_value": "value",
    "load": "files",
    "split_holdout": "holdout",
    "to_pymc_marketing": "interop",
}

__all__ = [
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeoBetaBinomial",
    "BetaGeoCNBD",
    "BetaGeoNBD",
    "Bootstrap",
    "FittedModel",
    "GammaGamma",
    "HoldoutSplit",
    "LifetimeValue",
    "ModelComparison",
    "ModifiedBetaGeoCNBD",
    "ModifiedBetaGeoNBD",
    "ParetoNBD",
    "PredictionInterval",
    "RankedModel",
    "ShiftedBetaGeometric",
    "compare",
    "lifetime_value",
    "load",
    "split_holdout",
    "to_pymc_marketing",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
