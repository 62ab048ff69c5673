"""Results as tables: texts, names, times and missing values in each library's own types."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from table_kinds import contents

from customerintel.tables.building import Labels, beside, build, fresh_name
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind, eager_backend
from customerintel.tables.text import Text

BACKENDS = ["pandas", "polars", "pyarrow", "dict"]
TEXTS = CustomerIds(np.array([0, 2]), Text.of(["ann", "bo", "çem"]))
COLUMNS = {
    "customer_id": TEXTS,
    "word": Text.of(["x", ""]),
    "segment": Labels(np.array([1, -1]), ("low", "high")),
    "when": np.array(["2024-07-05T10:00", "NaT"], "M8[us]"),
    "count": np.array([3, 4]),
    "money": np.array([1.5, np.nan]),
}
EXPECTED = {
    "customer_id": ["ann", "çem"],
    "word": ["x", ""],
    "segment": ["high", None],
    "when": [datetime(2024, 7, 5, 10), None],
    "count": [3, 4],
    "money": [1.5, None],
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "+05:30", "UTC"])
def test_every_type_of_column(backend, zone):
    table = build(COLUMNS, Kind(backend), zone)
    assert contents(table) == EXPECTED


def test_pandas_types():
    types = build(COLUMNS, Kind("pandas"), "Europe/Berlin").dtypes.astype(str).to_dict()
    text = str(pd.Series(["a"]).dtype)
    assert types == {
        "customer_id": text, "word": text, "segment": "category", "count": "int64",
        "when": "datetime64[us, Europe/Berlin]", "money": "float64",
    }  # fmt: skip


def test_polars_types():
    assert build(COLUMNS, Kind("polars"), "Europe/Berlin").schema == {
        "customer_id": pl.String, "word": pl.String, "segment": pl.Enum(["low", "high"]),
        "when": pl.Datetime("us", "Europe/Berlin"), "count": pl.Int64, "money": pl.Float64,
    }  # fmt: skip


def test_arrow_types():
    schema = build(COLUMNS, Kind("pyarrow"), "Europe/Berlin").schema
    assert [str(kind) for kind in schema.types] == [
        "large_string", "large_string", "dictionary<values=string, indices=int32, ordered=0>",
        "timestamp[us, tz=Europe/Berlin]", "int64", "double",
    ]  # fmt: skip


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_an_empty_table_has_the_same_types(backend):
    nothing = {
        name: column.take(np.empty(0, np.int64))
        if isinstance(column, (CustomerIds, Text))
        else Labels(column.codes[:0], column.names)
        if isinstance(column, Labels)
        else column[:0]
        for name, column in COLUMNS.items()
    }
    empty, full = (build(columns, Kind(backend), "UTC") for columns in (nothing, COLUMNS))
    assert len(empty) == 0
    if backend == "pandas":
        assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    else:
        assert empty.schema == full.schema


def test_a_zone_shows_the_wall_clock():
    at = datetime(2024, 7, 5, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    for backend in ("pandas", "polars", "pyarrow"):
        table = build(COLUMNS, Kind(backend), "Europe/Berlin")
        column = table["when"]
        shown = column.to_pylist()[0] if backend == "pyarrow" else next(iter(column))
        assert (shown.hour, shown) == (12, at)


def test_integer_ids_are_integers_and_results_are_copies():
    keys = np.array([5, 7])
    for backend in BACKENDS:
        ids = CustomerIds(keys)
        table = build({"customer_id": ids}, Kind(backend))
        assert contents(table) == {"customer_id": [5, 7]}
        if backend == "dict":
            table["customer_id"][0] = 0
        elif backend == "pandas":
            table.loc[0, "customer_id"] = 0
    assert keys.tolist() == [5, 7]


def test_labels_share_their_names():
    labels = Labels(np.array([0, 1, 0, -1]), ("a", "b"))
    names = labels.to_numpy()
    assert names.tolist() == ["a", "b", "a", None]
    assert names[0] is names[2]
    assert len(labels) == 4


MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table, "dict": dict}


@pytest.mark.parametrize("backend", MAKERS)
def test_beside_keeps_all_columns(backend):
    make = MAKERS[backend]
    left, right = make({"a": [1, 2], "b_": [3, 4]}), make({"b": [5, 6], "a": [7, 8], "b_": [9, 0]})
    if backend == "pandas":
        right.index = [7, 7]
    assert contents(beside(left, right, backend)) == {
        "a": [1, 2], "b_": [3, 4], "b": [5, 6], "a_": [7, 8], "b__": [9, 0],
    }  # fmt: skip
    assert contents(right) == {"b": [5, 6], "a": [7, 8], "b_": [9, 0]}


def test_fresh_names():
    taken = {"a", "a_"}
    assert [fresh_name(name, taken) for name in ("b", "a", "b")] == ["b", "a__", "b_"]


def test_a_kind_settles_its_backend_once(monkeypatch):
    assert Kind("duckdb").eager == eager_backend() == "pyarrow"
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert Kind("duckdb").eager == "polars"
    assert {name: Kind(name).eager for name in ("polars-lazy", "dask", "dict", "modin")} == {
        "polars-lazy": "polars", "dask": "pandas", "dict": "pandas", "modin": "pandas",
    }  # fmt: skip


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_duckdb_results_from_any_backend(backend):
    table = build({"customer_id": TEXTS, "n": np.array([1, 2])}, Kind("duckdb", backend))
    assert type(table).__name__ == "DuckDBPyRelation"
    assert contents(table) == {"customer_id": ["ann", "çem"], "n": [1, 2]}
