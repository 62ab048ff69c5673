"""The packages in `examples` do what they are examples of, without being installed."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from plugins.site_folder import a_classifier_registry, a_registry

from customerintel.exceptions import (
    PluginCallError,
    PluginConflictWarning,
    PluginContractError,
    PluginLoadError,
)
from customerintel.testing import check_churn_estimator, check_relationship_classifier

EXAMPLES = Path(__file__).parents[2] / "examples"

#: What of the broken package raises what; the rest of it works.
BROKEN = {
    "broken-attribute": (PluginLoadError, "has no attribute 'NotThere'"),
    "broken-constructor": (PluginCallError, "RuntimeError: the licence has expired"),
    "broken-import": (PluginLoadError, "RuntimeError: the licence file is missing"),
    "broken-members": (PluginContractError, "predict is missing"),
    "broken-object": (PluginContractError, "it is of type Impostor and must be a class"),
    "broken-version": (PluginContractError, "api_version is 99, newer than"),
}

#: The same of its classifiers; the third of them is found out when it is asked.
BROKEN_CLASSIFIERS = {
    "broken-labels": "labels must hold at least one name, and none twice",
    "broken-silent": "predict_proba is missing",
}


@pytest.fixture
def examples(site, monkeypatch):
    """Put both packages on the path, with the metadata that their installation would write."""
    for folder in ("plugin", "broken_plugin"):
        project = tomllib.loads((EXAMPLES / folder / "pyproject.toml").read_text())["project"]
        site.add_groups(project["name"], project["version"], project["entry-points"])
        monkeypatch.syspath_prepend(EXAMPLES / folder)
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if name.startswith(("acme_churn", "broken_churn")):
            del sys.modules[name]


def test_the_good_one_keeps_every_promise(examples):
    with pytest.warns(PluginConflictWarning, match=r"acme-churn 1\.2\.0;.*of broken-churn 0\.3\.0"):
        plugin = a_registry().load("acme-gap")
    assert plugin.distribution == "acme-churn"
    report = check_churn_estimator(plugin.factory)
    assert report.passed, report.failures


def test_the_broken_ones_are_broken_as_they_say(examples):
    with pytest.warns(PluginConflictWarning):
        listing = a_registry(builtins={}).plugins()
    rows = {row.name: row for row in listing.rows}
    assert set(rows) == {"acme-gap", "broken-churn:acme-gap", *BROKEN}
    assert {name for name, row in rows.items() if row.status == "broken"} == set(BROKEN)
    for name, (error, reason) in BROKEN.items():
        assert type(rows[name].plugin) is error
        assert reason in rows[name].reason
        assert "of broken-churn 0.3.0" in rows[name].reason


def test_the_good_classifier_keeps_every_promise(examples):
    plugin = a_classifier_registry().load("acme-talk")
    assert plugin.distribution == "acme-churn"
    check_relationship_classifier(plugin.factory).raise_if_failed()


def test_the_broken_classifiers_are_broken_as_they_say(examples):
    registry = a_classifier_registry()
    rows = {row.name: row for row in registry.plugins().rows}
    assert set(rows) == {"acme-talk", "broken-sums", *BROKEN_CLASSIFIERS}
    assert {name for name, row in rows.items() if row.status == "broken"} == {*BROKEN_CLASSIFIERS}
    for name, reason in BROKEN_CLASSIFIERS.items():
        assert type(rows[name].plugin) is PluginContractError
        assert reason in rows[name].reason
    report = check_relationship_classifier(registry.load("broken-sums").factory)
    assert "output_sum" in {one.name for one in report.failures}
    assert "; the sums run from 2 to 2." in report["output_sum"].message
