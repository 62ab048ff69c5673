"""No value that may point to a person shows up where nobody asked for it."""

from __future__ import annotations

import traceback

import pytest
from pydantic import TypeAdapter, ValidationError

from customerintel.schema import (
    MASK,
    Consent,
    Customer,
    Event,
    SurveyAnswer,
    Transaction,
    broken_rules,
)

CANARY = "canary"
CUSTOMER = Customer(
    customer_id="canary-id",
    source_ids={"crm": "canary-crm"},
    name="Canary Bird",
    email="canary@example.org",
    phone="+14155550123",
    address={"street": "1 Canary Wharf", "city": "canary"},
    social_handles={"x": "@canary"},
    postcode="canary-postcode",
    gender="female",
    birth_year=1877,
    company_name="Canary Ltd",
    occupation="canary",
    lifestyle=["canary"],
)
EVENT = Event(
    userId="canary-id",
    anonymousId="canary-device",
    event="Email Opened",
    timestamp="2024-05-01",
    properties={"subject": "canary"},
    traits={"email": "canary@example.org"},
    context={"ip": "canary"},
)
ANSWER = SurveyAnswer(
    customer_id="canary-id",
    timestamp="2024-05-01",
    instrument="nps",
    item="why",
    text="I am the canary",
)
LINE = Transaction(customer_id="canary-id", timestamp="2024-05-01", location="canary")
ENTRY = Consent(
    customer_id="canary-id",
    purpose="service",
    basis="contract",
    status="grant",
    timestamp="2024-05-01",
    evidence_ref="canary.pdf",
)
RECORDS = [CUSTOMER, EVENT, ANSWER, LINE, ENTRY]
BY_NAME = {"ids": lambda record: type(record).__name__}


@pytest.mark.parametrize("record", RECORDS, **BY_NAME)
def test_no_repr_shows_a_person(record):
    for text in (repr(record), str(record), f"{record}", f"{record!r:>5}", repr([record])):
        assert CANARY not in text.lower()
        assert MASK in text
    shown = dict(record.__rich_repr__()) if hasattr(record, "__rich_repr__") else {}
    assert CANARY not in repr(shown).lower()
    assert "1877" not in repr(record)


def test_secrets_are_masked_in_every_dump():
    dumps = (
        repr(CUSTOMER.model_dump(exclude={"customer_id", "postcode", "occupation", "lifestyle"})),
        CUSTOMER.model_dump_json(exclude={"customer_id", "postcode", "occupation", "lifestyle"}),
        repr(EVENT.model_dump(exclude={"customer_id", "anonymous_id", "properties"})),
        EVENT.model_dump_json(exclude={"customer_id", "anonymous_id", "properties"}),
        repr(ANSWER.model_dump(exclude={"customer_id"})),
        ANSWER.model_dump_json(exclude={"customer_id"}),
    )
    for text in dumps:
        assert CANARY not in text.lower()
        assert MASK in text
    assert "5550123" not in "".join(dumps)


def test_keys_stay_in_dumps_so_that_tables_can_be_joined():
    assert LINE.model_dump()["customer_id"] == "canary-id"
    assert EVENT.model_dump(by_alias=True)["userId"] == "canary-id"


def test_an_explicit_call_reads_a_secret():
    assert CUSTOMER.email.get_secret_value() == "canary@example.org"
    assert CUSTOMER.address.street.get_secret_value() == "1 Canary Wharf"
    assert CUSTOMER.social_handles["x"].get_secret_value() == "@canary"
    assert EVENT.traits.get_secret_value() == {"email": "canary@example.org"}
    assert EVENT.properties == {"subject": "canary"}


def test_a_dump_in_memory_can_be_read_back():
    assert Customer.model_validate(CUSTOMER.model_dump()) == CUSTOMER


def test_a_masked_dump_is_never_taken_for_data():
    with pytest.raises(ValidationError, match="masked") as caught:
        Customer.model_validate_json(CUSTOMER.model_dump_json())
    assert "unparseable_email" in broken_rules(caught.value)


