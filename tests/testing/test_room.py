"""What the room imports, and what it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import customerintel.testing
from customerintel.testing.checks import CLASSIFIER_CHECKS, ESTIMATOR_CHECKS

ROOT = Path(__file__).parents[2]


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=ROOT
    )


BARRED = "import sys; sys.modules['pytest'] = sys.modules['hypothesis'] = None\n"


def test_the_function_needs_no_pytest():
    code = BARRED + (
        "sys.path.insert(0, 'tests')\n"
        "from testing.estimators import Good\n"
        "from customerintel.testing import check_churn_estimator\n"
        "print(check_churn_estimator(Good).passed)"
    )
    ran = run(code)
    assert ran.stderr == ""
    assert ran.stdout.strip() == "True"


@pytest.mark.parametrize(
    "name", ["ChurnEstimatorConformance", "RelationshipClassifierConformance", "strategies"]
)
def test_what_needs_more_says_so(name):
    code = BARRED + (
        "from customerintel.exceptions import MissingDependencyError\n"
        "try:\n"
        f"    from customerintel.testing import {name}\n"
        "except MissingDependencyError as error:\n"
        "    print(error)"
    )
    ran = run(code)
    assert ran.stderr == ""
    assert 'pip install "customerintel[testing]"' in ran.stdout


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, customerintel.testing\n"
        "print([n for n in ('pytest', 'hypothesis', 'numba', 'pandas', 'scipy', 'sklearn') "
        "if n in sys.modules])"
    )
    assert run(code).stdout.strip() == "[]"


def test_every_name_is_there():
    room = customerintel.testing
    assert dir(room) == sorted(room.__all__)
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = room.nothing


@pytest.mark.parametrize(
    ("heading", "checks"),
    [
        ("## The checks of churn estimators", ESTIMATOR_CHECKS),
        ("## The checks of relationship classifiers", CLASSIFIER_CHECKS),
    ],
)
def test_the_page_has_every_check_and_its_promise(heading, checks):
    page = (ROOT / "docs" / "reference" / "conformance.md").read_text(encoding="utf-8")
    section = page.partition(f"{heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    told = {}
    for row in rows:
        name, promise, why = (cell.strip() for cell in row.strip("|").split(" | "))
        assert why.endswith("."), name
        told[name.strip("`")] = promise
    assert told == {name: check.promise for name, check in checks.items()}
    assert list(told) == list(checks)
