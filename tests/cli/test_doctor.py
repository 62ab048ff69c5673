"""``doctor``: facts for a bug report, without loading a plugin."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import customerintel as ci
from customerintel._version import __version__
from customerintel.cli import doctor, main


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Install a distribution whose plugin cannot be imported."""
    folder = tmp_path / "acme_churn-1.2.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-churn\nVersion: 1.2\n")
    (folder / "entry_points.txt").write_text(
        "[customerintel.churn_estimators]\nacme-gap = acme_churn:Broken\n"
    )
    (tmp_path / "acme_churn.py").write_text("raise RuntimeError('loaded')\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_versions_cache_threads_and_plugins_are_shown(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    facts = {line[: doctor.LABEL].strip(): line[doctor.LABEL :] for line in lines}
    assert facts["customerintel"] == __version__
    assert facts["python"].startswith(platform.python_version())
    assert facts["threads"].startswith(f"{ci.get_threads()} ")
    assert f"numpy {np.__version__}" in facts["needed"]
    assert {"processor", "kernel cache", "churn_estimators"} <= facts.keys()


def test_plugins_are_named_with_their_distribution_and_not_loaded(plugin, capsys):
    assert main(["doctor"]) == 0
    assert "acme-gap (acme-churn 1.2)" in capsys.readouterr().out
    assert "acme_churn" not in sys.modules


def test_packages_come_from_the_installed_metadata():
    needed, optional = doctor.requirements()
    assert {"narwhals", "numba", "numpy", "pandas", "pydantic", "scipy"} <= set(needed)
    assert {"lifetimes", "polars", "pyspark", "pyarrow"} <= set(optional)
    assert "customerintel" not in optional


def test_what_is_absent_is_called_absent(monkeypatch):
    monkeypatch.setattr(doctor, "requirements", lambda: (["numpy", "no-such-a"], ["no-such-b"]))
    assert dict(doctor.package_facts()) == {
        "needed": f"numpy {np.__version__}, no-such-a ABSENT",
        "optional, installed": "none",
        "optional, absent": "no-such-b",
    }


def test_a_checkout_that_is_not_installed_has_no_metadata(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    assert doctor.requirements() == ([], [])


def test_cache_that_is_off_is_called_off(monkeypatch):
    monkeypatch.setattr(doctor, "cache_directory", lambda: None)
    assert list(doctor.cache_facts()) == [
        ("kernel cache", "off: kernels are compiled in each process")
    ]


def test_without_numba_the_rest_is_still_shown(monkeypatch, capsys):
    def broken():
        raise ModuleNotFoundError("No module named 'numba'")

    monkeypatch.setattr(doctor, "cache_directory", broken)
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "unknown: No module named 'numba'" in shown
    assert "churn_estimators" in shown


def test_cache_directory_is_the_one_that_numba_chose(tmp_path):
    """Numba's own variable moves the cache, and the answer with it."""
    code = "from customerintel.cli.doctor import cache_directory; print(cache_directory())"
    env = {name: text for name, text in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**env, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert tmp_path in Path(run.stdout.strip()).parents


def test_a_directory_yet_to_be_made_is_writable_if_its_parent_is(tmp_path):
    assert doctor.can_write(tmp_path / "a" / "b")


def test_a_file_in_the_way_is_not_a_directory(tmp_path):
    (tmp_path / "a").touch()
    assert not doctor.can_write(tmp_path / "a" / "b")


def test_processor_is_named():
    assert doctor.processor_name().strip()
