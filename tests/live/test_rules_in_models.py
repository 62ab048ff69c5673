"""Rules as pydantic takes them: dumped, validated, inside other models, with their schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from live.expressions import RULES
from live.test_rule_files import HELLO, SCHEMA, fits
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from customerintel import live


class Campaign(BaseModel):
    """What a user's own settings may hold."""

    rules: list[live.Rule]
    until: live.Condition | None = None


PARTS = {
    "term": live.Count("Visit", window="7d"),
    "condition": live.Segment("At Risk") & ~(live.P("plan") == "gold"),
    "event": live.On.kind("visit", where=live.P("total") > 3),
    "action": live.Action("email", template="cart", values=[1, {"deep": None}]),
    "action without values": live.Action("call"),
    "limits": live.Limits("7d", {"email": "2/7d"}, ("21:00", "08:00"), max_attempts=2),
    "no limits": live.Limits(),
    "holdout": live.Holdout(0.25, salt="x"),
}


@settings(max_examples=50, deadline=None)
@given(RULES)
def test_a_rule_survives_both_ways(rule):
    dumped = rule.model_dump()
    assert dumped == rule.to_data() == json.loads(rule.model_dump_json())
    assert live.Rule.model_validate(dumped) == rule
    assert live.Rule.model_validate_json(rule.model_dump_json()) == rule


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
def test_a_part_survives(part):
    assert type(part).model_validate_json(part.model_dump_json()) == part
    assert fits(part.model_dump(), type(part).model_json_schema(), SCHEMA)


def test_a_model_holds_rules():
    given = Campaign(rules=[HELLO], until=live.On("Visit") | live.Entered("Champions"))
    read = Campaign.model_validate_json(given.model_dump_json())
    assert read == given
    assert read.rules[0] is not HELLO
    assert given.rules[0] is HELLO
    assert TypeAdapter(live.Condition).validate_python(given.until) is given.until
    assert Campaign.model_json_schema()["$defs"]["Rule"] == {"title": "Rule", "type": "object"}


def test_fields_may_be_objects():
    fields = {"id": "hello", "version": 1, "when": HELLO.when, "do": HELLO.do}
    assert live.Rule.model_validate(fields) == HELLO
    assert live.Rule.model_validate(HELLO) is HELLO


def test_an_estimator_comes_as_context():
    own = object()
    save = live.Rule("save", 1, live.On("x"), live.Score("churn", own) > 0.7, [live.Action("call")])
    context = {"estimators": {"churn": own}}
    assert live.Rule.model_validate(save.model_dump(), context=context) == save
    with pytest.raises(ValidationError, match="Give it: estimators="):
        live.Rule.model_validate(save.model_dump())


def test_faults_say_where():
    data = {"id": "a", "version": 1, "when": {"is": "onn"}, "do": [{"way": "x"}], "limits": 3}
    with pytest.raises(ValidationError) as caught:
        Campaign(rules=[HELLO.model_dump(), data])
    (fault,) = caught.value.errors()
    assert fault["loc"] == ("rules", 1)
    lines = str(fault["ctx"]["error"]).split("\n- ")
    assert lines[0] == "The Rule cannot be used, for 4 faults:"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "Rule.when", "Rule.do[0]", "Rule.do[0]", "Rule.limits"
    ]  # fmt: skip


def test_another_part_is_refused():
    with pytest.raises(ValidationError, match="\"is\" says 'segment', which is another one"):
        live.On.model_validate(live.Segment("x").model_dump())
    for kind, other in ((live.Count, PARTS["condition"]), (live.Segment, PARTS["term"])):
        with pytest.raises(ValidationError, match="cannot be used"):
            kind.model_validate(other.model_dump())


def test_a_function_is_not_written():
    rule = live.Rule(
        "a", 1, live.On("x"), live.Predicate(len) & live.Segment("b"), [live.Action("call")]
    )
    with pytest.raises(PydanticSerializationError, match="is a Python function and cannot be"):
        rule.model_dump_json()
