"""Which dimension of a relationship each signal tells of, and which way.

These are this library's reading of what signals mean (a proposal, see the explanation page on
relationships); `calibrate` replaces them by what labelled customers show.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["LOADINGS"]

_V, _I, _P, _S = "valence", "intensity", "power", "socio_emotional"
_D, _C, _W, _R = "duration", "commitment", "voluntariness", "reciprocity"

#: By signal: dimensions and how much each counts, negative where more of one is less of the other.
LOADINGS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "tenure": {_D: 1.0},
        "time_since_last": {_D: -0.6, _C: -0.4},
        "purchase_rate": {_I: 0.7, _C: 0.3},
        "overdue_ratio": {_D: -0.7, _C: -0.3},
        "regularity": {_D: 0.6, _C: 0.4},
        "clumpiness": {_D: -0.7, _I: 0.3},
        "burst_share": {_D: -1.0},
        "frequency_trend": {_D: 0.5, _C: 0.5},
        "breadth": {_C: 0.7, _I: 0.3},
        "effective_categories": {_C: 1.0},
        "novelty": {_I: 0.5, _S: 0.5},
        "promo_share": {_V: -0.3, _S: -0.3, _C: -0.4},
        "full_price_share": {_V: 0.3, _S: 0.3, _C: 0.4},
        "return_share": {_V: -0.6, _S: -0.4},
        "inbound_rate": {_P: -0.6, _R: 0.4},
        "complaint_rate": {_V: -1.0},
        "unresolved_share": {_V: -1.0},
        "escalation_rate": {_V: -0.5, _P: -0.5},
        "dispute_rate": {_V: -1.0},
        "request_rate": {_P: -1.0},
        "tolerance": {_C: 0.5, _V: 0.5},
        "responsiveness": {_I: 0.5, _R: 0.5},
        "click_rate": {_I: 0.5, _R: 0.5},
        "initiative": {_R: 1.0},
        "visit_rate": {_I: 1.0},
        "idea_rate": {_R: 0.7, _V: 0.3},
        "feedback_rate": {_R: 0.7, _V: 0.3},
        "review_rate": {_R: 0.4, _I: 0.6},
        "referral_rate": {_V: 0.5, _S: 0.5},
        "community_rate": {_S: 0.6, _R: 0.4},
        "opt_outs": {_S: -0.5, _R: -0.5},
        "personal_share": {_S: 0.6, _R: 0.4},
        "positive_sentiment": {_V: 0.7, _S: 0.3},
        "negative_sentiment": {_V: -1.0},
        "lock_in": {_W: -0.7, _P: 0.3},
        "satisfaction": {_V: 1.0},
        "trust": {_V: 0.6, _S: 0.4},
        "powerlessness": {_P: 0.6, _W: -0.4},
        "love": {_V: 0.3, _I: 0.4, _S: 0.3},
        "self_connection": {_S: 0.6, _I: 0.4},
        "interdependence": {_I: 0.5, _C: 0.5},
        "commitment": {_C: 1.0},
        "intimacy": {_S: 0.7, _R: 0.3},
        "partner_quality": {_V: 1.0},
        "recommend": {_V: 0.8, _S: 0.2},
    }
)
