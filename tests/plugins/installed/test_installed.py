"""The two packages of `examples`, installed: the good one works, the broken one harms nobody."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import (
    PluginCallError,
    PluginConflictWarning,
    PluginContractError,
    PluginLoadError,
)
from customerintel.plugins import CHURN_ESTIMATOR, RELATIONSHIP_CLASSIFIER, Registry

GROUP = "customerintel.churn_estimators"


def is_installed(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


pytestmark = pytest.mark.skipif(
    not (is_installed("acme-churn") and is_installed("broken-churn")),
    reason="the packages of examples are not installed (nox -s plugins does it)",
)

BROKEN = {
    "broken-attribute": PluginLoadError,
    "broken-constructor": PluginCallError,
    "broken-import": PluginLoadError,
    "broken-members": PluginContractError,
    "broken-object": PluginContractError,
    "broken-version": PluginContractError,
}


@pytest.fixture
def registry(monkeypatch):
    """A registry of its own, with nothing loaded yet, and the warning of the conflict behind it."""
    monkeypatch.delenv("CUSTOMERINTEL_PLUGINS", raising=False)
    made = Registry(group=GROUP, contract=CHURN_ESTIMATOR, builtins={})
    with pytest.warns(PluginConflictWarning, match=r"acme-churn 1\.2\.0;.*broken-churn 0\.3\.0"):
        made.names()
    return made


@pytest.fixture
def log():
    rng = np.random.default_rng(4)
    days = np.datetime64("2023-01-01") + rng.integers(0, 500, 3000)
    return ci.TransactionLog.from_frame(
        {"customer_id": rng.integers(0, 300, 3000), "timestamp": days, "amount": np.ones(3000)}
    )


def test_all_are_listed_and_none_is_imported():
    code = (
        "import customerintel as ci, sys, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "print(*ci.churn.names())\n"
        "sys.exit(any(name in sys.modules for name in ('acme_churn', 'broken_churn')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert {"acme-gap", *BROKEN} <= set(run.stdout.split())


def test_broken_ones_are_shown_with_the_reason_and_whose_they_are(registry):
    rows = {row.name: row for row in registry.plugins().rows}
    assert rows["acme-gap"].status == "ok"
    assert rows["acme-gap"].distribution == "acme-churn"
    assert rows["broken-churn:acme-gap"].status == "ok"
    for name, error in BROKEN.items():
        assert rows[name].status == "broken"
        assert type(rows[name].plugin) is error
        assert f"'{name}'" in rows[name].reason
        assert "of broken-churn 0.3.0" in rows[name].reason


def test_all_faults_are_listed_at_once(registry):
    with pytest.raises(PluginContractError) as caught:
        registry.load("broken-members")
    for fault in ("api_version is missing", "fit is called as", "predict is missing"):
        assert fault in str(caught.value)


def test_the_good_one_works_beside_the_broken_one(registry, log):
    plugin = registry.load("acme-gap")
    assert (plugin.distribution, plugin.version) == ("acme-churn", "1.2.0")
    history = log.as_of("2024-04-01")
    chances = plugin.make().fit(history, horizon_days=60.0).predict(history)
    assert chances.shape == (history.n_customers,)
    assert ((chances > 0) & (chances < 1)).all()


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.PluginConflictWarning")
def test_by_name_in_the_room_of_churn(log):
    history = log.as_of("2024-04-01")
    found = ci.churn.get("acme-gap").fit(history, horizon="60d").predict(history)
    assert found.probability.shape == (history.n_customers,)
    with pytest.raises(PluginLoadError, match=r"broken-import.*broken-churn 0\.3\.0.*licence file"):
        ci.churn.get("broken-import").fit(history, horizon="60d")


def test_doctor_names_them_and_ends_well():
    code = [sys.executable, "-m", "customerintel", "doctor"]
    run = subprocess.run(code, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert "acme-gap (acme-churn 1.2.0): ok" in run.stdout
    assert "broken-import (broken-churn 0.3.0): broken" in run.stdout
    assert "the licence file is missing" in run.stdout


def test_classifiers_are_found_beside_the_estimators():
    made = Registry(
        group="customerintel.relationship_classifiers",
        contract=RELATIONSHIP_CLASSIFIER,
        builtins={},
    )
    rows = {row.name: row for row in made.plugins().rows}
    assert rows["acme-talk"].status == "ok"
    assert (rows["acme-talk"].distribution, rows["broken-sums"].status) == ("acme-churn", "ok")
    for name in ("broken-labels", "broken-silent"):
        assert rows[name].status == "broken"
        assert type(rows[name].plugin) is PluginContractError
        assert "of broken-churn 0.3.0" in rows[name].reason


def test_a_classifier_by_name_in_the_room_of_relationships(log):
    history = log.as_of("2024-04-01")
    table = ci.relationships.classify(history, classifier="acme-talk")
    assert table.probabilities.shape == (history.n_customers, len(table.labels))
    with pytest.raises(PluginContractError, match=r"broken-sums.*broken-churn 0\.3\.0"):
        ci.relationships.classify(history, classifier="broken-sums")
