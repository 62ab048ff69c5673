"""Importing the room, and listing names, loads next to nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import customerintel as ci
from customerintel import plugins

HEAVY = ("matplotlib", "narwhals", "numba", "pandas", "pydantic", "scipy", "sklearn")


def modules_after(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(run.stdout.split())


def test_the_room_loads_nothing_heavy():
    names = ", ".join(plugins.__all__)
    modules = modules_after(f"import customerintel\nfrom customerintel.plugins import {names}")
    assert "customerintel.plugins.registry" in modules
    assert modules.isdisjoint({*HEAVY, "importlib.metadata"})


def test_names_load_nothing_heavy():
    modules = modules_after(
        "from customerintel.plugins import CHURN_ESTIMATOR, Registry\n"
        "Registry(group='customerintel.churn_estimators', contract=CHURN_ESTIMATOR,"
        " builtins={'recency': 'customerintel.churn.recency:Recency'}).names()"
    )
    assert "importlib.metadata" in modules
    assert modules.isdisjoint({*HEAVY, "customerintel.churn.recency", "customerintel.tables"})


def test_every_public_name_exists():
    assert sorted(plugins.__all__) == sorted(set(plugins.__all__)) == sorted(dir(plugins))
    assert all(getattr(ci.plugins, name) is not None for name in plugins.__all__)
    assert not hasattr(plugins, "no_such_name")


def test_every_public_name_is_in_the_reference():
    page = Path(__file__).parents[2] / "docs" / "reference" / "plugins.md"
    named = re.findall(r"^\.\. auto(?:class|data):: (\w+)", page.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(plugins.__all__)
