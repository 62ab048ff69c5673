"""Rules and sets of them: the issue's own, what changes, what goes together."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from live.expressions import RULES

from customerintel import live
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.rule_set import RuleSet

DAY = 86_400_000_000


def rules_of_the_issue(estimator):
    cart = live.Rule(
        id="cart-30m",
        version=1,
        when=live.Absence(
            after=live.On("Product Added"), of=live.On("Order Completed"), within="30m"
        ),
        where=live.Segment("At Risk") & (live.P("cart_total") > 20),
        do=[live.Action("email", template="cart")],
        limits=live.Limits(
            once_per="7d", per_channel={"email": "2/7d"}, quiet_hours=("21:00", "08:00")
        ),
        holdout=live.Holdout(0.10, salt="cart-2026"),
        requires_consent="marketing",
    )
    gym = live.Rule(
        id="visits-down",
        version=1,
        when=live.Drop(live.Count("Visit"), window="14d", versus="previous", by=0.5, at_least=4),
        do=[live.Action("tips")],
    )
    save = live.Rule(
        id="save",
        version=1,
        when=live.On("Email Opened"),
        where=(live.Score("churn", estimator) > 0.7) & live.Relationship("buddy"),
        do=[live.Action("call")],
    )
    calm = live.Rule(
        id="dormant-60",
        version=1,
        when=live.Absence(
            after=live.On("Order Completed"), of=live.On("Order Completed"), within="60d"
        ),
        do=[live.Action("winback")],
    )
    keen = live.Rule(
        id="keen",
        version=1,
        when=live.Count("Product Viewed", window="7d") >= 25,
        limits=live.Limits(once_per="30d"),
        do=[live.Action("offer")],
    )
    return [cart, gym, save, calm, keen]


def test_the_rules_of_the_issue_say_what_they_mean():
    cart, gym, save, calm, keen = rules_of_the_issue(object())
    assert cart.when.within_us == 1_800_000_000
    assert cart.limits.once_per_us == 7 * DAY
    assert cart.limits.caps == {"email": (2, 7 * DAY)}
    assert cart.limits.quiet == (1260, 480)
    assert (cart.holdout.share, cart.holdout.salt) == (0.1, "cart-2026")
    assert cart.requires_consent == "email_marketing"
    assert [(one.channel, one.values) for one in cart.do] == [("email", {"template": "cart"})]
    assert gym.when.counter == live.Count("Visit", window="28d")
    assert list(save.where.parts)[1] == live.Relationship("buddy")
    assert calm.when.is_silence
    assert (keen.limits.once_per_us, keen.limits.max_attempts) == (30 * DAY, 5)
    assert keen.limits.expires_us is keen.limits.quiet is keen.holdout is keen.unless is None


def test_rules_of_the_issue_come_back_from_json_with_their_estimator():
    estimator = object()
    rules = RuleSet(rules_of_the_issue(estimator))
    again = RuleSet.from_json(rules.to_json(), estimators={"churn": estimator})
    assert again == rules
    assert again["save"].where.parts[0].left.estimator is estimator
    with pytest.raises(InvalidArgumentError, match=r"Give it: estimators=\{'churn': ...\}"):
        RuleSet.from_json(rules.to_json())


@settings(max_examples=50, deadline=None)
@given(RULES)
def test_json_round_trip_is_exact(rule):
    rules = RuleSet([rule])
    again = RuleSet.from_json(rules.to_json())
    assert again == rules
    assert again.to_json() == rules.to_json()
    assert again.outline() == rules.outline()
    assert again.changes_from(rules).same == (rule.id,)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(again.rules[0]) == hash(rule)


def test_values_of_an_action_are_a_copy():
    action = live.Action("email", offers=[{"code": "A"}], note=None)
    action.values["offers"][0]["code"] = "B"
    assert action.values == {"offers": [{"code": "A"}], "note": None}
    assert action == live.Action("email", note=None, offers=({"code": "A"},))


def one(name="a", version=1, **options):
    options = {"when": live.On("Visit"), "do": [live.Action("email")]} | options
    return live.Rule(name, version, **options)


def test_changes_are_told_by_id():
    older = RuleSet([one("a"), one("b"), one("gone")])
    newer = RuleSet([one("new"), one("b", 2, when=live.On("Other")), one("a")])
    changes = newer.changes_from(older)
    assert changes.added == ("new",)
    assert changes.changed == ("b",)
    assert changes.removed == ("gone",)
    assert changes.same == ("a",)
    assert newer.changes_from(older.outline()) == changes


def test_the_same_body_written_otherwise_is_no_change():
    older = one(when=live.Count("Product Viewed", "7d") >= 3, limits=live.Limits(once_per="7d"))
    newer = one(
        when=live.Count("product_viewed", "1w", grain="day") >= 3.0,
        limits=live.Limits(once_per="168h"),
    )
    assert RuleSet([newer]).changes_from(RuleSet([older])).same == ("a",)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"when": live.On("Other")}, "when"),
        ({"where": live.Segment("x")}, "where"),
        ({"do": [live.Action("email", template="b")]}, "do"),
        ({"limits": live.Limits(max_attempts=2)}, "limits"),
        ({"limits": live.Limits(quiet_hours=("20:00", "08:00"))}, "limits"),
        ({"holdout": live.Holdout(0.1, "s"), "unless": live.On("Visit")}, "holdout, unless"),
        ({"requires_consent": "profiling"}, "requires_consent"),
    ],
)
def test_every_field_is_part_of_the_body(options, fields):
    with pytest.raises(InvalidArgumentError, match=f"rule 'a': {fields} changed under the same"):
        RuleSet([one(**options)]).changes_from(RuleSet([one()]))


def test_a_set_is_a_sequence_with_names():
    rules = RuleSet([one("a"), one("b", where=live.Segment("x") | live.Segment("y", "x"))])
    assert len(rules) == 2
    assert [rule.id for rule in rules] == ["a", "b"]
    assert "b" in rules
    assert "c" not in rules
    assert rules["b"].where is not None
    assert rules.segments() == ("x", "y")
    assert repr(rules) == "RuleSet(a (1), b (1))"
    assert "2 rules" in rules._repr_html_()
    assert len(RuleSet()) == 0


def test_a_rule_shows_itself_as_it_was_written():
    rule = one(where=live.P("x") > 1, limits=live.Limits(once_per="7d"))
    assert (
        repr(rule)
        == str(rule)
        == (
            "Rule(id='a', version=1, when=On('Visit'), where=P('x') > 1, do=[Action('email')], "
            "limits=Limits(once_per='7d'))"
        )
    )


def test_a_predicate_is_a_conjunct_and_part_of_the_body():
    big = live.Predicate(lambda row: True, name="big")
    rules = RuleSet([one(where=live.Segment("x") & big)])
    assert rules.changes_from(rules.outline()).same == ("a",)
    other = RuleSet([one(where=live.Segment("x") & live.Predicate(print, name="small"))])
    with pytest.raises(InvalidArgumentError, match="where changed under the same version 1"):
        other.changes_from(rules)
