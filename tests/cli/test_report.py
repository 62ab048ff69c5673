"""``report``: from a file to a page."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from customerintel.cli import main

COLUMNS = ["--customer-id", "CustomerID", "--timestamp", "InvoiceDate", "--amount", "paid"]


@pytest.fixture
def orders(tmp_path: Path, monkeypatch) -> Path:
    """Write a small log and go there."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    days = np.sort(np.datetime64("2024-01-01") + rng.integers(0, 120, 150)).tolist()
    with Path("orders.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["CustomerID", "InvoiceDate", "paid"])
        writer.writerows(
            [81_000 + int(rng.integers(0, 30)), day, f"{rng.gamma(2, 10):.2f}"] for day in days
        )
    return tmp_path / "orders.csv"


def run(*options: str, log: str = "orders.csv", out: str = "report.html") -> int:
    return main(["report", log, *COLUMNS, "--out", out, *options])


def test_a_page_comes_out(orders, capsys):
    assert run("--title", "A <shop>", "--currency", "£", "--no-churn", "--no-value") == 0
    html = Path("report.html").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "<h1>A &lt;shop&gt;</h1>" in html
    assert 'id="outlook"' not in html
    assert 'id="worth"' not in html
    assert "81000" not in html
    shown = capsys.readouterr()
    assert "150 transactions of 30 customers; 9 sections" in shown.out
    assert shown.out.endswith("wrote report.html\n")
    assert "warning" not in shown.err


def test_moment_and_periods_reach_the_library(orders):
    options = ["--as-of", "2024-03-01", "--period", "month", "--cohort-period", "week"]
    assert run(*options, "--core-share", "0.5", "--no-churn", "--no-value") == 0
    html = Path("report.html").read_text(encoding="utf-8")
    assert "to 1\u00a0March\u00a02024" in html
    assert "in periods of a month" in html
    assert "50\u00a0% of the active customers" in html


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--period", "fortnight"], "--period must be one of"),
        (["--core-share", "2"], "--core-share must lie between 0 and 1"),
        (["--as-of", "soon"], "ISO 8601"),
        (["--customer-id", "Customer"], "CustomerID"),
        (["--currency", "pounds"], "at most four letters"),
    ],
    ids=lambda value: value[0].strip("-") if isinstance(value, list) else "",
)
def test_mistakes_are_one_line_with_what_to_do(orders, capsys, options, hint):
    assert run(*options) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("customerintel: error: ")
    assert captured.err.count("\n") == 1
    assert hint.removeprefix("--").replace("-", "_") in captured.err.replace("-", "_")
    assert not Path("report.html").exists()


def test_a_folder_that_does_not_exist_is_told_before_any_work(orders, capsys):
    assert run(out="nowhere/report.html") == 2
    assert "The folder of nowhere/report.html does not exist" in capsys.readouterr().err


def test_the_page_must_be_html(orders, capsys):
    with pytest.raises(SystemExit) as stop:
        run(out="report.pdf")
    assert stop.value.code == 2
    assert "'report.pdf' does not end in .html or .htm" in capsys.readouterr().err


def test_rejected_rows_are_counted_and_told(orders, capsys):
    with orders.open("a", encoding="utf-8") as file:
        file.write(",2024-04-01,5.00\n")
    assert run("--on-invalid", "quarantine", "--no-churn", "--no-value") == 0
    assert "rejected rows: 1" in capsys.readouterr().err
    assert "no customer is named" in Path("report.html").read_text(encoding="utf-8")


def written(name: str, rows) -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def test_lines_of_orders_are_a_warning_that_names_the_option(orders, capsys):
    head, *rows = list(csv.reader(orders.read_text(encoding="utf-8").splitlines()))
    numbered = [[*row, str(k)] for k, row in enumerate(rows) for _ in range(3)]
    written("orders.csv", [[*head, "InvoiceNo"], *numbered])
    assert run("--no-churn", "--no-value") == 0
    shown = capsys.readouterr()
    assert "customerintel: warning: Every row counts as a purchase" in shown.err
    assert "Give the column of the order number (--order-id COLUMN)" in shown.err
    assert run("--no-churn", "--no-value", "--order-id", "InvoiceNo") == 0
    assert "Every row" not in capsys.readouterr().err


def test_notes_are_shown_once_in_plain_words(orders, capsys, monkeypatch):
    from customerintel.report.sections import definitions
    from customerintel.tables.notices import warn_caller

    usual = definitions.section

    def warning(material):
        for n in (3, 4):
            warn_caller(f"{n} customers have a total below 0. See f(x=1).")
        return usual(material)

    monkeypatch.setattr(definitions, "section", warning)
    assert run("--no-churn", "--no-value") == 0
    shown = capsys.readouterr()
    notes = [line for line in shown.err.splitlines() if "note: " in line]
    assert sum("Fewer than 10 customers have a total below 0." in one for one in notes) == 1
    assert "f(x" not in shown.err
    assert "notes on the data" in shown.out


@pytest.mark.parametrize("key", ["CustomerID", "customer_id"])
def test_who_lives_where_is_read_from_files(orders, key):
    people = [[81_000 + k, "young" if k % 3 else "old", f"0{k % 2}"] for k in range(30)]
    written("people.csv", [[key, "segment", "area"], *people])
    places = [[f"0{k}", name, 500] for k in range(2) for name in ("young", "old")]
    written("places.csv", [["area", "segment", "population"], *places])
    options = ["--customers", "people.csv", "--population", "places.csv", "--segment", "segment"]
    assert run(*options, "--core-share", "0.9", "--no-churn", "--no-value") == 0
    assert "Reach: how far does the core stretch?" in Path("report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--customers", "none.csv"], "There is no file none.csv (--customers)."),
        (["--area", "place"], "--area names a column of the customers"),
        (["--core-share", "2"], "--core-share must lie between"),
    ],
    ids=["customers", "area", "core-share"],
)
def test_messages_name_the_options(orders, capsys, options, hint):
    assert run(*options) == 2
    assert hint in capsys.readouterr().err


def test_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["report", "--help"])
    assert stop.value.code == 0
    assert "customerintel report" in capsys.readouterr().out
