"""Rule files: there and back, and the schema that describes them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from live.expressions import RULES

from customerintel import live
from customerintel.live.rule_set import RuleSet
from customerintel.live.rule_shapes import SHAPES

HELLO = live.Rule("hello", 1, when=live.On("Signed Up"), do=[live.Action("email", name="Zoë")])


def test_a_file_is_written_whole_and_read_again(tmp_path):
    path = tmp_path / "rules.json"
    live.write_rules(path, [HELLO])
    assert live.read_rules(path) == [HELLO]
    assert "Zoë" in path.read_text(encoding="utf-8")
    live.write_rules(str(path), RuleSet([HELLO.model_copy(update={"version": 2})]))
    assert live.read_rules(str(path))[0].version == 2
    assert [one.name for one in tmp_path.iterdir()] == ["rules.json"]


def test_an_editor_may_put_a_mark_and_a_schema_in_front(tmp_path):
    path = tmp_path / "rules.json"
    data = {"$schema": "rules.schema.json"} | json.loads(RuleSet([HELLO]).to_json())
    path.write_text("\ufeff" + json.dumps(data), encoding="utf-8")
    assert live.read_rules(path) == [HELLO]


def test_an_event_may_be_its_name_alone():
    when = {"is": "absence", "after": "Product Added", "of": {"is": "on", "kind": "purchase"}}
    rule = {"id": "a", "version": 1, "when": when | {"within": "30m"}, "do": [{"channel": "x"}]}
    read = RuleSet.from_json(json.dumps({"format_version": 1, "rules": [rule]}))
    assert read["a"].when == live.Absence("Product Added", live.On.kind("purchase"), "30m")


def test_nothing_else_than_what_is_said_is_read():
    text = RuleSet([HELLO]).to_json().replace('"do"', '"where": null, "unless": null, "do"')
    assert list(RuleSet.from_json(text)) == [HELLO]


def fits(data, schema, whole):
    """Check data by those words of JSON Schema that ours uses."""
    if "$ref" in schema:
        return fits(data, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "oneOf" in schema:
        return sum(fits(data, one, whole) for one in schema["oneOf"]) == 1
    kinds = {
        "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
        "number": (int, float),
    }  # fmt: skip
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(
        isinstance(data, kinds[name]) and (name == "boolean" or not isinstance(data, bool))
        for name in names
    ):
        return False
    checks = [
        data in schema.get("enum", [data]),
        data == schema.get("const", data),
        set(schema.get("required", ())) <= set(data if isinstance(data, dict) else ()),
    ]
    if isinstance(data, str):
        checks += [
            len(data) >= schema.get("minLength", 0),
            re.search(schema.get("pattern", ""), data),
        ]
    if isinstance(data, list):
        checks += [schema.get("minItems", 0) <= len(data) <= schema.get("maxItems", 99)]
        checks += [fits(one, schema["items"], whole) for one in data]
    if isinstance(data, (int, float)):
        checks += [
            schema.get("minimum", data) <= data,
            data < schema.get("exclusiveMaximum", 1e300),
        ]
    if isinstance(data, dict) and schema.get("properties") is not None:
        checks += [
            name in schema["properties"] and fits(value, schema["properties"][name], whole)
            for name, value in data.items()
        ]
    return all(checks)


SCHEMA = live.rules_schema()


@settings(max_examples=50, deadline=None)
@given(RULES)
def test_what_is_written_fits_the_schema(rule):
    assert fits(json.loads(RuleSet([rule]).to_json()), SCHEMA, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"when": {"is": "nothing"}},
        {"when": {"is": "on", "evnt": "x"}},
        {"version": 0},
        {"do": []},
        {"limits": {"once_per": "soon"}},
        {"holdout": {"share": 1, "salt": "x"}},
        {"extra": 1},
    ],
)
def test_what_cannot_be_read_does_not_fit(change):
    data = json.loads(RuleSet([HELLO]).to_json())
    data["rules"][0] |= change
    assert not fits(data, SCHEMA, SCHEMA)
    with pytest.raises(ValueError, match="cannot be used"):
        RuleSet.from_json(json.dumps(data))


def test_the_schema_says_what_each_part_is():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert set(SHAPES) <= set(SCHEMA["$defs"])
    assert all(SCHEMA["$defs"][tag]["description"].endswith(".") for tag in SHAPES)
    assert SCHEMA["$defs"]["count"]["required"] == ["is", "on"]


def test_the_shapes_are_those_of_the_classes():
    for tag, shape in SHAPES.items():
        fields = shape.made.model_fields
        names = {"kind" if name == "interaction" else name for name in fields}
        assert set(shape.fields) - {"given"} == names, tag
