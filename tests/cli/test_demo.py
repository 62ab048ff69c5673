"""``demo``: the main job on the real CDNOW log."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from customerintel.cli import cdnow, demo, main
from customerintel.exceptions import MissingDependencyError


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    run = subprocess.run(
        [sys.executable, "-m", "customerintel", "demo", "--out", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return run, folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_segments_are_shown(ran):
    run, folder = ran
    assert run.returncode == 0, run.stderr
    assert "6,919 transactions of 2,357 customers; 2,357 customers as of 1998-06-30" in run.stdout
    assert "Champions" in run.stdout
    assert f"wrote {folder / 'segments.csv'}" in run.stdout


def test_every_customer_has_a_row_in_every_file(ran):
    _, folder = ran
    for name in ("segments", "summary"):
        rows = rows_of(folder / f"{name}.csv")
        assert [int(row["customer_id"]) for row in rows] == list(range(1, 2_358))
        table = pq.read_table(folder / f"{name}.parquet")
        assert table.column_names == list(rows[0])
        assert table["customer_id"].to_pylist() == list(range(1, 2_358))


def test_shown_numbers_are_those_of_the_file(ran):
    run, folder = ran
    shown = {}
    for line in run.stdout.splitlines():
        name, _, rest = line.partition("  ")
        if rest.strip()[:1].isdigit():
            shown[name] = int(rest.split()[0].replace(",", ""))
    names = [row["segment"] for row in rows_of(folder / "segments.csv")]
    assert shown == {name: names.count(name) for name in set(names)}


def test_first_customer_is_the_published_one(ran):
    """Customer 1 to 1998-06-30: bought on 4 days, the last on 1997-12-12 (Fader and Hardie)."""
    _, folder = ran
    first = rows_of(folder / "summary.csv")[0]
    assert int(first["frequency"]) == 3
    assert float(first["recency"]) == pytest.approx(345 / 7, abs=1e-12)
    assert float(first["T"]) == pytest.approx(545 / 7, abs=1e-12)
    assert float(first["monetary_value"]) == pytest.approx((29.73 + 14.96 + 26.48) / 3, abs=1e-9)


def test_nothing_is_loaded_that_is_not_needed(tmp_path):
    code = (
        "import sys\n"
        "from customerintel.cli import main\n"
        f"main(['demo', '--out', {str(tmp_path)!r}])\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    loaded = set(run.stderr.split())
    assert "customerintel.cli.demo" in loaded
    assert loaded.isdisjoint({"autograd", "lifetimes", "pandas", "polars", "sklearn"})


def test_without_the_log_the_pip_line_is_one_line(monkeypatch, capsys, tmp_path):
    def missing():
        raise MissingDependencyError("Install it with: pip install 'customerintel[demo]'")

    monkeypatch.setattr(cdnow, "locate", missing)
    assert main(["demo", "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.err == (
        "customerintel: error: Install it with: pip install 'customerintel[demo]'\n"
    )
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_only_csv_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(demo.importlib.util, "find_spec", lambda name: None)
    paths = demo.write_all({"customer_id": [1]}, tmp_path, "segments")
    assert paths == [tmp_path / "segments.csv"]
    assert (tmp_path / "segments.csv").read_text(encoding="utf-8") == "customer_id\n1\n"


@pytest.mark.parametrize("compiled", [True, False])
def test_the_first_run_says_why_it_takes_long(monkeypatch, capsys, tmp_path, compiled):
    monkeypatch.setattr(demo, "compiled_before", lambda: compiled)
    assert main(["demo", "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert ("compiling the kernels once" in captured.err) is not compiled
    assert "compiling" not in captured.out


def test_compiled_kernels_are_found_where_numba_keeps_them(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not demo.compiled_before()
    folder = tmp_path / "_kernels_1f"
    folder.mkdir()
    (folder / "summary.fold-12.py311.nbi").touch()
    assert demo.compiled_before()
