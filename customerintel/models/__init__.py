"""Customer-base models: who is still a customer, what will they buy, what are they worth."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.models.beta_discrete_weibull import BetaDiscreteWeibull
    from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
    from customerintel.models.beta_geo_nbd import BetaGeoNBD
    from customerintel.models.files import load
    from customerintel.models.gamma_gamma import GammaGamma
    from customerintel.models.modified_beta_geo_nbd import ModifiedBetaGeoNBD
    from customerintel.models.nbd import NBD
    from customerintel.models.pareto_nbd import ParetoNBD
    from customerintel.models.shifted_beta_geometric import ShiftedBetaGeometric
    from customerintel.models.value import lifetime_value

_HOMES = {
    "BetaDiscreteWeibull": "beta_discrete_weibull",
    "BetaGeoBetaBinomial": "beta_geo_beta_binomial",
    "BetaGeoNBD": "beta_geo_nbd",
    "GammaGamma": "gamma_gamma",
    "ModifiedBetaGeoNBD": "modified_beta_geo_nbd",
    "NBD": "nbd",
    "ParetoNBD": "pareto_nbd",
    "ShiftedBetaGeometric": "shifted_beta_geometric",
    "lifetime_value": "value",
    "load": "files",
}

__all__ = [
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeoBetaBinomial",
    "BetaGeoNBD",
    "GammaGamma",
    "ModifiedBetaGeoNBD",
    "ParetoNBD",
    "ShiftedBetaGeometric",
    "lifetime_value",
    "load",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
