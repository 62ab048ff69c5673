"""What a transaction accepts, refuses, and turns its input into."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from customerintel.schema import (
    EARLIEST,
    LATEST,
    Transaction,
    TransactionKind,
    broken_rules,
)

LINE = {"customer_id": 7, "timestamp": "2011-12-09T12:50:00", "amount": 3.5}


def refused(model, **data):
    with pytest.raises(ValidationError) as caught:
        model(**data)
    return broken_rules(caught.value)


def line(**changes):
    return Transaction(**(LINE | changes))


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        (7, 7),
        (np.int64(7), 7),
        (np.uint8(7), 7),
        (7.0, 7),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        ("7", "7"),
        ("  a ", "  a "),
        (" ", " "),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
    ids=repr,
)
def test_customer_id(given_id, kept):
    found = line(customer_id=given_id).customer_id
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("given_id", "rule"),
    [
        (None, "null_customer_id"),
        (float("nan"), "null_customer_id"),
        (pd.NA, "null_customer_id"),
        ("", "empty_customer_id"),
        (True, "unparseable_customer_id"),
        (7.5, "unparseable_customer_id"),
        (float("inf"), "unparseable_customer_id"),
        (b"7", "unparseable_customer_id"),
        ([7], "unparseable_customer_id"),
        (2**63, "customer_id_out_of_range"),
        (-(2**63) - 1, "customer_id_out_of_range"),
        (2.0**53 + 2, "customer_id_out_of_range"),
    ],
    ids=repr,
)
def test_refused_customer_id(given_id, rule):
    assert refused(Transaction, **(LINE | {"customer_id": given_id})) == (rule,)


MOMENT = datetime(2011, 12, 9, 12, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_time", "kept"),
    [
        ("2011-12-09T12:50:00", MOMENT),
        (" 2011-12-09 12:50 ", MOMENT),
        ("2011-12-09T12:50:00Z", MOMENT),
        ("2011-12-09T13:50:00+01:00", MOMENT),
        (datetime(2011, 12, 9, 12, 50), MOMENT),
        (datetime(2011, 12, 9, 7, 50, tzinfo=timezone(timedelta(hours=-5))), MOMENT),
        (date(2011, 12, 9), datetime(2011, 12, 9, tzinfo=UTC)),
        (np.datetime64("2011-12-09T12:50", "m"), MOMENT),
        (np.datetime64("2011-12-09T12:50:00.000000999", "ns"), MOMENT),
        (np.datetime64("2011", "Y"), datetime(2011, 1, 1, tzinfo=UTC)),
        (pd.Timestamp("2011-12-09T13:50", tz="Europe/Berlin"), MOMENT),
        (EARLIEST, EARLIEST),
        (LATEST, LATEST),
        (np.datetime64(2**63 - 1, "ns"), LATEST),
    ],
    ids=repr,
)
def test_timestamp(given_time, kept):
    found = line(timestamp=given_time).timestamp
    assert found == kept
    assert found.tzinfo is UTC
    assert type(found) is datetime


@pytest.mark.parametrize(
    ("given_time", "rule"),
    [
        (None, "null_timestamp"),
        (pd.NaT, "null_timestamp"),
        (np.datetime64("NaT"), "null_timestamp"),
        (float("nan"), "null_timestamp"),
        ("", "unparseable_timestamp"),
        ("09/12/2011", "unparseable_timestamp"),
        ("2011-13-01", "unparseable_timestamp"),
        (1323435000, "unparseable_timestamp"),
        (1323435000.0, "unparseable_timestamp"),
        (EARLIEST - timedelta(microseconds=1), "timestamp_out_of_range"),
        (LATEST + timedelta(microseconds=1), "timestamp_out_of_range"),
        ("0001-01-01T00:00:00+14:00", "timestamp_out_of_range"),
        (np.datetime64(-(2**62), "s"), "timestamp_out_of_range"),
        (np.datetime64(2**62, "Y"), "timestamp_out_of_range"),
    ],
    ids=repr,
)
def test_refused_timestamp(given_time, rule):
    assert refused(Transaction, **(LINE | {"timestamp": given_time})) == (rule,)


@pytest.mark.parametrize(
    ("given_amount", "kept"),
    [
        (0, 0.0),
        (-3, -3.0),
        (np.float32(0.5), 0.5),
        (Decimal("12.50"), 12.5),
        (" 12.50 ", 12.5),
        ("1e3", 1000.0),
        (".5", 0.5),
    ],
    ids=repr,
)
def test_amount(given_amount, kept):
    found = line(amount=given_amount).amount
    assert found == kept
    assert isinstance(found, float)


@pytest.mark.parametrize(
    ("given_amount", "rule"),
    [
        (None, "null_amount"),
        (float("nan"), "null_amount"),
        (Decimal("NaN"), "null_amount"),
        (float("inf"), "non_finite_amount"),
        (float("-inf"), "non_finite_amount"),
        (Decimal("Infinity"), "non_finite_amount"),
        ("1e999", "non_finite_amount"),
        (10**400, "non_finite_amount"),
        (True, "unparseable_amount"),
        ("", "unparseable_amount"),
        ("1,234.50", "unparseable_amount"),
        ("12 EUR", "unparseable_amount"),
        ("nan", "unparseable_amount"),
        ("1_000", "unparseable_amount"),
        ("\u0661", "unparseable_amount"),
        ([1], "unparseable_amount"),
    ],
    ids=repr,
)
def test_refused_amount(given_amount, rule):
    assert refused(Transaction, **(LINE | {"amount": given_amount})) == (rule,)


def test_amount_may_be_absent():
    visit = Transaction(customer_id=7, timestamp="2011-12-09")
    assert visit.amount is None


def test_amount_from_quantity_and_price():
    bought = {"customer_id": 7, "timestamp": "2011-12-09", "quantity": 3, "unit_price": "2.5"}
    assert Transaction(**bought).amount == 7.5
    assert Transaction(**bought, amount=7).amount == 7.0
    assert Transaction(**(bought | {"unit_price": None})).amount is None
    assert refused(Transaction, **(bought | {"quantity": 1e300, "unit_price": 1e300})) == (
        "non_finite_amount",
    )


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("sale", "sale"),
        ("SALE", "sale"),
        (" Return ", "return"),
        ("cancel", "cancellation"),
        ("Cancelled", "cancellation"),
        ("Subscription Renewal", "renewal"),
        ("subscription-renewal", "renewal"),
        (TransactionKind.REFUND, "refund"),
    ],
    ids=repr,
)
def test_kind(word, kind):
    assert line(kind=word).kind is TransactionKind(kind)


@pytest.mark.parametrize(
    ("word", "rule"), [("gift", "unknown_kind"), (3, "unknown_kind"), (None, "null_kind")]
)
def test_refused_kind(word, rule):
    assert refused(Transaction, **(LINE | {"kind": word})) == (rule,)


@pytest.mark.parametrize(("code", "kept"), [("eur", "EUR"), (" Usd ", "USD"), (None, None)])
def test_currency(code, kept):
    assert line(currency=code).currency == kept


@pytest.mark.parametrize("code", ["EURO", "€", "", "E1R", 978])
def test_refused_currency(code):
    assert refused(Transaction, **(LINE | {"currency": code})) == ("unparseable_currency",)


def test_nullable_fields_take_every_kind_of_null():
    found = line(cost=float("nan"), quantity=pd.NA, order_id=None, category=pd.NaT)
    assert (found.cost, found.quantity, found.order_id, found.category) == (None,) * 4


def test_integers_become_text_where_text_is_meant():
    assert line(category=12).category == "12"
    assert line(order_id=536365).order_id == 536365


def test_a_record_names_every_broken_rule_at_once():
    rules = refused(Transaction, customer_id="", timestamp="?", amount=None, kind="?", cost="?")
    assert rules == (
        "empty_customer_id",
        "unparseable_timestamp",
        "null_amount",
        "unknown_kind",
        "unparseable_cost",
    )


def test_missing_and_unknown_fields_keep_their_names():
    assert refused(Transaction, customer_id=7, Amount=1) == ("missing", "extra_forbidden")


def test_a_record_is_frozen_and_hashable():
    found = line()
    with pytest.raises(ValidationError):
        found.amount = 5.0
    with pytest.raises(ValidationError):
        del found.amount
    assert found == line()
    assert len({found, line()}) == 1


@given(
    amount=st.floats(allow_nan=False, allow_infinity=False),
    customer=st.integers(-(2**63), 2**63 - 1) | st.text(min_size=1).filter(str.isprintable),
    moment=st.datetimes(datetime(1678, 1, 1), datetime(2262, 4, 11), timezones=st.just(UTC)),
    kind=st.sampled_from(TransactionKind),
)
def test_a_transaction_survives_json(amount, customer, moment, kind):
    before = Transaction(customer_id=customer, timestamp=moment, amount=amount, kind=kind)
    assert Transaction.model_validate_json(before.model_dump_json(exclude_unset=True)) == before
