"""Tables that are a dict of columns, and what is no table at all."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from table_kinds import contents, of_duckdb, of_polars, of_pyarrow

import customerintel as ci
from customerintel.exceptions import SchemaError


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (None, "NoneType"),
        ("orders.csv", "str"),
        ([{"customer_id": 1}], "list"),
        (np.zeros(3), "ndarray"),
    ],
)
def test_what_is_no_table_is_refused(table, name):
    with pytest.raises(
        SchemaError, match=f"^{name} is not a table that can be read. Give a pandas"
    ):
        ci.TransactionLog.from_frame(table)


@pytest.mark.parametrize("column", [pd.Series([1]), pl.Series([1]), pa.chunked_array([[1]])])
def test_a_single_column_is_no_table(column):
    message = (
        "^(The Arrow stream of .* is not one of|.* is not) a table( that can be read)?. Give a"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_frame(column)


def test_a_record_batch_is_read_as_a_table():
    batch = pa.record_batch({"customer_id": [2, 1], "timestamp": ["2024-01-05", "2024-01-06"]})
    log = ci.TransactionLog.from_frame(batch)
    assert type(log.to_frame()) is pa.Table
    assert log.as_of("2024-12-31").customer_id.tolist() == [1, 2]


@pytest.mark.parametrize("first", ["pandas", "polars"])
def test_results_stay_of_one_kind_when_other_libraries_are_imported_later(first):
    """The backend of a DuckDB relation is settled when it is read."""
    script = f"""
        import duckdb, {first}
        import customerintel as ci
        from customerintel.exceptions import DataQualityWarning
        relation = duckdb.sql((
            "SELECT 1 AS customer_id, DATE '2024-01-05' AS timestamp, 5 AS "
            "branch"
        ))
        log = ci.TransactionLog.from_frame(relation, keep=["branch"])
        import pyarrow, polars, pandas
        print(log.to_frame().fetchall()[0][2], type(log.rejected.to_frame()).__name__)
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("5 DuckDBPyRelation", "")


def test_a_dict_takes_columns_of_any_library():
    columns = {
        "customer_id": pl.Series(["b", "a", None]),
        "timestamp": pd.Series(pd.to_datetime(["2024-01-05", "2024-01-06", "2024-01-07"])),
        "amount": pa.array([1, 2, 3]),
        "channel": pl.Series(["web", None, "shop"]),
    }
    log = ci.TransactionLog.from_frame(columns, on_invalid="quarantine")
    assert log.rejected.counts() == {"null_customer_id": 1}
    assert contents(log.to_frame()) == {
        "customer_id": ["b", "a"],
        "timestamp": [datetime(2024, 1, 5), datetime(2024, 1, 6)],
        "amount": [1.0, 2.0],
        "channel": ["web", None],
    }


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (5, "Column 'customer_id' of the dict is a single int; give a list or an array with one"),
        ("ann", "Column 'customer_id' of the dict is a single str; give a list or an array with"),
        (np.zeros((2, 2)), "Column 'customer_id' of the dict has 2 dimensions; give one value per"),
        (np.array(5), "Column 'customer_id' of the dict has 0 dimensions; give one value per row"),
    ],
)
def test_a_dict_of_something_else_than_columns_is_refused(column, message):
    with pytest.raises(SchemaError, match=f"^{message}"):
        ci.TransactionLog.from_frame({"customer_id": column, "timestamp": ["2024-01-05"]})


def test_arrays_of_different_length_are_refused():
    message = (
        r"^The arrays of the dict differ in length: 'customer_id' has 1, 'timestamp' has 2\. "
        r"Give one value per row in each\.$"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": ["2024-01-05"] * 2})


def test_masked_arrays_keep_their_mask():
    masked = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    log = ci.TransactionLog.from_frame(
        {"customer_id": masked, "timestamp": ["2024-01-05"] * 3}, on_invalid="quarantine"
    )
    assert log.rejected.counts() == {"null_customer_id": 1}
    assert log.as_of("2024-12-31").customer_id.tolist() == [1, 3]


@pytest.mark.parametrize("make", [dict, pd.DataFrame, of_polars, of_pyarrow, of_duckdb])
def test_kept_columns_never_hide_the_logs_own(make):
    rows = {
        "id": [1, 2],
        "timestamp": ["2024-01-05", "2024-01-06"],
        "total": [9.0, 8.0],
        "amount": [0.0, 1.0],
        "cat": ["p", "q"],
        "category": ["r", "s"],
        "row": [5, 6],
    }
    log = ci.TransactionLog.from_frame(
        make(rows),
        customer_id="id",
        amount="total",
        category="cat",
        keep=["amount", "category", "row"],
    )
    found = contents(log.to_frame())
    assert found["amount"] == [9.0, 8.0]
    assert found["amount_"] == [0.0, 1.0]
    assert (found["category"], found["category_"]) == (["p", "q"], ["r", "s"])
    rows["total"] = [9.0, float("nan")]
    log = ci.TransactionLog.from_frame(
        make(rows), customer_id="id", amount="total", keep=["row"], on_invalid="quarantine"
    )
    rejected = contents(log.rejected.to_frame())
    assert (rejected["row"], rejected["row_"]) == ([1], [6])


@pytest.mark.parametrize("make", [dict, pd.DataFrame, of_polars, of_pyarrow])
def test_a_trait_never_hides_the_id(make):
    people = make({"id": [2, 1], "customer_id": ["x", "y"]})
    found = contents(ci.CustomerTable.from_frame(people, customer_id="id").to_frame())
    assert found == {"customer_id": [1, 2], "customer_id_": ["y", "x"]}
