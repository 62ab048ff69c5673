"""By which names the items of surveys are known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from customerintel.schema.event_names import folded

__all__ = ["TYPE_ITEMS", "canonical_item"]

#: Items whose answer is a type of relationship.
TYPE_ITEMS: Final = ("stated_type", "desired_type")
#: Items that the library knows, and other names for them. The six facets of Brand Relationship
#: Quality are those of Fournier (1998).
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "satisfaction": (
            "csat satisfied overall_satisfaction customer_satisfaction satisfaction_score"
        ),
        "trust": "brand_trust trusts trustworthiness trust_score",
        "powerlessness": "powerless powerlessness_item felt_powerlessness no_say",
        "love": "brq_love passion brq_passion love_passion love_and_passion brand_love",
        "self_connection": "brq_self_connection self_brand_connection self_concept_connection",
        "interdependence": "brq_interdependence brand_interdependence",
        "commitment": "brq_commitment brand_commitment",
        "intimacy": "brq_intimacy brand_intimacy",
        "partner_quality": "brq_partner_quality brand_partner_quality",
        "recommend": (
            "nps net_promoter_score recommendation would_recommend likelihood_to_recommend "
            "recommend_score promoter_score"
        ),
        "stated_type": "stated stated_relationship relationship_type current_type",
        "desired_type": "desired desired_relationship wanted_type ideal_type",
    }
)
_BY_NAME: Final[Mapping[str, str]] = MappingProxyType(
    {folded(item): item for item in _NAMES}
    | {folded(name): item for item, names in _NAMES.items() for name in names.split()}
)


def canonical_item(name: str) -> str:
    """Return the name under which the library knows an item; an unknown one is its own name.

    Parameters
    ----------
    name : str
        Case, blanks, hyphens and underscores do not count for items that are known.

    Examples
    --------
    >>> canonical_item("NPS"), canonical_item("BRQ love"), canonical_item("Q7")
    ('recommend', 'love', 'Q7')
    """
    return _BY_NAME.get(folded(name), name)
