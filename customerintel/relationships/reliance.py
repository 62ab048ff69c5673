"""How far each signal is relied upon where no labelled customers say it.

Signals overlap (a clump of purchases is also a burst), and some tell types apart better than
their levels promise. These weights are part of this library's proposal: they were chosen on eight
simulations that were written independently of one another from the descriptions of the types, and
not on the simulator that comes with the library. `calibrate` replaces them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["RELIANCE", "reliance_of"]

#: By signal: the factor on the log-likelihood of what it shows.
RELIANCE: Final[Mapping[str, float]] = MappingProxyType(
    {
        "tenure": 0.5,
        "time_since_last": 0.1,
        "purchase_rate": 0.25,
        "overdue_ratio": 0.55,
        "regularity": 0.8,
        "clumpiness": 0.1,
        "burst_share": 0.2,
        "frequency_trend": 0.1,
        "breadth": 0.1,
        "effective_categories": 0.75,
        "novelty": 0.7,
        "promo_share": 0.5,
        "full_price_share": 0.4,
        "return_share": 2,
        "inbound_rate": 0.7,
        "complaint_rate": 0.1,
        "unresolved_share": 0.95,
        "escalation_rate": 0.1,
        "dispute_rate": 0.1,
        "request_rate": 0.5,
        "tolerance": 0.65,
        "responsiveness": 0.35,
        "click_rate": 0.65,
        "initiative": 0.1,
        "visit_rate": 0.2,
        "idea_rate": 0.4,
        "feedback_rate": 0.35,
        "review_rate": 0.15,
        "referral_rate": 0.15,
        "community_rate": 0.45,
        "opt_outs": 0.85,
        "personal_share": 0.2,
        "positive_sentiment": 0.7,
        "negative_sentiment": 0.45,
        "lock_in": 0.8,
        "satisfaction": 0.35,
        "trust": 0.4,
        "powerlessness": 0.95,
        "love": 0.75,
        "self_connection": 0.5,
        "interdependence": 0.45,
        "commitment": 0.8,
        "intimacy": 0.65,
        "partner_quality": 0.35,
        "recommend": 0.6,
    }
)
#: Of signals that are not listed.
USUAL = 0.4


def reliance_of(names: Sequence[str]) -> NDArray[np.float64]:
    """Return the factor of each signal and, last, that of the stated type, which is 1."""
    return np.array([*(RELIANCE.get(name, USUAL) for name in names), 1.0])
