"""For authors of plugins and stores: conformance suites, as functions and as pytest classes.

`check_churn_estimator`, `check_relationship_classifier` and `check_store` (for stores of live
engines) need nothing besides the library; the pytest classes and the Hypothesis strategies need
``pip install "customerintel[testing]"``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.testing import strategies
    from customerintel.testing.conformance import (
        check_churn_estimator,
        check_relationship_classifier,
    )
    from customerintel.testing.report import CheckResult, ConformanceReport
    from customerintel.testing.stores import check_store
    from customerintel.testing.suite import (
        ChurnEstimatorConformance,
        RelationshipClassifierConformance,
    )

_HOMES = {
    "CheckResult": "report",
    "ChurnEstimatorConformance": "suite",
    "ConformanceReport": "report",
    "RelationshipClassifierConformance": "suite",
    "check_churn_estimator": "conformance",
    "check_relationship_classifier": "conformance",
    "check_store": "stores",
}

__all__ = [
    "CheckResult",
    "ChurnEstimatorConformance",
    "ConformanceReport",
    "RelationshipClassifierConformance",
    "check_churn_estimator",
    "check_relationship_classifier",
    "check_store",
    "strategies",
]

# A plain assert in these modules, or in what is put over them, says its values only if pytest
# knows of it before they are imported. Without a run of pytest there is nothing to tell.
_pytest = sys.modules.get("pytest")
_CHECKING = (
    "answers", "bases", "checks", "classifier_subject", "conduct", "conformance",
    "estimator_subject", "logs", "probabilities", "running", "store_conduct", "store_log",
    "store_outbox", "store_subject", "stores", "subject", "suite",
)  # fmt: skip
if _pytest is not None:
    _pytest.register_assert_rewrite(*(f"{__name__}.{home}" for home in _CHECKING))


def __getattr__(name: str) -> Any:
    if name == "strategies":
        return import_module(f"{__name__}.strategies")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
