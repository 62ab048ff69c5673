"""Pictures of models: how they fit the past, what they foresee, what they say of a customer.

Needs matplotlib (``pip install "customerintel[plot]"``). Every function draws into the Axes that
are given, or makes a Figure through pyplot, and returns the Axes; none shows or saves anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.plot.churn_curves import gain, lift, reliability
    from customerintel.plot.densities import heterogeneity
    from customerintel.plot.frequencies import calibration_histogram, holdout_by_frequency
    from customerintel.plot.matrices import expected_purchases_matrix, probability_alive_matrix
    from customerintel.plot.over_time import tracking
    from customerintel.plot.paths import probability_alive_path
    from customerintel.plot.probabilities import calibration_by_probability
    from customerintel.plot.steps import TrackingData, tracking_data

_HOMES = {
    "TrackingData": "steps",
    "calibration_by_probability": "probabilities",
    "calibration_histogram": "frequencies",
    "expected_purchases_matrix": "matrices",
    "gain": "churn_curves",
    "heterogeneity": "densities",
    "holdout_by_frequency": "frequencies",
    "lift": "churn_curves",
    "probability_alive_matrix": "matrices",
    "probability_alive_path": "paths",
    "reliability": "churn_curves",
    "tracking": "over_time",
    "tracking_data": "steps",
}

__all__ = [
    "TrackingData",
    "calibration_by_probability",
    "calibration_histogram",
    "expected_purchases_matrix",
    "gain",
    "heterogeneity",
    "holdout_by_frequency",
    "lift",
    "probability_alive_matrix",
    "probability_alive_path",
    "reliability",
    "tracking",
    "tracking_data",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
