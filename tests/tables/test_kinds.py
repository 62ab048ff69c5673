"""Whatever kind of table comes in: the same numbers come out, as the same kind of table."""

from __future__ import annotations

import copy
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest
from table_kinds import contents, of_arrays, of_duckdb, of_pandas, of_polars, of_pyspark

import customerintel as ci
from customerintel.exceptions import DataQualityWarning

pytestmark = [
    # of other libraries, while they make or collect a table
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:modin"),
    pytest.mark.filterwarnings("ignore:.*has fewer distinct values:UserWarning"),
]

ROWS = {
    "customer": ["bo", "ann", "bo", "çem", "ann", "ann", "bo"],
    "when": [
        datetime(2024, 1, 5, 9, 30),
        datetime(2024, 1, 6),
        datetime(2024, 1, 5, 18),
        datetime(2024, 2, 1, 0, 0, 0, 1),
        datetime(2024, 2, 6),
        datetime(2024, 3, 7, 12),
        datetime(2024, 3, 1),
    ],
    "paid": [10.0, 5.5, 2.25, 8.0, -1.5, 7.0, 4.0],
    "branch": [1, 2, 1, 3, 2, 2, 1],
    "note": ["x", "y", "z", "x", "y", "z", "x"],
}
MAPPING = {"customer_id": "customer", "timestamp": "when", "amount": "paid"}
NUMBERS = {**ROWS, "customer": [7, 3, 7, 2**62 + 1, 3, 3, 7]}
#: Of ann, bo, çem; worked out by hand. ann's return of 6 February is netted against 6 January.
EXPECTED = {
    "customer_id": ["ann", "bo", "çem"],
    "frequency": [1, 1, 0],
    "recency": [61.0, 56.0, 0.0],
    "T": [85.0, 86.0, 59.0],
    "monetary_value": [7.0, 4.0, None],
    "n_transactions": [3, 3, 1],
    "total_amount": [11.0, 16.25, 8.0],
    "first_purchase": [ROWS["when"][1], ROWS["when"][0], ROWS["when"][3]],
    "last_purchase": [ROWS["when"][5], ROWS["when"][6], ROWS["when"][3]],
    "time_since_last": [24.0, 30.0, 59.0],
}


def test_summary_is_the_same_for_every_kind(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(ROWS), **MAPPING)
    summary = ci.summarize(log, as_of="2024-03-31")
    assert {name: [_none(v) for v in getattr(summary, name).tolist()] for name in EXPECTED} == (
        EXPECTED
    )
    frame = summary.to_frame()
    assert table_kind.is_kind(frame)
    assert contents(frame) == EXPECTED


def _none(value):
    return None if value != value else value


def test_integer_ids_are_the_same_for_every_kind(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(NUMBERS), **MAPPING)
    summary = ci.summarize(log, as_of="2024-03-31")
    assert summary.customer_id.tolist() == [3, 7, 2**62 + 1]
    assert summary.customer_id.dtype == np.int64
    assert contents(summary.to_frame())["customer_id"] == [3, 7, 2**62 + 1]
    assert contents(log.to_frame())["customer_id"] == NUMBERS["customer"]


def test_log_comes_back_as_it_was_under_canonical_names(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(ROWS), **MAPPING, keep=["branch"])
    frame = log.to_frame()
    assert table_kind.is_kind(frame)
    assert contents(frame) == {
        "customer_id": ROWS["customer"],
        "timestamp": ROWS["when"],
        "amount": ROWS["paid"],
        "branch": ROWS["branch"],
    }


def test_scores_come_back_as_the_callers_kind(table_kind):
    rfm, reference = (
        ci.score_rfm(ci.TransactionLog.from_frame(make(ROWS), **MAPPING), as_of="2024-03-31")
        for make in (table_kind.make, of_polars)
    )
    for name in ("recency_score", "frequency_score", "monetary_score", "segment"):
        assert np.array_equal(getattr(rfm, name), getattr(reference, name))
    assert rfm.recency_score.tolist() == [5, 3, 1]
    assert table_kind.is_kind(rfm.to_frame())
    assert contents(rfm.to_frame()) == contents(reference.to_frame())


def test_rejected_rows_come_back_as_the_callers_kind(table_kind):
    rows = {**ROWS, "paid": [10.0, 5.5, float("inf"), 8.0, -1.5, 7.0, float("-inf")]}
    log = ci.TransactionLog.from_frame(
        table_kind.make(rows), **MAPPING, keep=["branch"], on_invalid="quarantine"
    )
    assert log.rejected.counts() == {"non_finite_amount": 2}
    assert contents(log.to_frame())["branch"] == [1, 2, 3, 2, 2]
    frame = log.rejected.to_frame()
    assert table_kind.is_kind(frame)
    found = contents(frame)
    assert found["row"] == [2, 6]
    assert found["rule"] == ["non_finite_amount"] * 2
    assert (found["customer"], found["branch"]) == (["bo", "bo"], [1, 1])
    assert found["paid"] == [float("inf"), float("-inf")]


def test_a_log_without_rejected_rows_has_an_empty_table_of_them(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(ROWS), **MAPPING)
    frame = log.rejected.to_frame()
    assert table_kind.is_kind(frame)
    assert contents(frame) == {"row": [], "rule": [], "customer": [], "when": [], "paid": []}


def test_customers_come_back_as_the_callers_kind(table_kind):
    people = {"id": ["çem", "ann", "bo"], "email": ["c@x.org", "a@x.org", "b@x.org"]}
    table = ci.CustomerTable.from_frame(
        table_kind.make({**people, "age": [3, 1, 2]}), customer_id="id"
    )
    assert table.column("age").tolist() == [1, 2, 3]
    frame = table.to_frame(exclude=["direct"])
    assert table_kind.is_kind(frame)
    assert contents(frame) == {"customer_id": ["ann", "bo", "çem"], "age": [1, 2, 3]}


