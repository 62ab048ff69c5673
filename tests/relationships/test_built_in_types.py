"""The registries that come with the library: complete, honest about their state, and consistent."""

from __future__ import annotations

import json

import numpy as np
import pytest

from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.signal_definitions import NAMES
from customerintel.relationships.type_registry import TypeRegistry, types

REGISTRIES = ("core@1", "extended@1")
CORE = ("basic_exchange", "business_partner", "fling", "best_friend", "buddy", "commanding")


def test_the_default_has_the_six_worked_types():
    assert types().labels == CORE
    assert types() is types("core") is types("core@1")
    assert types("extended").labels[:6] == CORE
    assert len(types("extended")) == 21


def test_the_core_types_are_the_same_in_the_extended_registry():
    core, extended = types("core"), types("extended")
    for key in CORE:
        mine, theirs = core[key].to_mapping(), extended[key].to_mapping()
        # where a type lies in a base depends on who else is in it
        assert mine.pop("signature").keys() == theirs.pop("signature").keys()
        assert mine.pop("leads_to") == [one for one in theirs.pop("leads_to") if one in CORE]
        assert mine == theirs
    assert core.coarse_classes == extended.coarse_classes


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_type_says_all_that_a_firm_needs(name):
    for one in types(name).values():
        texts = (one.definition, one.wants, one.breaks, one.source, *one.rules, *one.do, *one.dont)
        assert all(text == text.strip() and text for text in texts), one.key
        assert len(one.rules) >= 2, one.key
        assert len(one.do) >= 2, one.key
        assert len(one.dont) >= 2, one.key
        assert None not in one.prototype, one.key
        assert tuple(one.signature) == NAMES, one.key


def test_only_the_six_worked_types_have_published_rules():
    published = {one.key for one in types("extended").values() if one.status == "published"}
    assert published == set(CORE)


def test_prototypes_as_they_were_proposed():
    """Spot checks by hand, in the order V I P S D C W R."""
    extended = types("extended")
    assert extended["commanding"].prototype == (0.1, 0.6, -0.9, 0.4, 0.5, 0.4, 0.8, 0.2)
    assert extended["captive"].prototype == (-0.6, 0.5, 0.9, 0.1, 0.7, 0.9, 0.0, 0.1)
    assert extended["stranger"].prototype == (0.0, 0.0, 0.0, 0.0, 0.05, 0.0, 0.7, 0.0)


def test_the_nearest_prototypes_are_those_that_are_known_to_be():
    """Root mean square over dimensions scaled to unit range: domain reference, closest pairs."""
    extended = types("extended")
    scaled = extended.prototypes / np.array([2, 1, 2, 1, 1, 1, 1, 1])
    apart = np.sqrt(((scaled[:, None] - scaled[None]) ** 2).mean(axis=2))
    place = {key: i for i, key in enumerate(extended.labels)}
    assert apart[place["buddy"], place["compartment_friend"]] == pytest.approx(0.075, abs=0.001)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() == apart[place["buddy"], place["compartment_friend"]]


def test_coarse_classes_are_ranges_of_what_transactions_show():
    """Duration and commitment alone decide, in the prototypes."""
    registry = types("extended")
    assert list(registry.coarse_classes) == ["brief", "occasional", "steady", "bound"]
    assert all(registry.coarse_classes.values())
    for one in registry.values():
        place = dict(zip(DIMENSIONS, one.prototype, strict=True))
        cuts = np.searchsorted([0.35, 0.55], place["commitment"])
        told = "brief" if place["duration"] <= 0.2 else ("occasional", "steady", "bound")[cuts]
        assert one.coarse == told, one.key


@pytest.mark.parametrize("name", REGISTRIES)
def test_no_signature_speaks_of_money(name):
    """The label is orthogonal to value: no level of an amount can tell a type."""
    money = ("amount", "spend", "spent", "revenue", "monetary", "value", "price_paid", "margin")
    used = {signal for one in types(name).values() for signal in one.signature}
    assert used <= set(NAMES)
    assert [signal for signal in NAMES if any(word in signal for word in money)] == []


@pytest.mark.parametrize("name", REGISTRIES)
def test_no_two_signatures_agree_on_all_that_both_speak_of(name):
    registry = types(name)
    levels = registry.levels(NAMES)
    for i in range(len(registry)):
        for j in range(i):
            both = ~np.isnan(levels[i]) & ~np.isnan(levels[j])
            # one of them differs, or one speaks of what the other does not
            assert (levels[i] != levels[j])[both].any() or not both.any(), (i, j)


@pytest.mark.parametrize("name", REGISTRIES)
def test_the_shipped_file_is_what_is_written(name):
    registry = types(name)
    assert TypeRegistry.from_json(registry.to_json()) == registry
    assert json.loads(registry.to_json())["format_version"] == 1


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("fling", "fling"),
        ("Best Friends", "best_friend"),
        ("  BEST-friend ", "best_friend"),
        ("Master\N{EN DASH}Slave", "commanding"),
        ("friends with benefits", "buddy"),
        ("neighbour", None),
        ("", None),
        ("unknown", None),
        (None, None),
        (3, None),
    ],
)
def test_words_that_customers_say(word, key):
    assert types("core").resolve(word) == key


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_type_answers_to_its_key_name_and_aliases(name):
    registry = types(name)
    for one in registry.values():
        for word in (one.key, one.name, *one.aliases):
            assert registry.resolve(word) == one.key
