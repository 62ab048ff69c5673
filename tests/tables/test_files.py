"""CSV and Parquet files: the same log, whichever library reads them."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from table_kinds import contents

import customerintel as ci
from customerintel.exceptions import (
    DataQualityWarning,
    InvalidArgumentError,
    MissingDependencyError,
    SchemaError,
)
from customerintel.tables import files

CSV = """\
CustomerID,InvoiceDate,amount,order_id,branch,note
007,2024-01-05 10:00:00,9.50,A1,1,x
7,2024-01-06,3,A2,2,"a, quoted
note"
,2024-01-07,1.25,A3,3,
NA,2024-01-08,1.00,A4,4,NULL
None,2024-01-09,-2.00,A5,5,n/a
"""
MAPPING = {"customer_id": "CustomerID", "timestamp": "InvoiceDate"}
READERS = {"pyarrow": pa.Table, "polars": pl.DataFrame, "pandas": pd.DataFrame}
PARQUET_READERS = ("pyarrow", "polars")


@pytest.fixture(params=READERS)
def reader(request, monkeypatch):
    """Force one library to read, as if no other were there."""
    name = request.param
    monkeypatch.setattr(files, "_reader", lambda readers: readers[name])
    return name


@pytest.fixture(params=PARQUET_READERS)
def parquet_reader(request, monkeypatch):
    name = request.param
    monkeypatch.setattr(files, "_reader", lambda readers: readers[name])
    return name


def write(folder: Path, text: str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_csv_is_the_same_log_by_every_reader(reader, tmp_path):
    log = ci.TransactionLog.from_csv(
        write(tmp_path, CSV), **MAPPING, keep=["branch"], on_invalid="quarantine"
    )
    frame = log.to_frame()
    assert type(frame) is READERS[reader]
    found = contents(frame)
    # "None" is a name like any other; an empty cell and NA are missing
    assert found["customer_id"] == ["007", "7", "None"]
    assert found["amount"] == [9.5, 3.0, -2.0]
    assert found["order_id"] == ["A1", "A2", "A5"]
    assert found["branch"] == [1, 2, 5]
    assert str(log.start) == "2024-01-05T10:00:00.000000"
    assert log.rejected.counts() == {"null_customer_id": 2}
    assert "note" not in contents(log.rejected.to_frame())


def test_ids_that_are_all_integers_become_integers(reader, tmp_path):
    text = "customer_id,timestamp,order_id\n10,2024-01-05,5\n-2,2024-01-06,\n0,2024-01-07,7\n"
    log = ci.TransactionLog.from_csv(write(tmp_path, text))
    ids = log.as_of("2024-12-31").customer_id
    assert ids.tolist() == [-2, 0, 10]
    assert ids.dtype == np.int64
    assert contents(log.to_frame())["order_id"] == [5, None, 7]


@pytest.mark.parametrize("one", ["007", "+7", "7.0", "1234567890123456789012", " 7", "-0", "٧"])  # noqa: RUF001
def test_one_id_that_is_no_plain_integer_keeps_all_as_texts(reader, one, tmp_path):
    text = f"customer_id,timestamp\n10,2024-01-05\n{one},2024-01-06\n"
    how = pytest.warns(DataQualityWarning, match="blank") if one == " 7" else None
    path = write(tmp_path, text)
    if how is None:
        log = ci.TransactionLog.from_csv(path)
    else:
        with how:
            log = ci.TransactionLog.from_csv(path)
    assert contents(log.to_frame())["customer_id"] == ["10", one]


def test_a_compressed_file_is_unpacked(reader, tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    log = ci.TransactionLog.from_csv(str(path), **MAPPING, on_invalid="quarantine")
    assert log.n_rows == 3


def test_a_byte_order_mark_is_no_part_of_the_first_name(reader, tmp_path):
    path = write(tmp_path, CSV, encoding="utf-8-sig")
    log = ci.TransactionLog.from_csv(path, **MAPPING, on_invalid="quarantine")
    assert log.n_rows == 3


def test_numbers_and_formats_of_timestamps_are_read_from_texts(reader, tmp_path):
    text = "customer_id,timestamp\n1,1704457815\n2,0\n"
    log = ci.TransactionLog.from_csv(write(tmp_path, text), timestamp_format="s")
    assert str(log.end) == "2024-01-05T12:30:15.000000"
    text = "customer_id,timestamp\n1,03/04/2024\n"
    log = ci.TransactionLog.from_csv(write(tmp_path, text), timestamp_format="%d/%m/%Y")
    assert str(log.end) == "2024-04-03T00:00:00.000000"


def test_a_file_with_a_header_only_is_an_empty_log(reader, tmp_path):
    log = ci.TransactionLog.from_csv(write(tmp_path, "customer_id,timestamp,amount\n"))
    assert (log.n_rows, len(log.rejected)) == (0, 0)
    with pytest.warns(DataQualityWarning, match="^The history is empty: the log has no rows"):
        assert log.as_of("2024-01-05").n_customers == 0


def test_a_missing_column_is_named_with_the_nearest(reader, tmp_path):
    message = (
        r"^Column 'customerid' \(for customer_id\) is not in the table\. Did you mean "
        r"'CustomerID'\? It has 6 columns: 'CustomerID', 'InvoiceDate', 'amount', 'order_id', "
        r"'branch', 'note'\.$"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_csv(write(tmp_path, CSV), customer_id="customerid")
    with pytest.raises(
        SchemaError, match=r"^Column 'brnch' \(for keep\) is not in the table\. Did"
    ):
        ci.TransactionLog.from_csv(write(tmp_path, CSV), **MAPPING, keep=["brnch"])
    with pytest.raises(InvalidArgumentError, match=r"write keep=\['branch'\]"):
        ci.TransactionLog.from_csv(write(tmp_path, CSV), **MAPPING, keep="branch")


def test_columns_that_a_role_is_refused_are_not_read(reader, tmp_path):
    log = ci.TransactionLog.from_csv(
        write(tmp_path, CSV), **MAPPING, amount=False, order_id=False, on_invalid="quarantine"
    )
    assert list(contents(log.to_frame())) == ["customer_id", "timestamp"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("latin-1", "customer_id,timestamp\nJürgen,2024-01-05\n".encode("latin-1")),
        ("zip.csv.gz", gzip.compress(CSV.encode())[:-20]),
        ("too long", b"customer_id,timestamp,amount\n1,2024-01-05,5,6\n"),
        ("one too long", b"customer_id,timestamp,amount\n1,2024-01-05,5\n1,2024-01-05,5,6\n"),
    ],
)
def test_a_broken_file_is_an_error_of_ours(reader, name, content, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    message = (
        rf"^'{name}' cannot be read as CSV \(\w+\)\. Check that the file is complete and of that "
        r"format, in UTF-8\.$"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_csv(path)


@pytest.mark.parametrize(
    ("read", "kind"),
    [(ci.TransactionLog.from_csv, "CSV"), (ci.TransactionLog.from_parquet, "Parquet")],
    ids=["csv", "parquet"],
)
def test_a_file_that_is_not_there(read, kind, tmp_path):
    message = (
        rf"^There is no file 'none\.x' in the folder given\. Check the path to the {kind} file\.$"
    )
    with pytest.raises(InvalidArgumentError, match=message):
        read(tmp_path / "none.x")


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "orders.parquet"
    pl.DataFrame(
        {
            "CustomerID": ["b", "a", None],
            "InvoiceDate": pl.Series(["2024-01-05T10:00", "2024-01-06T00:00", "2024-01-07T00:00"])
            .str.to_datetime(time_zone="Europe/Berlin"),
            "amount": [1.5, 2.5, 3.5],
            "branch": [1, 2, 3],
            "note": ["x", "y", "z"],
        }
    ).write_parquet(path)  # fmt: skip
    return path


def test_parquet_is_the_same_log_by_every_reader(parquet_reader, parquet):
    log = ci.TransactionLog.from_parquet(
        parquet, **MAPPING, keep=["branch"], on_invalid="quarantine"
    )
    frame = log.to_frame()
    assert type(frame) is READERS[parquet_reader]
    assert log.time_zone == "Europe/Berlin"
    assert contents(frame)["customer_id"] == ["b", "a"]
    assert contents(frame)["branch"] == [1, 2]
    assert str(log.start) == "2024-01-05T09:00:00.000000"
    assert list(contents(log.rejected.to_frame())) == [
        "row", "rule", "CustomerID", "InvoiceDate", "amount", "branch",
    ]  # fmt: skip


def test_only_the_needed_columns_of_a_parquet_file_are_read(parquet_reader, parquet):
    table = files.read_parquet(parquet, {**MAPPING, "keep": ["branch"]})
    assert list(contents(table)) == ["CustomerID", "InvoiceDate", "amount", "branch"]


def test_only_the_needed_columns_of_a_csv_file_are_read(reader, tmp_path):
    table = files.read_csv(write(tmp_path, CSV), {**MAPPING, "amount": False})
    assert list(contents(table)) == ["CustomerID", "InvoiceDate", "order_id"]


def test_a_missing_parquet_column_is_named(parquet_reader, parquet):
    with pytest.raises(SchemaError, match=r"^Column 'Customer' \(for customer_id\) is not in the"):
        ci.TransactionLog.from_parquet(parquet, customer_id="Customer", timestamp="InvoiceDate")


def test_a_file_that_is_no_parquet_is_an_error_of_ours(parquet_reader, tmp_path):
    path = write(tmp_path, CSV, "orders.parquet")
    message = (
        r"^'orders\.parquet' cannot be read as Parquet \(\w+\)\. Check that the file is complete "
        r"and of that format\.$"
    )
    with pytest.raises(SchemaError, match=message):
        ci.TransactionLog.from_parquet(path)


def test_a_folder_of_parquet_files_is_one_log(parquet, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.parquet").write_bytes(parquet.read_bytes())
    log = ci.TransactionLog.from_parquet(folder, **MAPPING, on_invalid="quarantine")
    assert log.n_rows == 4


def test_the_reader_is_a_library_that_is_loaded_before_one_that_is_installed(monkeypatch):
    readers = {"pyarrow": "A", "polars": "B", "pandas": "C"}
    for name in readers:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "pandas", pd)
    assert files._reader(readers) == "C"
    monkeypatch.setitem(sys.modules, "polars", pl)
    assert files._reader(readers) == "B"


def test_without_any_reader_the_error_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(name)

    for name in READERS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(files.importlib, "import_module", missing)
    message = r'^Reading this file needs {}: pip install "customerintel\[arrow\]"\.$'
    with pytest.raises(MissingDependencyError, match=message.format("pyarrow or polars")):
        files.read_parquet(__file__, {})
    with pytest.raises(MissingDependencyError, match=message.format("pyarrow, polars or pandas")):
        files.read_csv(__file__, {})


def test_a_csv_file_is_read_with_pandas_alone(tmp_path):
    """pandas is a dependency, so files can always be read."""
    script = (
        "import sys\n"
        "class Barred:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('pyarrow', 'polars'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Barred())\n"
        "import customerintel as ci\n"
        f"log = ci.TransactionLog.from_csv({str(write(tmp_path, CSV))!r}, "
        f"customer_id='CustomerID', "
        "timestamp='InvoiceDate', on_invalid='quarantine')\n"
        "print(log.n_rows, type(log.to_frame()).__module__.partition('.')[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["3", "pandas"], "")
