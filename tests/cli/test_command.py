"""Errors and warnings of a run: one line each on standard error, and an exit code."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from customerintel.cli import main
from customerintel.exceptions import DataQualityWarning, DataValidationError, SchemaError

SEGMENT = ["segment", "orders.csv", "--as-of", "2011-12-09", "--out", "segments.csv"]


def run_with(monkeypatch, behaviour) -> int:
    monkeypatch.setattr("customerintel.cli.segment.run", lambda arguments: behaviour())
    return main(SEGMENT)


def throw(error: BaseException):
    raise error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SchemaError("No column 'amuont'."), "customerintel: error: No column 'amuont'."),
        (
            DataValidationError("2 rules failed:\n  null_amount: 3 rows\n  null_timestamp: 1 row"),
            (
                "customerintel: error: 2 rules failed:\n"
                "  null_amount: 3 rows\n"
                "  null_timestamp: 1 row"
            ),
        ),
        (
            FileNotFoundError(2, "No such file or directory", "orders.csv"),
            "customerintel: error: orders.csv: No such file or directory",
        ),
        (OSError("disk is full"), "customerintel: error: file: disk is full"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_keeps_its_lines_and_has_code_2(monkeypatch, capsys, error, line):
    assert run_with(monkeypatch, lambda: throw(error)) == 2
    captured = capsys.readouterr()
    assert captured.err == line + "\n"
    assert captured.out == ""


def test_a_fault_of_the_library_keeps_its_traceback(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        run_with(monkeypatch, lambda: 1 // 0)


def test_interruption_is_quiet(monkeypatch, capsys):
    assert run_with(monkeypatch, lambda: throw(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == ""


def test_a_warning_is_one_line_without_source(monkeypatch, capsys):
    def behave() -> int:
        warnings.warn("4 ids have blanks\naround them", DataQualityWarning, stacklevel=2)
        return 0

    with warnings.catch_warnings():
        warnings.simplefilter("always", DataQualityWarning)
        assert run_with(monkeypatch, behave) == 0
    assert capsys.readouterr().err == "customerintel: warning: 4 ids have blanks around them\n"


def test_arguments_of_the_library_are_told_as_options(monkeypatch, capsys):
    told = "read with on_invalid=\"quarantine\", or Leave bins out: bins= asks for 5, window='9d'."
    assert run_with(monkeypatch, lambda: throw(SchemaError(told))) == 2
    assert capsys.readouterr().err == (
        "customerintel: error: read with --on-invalid quarantine, or Leave bins out: "
        "--bins asks for 5, --window 9d.\n"
    )


def test_warnings_of_others_go_the_usual_way(monkeypatch, capsys):
    def behave() -> int:
        warnings.warn("old name", FutureWarning, stacklevel=2)
        return 0

    with pytest.warns(FutureWarning, match="old name"):
        run_with(monkeypatch, behave)
    assert capsys.readouterr().err == ""


def test_the_way_warnings_are_shown_is_restored(monkeypatch):
    usual = warnings.showwarning
    run_with(monkeypatch, lambda: 0)
    assert warnings.showwarning is usual


def test_a_closed_pipe_is_quiet():
    """As in ``customerintel doctor | head -1``."""
    code = (
        "import os, sys\n"
        "from customerintel.cli import command, segment\n"
        "segment.run = lambda arguments: print('x' * 100_000) or 0\n"
        "read, write = os.pipe()\n"
        "os.close(read)\n"
        "os.dup2(write, 1)\n"
        f"sys.exit(command.main({SEGMENT!r}))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (2, "")
