"""One definition, two speeds: record and column refuse the same rows by the same rules."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from customerintel.schema import (
    Transaction,
    TransactionKind,
    breaches,
    broken_rules,
    columns_of,
    is_null,
    microseconds,
)

LINES = columns_of(Transaction)
NULLS = st.sampled_from([None, float("nan"), Decimal("NaN"), np.datetime64("NaT")])
NUMBERS = (
    st.floats(width=64)
    | st.integers(-(10**9), 10**9)
    | st.sampled_from([10**400, True, "1", "1.5e3", " 2 ", "", "x", "1,5", "nan", b"1", (1,)])
    | st.decimals(allow_nan=False)
)
IDS = (
    st.integers(-(2**64), 2**64)
    | st.sampled_from([-(2**63), 2**63 - 1, 2**63, "", " ", True, b"a", (1,)])
    | st.floats()
    | st.uuids()
    | st.text(max_size=3)
)
TIMES = (
    st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | st.dates()
    | st.sampled_from(["2011-12-09", "2011-12-09T12:50Z", "1500-01-01", "x", "", 5, 5.0, True])
    | st.integers(-(2**63) + 1, 2**63 - 1).map(lambda ticks: np.datetime64(ticks, "s"))
)
KINDS = (
    st.sampled_from([kind.value for kind in TransactionKind])
    | st.sampled_from(["SALE", "cancel", "Subscription-Renewal", "gift", "", 5, "sale "])
    | st.text(max_size=3)
)
CODES = st.sampled_from(["EUR", "usd", " gbp ", "EURO", "", "E1R", 978, 1.5]) | st.text(max_size=4)
TEXTS = st.text(max_size=3) | st.sampled_from([5, 5.5, True, b"a"])

ROW = st.fixed_dictionaries(
    {
        "customer_id": IDS | NULLS,
        "timestamp": TIMES | NULLS,
        "amount": NUMBERS | NULLS,
        "order_id": IDS | NULLS,
        "kind": KINDS | NULLS,
        "category": TEXTS | NULLS,
        "currency": CODES | NULLS,
        "quantity": NUMBERS | NULLS,
        "unit_price": NUMBERS | NULLS,
        "cost": NUMBERS | NULLS,
    }
)


def by_record(row):
    try:
        Transaction(**row)
    except ValidationError as error:
        return set(broken_rules(error))
    return set()


def by_column(table):
    """The rules that each row breaks, told from whole columns."""
    length = len(next(iter(table.values()))[0])
    found = [set() for _ in range(length)]
    for name, (values, mask) in table.items():
        for rule, rows in breaches(LINES[name], values, mask).items():
            for row in np.flatnonzero(rows):
                assert not any(other in found[row] for other in LINES[name].rules)
                found[row].add(rule)
    return found


def as_objects(values):
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


@settings(max_examples=300)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_any_python_values(rows):
    table = {name: (as_objects([row[name] for row in rows]), None) for name in rows[0]}
    assert by_column(table) == [by_record(row) for row in rows]


PLAIN = st.fixed_dictionaries(
    {
        "customer_id": st.none() | st.integers(-(2**63), 2**63 - 1),
        "timestamp": st.none() | st.datetimes(),
        "amount": st.none() | st.floats(),
        "quantity": st.none() | st.floats(),
        "unit_price": st.none() | st.floats(),
        "cost": st.none() | st.floats(),
        "kind": st.none() | KINDS.filter(lambda word: isinstance(word, str)),
        "currency": st.none() | CODES.filter(lambda code: isinstance(code, str)),
    }
)


def as_plain(values):
    """A typed array and its null mask, as a table library would give them."""
    mask = np.array([is_null(value) and value is None for value in values])
    sample = next((value for value in values if value is not None), 0)
    if isinstance(sample, datetime):
        ticks = [
            0 if value is None else microseconds(value.replace(tzinfo=UTC)) for value in values
        ]
        return np.array(ticks, dtype=np.int64), mask
    if isinstance(sample, str):
        return np.array(["" if value is None else value for value in values], dtype=object), mask
    dtype = np.float64 if isinstance(sample, float) else np.int64
    return np.array([0 if value is None else value for value in values], dtype=dtype), mask


@settings(max_examples=300)
@given(st.lists(PLAIN, min_size=1, max_size=8))
def test_typed_arrays_with_null_masks(rows):
    table = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        empty = all(value is None for value in values)
        table[name] = (as_objects(values), None) if empty else as_plain(values)
    assert by_column(table) == [by_record(row) for row in rows]


@given(st.lists(st.floats() | st.integers(-(2**53), 2**53).map(float), min_size=1))
def test_ids_that_a_missing_one_turned_into_floats(values):
    found = by_column({"customer_id": (np.array(values), None)})
    assert found == [
        by_record({"customer_id": value, "timestamp": "2011-12-09"}) for value in values
    ]


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
    st.sampled_from(["D", "h", "m", "s", "ms", "us", "ns", "ps"]),
)
def test_datetime64_of_any_unit(ticks, unit):
    values = np.array(ticks, dtype=np.int64).view(f"datetime64[{unit}]")
    found = by_column({"timestamp": (values, None)})
    assert found == [by_record({"customer_id": 1, "timestamp": value}) for value in values]


def test_an_overflow_of_price_times_quantity_is_the_only_rule_of_two_columns():
    row = {"customer_id": 1, "timestamp": "2011-12-09", "quantity": 1e300, "unit_price": 1e300}
    assert by_record(row) == {"non_finite_amount"}
    with np.errstate(over="ignore"):
        amount = np.array([1e300]) * 1e300
    assert by_column({"amount": (amount, None)}) == [{"non_finite_amount"}]
