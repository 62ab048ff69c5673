"""The class form, in runs of pytest of their own, as in the suite of a plugin."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from customerintel.testing.checks import CLASSIFIER_CHECKS
from customerintel.testing.checks import ESTIMATOR_CHECKS as CHECKS

TESTS = Path(__file__).parents[1]

IMPORTS = """
from customerintel.testing import ChurnEstimatorConformance
from testing.estimators import *
"""

PLUGIN = """
import sys

def make(): return Good()

class TestClass(ChurnEstimatorConformance): estimator = Good
class TestFunction(ChurnEstimatorConformance): estimator = make
class TestStatic(ChurnEstimatorConformance): estimator = staticmethod(make)
class TestObject(ChurnEstimatorConformance): estimator = Good()
class TestLambda(ChurnEstimatorConformance): estimator = lambda: Good()
class TestInherited(TestClass): seed = 1
class TestScores(ChurnEstimatorConformance): estimator = Scores
class TestMoney(ChurnEstimatorConformance): estimator = WantsMoney
class TestExpected(ChurnEstimatorConformance):
    estimator = WantsMoney
    expected_failures = {"no_amounts": "it weighs purchases by their amounts"}
class TestUnexpected(ChurnEstimatorConformance):
    estimator = Good
    expected_failures = {"no_amounts": "it wants money"}

def test_rewritten():
    from importlib import import_module
    from customerintel.testing import _CHECKING
    for name in _CHECKING:
        loader = import_module("customerintel.testing." + name).__loader__
        assert type(loader).__name__ == "AssertionRewritingHook", name
"""


def run_pytest(folder, *options):
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rsx", *options, "."],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    return ran.stdout


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What pytest says of good and bad estimators."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "test_plugin.py").write_text(IMPORTS + PLUGIN, encoding="utf-8")
    return run_pytest(folder, "-v")


@pytest.fixture(scope="module")
def outcomes(output):
    """Names of checks and outcomes by class, in the order of the run."""
    found = {}
    for suite, name, outcome in re.findall(r"::(\w+)::test_(\w+) ([A-Z]+)", output):
        found.setdefault(suite, {})[name] = outcome
    return found


def test_the_base_is_not_collected_and_every_check_is_a_test(outcomes):
    assert "ChurnEstimatorConformance" not in outcomes
    assert len(outcomes) == 10
    assert {tuple(found) for found in outcomes.values()} == {tuple(CHECKS)}


@pytest.mark.parametrize("suite", ["Class", "Function", "Static", "Object", "Lambda", "Inherited"])
def test_what_it_takes(outcomes, output, suite):
    found = outcomes[f"Test{suite}"]
    assert {name for name, outcome in found.items() if outcome != "PASSED"} == {"repeatable"}
    assert found["repeatable"] == "SKIPPED"
    assert "The estimator has a random_state; see seed." in output


def test_messages_survive(outcomes, output):
    assert outcomes["TestScores"]["output_range"] == "FAILED"
    assert Counter(outcomes["TestScores"].values())["FAILED"] == 1
    assert " of 300 predictions are outside [0, 1]; they run from 0 to " in output
    assert "calibrate it." in output
    assert "def test(self: " not in output  # the frames of the suite are no news


def test_the_traceback_of_the_estimator_survives(outcomes, output):
    assert outcomes["TestMoney"]["no_amounts"] == "FAILED"
    assert Counter(outcomes["TestMoney"].values())["FAILED"] == 1
    assert 'raise ValueError("the amounts are missing")' in output
    assert "ValueError was raised in predict (narrow_minds.py:" in output


def test_plain_asserts_of_the_room_say_their_values(output):
    """pytest was told of the modules before they were imported, so it rewrote them."""
    assert "::test_rewritten PASSED" in output


def test_expected_failures_are_xfailed_with_their_reason(outcomes, output):
    assert outcomes["TestExpected"]["no_amounts"] == "XFAIL"
    assert Counter(outcomes["TestExpected"].values())["FAILED"] == 0
    assert re.search(r"XFAIL .*TestExpected.* - it weighs purchases by their amounts", output)


def test_an_unexpected_pass_fails(outcomes, output):
    assert outcomes["TestUnexpected"]["no_amounts"] == "FAILED"
    assert Counter(outcomes["TestUnexpected"].values())["FAILED"] == 1
    assert "It was expected to fail (it wants money), and it passed." in output


def test_the_function_before_the_class_is_no_obstacle_and_checks_can_be_picked(tmp_path):
    (tmp_path / "test_plugin.py").write_text(
        "from customerintel.testing import check_churn_estimator\n"
        "from customerintel.testing import ChurnEstimatorConformance\n"
        "from testing.estimators import *\n"
        "def test_no_look_ahead_function(): assert check_churn_estimator(Good).passed\n"
        "class TestGood(ChurnEstimatorConformance): estimator = Good\n",
        encoding="utf-8",
    )
    out = run_pytest(tmp_path, "-k", "no_look_ahead")
    assert f"2 passed, {len(CHECKS) - 1} deselected" in out


CLASSIFIERS = """
from customerintel.testing import RelationshipClassifierConformance
from testing.classifiers import *

class TestGood(RelationshipClassifierConformance): classifier = Good
class TestLambda(RelationshipClassifierConformance): classifier = lambda: Good()
class TestSqueezes(RelationshipClassifierConformance): classifier = Squeezes
class TestExpected(RelationshipClassifierConformance):
    classifier = Squeezes
    expected_failures = {"one_customer": "it is never asked about one"}
"""


def test_classifiers(tmp_path):
    (tmp_path / "test_plugin.py").write_text(CLASSIFIERS, encoding="utf-8")
    out = run_pytest(tmp_path, "-v")
    found = {}
    for suite, name, outcome in re.findall(r"::(\w+)::test_(\w+) ([A-Z]+)", out):
        found.setdefault(suite, {})[name] = outcome
    assert {tuple(one) for one in found.values()} == {tuple(CLASSIFIER_CHECKS)}
    odd = {
        suite: {name for name, outcome in one.items() if outcome not in {"PASSED", "SKIPPED"}}
        for suite, one in found.items()
    }
    bad = {"one_customer"}
    assert odd == {"TestGood": set(), "TestLambda": set(), "TestSqueezes": bad, "TestExpected": bad}
    assert found["TestExpected"]["one_customer"] == "XFAIL"


REFUSED = {
    "reason": ("expected_failures = {'no_amounts': ' '}", "gives no reason for 'no_amounts'"),
    "check": ("expected_failures = {'amounts': 'why'}", "Did you mean 'no_amounts'?"),
    "seed": ("seed = -1", "seed must be a whole number from 0"),
    "business": ("business = 'bank'", "business must be one of 'shop', 'subscription'"),
}


def test_classes_that_cannot_be_used_are_errors_of_collection(tmp_path):
    for name, (body, _) in REFUSED.items():
        text = f"class TestBad(ChurnEstimatorConformance):\n    estimator = Good\n    {body}\n"
        (tmp_path / f"test_{name}.py").write_text(IMPORTS + text, encoding="utf-8")
    out = run_pytest(tmp_path)
    assert f"{len(REFUSED)} errors" in out
    for name, (_, message) in REFUSED.items():
        part = out.partition(f"ERROR collecting test_{name}.py")[2]
        assert message in part.partition("ERROR collecting")[0]
