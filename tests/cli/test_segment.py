"""``segment``: from a file to a file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import customerintel as ci
from customerintel.cli import main

LOG = """CustomerID,InvoiceDate,paid
1,2011-11-02,10.00
1,2011-12-01,12.50
2,2011-12-05,99.00
3,2010-03-01,5.00
"""
COLUMNS = ["--customer-id", "CustomerID", "--timestamp", "InvoiceDate", "--amount", "paid"]
AS_OF = ["--as-of", "2011-12-09"]


@pytest.fixture
def orders(tmp_path: Path, monkeypatch) -> Path:
    """Write a small log and go there."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "orders.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def run(*options: str, log: str = "orders.csv", out: str = "segments.csv") -> int:
    return main(["segment", log, *COLUMNS, *AS_OF, "--out", out, *options])


def read(path: str) -> dict[str, list]:
    reader = pq.read_table if path.endswith(".parquet") else pa.csv.read_csv
    return reader(path).to_pydict()


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
@pytest.mark.parametrize("out", ["segments.csv", "segments.parquet"])
def test_one_row_per_customer_with_the_scores_of_the_library(orders, out, capsys):
    assert run(out=out) == 0
    table = read(out)
    log = ci.TransactionLog.from_csv(
        orders, customer_id="CustomerID", timestamp="InvoiceDate", amount="paid"
    )
    rfm = ci.score_rfm(log, as_of="2011-12-09")
    assert table["customer_id"] == [1, 2, 3]
    assert table["segment"] == list(rfm.segment)
    assert table["cell"] == list(rfm.cell)
    assert "4 transactions of 3 customers; 3 customers as of 2011-12-09" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_parquet_is_read_like_csv(orders):
    pq.write_table(pa.csv.read_csv(orders), "orders.parquet")
    assert run(log="orders.parquet", out="a.csv") == run(out="b.csv") == 0
    assert read("a.csv") == read("b.csv")


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_window_bins_and_scheme_reach_the_library(orders, capsys):
    assert run("--window", "180d", "--bins", "5", "--scheme", "rf-10@1") == 0
    assert read("segments.csv")["customer_id"] == [1, 2]
    assert "scheme rf-10@1" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_scores_without_names_are_shown_as_counts(orders, capsys):
    assert run("--bins", "3") == 0
    shown = capsys.readouterr().out
    assert "scheme none" in shown
    assert "customers with score  1  2  3" in shown
    assert "segment" not in read("segments.csv")


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_rejected_rows_are_counted_and_kept(orders, capsys):
    orders.write_text(LOG + ",2011-12-06,5.00\n4,,5.00\n5,2011-12-07,inf\n", encoding="utf-8")
    assert run("--on-invalid", "quarantine", "--rejected", "rejected.csv") == 0
    shown = capsys.readouterr().err
    assert "rejected rows: 3" in shown
    for rule in ("null_customer_id", "null_timestamp", "non_finite_amount"):
        assert f"  {rule}" in shown
    assert len(next(iter(read("rejected.csv").values()))) == 3


def test_invalid_rows_stop_by_default_with_one_line_per_rule(orders, capsys):
    orders.write_text(LOG + ",2011-12-06,5.00\n4,,5.00\n", encoding="utf-8")
    assert run() == 2
    assert capsys.readouterr().err.splitlines() == [
        "customerintel: error: rows break rules (rows count from 0):",
        "  null_customer_id in 1 (first: 4)",
        "  null_timestamp in 1 (first: 5)",
        "  Correct them, or set them aside: --on-invalid quarantine --rejected FILE",
    ]
    assert not Path("segments.csv").exists()


@pytest.mark.parametrize(
    ("out", "options"),
    [
        ("orders.csv", []),
        ("./sub/../orders.csv", []),
        ("link.csv", []),
        ("hard.csv", []),
        ("segments.csv", ["--rejected", "orders.csv"]),
        ("segments.csv", ["--rejected", "./segments.csv"]),
    ],
)
def test_the_log_is_never_written_over(orders, capsys, out, options):
    Path("sub").mkdir()
    Path("link.csv").symlink_to(orders)
    Path("hard.csv").hardlink_to(orders)
    assert run("--on-invalid", "quarantine", *options, out=out) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("customerintel: error: ")
    assert "are the same file" in captured.err
    assert captured.out == ""
    assert orders.read_text(encoding="utf-8") == LOG
    assert not Path("segments.csv").exists()


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_a_packed_log_is_read_like_a_plain_one(orders):
    Path("packed.csv.gz").write_bytes(gzip.compress(orders.read_bytes()))
    assert run(log="packed.csv.gz", out="a.csv") == run(out="b.csv") == 0
    assert read("a.csv") == read("b.csv")


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_a_log_without_amounts_says_so(orders, capsys):
    columns = COLUMNS[:4]
    assert main(["segment", "orders.csv", *columns, *AS_OF, "--out", "segments.csv"]) == 0
    assert "the log has no amounts: no monetary score" in capsys.readouterr().out
    assert run() == 0
    assert "no amounts" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--customer-id", "Customer"], "CustomerID"),
        (["--scheme", "rfm-12@1"], "rfm-11@1"),
        (["--bins", "11"], "3 to 10"),
        (["--as-of", "yesterday"], "ISO 8601"),
        (["--window", "180 moons"], "180d"),
    ],
    ids=lambda value: value[0].strip("-") if isinstance(value, list) else value,
)
def test_mistakes_are_one_line_with_what_to_do(orders, capsys, options, hint):
    assert run(*options) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("customerintel: error: ")
    assert captured.err.count("\n") == 1
    assert hint in captured.err


@pytest.mark.filterwarnings("default::customerintel.exceptions.DataQualityWarning")
def test_a_moment_before_the_log_has_nobody_to_score(orders, capsys):
    assert run("--as-of", "1999-01-01") == 2
    warning, error = capsys.readouterr().err.splitlines()
    assert warning.startswith("customerintel: warning: The history is empty")
    assert error.startswith("customerintel: error: ")


@pytest.mark.parametrize("name", ["missing.csv", "missing.parquet"])
def test_a_missing_file_is_one_line(orders, name, capsys):
    assert run(log=name) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("customerintel: error: ")
    assert name in captured.err
    assert captured.err.count("\n") == 1
