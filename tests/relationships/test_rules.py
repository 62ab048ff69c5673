"""The rules of one type, as an agent asks for them."""

from __future__ import annotations

import dataclasses
import json

import pytest

from customerintel.relationships.relationship_rules import RelationshipRules, rules
from customerintel.relationships.type_registry import TypeRegistry, types

#: Two types, one of them with markup in its texts.
OWN = {
    "name": "acme",
    "version": 1,
    "types": [
        {"key": "regular", "definition": "a <b> c", "coarse": "steady", "prototype": [0.5] * 8},
        {"key": "guest", "definition": "d", "coarse": "steady", "prototype": [0.4] * 8},
    ],
}


@pytest.mark.parametrize("name", ["core@1", "extended@1"])
def test_they_are_those_of_the_type(name):
    for key, one in types(name).items():
        found = rules(key, name)
        assert isinstance(found, RelationshipRules)
        for field in ("key", "name", "wants", "breaks", "rules", "do", "dont", "source", "status"):
            assert getattr(found, field) == getattr(one, field)
        assert found.types == name


def test_a_name_or_an_alias_will_do():
    assert rules("Best friends") == rules("best_friend")
    assert rules("master-slave").key == "commanding"


def test_what_the_core_has_not_is_looked_up_in_the_extended_registry():
    assert rules("captive") == rules("captive", "extended")
    assert rules("captive", "core@1").types == "extended@1"
    assert rules("fling").types == "core@1"


def test_the_texts_are_complete():
    found = rules("fling")
    text = str(found)
    for part in (found.wants, found.breaks, *found.rules, *found.do, *found.dont, found.source):
        assert part in text
        assert part.replace("'", "&#x27;") in found._repr_html_()
    assert "Source (published)" in text
    assert repr(found) == "RelationshipRules(key=fling, types=core@1, status=published)"


def test_parts_that_a_type_does_not_have_are_left_out():
    found = rules("regular", OWN)
    assert str(found) == "regular: a <b> c"
    assert found._repr_html_() == "<table><caption>regular: a &lt;b&gt; c</caption></table>"


def test_as_a_dict_they_are_json():
    found = rules("buddy").to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["do"] == list(types("core")["buddy"].do)


def test_they_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules("fling").wants = "peace"


def test_ones_own_core_has_no_wider_registry():
    own = TypeRegistry.from_mapping({**OWN, "name": "core"})
    assert rules("guest", own).types == "core@1"
    with pytest.raises(ValueError, match="There are regular, guest"):
        rules("captive", own)
    with pytest.raises(ValueError, match="There are regular, guest"):
        rules("captive", {**OWN, "name": "core", "version": 9})
