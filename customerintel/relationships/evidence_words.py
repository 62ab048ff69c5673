"""Signals as a support agent would call them."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["WORDS", "shown"]

WORDS: Final = {
    "tenure": "customer for",
    "time_since_last": "last purchase",
    "purchase_rate": "purchases per year",
    "overdue_ratio": "time since the last purchase, in usual gaps",
    "regularity": "regularity of purchases (1 is random)",
    "clumpiness": "purchases in clumps (0 even, 1 one clump)",
    "burst_share": "share of purchases within the busiest 30 days",
    "frequency_trend": "purchases now against earlier (log ratio)",
    "breadth": "kinds of products bought",
    "effective_categories": "kinds of products bought, evenly counted",
    "novelty": "share of purchases of a kind not bought before",
    "promo_share": "share of spend with a promotion",
    "full_price_share": "share of spend at full price",
    "return_share": "share of spend sent back",
    "inbound_rate": "service contacts per order",
    "complaint_rate": "complaints per order",
    "unresolved_share": "share of complaints not resolved",
    "escalation_rate": "escalations per order",
    "dispute_rate": "disputes per order",
    "request_rate": "special requests per order",
    "tolerance": "buying on after complaints, against others (0 as usual)",
    "responsiveness": "share of messages opened or clicked",
    "click_rate": "share of messages clicked",
    "initiative": "share of contacts that the customer began, complaints apart",
    "visit_rate": "visits per year",
    "idea_rate": "ideas per year",
    "feedback_rate": "feedback per year",
    "review_rate": "reviews per year",
    "referral_rate": "referrals per year",
    "community_rate": "community acts per year",
    "opt_outs": "opt-outs",
    "personal_share": "share of contacts with a person",
    "positive_sentiment": "positive tone of contacts (0 to 1)",
    "negative_sentiment": "negative tone of contacts (0 to 1)",
    "lock_in": "bound by contract, fee or account (0 to 1)",
    "satisfaction": "satisfaction in a survey",
    "trust": "trust in a survey",
    "powerlessness": "feels powerless, in a survey",
    "love": "love, in a survey",
    "self_connection": "says it is part of who they are",
    "interdependence": "says it belongs to daily life",
    "commitment": "commitment in a survey",
    "intimacy": "closeness in a survey",
    "partner_quality": "finds the firm reliable and caring",
    "recommend": "would recommend",
}
_DAYS: Final = {"tenure": "{} days", "time_since_last": "{} days ago"}
_SHARES: Final = (
    "burst_share", "novelty", "promo_share", "full_price_share", "return_share",
    "unresolved_share", "responsiveness", "click_rate", "initiative", "personal_share",
    "satisfaction", "trust", "powerlessness", "love", "self_connection", "interdependence",
    "commitment", "intimacy", "partner_quality", "recommend",
)  # fmt: skip

#: Values of these lie on both sides of 0, or say something at it.
_AROUND_0: Final = ("tolerance", "frequency_trend", "clumpiness", "lock_in")


def shown(name: str, value: float) -> str:
    """Return a value as people write it."""
    if math.isnan(value):
        return "none"
    if name in _DAYS:
        return _DAYS[name].format(f"{value:,.0f}")
    if name in _SHARES:
        return f"{value:.0%}"
    if value == 0.0 and name not in _AROUND_0:
        return "none"
    return f"{value:,.3g}"
