"""``doctor``: facts for a bug report, and whether plugins work."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from plugins.site_folder import GOOD, a_registry, a_site

import customerintel as ci
from customerintel._version import __version__
from customerintel.churn.registry import ESTIMATORS
from customerintel.cli import doctor, main


@pytest.fixture
def site(monkeypatch):
    """A folder on the path to install plugins into; the registry looks anew before and after."""
    monkeypatch.delenv("CUSTOMERINTEL_PLUGINS", raising=False)
    with a_site() as made:
        yield made
    ESTIMATORS.refresh()


def plugin_lines(site) -> list[str]:
    ESTIMATORS.refresh()
    facts = list(doctor.plugin_facts())
    assert [label for label, _ in facts if label] == [
        "churn_estimators",
        "relationship_classifiers",
    ]
    return [line for _, line in facts if "(customerintel " not in line]


def test_versions_cache_threads_and_plugins_are_shown(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    facts = {line[: doctor.LABEL].strip(): line[doctor.LABEL :] for line in lines}
    assert facts["customerintel"] == __version__
    assert facts["python"].startswith(platform.python_version())
    assert facts["threads"].startswith(f"{ci.get_threads()} ")
    assert f"numpy {np.__version__}" in facts["needed"]
    assert {"processor", "kernel cache", "churn_estimators"} <= facts.keys()


def test_plugins_are_named_with_their_distribution_and_what_is_wrong(site):
    points = {"acme-bad": "acme_bad:Gap", "acme-gap": "acme_churn:Gap"}
    source = "raise RuntimeError('no licence')"
    site.add("acme-churn", "1.2", points, acme_churn=GOOD, acme_bad=source)
    bad, good, none = plugin_lines(site)
    assert bad.startswith("acme-bad (acme-churn 1.2): broken: The churn estimator 'acme-bad'")
    assert "RuntimeError: no licence" in bad
    assert good == "acme-gap (acme-churn 1.2): ok"
    assert none == "none installed"


def test_conflicts_are_told_and_no_warning_escapes(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    site.add("zeta-churn", "0.1", {"acme-gap": "zeta_churn:Gap"}, zeta_churn=GOOD)
    first, second, conflict, _ = plugin_lines(site)
    assert first == "acme-gap (acme-churn 1.2): ok"
    assert second == "zeta-churn:acme-gap (zeta-churn 0.1): ok"
    assert conflict.startswith("The name 'acme-gap' of a churn estimator is claimed 2 times")


def test_plugins_that_are_kept_out_stay_unloaded(site, monkeypatch):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", "other")
    line, _ = plugin_lines(site)
    assert line.startswith("acme-churn:acme-gap (acme-churn 1.2): not used: ")
    assert "acme_churn" not in sys.modules


def test_built_ins_are_told_of_only_if_they_cannot_be_used(monkeypatch):
    built_ins = {"good": "plugins.built_in:Recency", "more": "plugins.built_in:NeedsMore"}
    monkeypatch.setattr(doctor, "registries", lambda: (a_registry(builtins=built_ins),))
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", "none")
    ((label, line),) = doctor.plugin_facts()
    assert label == "churn_estimators"
    assert line == (
        f"more (customerintel {__version__}): not installed: "
        "Install it: pip install 'customerintel[sklearn]'."
    )


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