def test_an_empty_result_has_the_types_of_a_full_one(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(ROWS), **MAPPING)
    with pytest.warns(DataQualityWarning, match="as_of is before its first row"):
        empty = log.as_of("2023-01-01").summarize().to_frame()
    full = log.as_of("2024-12-31").summarize().to_frame()
    assert table_kind.is_kind(empty)
    assert contents(empty) == {name: [] for name in EXPECTED}
    assert _types(empty) == _types(full)


def _types(table):
    if isinstance(table, dict):
        return {name: array.dtype for name, array in table.items()}
    if isinstance(table, pl.LazyFrame):
        return table.collect_schema()
    for known in ("schema", "dtypes"):
        if hasattr(table, known):
            found = getattr(table, known)
            return str(found() if callable(found) else found)
    raise AssertionError(type(table))


def test_the_callers_table_is_not_changed(table_kind):
    if table_kind.once:
        pytest.skip("a stream is used up by reading, so nothing is left to compare")
    table = table_kind.make(ROWS)
    before, types = contents(table), str(_types(table) if table_kind.name != "lists" else None)
    kept = copy.deepcopy(table) if table_kind.name in ("pandas", "lists", "arrays") else None
    log = ci.TransactionLog.from_frame(table, **MAPPING, keep=["branch"])
    log.to_frame()
    ci.summarize(log, as_of="2024-03-31").to_frame()
    ci.score_rfm(log, as_of="2024-03-31").to_frame()
    assert contents(table) == before
    assert str(_types(table) if table_kind.name != "lists" else None) == types
    if table_kind.name == "pandas":
        pd.testing.assert_frame_equal(table, kept)
    elif kept is not None:
        assert list(table) == list(kept)


@pytest.mark.parametrize("make", [of_pandas, of_arrays])
def test_changing_a_result_changes_neither_the_log_nor_the_callers_table(make):
    table = make(ROWS)
    log = ci.TransactionLog.from_frame(table, **MAPPING)
    for frame in (log.to_frame(), ci.summarize(log, as_of="2024-03-31").to_frame()):
        column = "amount" if "amount" in frame else "total_amount"
        if make is of_pandas:
            frame.loc[:, column] = 0.0
        else:
            frame[column][:] = 0.0
    assert list(table["paid"]) == ROWS["paid"]
    assert contents(log.to_frame())["amount"] == ROWS["paid"]
    assert ci.summarize(log, as_of="2024-03-31").total_amount.tolist() == EXPECTED["total_amount"]


def test_time_zone_is_converted_and_remembered(table_kind):
    if table_kind.name == "arrays":
        pytest.skip("NumPy has no time zones")
    berlin = ZoneInfo("Europe/Berlin")
    rows = {**ROWS, "when": [moment.replace(tzinfo=berlin) for moment in ROWS["when"]]}
    log = ci.TransactionLog.from_frame(table_kind.make(rows), **MAPPING)
    instants = [datetime(2024, 1, 5, 8, 30), datetime(2024, 1, 5, 23)]
    assert contents(log.to_frame())["timestamp"][:2] == instants
    assert str(log.start) == "2024-01-05T08:30:00.000000"
    if table_kind.zones:
        assert log.time_zone == "Europe/Berlin"
        # the first minute of 6 January in Berlin, still the 5th in UTC
        assert log.as_of("2024-01-05").customer_id.tolist() == ["bo"]
        assert log.as_of("2024-01-06").customer_id.tolist() == ["ann", "bo"]


def _fail(*args, **kwargs):
    raise AssertionError("a column that nobody asked for was computed")


def _lazy_polars(tmp_path):
    return of_polars(ROWS).lazy().with_columns(note=pl.col("note").map_batches(_fail, pl.String))


def _lazy_duckdb(tmp_path):
    return of_duckdb(ROWS).project("* EXCLUDE note, error('computed ' || note) AS note")


def _lazy_ibis(tmp_path):
    ibis = pytest.importorskip("ibis")

    @ibis.udf.scalar.builtin
    def error(message: str) -> str:
        """DuckDB's own."""

    of_polars(ROWS).write_parquet(tmp_path / "orders.parquet")
    table = ibis.duckdb.connect().read_parquet(tmp_path / "orders.parquet")
    return table.mutate(note=error("computed " + table.note))


def _lazy_dask(tmp_path):
    dask = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(ROWS)

    def read(part, columns=None):
        if columns is None or "note" in columns:
            _fail()
        return frame[list(columns)]

    return dask.from_map(read, [0], meta=frame.iloc[:0])


def _lazy_pyspark(tmp_path):
    functions = pytest.importorskip("pyspark.sql.functions", reason="pyspark is not installed")

    def fail(note):
        raise AssertionError("computed")

    return of_pyspark(ROWS).withColumn("note", functions.udf(fail)(functions.col("note")))


@pytest.mark.parametrize(
    "make", [_lazy_polars, _lazy_duckdb, _lazy_ibis, _lazy_dask, _lazy_pyspark]
)
def test_a_lazy_table_computes_the_needed_columns_only(make, tmp_path):
    table = make(tmp_path)
    with pytest.raises(Exception, match="computed"):
        contents(table)
    log = ci.TransactionLog.from_frame(table, **MAPPING, keep=["branch"])
    assert log.as_of("2024-03-31").summarize().total_amount.tolist() == EXPECTED["total_amount"]
