"""The arrays that break the columnar contract, and the rows in which they do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import (
    EARLIEST,
    LATEST,
    Customer,
    Event,
    Transaction,
    breaches,
    columns_of,
    microseconds,
)

LINES = columns_of(Transaction)


def rows(name, values, null_mask=None, columns=LINES):
    """The numbers of the rows that break each rule."""
    found = breaches(columns[name], values, null_mask)
    assert all(mask.dtype == np.bool_ and mask.shape == values.shape for mask in found.values())
    return {rule: np.flatnonzero(mask).tolist() for rule, mask in found.items()}


def objects(*values):
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


class TestIds:
    def test_integers_are_good_but_for_nulls(self):
        values = np.array([1, -(2**63), 2**63 - 1])
        assert rows("customer_id", values) == {}
        assert rows("customer_id", values, np.array([False, True, False])) == {
            "null_customer_id": [1]
        }

    def test_unsigned_integers_must_fit(self):
        values = np.array([1, 2**63 - 1, 2**63], dtype=np.uint64)
        assert rows("customer_id", values) == {"customer_id_out_of_range": [2]}

    def test_floats_must_be_integers(self):
        values = np.array([1.0, np.nan, 1.5, np.inf, 2.0**53, 2.0**53 + 2])
        assert rows("customer_id", values) == {
            "unparseable_customer_id": [2, 3],
            "null_customer_id": [1],
            "customer_id_out_of_range": [5],
        }

    @pytest.mark.parametrize("dtype", ["U", "O", "T"])
    def test_texts(self, dtype):
        kind = np.dtypes.StringDType() if dtype == "T" else dtype
        values = np.array(["a", "", " "], dtype=kind)
        assert rows("customer_id", values) == {"empty_customer_id": [1]}
        assert rows("order_id", values) == {"empty_order_id": [1]}

    def test_objects(self):
        values = objects("a", None, 7, True, float("nan"), 2**63, b"a", "", pd.NA, [1])
        assert rows("customer_id", values) == {
            "unparseable_customer_id": [3, 6, 9],
            "null_customer_id": [1, 4, 8],
            "empty_customer_id": [7],
            "customer_id_out_of_range": [5],
        }

    def test_texts_and_nones(self):
        assert rows("customer_id", objects("a", None, "")) == {
            "null_customer_id": [1],
            "empty_customer_id": [2],
        }
        assert rows("order_id", objects("a", None, "")) == {"empty_order_id": [2]}


class TestTimes:
    def test_microseconds(self):
        low, high = microseconds(EARLIEST), microseconds(LATEST)
        values = np.array([0, low, high, low - 1, high + 1, -(2**63)])
        assert rows("timestamp", values) == {
            "null_timestamp": [5],
            "timestamp_out_of_range": [3, 4],
        }
        assert rows("timestamp", values[:3]) == {}

    @pytest.mark.parametrize("unit", ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps"])
    def test_any_unit(self, unit):
        values = np.array(["1970-01-01", "NaT"], dtype=f"datetime64[{unit}]")
        assert rows("timestamp", values) == {"null_timestamp": [1]}
        assert rows("timestamp", values[:1]) == {}

    @pytest.mark.parametrize("unit", ["Y", "D", "s", "ms", "us"])
    def test_range_in_any_unit(self, unit):
        values = np.array(["1677-12-31", "1678-01-01", "2262-01-01", "2263-01-01"])
        found = rows("timestamp", values.astype(f"datetime64[{unit}]"))
        assert found == {"timestamp_out_of_range": [0, 3]}

    def test_a_unit_that_does_not_start_with_the_range(self):
        # weeks of NumPy start on Thursdays: 1677-12-30 and 1678-01-06
        values = np.array(["1677-12-30", "1678-01-06"], dtype="datetime64[W]")
        assert rows("timestamp", values) == {"timestamp_out_of_range": [0]}

    def test_far_beyond_what_microseconds_hold(self):
        values = np.array([2**62, -(2**62), 0], dtype="datetime64[s]")
        assert rows("timestamp", values) == {"timestamp_out_of_range": [0, 1]}

    def test_the_ends_of_nanoseconds(self):
        values = np.array([2**63 - 1, -(2**63) + 1], dtype="datetime64[ns]")
        assert rows("timestamp", values) == {"timestamp_out_of_range": [1]}

    def test_other_byte_order_and_strides(self):
        values = np.array(["1500-01-01", "NaT", "2000-01-01", "NaT"], dtype=">M8[s]")
        assert rows("timestamp", values) == {
            "null_timestamp": [1, 3],
            "timestamp_out_of_range": [0],
        }
        assert rows("timestamp", values.astype("<M8[us]")[::2]) == {"timestamp_out_of_range": [0]}

    def test_objects_and_texts(self):
        values = objects(
            datetime(2000, 1, 1, tzinfo=UTC),
            date(2000, 1, 1),
            "2000-01-01T00:00:00Z",
            "01.01.2000",
            5,
            None,
            "1500-01-01",
        )
        assert rows("timestamp", values) == {
            "unparseable_timestamp": [3, 4],
            "null_timestamp": [5],
            "timestamp_out_of_range": [6],
        }


class TestNumbers:
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_floats(self, dtype):
        values = np.array([0, np.nan, np.inf, -np.inf, -1], dtype=dtype)
        assert rows("amount", values) == {"null_amount": [1], "non_finite_amount": [2, 3]}
        assert rows("cost", values) == {"non_finite_cost": [2, 3]}
        assert rows("amount", values[[0, 4]]) == {}

    def test_a_sum_that_overflows_is_no_breach(self):
        assert rows("amount", np.array([1e308, 1e308, -1e308])) == {}

    def test_the_mask_covers_what_lies_below(self):
        values = np.array([1.0, np.inf, np.nan])
        assert rows("amount", values, np.array([True, True, False])) == {"null_amount": [0, 1, 2]}
        assert rows("cost", values, np.array([True, True, False])) == {}

    def test_integers(self):
        assert rows("amount", np.array([1, 2], dtype=np.uint8)) == {}

    def test_bounds(self):
        values = np.array([-1.0, 1.0, 1.1, -1.1, np.nan, np.inf])
        assert rows("sentiment", values, columns=columns_of(Event)) == {
            "non_finite_sentiment": [5],
            "sentiment_out_of_range": [2, 3],
        }

    def test_whole_numbers(self):
        values = np.array([1.0, 1.5, 0.5, 0.0, np.nan])
        assert rows("household_size", values, columns=columns_of(Customer)) == {
            "unparseable_household_size": [1, 2],
            "household_size_out_of_range": [3],
        }
        assert rows("household_size", objects("3", 0, 1.5), columns=columns_of(Customer)) == {
            "unparseable_household_size": [2],
            "household_size_out_of_range": [1],
        }

    def test_objects_and_texts(self):
        values = objects(1, "1.5", Decimal(2), "x", True, None, Decimal("NaN"), "1e999", 10**400)
        assert rows("amount", values) == {
            "unparseable_amount": [3, 4],
            "null_amount": [5, 6],
            "non_finite_amount": [7, 8],
        }
        assert rows("amount", np.array(["1", "-2.5", "?"])) == {"unparseable_amount": [2]}


class TestTexts:
    def test_choices(self):
        values = objects("sale", "CANCEL", "gift", None, "Subscription Renewal", "", 5)
        assert rows("kind", values) == {"null_kind": [3], "unknown_kind": [2, 5, 6]}
        assert rows("format", objects("Digital", None, "liquid")) == {"unknown_format": [2]}

    def test_patterns(self):
        assert rows("currency", np.array(["eur", "EURO", "USD"])) == {"unparseable_currency": [1]}
        assert rows("currency", np.array([978, 840])) == {"unparseable_currency": [0, 1]}

    def test_free_texts(self):
        assert rows("category", objects("a", "", None)) == {}
        assert rows("category", objects("a", 5, 1.5)) == {"unparseable_category": [2]}
        assert rows("category", np.array([1, 2])) == {}

    def test_secrets(self):
        people = columns_of(Customer)
        assert rows("name", objects("Jane", "", "*" * 10, None), columns=people) == {
            "unparseable_name": [2],
            "empty_name": [1],
        }
        assert rows("email", objects("a@b.org", "a"), columns=people) == {"unparseable_email": [1]}


def test_equal_keys_of_other_types_are_told_apart():
    values = objects(1, True, 1.0, np.True_, Decimal(1))
    assert rows("amount", values) == {"unparseable_amount": [1, 3]}


def test_more_distinct_values_than_are_remembered():
    values = objects(*[str(number) for number in range(70_000)], "x")
    assert rows("amount", values) == {"unparseable_amount": [70_000]}


@pytest.mark.parametrize("name", list(LINES))
@pytest.mark.parametrize("dtype", [object, "U1"])
def test_no_rows_break_no_rules(name, dtype):
    assert breaches(LINES[name], np.array([], dtype=dtype)) == {}


def test_no_rows_of_the_plain_dtypes():
    assert breaches(LINES["timestamp"], np.array([], dtype="datetime64[us]")) == {}
    assert breaches(LINES["amount"], np.array([])) == {}
    assert breaches(columns_of(Event)["sentiment"], np.array([])) == {}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("customer_id", np.array([True])),
        ("customer_id", np.array([b"a"])),
        ("customer_id", np.array(["2000-01-01"], dtype="datetime64[D]")),
        ("timestamp", np.array([1.0])),
        ("timestamp", np.array(["NaT"], dtype="datetime64")),
        ("amount", np.array([True])),
        ("amount", np.array([1j])),
        ("kind", np.array([1])),
        ("category", np.array([1.5])),
    ],
)
def test_a_dtype_that_can_never_do(name, values):
    with pytest.raises(SchemaError, match=name):
        breaches(LINES[name], values)


def test_shapes_that_do_not_fit():
    with pytest.raises(InvalidArgumentError, match="'amount' has 2 dimensions"):
        breaches(LINES["amount"], np.zeros((2, 2)))
    with pytest.raises(InvalidArgumentError, match="null mask of column 'amount'"):
        breaches(LINES["amount"], np.zeros(2), np.zeros(3, dtype=bool))
    with pytest.raises(InvalidArgumentError, match="null mask of column 'amount'"):
        breaches(LINES["amount"], np.zeros(2), np.zeros(2))


def test_the_input_is_not_changed():
    values = np.array([1.0, np.nan, np.inf])
    mask = np.array([True, False, False])
    values.flags.writeable = mask.flags.writeable = False
    assert rows("amount", values, mask) == {"null_amount": [0, 1], "non_finite_amount": [2]}
