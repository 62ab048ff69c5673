"""Tables in files, whatever kind they are."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customerintel.cli.files import write_table
from customerintel.exceptions import MissingDependencyError

COLUMNS = {"customer_id": [1, 2], "segment": ["Loyal", "At Risk"], "spend": [12.5, None]}
KINDS = {
    "pandas": lambda: pd.DataFrame(COLUMNS),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "pyarrow": lambda: pa.table(COLUMNS),
    "dict": lambda: {
        "customer_id": np.array([1, 2]),
        "segment": np.array(["Loyal", "At Risk"], dtype=object),
        "spend": np.array([12.5, np.nan]),
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_csv_of_every_kind_reads_back(kind, tmp_path: Path):
    path = tmp_path / "new" / "table.csv"
    write_table(KINDS[kind](), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == ["customer_id,segment,spend", "1,Loyal,12.5", "2,At Risk,"]


@pytest.mark.parametrize("kind", KINDS)
def test_parquet_of_every_kind_reads_back(kind, tmp_path: Path):
    path = tmp_path / "table.parquet"
    write_table(KINDS[kind](), path)
    table = pq.read_table(path).to_pydict()
    assert table["customer_id"] == [1, 2]
    assert table["segment"] == ["Loyal", "At Risk"]
    assert table["spend"][0] == 12.5


def test_parquet_of_arrays_keeps_kinds_moments_and_gaps(tmp_path: Path):
    moments = np.array(["2024-01-31T23:59:59.999999", "NaT"], dtype="datetime64[us]")
    columns = {
        "count": np.array([1, 2], dtype=np.int8),
        "when": moments,
        "name": np.array(["Käthe", ""], dtype=object),
        "flag": np.array([True, False]),
        "every_other": np.arange(4.0)[::2],
    }
    write_table(columns, tmp_path / "table.parquet")
    table = pq.read_table(tmp_path / "table.parquet")
    assert [str(field.type) for field in table.schema] == [
        "int8",
        "timestamp[us, tz=UTC]",
        "large_string",
        "bool",
        "double",
    ]
    values = table.to_pydict()
    assert values["count"] == [1, 2]
    assert values["when"] == [dt.datetime(2024, 1, 31, 23, 59, 59, 999_999, dt.UTC), None]
    assert values["name"] == ["Käthe", ""]
    assert values["flag"] == [True, False]
    assert values["every_other"] == [0.0, 2.0]


def test_moments_are_written_as_iso_text_in_utc(tmp_path: Path):
    moments = np.array(["2024-01-31T23:59:59.999999", "NaT"], dtype="datetime64[us]")
    write_table({"last_purchase": moments}, tmp_path / "table.csv")
    text = (tmp_path / "table.csv").read_text(encoding="utf-8")
    assert text.splitlines() == ["last_purchase", "2024-01-31T23:59:59.999999Z", '""']


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"customerintel\[arrow\]"):
        write_table(KINDS["dict"](), tmp_path / "table.parquet")
