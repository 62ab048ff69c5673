"""The options: what is asked for, what has a default, what is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from customerintel._version import __version__
from customerintel.cli import main
from customerintel.cli.parser import build_parser
from customerintel.cli.segment import given

SEGMENT = ["segment", "orders.csv", "--as-of", "2011-12-09", "--out", "segments.parquet"]


def test_segment_takes_the_options_of_the_readme():
    arguments = build_parser().parse_args(
        [
            *SEGMENT,
            "--customer-id",
            "CustomerID",
            "--timestamp",
            "InvoiceDate",
            "--amount",
            "paid",
        ]
    )
    assert arguments.log == Path("orders.csv")
    assert arguments.out == Path("segments.parquet")
    assert (arguments.customer_id, arguments.timestamp) == ("CustomerID", "InvoiceDate")
    assert (arguments.amount, arguments.as_of) == ("paid", "2011-12-09")


def test_options_not_given_leave_the_defaults_to_the_library():
    arguments = build_parser().parse_args([*SEGMENT, "--bins", "4"])
    names = ("customer_id", "timestamp", "on_invalid", "bins", "scheme")
    assert given(arguments, names) == {"bins": 4}


@pytest.mark.parametrize("missing", ["--as-of", "--out"])
def test_moment_and_target_must_be_given(missing, capsys):
    at = SEGMENT.index(missing)
    with pytest.raises(SystemExit) as stop:
        build_parser().parse_args(SEGMENT[:at] + SEGMENT[at + 2 :])
    assert stop.value.code == 2
    assert missing in capsys.readouterr().err


@pytest.mark.parametrize("name", ["orders.xlsx", "orders", "orders.parquet.gz"])
def test_other_kinds_of_file_are_refused_before_any_work(name, capsys):
    with pytest.raises(SystemExit) as stop:
        build_parser().parse_args(["segment", name, *SEGMENT[2:]])
    assert stop.value.code == 2
    assert f"{name!r} does not end in .csv, .csv.gz or .parquet" in capsys.readouterr().err


def test_a_packed_file_can_be_read_and_not_written(capsys):
    packed = build_parser().parse_args(["segment", "A.CSV.GZ", *SEGMENT[2:]])
    assert packed.log == Path("A.CSV.GZ")
    with pytest.raises(SystemExit):
        build_parser().parse_args([*SEGMENT[:-1], "segments.csv.gz"])
    assert "does not end in .csv or .parquet" in capsys.readouterr().err


def test_suffix_may_be_in_capitals():
    assert build_parser().parse_args(["segment", "A.CSV", *SEGMENT[2:]]).log == Path("A.CSV")


def test_unknown_way_with_invalid_rows_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        build_parser().parse_args([*SEGMENT, "--on-invalid", "ignore"])
    assert stop.value.code == 2
    assert "quarantine" in capsys.readouterr().err


def test_a_command_must_be_named(capsys):
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"customerintel {__version__}\n"


@pytest.mark.parametrize("command", ["demo", "segment", "doctor"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"customerintel {command}" in capsys.readouterr().out
