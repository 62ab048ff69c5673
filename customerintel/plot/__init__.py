"""Pictures: of models, of churn estimators, of the audited base, and of look-alikes.

Needs matplotlib (``pip install "customerintel[plot]"``). Every function draws into the Axes that
are given, or makes a Figure through pyplot, and returns the Axes; none shows or saves anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.plot.audiences import audience_gain, fairness
    from customerintel.plot.base_over_time import run_off
    from customerintel.plot.choropleth import area_map
    from customerintel.plot.churn_curves import gain, lift, reliability
    from customerintel.plot.cohorts_together import cohorts, same_age
    from customerintel.plot.core_over_time import format_mix, persistence
    from customerintel.plot.densities import heterogeneity
    from customerintel.plot.five_lenses_pictures import lens
    from customerintel.plot.frequencies import calibration_histogram, holdout_by_frequency
    from customerintel.plot.maps import rfm_map
    from customerintel.plot.matrices import expected_purchases_matrix, probability_alive_matrix
    from customerintel.plot.over_time import tracking
    from customerintel.plot.paths import probability_alive_path
    from customerintel.plot.place_dots import reach, relevance
    from customerintel.plot.probabilities import calibration_by_probability
    from customerintel.plot.segment_bars import segments
    from customerintel.plot.steps import TrackingData, tracking_data
    from customerintel.plot.stress_bars import stress
    from customerintel.plot.tenths import decile_transition
    from customerintel.plot.trait_forest import profile
    from customerintel.plot.unevenness import lorenz

_HOMES = {
    "TrackingData": "steps",
    "area_map": "choropleth",
    "audience_gain": "audiences",
    "calibration_by_probability": "probabilities",
    "calibration_histogram": "frequencies",
    "cohorts": "cohorts_together",
    "decile_transition": "tenths",
    "expected_purchases_matrix": "matrices",
    "fairness": "audiences",
    "format_mix": "core_over_time",
    "gain": "churn_curves",
    "heterogeneity": "densities",
    "holdout_by_frequency": "frequencies",
    "lens": "five_lenses_pictures",
    "lift": "churn_curves",
    "lorenz": "unevenness",
    "persistence": "core_over_time",
    "probability_alive_matrix": "matrices",
    "probability_alive_path": "paths",
    "profile": "trait_forest",
    "reach": "place_dots",
    "relevance": "place_dots",
    "reliability": "churn_curves",
    "rfm_map": "maps",
    "run_off": "base_over_time",
    "same_age": "cohorts_together",
    "segments": "segment_bars",
    "stress": "stress_bars",
    "tracking": "over_time",
    "tracking_data": "steps",
}

__all__ = [
    "TrackingData",
    "area_map",
    "audience_gain",
    "calibration_by_probability",
    "calibration_histogram",
    "cohorts",
    "decile_transition",
    "expected_purchases_matrix",
    "fairness",
    "format_mix",
    "gain",
    "heterogeneity",
    "holdout_by_frequency",
    "lens",
    "lift",
    "lorenz",
    "persistence",
    "probability_alive_matrix",
    "probability_alive_path",
    "profile",
    "reach",
    "relevance",
    "reliability",
    "rfm_map",
    "run_off",
    "same_age",
    "segments",
    "stress",
    "tracking",
    "tracking_data",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
