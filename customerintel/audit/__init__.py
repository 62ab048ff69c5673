"""The customer base, read: core customers, five lenses, cohorts, concentration, profiles."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells, cells_of
    from customerintel.audit.cohort_table_result import CohortTable
    from customerintel.audit.cohorts_by_age import cohort_table
    from customerintel.audit.concentration_result import Concentration
    from customerintel.audit.core_customers_result import CoreCustomers
    from customerintel.audit.core_set import core_customers
    from customerintel.audit.group_profile import profile
    from customerintel.audit.inequality import concentration, concentration_of
    from customerintel.audit.lens_five import LensFive
    from customerintel.audit.lens_four import LensFour
    from customerintel.audit.lens_one import LensOne
    from customerintel.audit.lens_three import LensThree
    from customerintel.audit.lens_two import LensTwo
    from customerintel.audit.lenses import Audit, five_lenses
    from customerintel.audit.periods import Periods, read_periods
    from customerintel.audit.profile_result import Profile
    from customerintel.audit.reach_result import Reach
    from customerintel.audit.relevance_result import Relevance
    from customerintel.audit.resilience_result import Resilience
    from customerintel.audit.simulated_library import SimulatedLibrary, simulate_library

_HOMES = {
    "Audit": "lenses",
    "Cells": "cells",
    "CohortTable": "cohort_table_result",
    "Concentration": "concentration_result",
    "CoreCustomers": "core_customers_result",
    "LensFive": "lens_five",
    "LensFour": "lens_four",
    "LensOne": "lens_one",
    "LensThree": "lens_three",
    "LensTwo": "lens_two",
    "Periods": "periods",
    "Profile": "profile_result",
    "Reach": "reach_result",
    "Relevance": "relevance_result",
    "Resilience": "resilience_result",
    "SimulatedLibrary": "simulated_library",
    "cells_of": "cells",
    "cohort_table": "cohorts_by_age",
    "concentration": "inequality",
    "concentration_of": "inequality",
    "core_customers": "core_set",
    "five_lenses": "lenses",
    "profile": "group_profile",
    "read_periods": "periods",
    "simulate_library": "simulated_library",
}

__all__ = [
    "Audit",
    "Cells",
    "CohortTable",
    "Concentration",
    "CoreCustomers",
    "LensFive",
    "LensFour",
    "LensOne",
    "LensThree",
    "LensTwo",
    "Periods",
    "Profile",
    "Reach",
    "Relevance",
    "Resilience",
    "SimulatedLibrary",
    "cells_of",
    "cohort_table",
    "concentration",
    "concentration_of",
    "core_customers",
    "five_lenses",
    "profile",
    "read_periods",
    "simulate_library",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
