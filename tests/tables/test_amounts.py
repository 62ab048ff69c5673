"""Amounts of every type, returns, kinds and currencies."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import amount_logs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from amount_logs import DAY, amounts_of, log_of
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, SchemaError
from customerintel.tables.columns import from_arrow


def totals(log):
    return log.as_of("2024-12-31").summarize().total_amount.tolist()


D = Decimal
PRICES = [D("1.50"), None, D("0.57"), D("1234567.89")]
NUMBERS = [1.5, 0.57, 1234567.89]
TYPED = {
    "floats": np.array([1.5, np.nan, 0.57, 1234567.89]),
    "float objects": [1.5, None, 0.57, 1234567.89],
    "Decimals": PRICES,
    "pandas Float64": pd.Series([1.5, None, 0.57, 1234567.89], dtype="Float64"),
    "pandas Arrow": pd.Series([1.5, None, 0.57, 1234567.89], dtype="float64[pyarrow]"),
    "pandas category": pd.Series([1.5, None, 0.57, 1234567.89], dtype="category"),
    "pandas Decimals": pd.Series(PRICES, dtype=object),
    "pandas Arrow decimal": pd.Series(PRICES, dtype=pd.ArrowDtype(pa.decimal128(12, 2))),
    "polars": pl.Series([1.5, None, 0.57, 1234567.89]),
    "polars Decimal": pl.Series(PRICES, dtype=pl.Decimal(12, 2)),
    "Arrow": pa.array([1.5, None, 0.57, 1234567.89]),
    "Arrow decimal": pa.array(PRICES, pa.decimal128(12, 2)),
    "Arrow wide decimal": pa.array(PRICES, pa.decimal256(60, 30)),
    "Arrow decimal chunks": pa.chunked_array(
        [pa.array([None, *PRICES], pa.decimal128(12, 2)).slice(1)]
    ),
    "masked": np.ma.masked_array([1.5, 9.0, 0.57, 1234567.89], mask=[0, 1, 0, 0]),
}


@pytest.mark.parametrize("name", TYPED)
def test_amounts_of_any_type_are_the_nearest_floats(name):
    log = log_of(TYPED[name])
    assert totals(log) == NUMBERS
    assert log.rejected.counts() == {"null_amount": 1}


@pytest.mark.parametrize(
    "whole",
    [
        np.array([3, 2], np.int8),
        np.array([3, 2], np.uint64),
        np.array([3, 2], ">f4"),
        np.array([3, 2], np.float16),
        pd.Series([3, None, 2], dtype="Int64"),
        pd.Series([3, None, 2], dtype="UInt8"),
        pl.Series([3, None, 2], dtype=pl.Int128),
        pl.Series([3, None, 2]),
        pa.array([3, None, 2]),
        pa.array([3, None, 2]).dictionary_encode(),
        [3, None, 2],
        [D(3), 2.0],
        [Fraction(3), np.float32(2)],
    ],
)
def test_whole_numbers_are_amounts(whole):
    log = log_of(whole)
    assert totals(log) == [3.0, 2.0]
    assert log.rejected.counts() == ({"null_amount": 1} if len(whole) == 3 else {})


@given(st.lists(st.decimals(-(10**13), 10**13, places=4, allow_nan=False), min_size=1, max_size=20))
def test_arrow_decimals_are_read_as_python_reads_them(prices):
    found = from_arrow(pa.array(prices, pa.decimal128(30, 4)))
    assert found.values.tolist() == [float(price) for price in prices]


def test_decimals_without_fraction_and_none_at_all():
    assert from_arrow(pa.array([D(7), D(-8)], pa.decimal128(5, 0))).values.tolist() == [7.0, -8.0]
    assert from_arrow(pa.array([D(7000)], pa.decimal128(5, -3))).values.tolist() == [7000.0]
    assert len(from_arrow(pa.array([], pa.decimal128(5, 2))).values) == 0


@pytest.mark.parametrize(
    "dirty",
    [
        [1.0, None, float("nan"), float("inf"), -float("inf")],
        np.array([1.0, np.nan, np.nan, np.inf, -np.inf]),
        [D(1), D("NaN"), D("sNaN"), D("Infinity"), D("-Infinity")],
        pd.Series([D(1), D("NaN"), D("sNaN"), D("Infinity"), D("-Infinity")], dtype=object),
        pd.Series([1.0, None, None, np.inf, -np.inf], dtype="Float64"),
        pl.Series([1.0, None, float("nan"), float("inf"), -float("inf")]),
        pa.array([1.0, None, float("nan"), float("inf"), -float("inf")]),
    ],
)
def test_what_is_missing_or_infinite_is_rejected(dirty):
    log = log_of(dirty)
    assert log.rejected.counts() == {"null_amount": 2, "non_finite_amount": 2}
    assert totals(log) == [1.0]


TEXTS = ["1.5", " -2 ", "+3e2", ".5", "7."]


@pytest.mark.parametrize(
    "make", [list, pd.Series, pl.Series, pa.array], ids=["list", "pandas", "polars", "Arrow"]
)
def test_texts_are_read_with_a_warning(make):
    message = (
        r"^The column of amount holds texts, which were read as numbers with a decimal point\. "
        r"Convert it to numbers to be sure of the decimal mark\.$"
    )
    with pytest.warns(DataQualityWarning, match=message) as caught:
        log = log_of(make(TEXTS))
    assert caught[0].filename == amount_logs.__file__
    assert amounts_of(log) == [1.5, -2.0, 300.0, 0.5, 7.0]


@pytest.mark.parametrize(
    "text", ["1,50", "1.234,50", "€5", "five", "", " ", "1_000", "0x10", "NaN", "inf", "None", "١٢"]
)
def test_texts_that_are_no_plain_numbers_are_rejected(text):
    with pytest.warns(DataQualityWarning, match="All 1 rows were rejected"):
        log = log_of([text])
    assert log.rejected.counts() == {"unparseable_amount": 1}


def test_a_number_too_large_is_infinite():
    with pytest.warns(DataQualityWarning, match="holds texts"):
        assert log_of(["1e999", "1"]).rejected.counts() == {"non_finite_amount": 1}
    assert log_of([10**400, 1]).rejected.counts() == {"non_finite_amount": 1}


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        (np.array([True, False]), "bool"),
        (np.array([DAY, DAY], "M8[us]"), r"datetime64\[us\]"),
        (np.array([1j, 2j]), "complex128"),
        (np.array([1, 2], "m8[s]"), r"timedelta64\[s\]"),
    ],
)
def test_a_column_that_can_hold_no_amounts_is_refused(amounts, shown):
    message = f"^column 'amount' holds number values, not {shown}; convert it, or name another"
    with pytest.raises(SchemaError, match=message):
        log_of(amounts)


def test_objects_that_are_no_numbers_are_rejected():
    assert log_of([[1], True, object(), 1j, 5]).rejected.counts() == {"unparseable_amount": 4}


ORDERS = {"customer_id": [1, 2, 3], "timestamp": [DAY] * 3}


def test_the_amount_is_quantity_times_unit_price():
    log = ci.TransactionLog.from_frame(
        {**ORDERS, "quantity": [2, 3, -1], "unit_price": [1.5, 0.0, 4.0]}
    )
    assert amounts_of(log) == [3.0, 0.0, -4.0]
    assert list(log.to_frame()) == ["customer_id", "timestamp", "amount", "quantity", "unit_price"]


def test_quantity_and_unit_price_must_both_be_there():
    with pytest.warns(DataQualityWarning, match="All 3 rows were rejected"):
        log = ci.TransactionLog.from_frame(
            {**ORDERS, "n": [2, None, np.inf], "p": [None, 2.0, 1.0]},
            quantity="n", unit_price="p", on_invalid="quarantine",
        )  # fmt: skip
    assert log.rejected.counts() == {
        "null_quantity": 1,
        "non_finite_quantity": 1,
        "null_unit_price": 1,
    }


def test_a_product_that_overflows_is_not_finite():
    log = ci.TransactionLog.from_frame(
        {**ORDERS, "quantity": [1e200, 1.0, -1e200], "unit_price": [1e200, 1.0, 1e200]},
        on_invalid="quarantine",
    )
    assert log.rejected.counts() == {"non_finite_amount": 2}
    assert log.rejected.rows.tolist() == [0, 2]


@pytest.mark.parametrize(("one", "other"), [("quantity", "unit_price"), ("unit_price", "quantity")])
def test_one_factor_alone_is_refused(one, other):
    message = (
        f"^{one} is given without {other}, so there is no amount. Name the column of {other} "
        f"too, or"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_frame({**ORDERS, "x": [1, 2, 3]}, **{one: "x"})


def test_one_factor_named_finds_the_other_by_its_name():
    log = ci.TransactionLog.from_frame(
        {**ORDERS, "x": [1, 2, 3], "unit_price": [2, 2, 2]}, quantity="x"
    )
    assert totals(log) == [2.0, 4.0, 6.0]


BOTH = {**ORDERS, "amount": [9, 9, 9], "quantity": [1, 2, 3], "unit_price": [2, 2, np.nan]}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({}, [9.0, 9.0, 9.0]),
        ({"amount": "amount"}, [9.0, 9.0, 9.0]),
        ({"quantity": "quantity"}, [9.0, 9.0, 9.0]),
        ({"amount": "amount", "quantity": "quantity", "unit_price": "unit_price"}, [9.0, 9.0, 9.0]),
    ],
)
def test_an_amount_of_its_own_comes_first(mapping, expected):
    """Quantity and price are then carried along, and their gaps reject nothing."""
    log = ci.TransactionLog.from_frame(BOTH, **mapping)
    assert totals(log) == expected
    assert list(log.to_frame())[3:] == ["quantity", "unit_price"]


def test_named_factors_come_before_an_amount_that_is_not_named():
    log = ci.TransactionLog.from_frame(
        BOTH, quantity="quantity", unit_price="unit_price", on_invalid="quarantine"
    )
    assert totals(log) == [2.0, 4.0]
    assert log.rejected.counts() == {"null_unit_price": 1}


def test_false_leaves_the_amount_out():
    log = ci.TransactionLog.from_frame(BOTH, amount=False)
    assert not log.has_amounts
    assert np.isnan(totals(log)).all()
    assert list(log.to_frame()) == ["customer_id", "timestamp", "quantity", "unit_price"]
    named = ci.TransactionLog.from_frame(
        {**BOTH, "unit_price": [2, 2, 2]},
        amount=False,
        quantity="quantity",
        unit_price="unit_price",
    )
    assert totals(named) == [2.0, 4.0, 6.0]


def test_a_log_may_have_no_amounts():
    log = ci.TransactionLog.from_frame({**ORDERS, "quantity": [1, None, 3]})
    assert (log.n_rows, log.has_amounts) == (3, False)
    assert np.isnan(log.as_of("2024-12-31").summarize().monetary_value).all()
