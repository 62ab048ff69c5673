"""Kinds of transaction, returns, currencies and costs."""

from __future__ import annotations

import amount_logs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from amount_logs import DAY, log_of
from table_kinds import contents

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, DataValidationError, SchemaError

ORDERS = {"customer_id": [1, 2, 3], "timestamp": [DAY] * 3}
KINDS = ["sale", "Return", "REFUND", "cancellation", "renewal", "Subscription Renewal", "canceled"]


@pytest.mark.parametrize(
    "make",
    [list, pd.Series, pl.Series, lambda values: pd.Series(values, dtype="category")],
    ids=["list", "pandas", "polars", "category"],
)
def test_kinds_are_read_in_any_case_and_by_their_synonyms(make):
    kinds = make(KINDS)
    amounts = type(kinds)([1.0, -2, -3, -4, 5, 6, -7])
    log = log_of(amounts, kind=kinds, on_invalid="raise")
    assert contents(log.to_frame())["kind"] == [
        "sale", "return", "refund", "cancellation", "renewal", "renewal", "cancellation",
    ]  # fmt: skip


def test_positive_amounts_of_returns_become_negative_with_a_warning():
    message = (
        r"^2 rows are marked as returns, refunds or cancellations and have a positive amount\. "
        r"It was taken as money given back \(negative\)\.$"
    )
    with pytest.warns(DataQualityWarning, match=message) as caught:
        log = log_of([1.0, 2.0, 3.0, -4.0], kind=["sale", "return", "refund", "cancellation"])
    assert caught[0].filename == amount_logs.__file__
    assert log.to_frame()["amount"].tolist() == [1.0, -2.0, -3.0, -4.0]


def test_the_callers_amounts_keep_their_sign():
    amounts = np.array([1.0, 2.0])
    with pytest.warns(DataQualityWarning, match="^1 rows are marked"):
        log_of(amounts, kind=["sale", "return"])
    assert amounts.tolist() == [1.0, 2.0]


def test_kinds_without_amounts_mark_returns_all_the_same():
    log = ci.TransactionLog.from_frame({**ORDERS, "kind": ["sale", "return", "sale"]})
    assert log.as_of("2024-12-31").n_returns_only == 1


def test_an_unknown_kind_is_rejected_by_name():
    log = log_of([1.0, 2.0, 3.0, 4.0], kind=["sale", "gift", None, "sale"])
    assert log.rejected.counts() == {"null_kind": 1, "unknown_kind": 1}
    assert log_of([1.0, 2.0], kind=["sale", 5]).rejected.counts() == {"unknown_kind": 1}
    with pytest.warns(DataQualityWarning, match="All 2 rows"):
        assert log_of([1.0, 2.0], kind=np.array([1, 2])).rejected.counts() == {"unknown_kind": 2}


@pytest.mark.parametrize("make", [list, pd.Series, pl.Series], ids=["list", "pandas", "polars"])
def test_two_currencies_are_refused(make):
    currencies = make(["EUR", "usd", None, "EUR"])
    amounts = make([1.0, 1.0, 1.0, 1.0])
    message = (
        r"^The column of currency holds 2 currencies \(EUR, USD\)\. A log has one: convert the "
        r"amounts, or make one log per currency\.$"
    )
    with pytest.raises(SchemaError, match=message):
        log_of(amounts, currency=currencies)


def test_one_currency_in_any_spelling_is_one():
    log = log_of(np.ones(4), currency=["EUR", "eur", " Eur ", None])
    assert (log.n_rows, len(log.rejected)) == (4, 0)


def test_what_is_no_currency_is_rejected_and_not_shown():
    log = log_of(np.ones(4), currency=["EUR", "ann@x.org", "", "bob@x.org"])
    assert log.rejected.counts() == {"unparseable_currency": 3}
    with pytest.raises(DataValidationError) as caught:
        log_of(np.ones(4), currency=["EUR", "ann@x.org", "", "bob@x.org"], on_invalid="raise")
    assert "x.org" not in str(caught.value)


def test_many_currencies_are_listed_in_part():
    codes = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
    with pytest.raises(SchemaError, match=r"holds 6 currencies \(AAA, BBB, CCC, DDD, EEE, …\)\."):
        log_of(np.ones(6), currency=codes)


def test_costs_are_checked_but_may_be_missing():
    log = log_of(np.ones(4), cost=[1.0, None, np.inf, "x"])
    assert log.rejected.counts() == {"unparseable_cost": 1, "non_finite_cost": 1}
    assert log.rejected.rows.tolist() == [2, 3]
