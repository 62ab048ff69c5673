"""Types of relationship as data: registries and single types of one's own."""

from __future__ import annotations

import copy
import json
import pickle
from html import escape

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.relationship_type import DIMENSIONS, RelationshipType
from customerintel.relationships.type_fields import RESERVED
from customerintel.relationships.type_registry import TypeRegistry, read_types, types

CORE = ("basic_exchange", "business_partner", "fling", "best_friend", "buddy", "commanding")

#: What a registry of two needs, and no more.
PLAIN = {
    "name": "acme",
    "version": 3,
    "types": {
        "regular": {
            "definition": "Comes every week.",
            "coarse": "steady",
            "prototype": [0.6, None, 0.0, None, 0.9, 0.5, None, None],
            "aliases": ["Stamm-Gast"],
            "leads_to": ["passer_by"],
        },
        "passer_by": {
            "definition": "Comes once.",
            "coarse": "brief",
            "prototype": {"valence": 0.1, "duration": 0, "commitment": np.nan, "power": -0.5},
        },
    },
}


def one_type(**other):
    fields = {"key": "regular", "definition": "Comes.", "coarse": "steady"}
    return RelationshipType(**{**fields, "prototype": [0.5] * 8, **other})


OTHER = one_type(key="other_one", signature={"love": 1})


# --- registries --------------------------------------------------------------------------------


def test_a_registry_is_a_mapping_of_its_types_in_order():
    own = TypeRegistry.from_mapping(PLAIN)
    assert list(own) == list(own.labels) == ["regular", "passer_by"]
    assert len(own) == 2
    assert "regular" in own
    assert "fling" not in own
    assert own["passer_by"].name == "passer by"
    with pytest.raises(KeyError):
        own["fling"]
    assert (own.id, str(own)) == ("acme@3", "acme@3")


