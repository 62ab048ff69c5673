"""`plugins()`: all of them, the broken ones with the reason."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from plugins.built_in import Recency
from plugins.site_folder import GOOD, a_registry

from customerintel import __version__
from customerintel.exceptions import (
    MissingDependencyError,
    PluginConflictWarning,
    PluginContractError,
    PluginLoadError,
    PluginNotFoundError,
)
from customerintel.plugins import LoadedPlugin

BUILT_INS = {"recency": "plugins.built_in:Recency", "gbm": "plugins.built_in:NeedsMore"}


class Mine(Recency):
    pass


@pytest.fixture
def listing(site):
    points = {
        "acme-gap": "acme_churn:Gap",
        "acme-bad": "acme_bad:Gap",
        "acme-moody": "acme_churn:make",
        "acme-out": "acme_out:Gap",
    }
    modules = {
        "acme_churn": f"{GOOD}\n\ndef make():\n    return 3\n",
        "acme_bad": "import no_such_module",
        "acme_out": GOOD,
    }
    site.add("acme-churn", "1.2", points, **modules)
    site.add("zeta", "0.1", {"acme-gap": "acme_churn:Gap"})
    registry = a_registry(builtins=BUILT_INS)
    registry.register("mine", Mine)
    registry.block("acme-out")
    with pytest.warns(PluginConflictWarning):
        return registry.plugins()


def test_iterating_gives_the_plugin_or_its_error(listing):
    found = {name: type(plugin) for name, plugin in listing}
    assert found == {
        "acme-bad": PluginLoadError,
        "acme-churn:acme-out": PluginNotFoundError,
        "acme-gap": LoadedPlugin,
        "acme-moody": PluginContractError,
        "gbm": MissingDependencyError,
        "mine": LoadedPlugin,
        "recency": LoadedPlugin,
        "zeta:acme-gap": LoadedPlugin,
    }
    assert list(found) == sorted(found)
    assert len(listing) == len(found)


def test_what_is_blocked_is_not_loaded(listing):
    assert "acme_out" not in sys.modules
    assert "acme_churn" in sys.modules


def test_one_row_per_plugin(listing):
    frame = listing.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [
        "name", "source", "distribution", "version", "object", "status", "reason",
    ]  # fmt: skip
    rows = {row["name"]: row for row in frame.to_dict("records")}
    assert {name: row["status"] for name, row in rows.items()} == {
        "acme-bad": "broken",
        "acme-churn:acme-out": "not used",
        "acme-gap": "ok",
        "acme-moody": "broken",
        "gbm": "not installed",
        "mine": "ok",
        "recency": "ok",
        "zeta:acme-gap": "ok",
    }
    assert rows["recency"]["source"] == "built-in"
    assert rows["recency"]["version"] == __version__
    assert rows["acme-gap"]["object"] == "acme_churn:Gap"
    assert rows["mine"]["object"] == f"{__name__}:Mine"
    assert pd.isna(rows["mine"]["distribution"])
    assert rows["acme-gap"]["reason"] == ""
    assert "No module named 'no_such_module'" in rows["acme-bad"]["reason"]
    assert rows["gbm"]["reason"] == "Install it: pip install 'customerintel[sklearn]'."
    assert "unblock('acme-out')" in rows["acme-churn:acme-out"]["reason"]


def test_broken_ones_are_at_hand(listing):
    assert [row.name for row in listing.broken] == ["acme-bad", "acme-moody", "gbm"]


def test_repr_is_one_line_and_html_is_escaped(listing):
    assert repr(listing) == (
        "PluginListing(kind=churn estimator, plugins=8, broken=[acme-bad, acme-moody], "
        "not_used=1, ok=4, not_installed=1)"
    )
    assert repr(listing.rows[2]) == "Listed(acme-gap: ok, entry point, acme-churn, 1.2)"
    page = listing._repr_html_()
    assert "<th>acme-gap</th><td>acme-churn 1.2 · ok</td>" in page
    assert "<th>mine</th><td>ok</td>" in page
    assert "named &#x27;no_such_module&#x27;" in page


def test_without_plugins_there_is_an_empty_table():
    listing = a_registry(builtins={}, discover=False).plugins()
    assert list(listing) == []
    assert listing.to_frame().shape == (0, 7)
    assert repr(listing) == "PluginListing(kind=churn estimator, plugins=0)"
