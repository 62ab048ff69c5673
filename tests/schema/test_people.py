"""What customers, answers and consents accept, refuse, and turn their input into."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from customerintel.schema import Consent, Customer, SurveyAnswer, broken_rules

ANSWER = {"customer_id": 7, "timestamp": "2024-05-01", "instrument": "nps", "item": "recommend"}
ENTRY = {
    "customer_id": 7,
    "purpose": "analytics",
    "basis": "consent",
    "status": "grant",
    "timestamp": "2024-05-01",
}


def refused(model, **data):
    with pytest.raises(ValidationError) as caught:
        model(**data)
    return broken_rules(caught.value)


def test_survey_answers():
    found = SurveyAnswer(**ANSWER, version=2, scale_min=0, scale_max=10, value=9)
    assert (found.value, found.scale, found.version) == (9.0, (0.0, 10.0), "2")
    words = SurveyAnswer(**ANSWER, text="good")
    assert words.text.get_secret_value() == "good"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, "null_value"),
        ({"value": float("nan")}, "null_value"),
        ({"value": 11, "scale_max": 10}, "value_out_of_range"),
        ({"value": -1, "scale_min": 0}, "value_out_of_range"),
        ({"value": 5, "scale_min": 10, "scale_max": 0}, "scale_max_out_of_range"),
        ({"text": ""}, "empty_text"),
    ],
    ids=repr,
)
def test_refused_survey_answers(change, rule):
    assert refused(SurveyAnswer, **ANSWER, **change) == (rule,)


def test_consent():
    entry = Consent(
        **(ENTRY | {"purpose": "Personalization", "status": "revoked"}),
        notice_version=3,
        notice_hash="AB" * 32,
        expires_at="2025-05-01",
    )
    assert (entry.purpose.value, entry.status.value) == ("personalisation", "withdraw")
    assert entry.notice_hash == "ab" * 32


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"purpose": "everything"}, "unknown_purpose"),
        ({"basis": None}, "null_basis"),
        ({"status": "maybe"}, "unknown_status"),
        ({"notice_hash": "abc"}, "unparseable_notice_hash"),
        ({"expires_at": "2024-05-01"}, "expires_at_out_of_range"),
    ],
    ids=repr,
)
def test_refused_consent(change, rule):
    assert refused(Consent, **(ENTRY | change)) == (rule,)


def test_consent_needs_its_purpose():
    del (entry := dict(ENTRY))["purpose"]
    assert refused(Consent, **entry) == ("missing",)


def test_customer_is_brought_to_canonical_form():
    found = Customer(
        customer_id="c1",
        kind="Business",
        email=" Jane.Doe+x@Example.ORG ",
        phone="+44 (20) 7946-0958",
        gender="F",
        birth_year="1980",
        lifestyle=["sport", "music"],
        household_size=2.0,
    )
    assert found.kind.value == "b2b"
    assert found.email.get_secret_value() == "jane.doe+x@example.org"
    assert found.phone.get_secret_value() == "+442079460958"
    assert found.gender.value == "female"
    assert (found.birth_year, found.household_size) == (1980, 2)
    assert found.lifestyle == ("sport", "music")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"email": "jane"}, "unparseable_email"),
        ({"email": "a@b@c"}, "unparseable_email"),
        ({"email": ""}, "empty_email"),
        ({"phone": "020 7946 0958"}, "unparseable_phone"),
        ({"phone": "+0123"}, "unparseable_phone"),
        ({"phone": "+1234567890123456"}, "unparseable_phone"),
        ({"name": ""}, "empty_name"),
        ({"birth_year": 1849}, "birth_year_out_of_range"),
        ({"birth_year": 1980.5}, "unparseable_birth_year"),
        ({"household_size": 0}, "household_size_out_of_range"),
        ({"gender": "x"}, "unknown_gender"),
        ({"valid_from": "2024-01-02", "valid_to": "2024-01-01"}, "valid_to_out_of_range"),
        ({"address": {"street": 1.5}}, "unparseable_street"),
        ({"source_ids": {"crm": 1.5}}, "unparseable_source_ids"),
    ],
    ids=repr,
)
def test_refused_customers(change, rule):
    assert refused(Customer, customer_id=7, **change) == (rule,)
