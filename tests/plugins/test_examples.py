"""The packages in `examples` do what they are examples of, without being installed."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from plugins.site_folder import GROUP, a_registry

from customerintel.exceptions import (
    PluginCallError,
    PluginConflictWarning,
    PluginContractError,
    PluginLoadError,
)
from customerintel.testing import check_churn_estimator

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


@pytest.fixture
def examples(site, monkeypatch):
    """Put both packages on the path, with the metadata that their installation would write."""
    for folder in ("plugin", "broken_plugin"):
        project = tomllib.loads((EXAMPLES / folder / "pyproject.toml").read_text())["project"]
        site.add(project["name"], project["version"], project["entry-points"][GROUP])
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
