"""The columnar contract, read from the records."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from customerintel.schema import (
    EARLIEST,
    LATEST,
    PII,
    Category,
    Consent,
    Customer,
    Event,
    SurveyAnswer,
    Transaction,
    columns_of,
    microseconds,
)

LINES = columns_of(Transaction)


def test_the_contract_of_a_transaction():
    assert {name for name, column in LINES.items() if column.required} == {
        "customer_id",
        "timestamp",
    }
    assert {name for name, column in LINES.items() if not column.nullable} == {
        "customer_id",
        "timestamp",
        "amount",
        "kind",
    }
    kinds = {name: column.kind for name, column in LINES.items()}
    assert kinds["customer_id"] == kinds["order_id"] == "id"
    assert kinds["timestamp"] == "timestamp"
    assert {"amount", "cost", "discount", "quantity", "unit_price"} == {
        name for name, kind in kinds.items() if kind == "number"
    }
    assert kinds["kind"] == kinds["format"] == "choice"
    assert LINES["amount"].finite
    assert LINES["customer_id"].pii is PII.DIRECT
    assert LINES["amount"].category is Category.QUANTITATIVE


def test_rules_stand_in_their_order():
    assert LINES["customer_id"].rules == (
        "unparseable_customer_id",
        "null_customer_id",
        "empty_customer_id",
        "customer_id_out_of_range",
    )
    assert LINES["timestamp"].rules == (
        "unparseable_timestamp",
        "null_timestamp",
        "timestamp_out_of_range",
    )
    assert LINES["amount"].rules == ("unparseable_amount", "null_amount", "non_finite_amount")
    assert LINES["kind"].rules == ("null_kind", "unknown_kind")
    assert LINES["currency"].rules == ("unparseable_currency",)
    assert columns_of(Event)["sentiment"].rules == (
        "unparseable_sentiment",
        "non_finite_sentiment",
        "sentiment_out_of_range",
    )


def test_bounds_are_those_of_the_record():
    assert LINES["customer_id"].minimum == -(2**63)
    assert LINES["customer_id"].maximum == 2**63 - 1
    assert LINES["timestamp"].minimum == microseconds(EARLIEST)
    assert LINES["timestamp"].maximum == microseconds(LATEST) == (2**63 - 1) // 1000
    assert (LINES["amount"].minimum, LINES["amount"].maximum) == (None, None)
    sentiment = columns_of(Event)["sentiment"]
    assert (sentiment.minimum, sentiment.maximum) == (-1, 1)


def test_choices_and_their_aliases():
    column = LINES["kind"]
    assert column.choices == ("sale", "return", "refund", "cancellation", "renewal")
    assert column.aliases["cancel"] == "cancellation"
    assert column.aliases["subscription_renewal"] == "renewal"
    with pytest.raises(TypeError):
        column.aliases["gift"] = "sale"


def test_a_column_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        LINES["amount"].nullable = True
    with pytest.raises(TypeError):
        LINES["amount"] = LINES["cost"]
    assert hash(LINES["amount"]) != hash(LINES["cost"])


@pytest.mark.parametrize("model", [Customer, Transaction, Event, SurveyAnswer, Consent])
def test_only_fields_of_several_values_have_no_column(model):
    without = set(model.model_fields) - set(columns_of(model))
    assert without <= {
        "source_ids",
        "address",
        "social_handles",
        "lifestyle",
        "properties",
        "traits",
        "context",
        "integrations",
    }
