"""What the purchase models read: tables of every kind, rows that cannot be, equal rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.statistics import read_statistics

GOOD = {"frequency": [0, 2, 1], "recency": [0.0, 30.5, 2.0], "T": [38.0, 38.0, 12.5]}


def changed(**columns):
    return {**GOOD, **columns}


PLAUSIBLE = "Correct them, or make the summary with TransactionLog and summarize()."

#: What is given: the table, the class of the error and its whole message.
HISTORIES = {
    "a summary without customers": (
        {"frequency": [], "recency": [], "T": []},
        InvalidArgumentError,
        "There are no customers in the data, so there is nothing to fit or to predict.",
    ),
    "a recency above T": (
        changed(recency=[0.0, 39.0, 2.0]),
        InvalidArgumentError,
        f"1 row has a recency above T (first rows: 1). {PLAUSIBLE}",
    ),
    "a recency without a repeat purchase": (
        changed(recency=[3.0, 30.5, 2.0]),
        InvalidArgumentError,
        f"1 row has a recency above 0 without a repeat purchase (first rows: 0). {PLAUSIBLE}",
    ),
    "repeat purchases without recency": (
        changed(recency=[0.0, 0.0, 0.0]),
        InvalidArgumentError,
        f"2 rows have repeat purchases at recency 0 (first rows: 1, 2). {PLAUSIBLE}",
    ),
    "a frequency of half a purchase": (
        changed(frequency=[0, 2.5, 1]),
        InvalidArgumentError,
        (
            "1 row has a frequency that is negative or not a whole number (first rows: 1). "
            f"{PLAUSIBLE}"
        ),
    ),
    "a missing age": (
        changed(T=[38.0, np.nan, 12.5]),
        InvalidArgumentError,
        (f"1 row has a T that is missing or not finite (first rows: 1). {PLAUSIBLE}"),
    ),
    "a negative age": (
        changed(T=[-1.0, 38.0, 12.5]),
        InvalidArgumentError,
        f"1 row has a negative recency or T (first rows: 0). {PLAUSIBLE}",
    ),
    "a weight of zero": (
        changed(weight=[1, 0, 2]),
        InvalidArgumentError,
        f"1 row has a weight that is not positive (first rows: 1). {PLAUSIBLE}",
    ),
    "ages that are texts": (
        changed(T=["38", "38", "12"]),
        SchemaError,
        "Column 'T' must hold numbers; convert it before.",
    ),
}


@pytest.mark.parametrize("given", HISTORIES)
def test_errors(given):
    table, error, message = HISTORIES[given]
    with pytest.raises(error) as caught:
        read_statistics(table)
    assert str(caught.value) == message


def test_a_missing_column_is_named_with_the_nearest():
    table = {"frequency": [0], "recency": [0.0], "t": [1.0]}
    with pytest.raises(SchemaError, match=r"Column 'T' .* is not in the table.*Did you mean 't'"):
        read_statistics(table)


KINDS = {"dict": dict, "pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_every_kind_of_table_is_read(make):
    rows = read_statistics(make(changed(weight=[1, 2, 3])), unit="week")
    assert rows.frequency.tolist() == [0.0, 2.0, 1.0]
    assert rows.recency.tolist() == GOOD["recency"]
    assert rows.T.tolist() == GOOD["T"]
    assert rows.weights.tolist() == [1.0, 2.0, 3.0]
    assert (rows.unit, rows.n_customers) == ("week", 6.0)


def test_missing_numbers_are_found_in_every_kind_of_column():
    for column in ([1, None, 2], [1.0, None, 2.0], pl.Series([1, None, 2]), pd.array([1, None, 2])):
        frame = pl.DataFrame if isinstance(column, pl.Series) else pd.DataFrame
        with pytest.raises(InvalidArgumentError, match=r"missing or not finite \(first rows: 1\)"):
            read_statistics(frame(changed(frequency=column)))


def test_a_summary_is_read_as_it_is_and_knows_its_unit():
    log = ci.TransactionLog.from_frame(
        {"customer_id": [7, 7, 3], "timestamp": ["2024-01-01", "2024-01-15", "2024-01-08"]}
    )
    summary = ci.summarize(log, as_of="2024-01-29", unit="week")
    rows = read_statistics(summary)
    assert rows.frequency.tolist() == [0.0, 1.0]
    assert rows.recency.tolist() == [0.0, 2.0]
    assert rows.T.tolist() == [3.0, 4.0]
    assert rows.unit == "week"
    with pytest.raises(InvalidArgumentError, match="Summarise with unit='day'"):
        read_statistics(summary, unit="day")


histories = st.tuples(st.integers(0, 2), st.sampled_from([1.0, 2.0]), st.sampled_from([3.0, 4.0]))


@given(st.lists(st.tuples(histories, st.integers(1, 5)), min_size=1, max_size=30))
def test_compression_keeps_every_customer(drawn):
    table = {
        "frequency": [x for (x, _, _), _ in drawn],
        "recency": [t if x else 0.0 for (x, t, _), _ in drawn],
        "T": [age for (_, _, age), _ in drawn],
        "weight": [n for _, n in drawn],
    }
    rows = read_statistics(table)
    packed = rows.compress()
    expected: dict[tuple[float, ...], float] = {}
    for *history, n in zip(*table.values(), strict=True):
        expected[tuple(map(float, history))] = expected.get(tuple(map(float, history)), 0.0) + n
    columns = (packed.frequency, packed.recency, packed.T)
    found = [tuple(map(float, history)) for history in zip(*columns, strict=True)]
    assert dict(zip(found, packed.weights.tolist(), strict=True)) == expected
    assert len(found) == len(expected)


def test_a_window_hides_when_customers_came():
    log = ci.TransactionLog.from_frame(
        {"customer_id": [7, 7, 3], "timestamp": ["2024-01-01", "2024-01-15", "2024-01-08"]}
    )
    summary = ci.summarize(log, as_of="2024-01-29", unit="week", window="21d")
    with pytest.raises(InvalidArgumentError, match="Summarise without window"):
        read_statistics(summary)