def test_prototypes_are_an_array_that_cannot_be_written():
    own = TypeRegistry.from_mapping(PLAIN)
    nan = np.nan
    expected = [[0.6, nan, 0, nan, 0.9, 0.5, nan, nan], [0.1, nan, -0.5, nan, 0, nan, nan, nan]]
    np.testing.assert_array_equal(own.prototypes, expected)
    assert own.prototypes.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        own.prototypes[0, 0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        own.prototypes.flags.writeable = True


def test_levels_are_in_the_order_of_the_names():
    found = types("core").levels(["clumpiness", "an_unknown_signal"])
    assert found.shape == (6, 2)
    assert found[CORE.index("fling"), 0] == 0.8
    assert np.isnan(found[CORE.index("fling"), 1])
    assert types("core").levels([]).shape == (6, 0)


def test_other_scripts_are_words_and_signs_alone_are_none():
    aliases = ["\N{GREEK CAPITAL LETTER ALPHA}\N{GREEK CAPITAL LETTER BETA}", "!?"]
    own = TypeRegistry("acme", 1, [one_type(aliases=aliases), OTHER])
    assert own.resolve("\N{GREEK SMALL LETTER ALPHA}\N{GREEK SMALL LETTER BETA}") == "regular"
    assert own.resolve("!?") is None


def test_one_can_be_read_in_every_form(tmp_path):
    own = TypeRegistry.from_mapping(PLAIN)
    path = tmp_path / "types.json"
    path.write_text(own.to_json(), encoding="utf-8")
    assert read_types(own) is own
    assert read_types(PLAIN) == own
    assert read_types(path) == read_types(str(path)) == TypeRegistry.from_json(path) == own
    assert TypeRegistry.from_json(own.to_json()) == read_types(own.to_json()) == own
    assert read_types("core") is types("core")
    as_list = [{"key": key, **fields} for key, fields in PLAIN["types"].items()]
    assert TypeRegistry("acme", 3, as_list) == own
    assert TypeRegistry("acme", 3, list(own.values())) == own
    assert TypeRegistry("acme", 3, own) == own


def test_coarse_classes_come_from_the_types_if_nothing_is_said():
    own = TypeRegistry.from_mapping(PLAIN)
    assert own.coarse_classes == {"steady": "", "brief": ""}
    words = {"brief": "Once.", "steady": "Often."}
    told = TypeRegistry.from_mapping({**PLAIN, "coarse_classes": words})
    assert list(told.coarse_classes.items()) == list(words.items())
    told.coarse_classes["brief"] = "changed"
    assert told.coarse_classes == words


def test_types_that_differ_in_their_signature_alone_are_two():
    alike = [
        one_type(),
        one_type(key="bursty", signature={"clumpiness": 0.9}),
    ]
    assert TypeRegistry("acme", 1, alike).labels == ("regular", "bursty")


def test_equal_is_what_has_the_same_name_version_and_types():
    own = TypeRegistry.from_mapping(PLAIN)
    again = TypeRegistry.from_mapping(PLAIN)
    assert own == again
    assert hash(own) == hash(again)
    assert own != TypeRegistry.from_mapping({**PLAIN, "version": 4})
    assert own != dict(own)
    assert types("core") != types("extended")


def test_a_registry_cannot_be_changed_and_travels():
    own = types("core")
    with pytest.raises(AttributeError, match="name"):
        own.name = "mine"
    assert copy.deepcopy(own) is own
    assert pickle.loads(pickle.dumps(own)) == own


def test_to_frame_has_one_row_per_type():
    frame = types("extended").to_frame()
    assert frame["key"].tolist() == list(types("extended").labels)
    assert list(frame.columns[-8:]) == list(DIMENSIONS)
    assert frame["commitment"].dtype == np.float64
    assert frame.set_index("key").loc["fling", "leads_to"] == "stranger, ex_friend, buddy"
    frame.loc[0, "valence"] = 9.0
    assert types("extended").prototypes[0, 0] == 0.3


def test_repr_and_html():
    evil = {**PLAIN["types"]["regular"], "definition": "<script>alert(1)</script>"}
    own = TypeRegistry.from_mapping({**PLAIN, "types": {**PLAIN["types"], "regular": evil}})
    assert repr(own) == "TypeRegistry(id=acme@3, types=2, coarse_classes=2)"
    for html in (own._repr_html_(), own["regular"]._repr_html_()):
        assert escape(evil["definition"]) in html
        assert "<script>" not in html
    assert "acme@3" in own._repr_html_()


# --- one type ----------------------------------------------------------------------------------


def test_a_type_is_frozen_and_hashable():
    one = one_type(signature={"tenure": 0.5})
    with pytest.raises(AttributeError, match="cannot be changed"):
        one.name = "another"
    with pytest.raises(TypeError):
        one.signature["tenure"] = 1.0
    assert hash(one) == hash(one_type(signature={"tenure": 0.5}))
    assert one != one_type(signature={"tenure": 0.6})
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one


def test_a_type_is_made_again_from_its_mapping():
    one = one_type(signature={"tenure": 1}, aliases=("a b",), prototype=[None, 1, -1, *[0.5] * 5])
    again = RelationshipType(**json.loads(json.dumps(one.to_mapping())))
    assert again == one
    assert again.prototype[:3] == (None, 1.0, -1.0)
    assert dict(again.signature) == {"tenure": 1.0}


def test_a_copy_is_checked():
    one = one_type()
    assert one.model_copy(update={"source": "Interviews, 2026"}).source == "Interviews, 2026"
    assert one.model_copy(deep=True) == one
    with pytest.raises(InvalidArgumentError, match="prototype"):
        one.model_copy(update={"prototype": [2] * 8})


def test_a_prototype_may_be_an_array():
    assert one_type(prototype=np.full(8, 0.5)) == one_type()


def test_within_another_model_pydantic_tells_the_fault():
    class Plan(BaseModel):
        target: RelationshipType

    assert Plan(target=one_type()).target == one_type()
    with pytest.raises(ValidationError, match="definition: is missing"):
        Plan.model_validate({"target": {"key": "regular"}})


def test_repr_and_words_of_a_type():
    one = types("core")["fling"]
    assert repr(one) == "RelationshipType(key=fling, coarse=brief, signals=45, status=published)"
    assert str(one) == "fling"
    assert "clumpiness 0.8" in one._repr_html_()


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_no_type_is_called_as_customers_without_one(word):
    with pytest.raises(InvalidArgumentError, match="without a type"):
        one_type(key=word)
    with pytest.raises(InvalidArgumentError, match="without a type"):
        TypeRegistry("acme", 1, [one_type(aliases=[word]), OTHER])