BAD_CUSTOMER = {
    "customer_id": ["canary"],
    "source_ids": {"canary": ["canary"]},
    "name": ["canary"],
    "email": "canary",
    "phone": "canary",
    "address": {"street": ["canary"], "city": {"canary": 1}},
    "social_handles": ["canary"],
    "birth_year": "canary",
    "gender": "canary",
    "kind": "canary",
    "lifestyle": [["canary"]],
    "created_at": "canary",
    "household_size": "canary",
    "note": "canary",
}
REFUSALS = {
    "every field": lambda: Customer(**BAD_CUSTOMER),
    "a list": lambda: TypeAdapter(list[Customer]).validate_python([BAD_CUSTOMER]),
    "no record": lambda: Customer.model_validate("canary"),
    "no JSON": lambda: Customer.model_validate_json('{"name": "canary'),
    "bad JSON values": lambda: Customer.model_validate_json('{"email": "canary"}'),
    "the name of an unknown field": lambda: Customer(customer_id=7, **{"canary@x.org": 1}),
    "the name of an unknown part": lambda: Customer(customer_id=7, address={"canary": 1}),
    "assignment to an unknown field": lambda: setattr(CUSTOMER, "canary", 1),
    "a copy": lambda: CUSTOMER.model_copy(update={"email": "canary", "canary": 1}),
    "an old copy": lambda: CUSTOMER.copy(update={"email": "canary"}),
    "assignment": lambda: setattr(CUSTOMER, "email", "canary"),
    "deletion": lambda: delattr(CUSTOMER, "email"),
    "event": lambda: Event(userId=["canary"], traits="canary", context="canary", event=["canary"]),
    "fields that disagree": lambda: Event(timestamp="2024-05-01", traits={"name": "canary"}),
    "survey": lambda: SurveyAnswer(customer_id="canary", timestamp="canary", text=["canary"]),
    "consent": lambda: Consent(**(ENTRY.model_dump() | {"expires_at": "2000-01-01"})),
    "transaction": lambda: Transaction(customer_id=b"canary", timestamp="canary", amount="canary"),
}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS)
def test_no_validation_error_shows_a_value(refuse):
    with pytest.raises(ValidationError) as caught:
        refuse()
    error = caught.value
    told = (str(error), repr(error), repr(error.errors()), error.json(), repr(error.args))
    for text in told:
        assert CANARY not in text.lower()
    for earlier in (error.__cause__, error.__context__):
        assert earlier is None or CANARY not in repr(getattr(earlier, "errors", str)()).lower()
    spoken = "".join(traceback.format_exception_only(error))
    assert CANARY not in spoken.lower()


def test_an_error_says_where_and_what_to_do():
    with pytest.raises(ValidationError) as caught:
        Customer(customer_id=7, address={"street": 1.5}, phone="123", gender="?")
    told = {line["loc"]: line["msg"] for line in caught.value.errors()}
    assert set(told) == {("address", "street"), ("phone",), ("gender",)}
    assert "+" in told["phone",]
    assert "undisclosed" in told["gender",]


def test_an_unknown_field_is_told_without_its_name():
    with pytest.raises(ValidationError) as caught:
        Customer(customer_id=7, e_mail="a@b.org", address={"town": "x"})
    assert [(line["loc"], line["type"]) for line in caught.value.errors()] == [
        (("address", "unknown_field"), "extra_forbidden"),
        (("unknown_field",), "extra_forbidden"),
    ]


def test_a_copy_masks_and_checks_its_updates():
    moved = CUSTOMER.model_copy(update={"email": " Canary2@Example.org ", "postcode": 12})
    assert moved.email.get_secret_value() == "canary2@example.org"
    assert CANARY not in repr(moved).lower()
    assert (moved.postcode, moved.phone, moved.source_ids) == (
        "12",
        CUSTOMER.phone,
        CUSTOMER.source_ids,
    )
    with pytest.raises(ValidationError) as caught:
        CUSTOMER.model_copy(update={"email": "canary", "birth_year": 7, "nick": "c"})
    assert broken_rules(caught.value) == (
        "unparseable_email",
        "birth_year_out_of_range",
        "extra_forbidden",
    )


@pytest.mark.parametrize("record", RECORDS, **BY_NAME)
@pytest.mark.parametrize("update", [None, {}, {"customer_id": "canary-id"}])
def test_a_copy_without_news_is_equal(record, update):
    copied = record.model_copy(update=update, deep=True)
    assert copied == record
    assert copied is not record


def test_a_copy_fills_in_from_the_new_values():
    line = Transaction(customer_id=7, timestamp="2024-05-01", quantity=2, unit_price=3.5)
    assert line.model_copy(update={"quantity": 3}).amount == 10.5
    by_alias = EVENT.model_copy(update={"userId": 8})
    assert by_alias == EVENT.model_copy(update={"customer_id": 8})
    assert (by_alias.customer_id, by_alias.traits) == (8, EVENT.traits)


@pytest.mark.parametrize("record", RECORDS, **BY_NAME)
def test_equal_records_have_equal_hashes(record):
    again = type(record).model_validate(record.model_dump(exclude_none=True))
    assert again == record
    assert hash(again) == hash(record)
    assert {record: 1}[again] == 1


def test_records_that_differ_in_a_mapping_are_two():
    other = CUSTOMER.model_copy(update={"source_ids": {"crm": "another"}})
    assert len({CUSTOMER, other}) == 2
