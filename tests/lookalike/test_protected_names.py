"""Names of columns that stand for who somebody is or where, and names that do not."""

from __future__ import annotations

import pytest

from customerintel.lookalike.protected_names import protected

TOLD = {
    "age": """
        AGE age_group agegroup AgeBand ages age2 age18to25 years_old birthdate dobYear senior
        generation pension customerAge Geburtsjahr date_naissance retired
        """,
    "gender": "sex is_female woman sexe Geschlecht customer_gender anrede",
    "place": """
        zip5 ZIP_CODE postal_code postcode_prefix country country_of_birth suburb state homeState
        lat long longitude census_tract blockgroup block_group neighbourhood PLZ Wohnort ville
        """,
    "family": """
        marital_status household_size n_kids widowed single_parent is_single Haushaltsgröße
        Familienstand célibataire
        """,
    "origin": """
        citizenship veteran national_origin surname_origin faith church skin skin_tone hair
        hairColour language mother_tongue ethnie disabled Staatsangehörigkeit handicapé
        """,
}
OTHERS = """
    usage average_spend page_views package message_count storage_gb mileage order_state status
    statement_count longest_gap long_distance_calls account_age basket_size visits spend plan branch
    days_since_last suspension_count veterinary_spend sextant essex manual management percentage
    lead_generation book_title baby_food_spend hair_care_spend notifications_disabled churchill
    estate_value latency longevity n_single_item_orders parent_company product_family interest
    traces embrace stage wage image_count income tenure recency channel loyalty_tier coverage
    discount blocked_cards latest_order gap segment country_music_spend mandate capacity velocity
    """


@pytest.mark.parametrize("what", list(TOLD))
def test_common_names_are_known(what):
    names = TOLD[what].split()
    found = protected(names)
    assert [name for name in names if name not in found] == []
    assert set(found.values()) == {what}


def test_other_names_are_left_alone():
    assert protected(OTHERS.split()) == {}
