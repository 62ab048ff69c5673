"""Several claims to one name: warned of once, and decided the same way every time."""

from __future__ import annotations

import warnings

import pytest
from plugins.built_in import Recency
from plugins.site_folder import GOOD, a_registry

from customerintel import __version__
from customerintel.exceptions import PluginConflictWarning

POINTS = {"acme-gap": "acme_churn:Gap"}


class Gap(Recency):
    pass


class OtherGap(Recency):
    pass


def warned(call) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert all(warning.category is PluginConflictWarning for warning in caught)
    assert all(warning.filename == __file__ for warning in caught)
    return [str(warning.message) for warning in caught]


@pytest.fixture
def two(site):
    """Two distributions claim one name; the second by the alphabet is the first on the path."""
    site.add("zeta-churn", "0.1", {"acme-gap": "zeta_churn:Gap"}, zeta_churn=GOOD)
    site.add("Acme.Churn", "1.2", POINTS, acme_churn=GOOD)
    return site


def test_both_distributions_are_named_once_per_discovery(two):
    registry = a_registry()
    assert warned(registry.names) == [
        (
            "The name 'acme-gap' of a churn estimator is claimed 2 times: acme_churn:Gap of "
            "Acme.Churn 1.2; zeta_churn:Gap of zeta-churn 0.1. The first of these is used. Ask for "
            "'zeta-churn:acme-gap' to use another, or block one."
        )
    ]
    assert warned(registry.names) == []
    assert warned(lambda: registry.load("acme-gap")) == []
    assert warned(registry.plugins) == []
    registry.refresh()
    assert len(warned(registry.plugins)) == 1


def test_the_first_distribution_by_name_wins_and_the_other_can_be_chosen(two):
    registry = a_registry()
    warned(registry.names)
    assert registry.load("acme-gap").distribution == "Acme.Churn"
    assert registry.load("acme-churn:acme-gap").distribution == "Acme.Churn"
    assert registry.load("zeta_churn:acme-gap").distribution == "zeta-churn"
    assert registry.names() == ("acme-gap", "recency")


def test_blocking_one_ends_the_conflict(two):
    registry = a_registry()
    registry.block("acme-churn:acme-gap")
    assert warned(registry.names) == []
    assert registry.load("acme-gap").distribution == "zeta-churn"


def test_the_list_of_the_environment_can_choose(two, monkeypatch):
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", "zeta-churn:acme-gap")
    registry = a_registry()
    assert warned(registry.names) == []
    assert registry.load("acme-gap").distribution == "zeta-churn"


def test_a_built_in_name_is_reserved(site):
    site.add("acme-churn", "1.2", {"recency": "acme_churn:Gap"}, acme_churn=GOOD)
    registry = a_registry()
    assert warned(registry.names) == [
        (
            f"The name 'recency' of a churn estimator is claimed 2 times: built into customerintel "
            f"{__version__}; acme_churn:Gap of acme-churn 1.2. The first of these is used. Ask for "
            "'acme-churn:recency' to use another, or block one."
        )
    ]
    assert registry.load("recency").factory is Recency
    assert registry.load("acme-churn:recency").distribution == "acme-churn"


def test_registering_over_a_built_in_warns_and_wins():
    registry = a_registry()
    assert warned(lambda: registry.register("recency", Gap)) == [
        (
            f"The name 'recency' of a churn estimator is claimed 2 times: {__name__}:Gap, "
            f"registered in this process; built into customerintel {__version__}. The first of "
            "these is used. Ask for 'customerintel:recency' to use another, or block one."
        )
    ]
    assert registry.load("recency").factory is Gap
    assert warned(registry.names) == []
    assert warned(lambda: registry.register("recency", Gap)) == []


def test_registering_over_an_installed_one_warns_and_wins(site):
    site.add("acme-churn", "1.2", POINTS, acme_churn=GOOD)
    registry = a_registry()
    registry.register("acme-gap", Gap)
    (message,) = warned(registry.names)
    assert "acme_churn:Gap of acme-churn 1.2" in message
    assert "test_conflicts:Gap, registered in this process" in message
    assert registry.load("acme-gap").factory is Gap
    assert registry.load("acme-churn:acme-gap").distribution == "acme-churn"


def test_registering_another_under_the_name_warns_and_wins():
    registry = a_registry()
    registry.register("acme-gap", Gap)
    assert warned(lambda: registry.register("acme-gap", OtherGap)) == [
        (
            f"The churn estimator 'acme-gap' was {__name__}:Gap and is now {__name__}:OtherGap. "
            "Give it another name if you want both, or call unregister('acme-gap') first."
        )
    ]
    assert registry.load("acme-gap").factory is OtherGap
    registry.unregister("acme-gap")
    assert warned(lambda: registry.register("acme-gap", Gap)) == []


def test_a_warning_made_an_error_leaves_the_registry_in_order(two):
    registry = a_registry()
    with pytest.raises(PluginConflictWarning):
        registry.names()
    assert registry.names() == ("acme-gap", "recency")
    with pytest.raises(PluginConflictWarning):
        registry.register("recency", Gap)
    assert registry.load("recency").factory is Gap
