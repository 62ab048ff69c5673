"""Rules that cannot be made or changed: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Absence,
    Action,
    Count,
    Entered,
    Exited,
    Limits,
    On,
    P,
    Predicate,
    Rule,
    Score,
    Segment,
)
from customerintel.live.rule_set import RuleSet

CALL = [Action("call")]
BIG = Predicate(lambda row: True, name="big")


def rule(when=None, where=None, **options):
    """Return a rule that is right but for what is given."""
    options = {"id": "r", "version": 1, "do": CALL} | options
    return Rule(when=On("Visit") if when is None else when, where=where, **options)


#: What is given: a call, the class and the whole message.
CASES = {
    "a rule with all kinds of faults": (
        lambda: Rule(
            "",
            0,
            when=P("x") > 1,
            where=On("a") & Exited("b"),
            do=CALL,
            holdout=0.1,
            limits=Limits(per_channel={"email": "1/1d"}),
            requires_consent="spam",
            unless=3,
        ),
        InvalidArgumentError,
        (
            "The rule '' has 9 faults:\n"
            "- id must be a text that is not empty; got an empty text.\n"
            "- version must be a whole number, at least 1 and at most 2,147,483,647.\n"
            "- holdout must be Holdout(...); got float.\n"
            "- requires_consent: give one of service, analytics, personalisation, "
            "email_marketing, ad_matching, profiling, research.\n"
            "- unless must be On(...) or the name of an event; got int.\n"
            "- when reads a property: P('x') > 1. Put it into where, or into the event: On(..., "
            "where=...).\n"
            "- where holds On('a'), which is true at one moment only. Put it into when; for what "
            "happened before, compare a Count.\n"
            "- where holds Exited('b'), which fires. Make it the when, or ask for Segment.\n"
            "- limits.per_channel caps 'email', a channel of no action of the rule. Cap one of "
            "its channels ('call'), or leave it out."
        ),
    ),
    "a rule that does nothing": (
        lambda: rule(do=[]),
        InvalidArgumentError,
        ("The rule 'r' has a fault:\n- do must hold at least one action: the rule does nothing."),
    ),
    "a rule whose actions are words": (
        lambda: rule(do=["email"]),
        InvalidArgumentError,
        ("The rule 'r' has a fault:\n- do must be a list of actions, such as [Action('email')]."),
    ),
    "a rule that waits for a number": (
        lambda: rule(when=Count("Visit", "7d")),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- when must be a condition; got Count alone. Compare it, such as Count(...) >= 3."
        ),
    ),
    "a rule that waits for a word": (
        lambda: rule(when="Visit"),
        InvalidArgumentError,
        ("The rule 'r' has a fault:\n- when must be a condition, such as On('Visit'); got str."),
    ),
    "a property in when": (
        lambda: rule(when=On("Visit") & (P("x") > 20)),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- when reads a property: P('x') > 20. Put it into where, or into the event: On(..., "
            "where=...)."
        ),
    ),
    "a predicate in when": (
        lambda: rule(when=On("Visit") & BIG),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- when holds Predicate('big'). A predicate is asked in where only; put it there."
        ),
    ),
    "entering a segment and more": (
        lambda: rule(when=Entered("a") & (Count("Visit") > 3)),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- when joins Entered('a') with other conditions. It stands alone; put the others "
            "into where."
        ),
    ),
    "not leaving a segment": (
        lambda: rule(when=~Exited("a")),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- when joins Exited('a') with other conditions. It stands alone; put the others "
            "into where."
        ),
    ),
    "a moment in where": (
        lambda: rule(where=Absence("A", "B", "1h") | Segment("a")),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- where holds Absence(after=On('A'), of=On('B'), within='1h'), which is true at one "
            "moment only. Put it into when; for what happened before, compare a Count."
        ),
    ),
    "entering a segment in where": (
        lambda: rule(where=Entered("a")),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- where holds Entered('a'), which fires. Make it the when, or ask for Segment."
        ),
    ),
    "a predicate inside of or": (
        lambda: rule(where=Segment("a") | BIG),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- where holds Predicate('big') inside of '|' or '~'. A predicate is joined by '&' "
            "alone; put the rest of the logic into its function."
        ),
    ),
    "a predicate that is denied": (
        lambda: rule(where=~BIG),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- where holds Predicate('big') inside of '|' or '~'. A predicate is joined by '&' "
            "alone; put the rest of the logic into its function."
        ),
    ),
    "a cap on a channel of another rule": (
        lambda: rule(limits=Limits(per_channel={"email": "2/7d"})),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- limits.per_channel caps 'email', a channel of no action of the rule. Cap one of "
            "its channels ('call'), or leave it out."
        ),
    ),
    "a version that is a text": (
        lambda: rule(version="1"),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- version must be a whole number, at least 1 and at most 2,147,483,647."
        ),
    ),
    "a version that is true": (
        lambda: rule(version=True),
        InvalidArgumentError,
        (
            "The rule 'r' has a fault:\n"
            "- version must be a whole number, at least 1 and at most 2,147,483,647."
        ),
    ),
    "rules that are none": (
        lambda: RuleSet(["a", rule()]),
        InvalidArgumentError,
        ("The rules do not go together:\n- rules[0] must be a Rule; got str."),
    ),
    "one rule in place of a list": (
        lambda: RuleSet(rule()),
        InvalidArgumentError,
        "rules must be a list of Rule; got Rule.",
    ),
    "an id that is there twice": (
        lambda: RuleSet([rule(), rule(id="s"), rule(version=2)]),
        InvalidArgumentError,
        (
            "The rules do not go together:\n"
            "- the id 'r' is there 2 times (rules 0, 2, from 0). Each rule needs an id of its "
            "own."
        ),
    ),
    "a score of two estimators": (
        lambda: RuleSet(
            [
                rule(where=Score("churn", "recency") > 0.5),
                rule(id="s", where=Score("churn", "gbm") > 0.5),
            ]
        ),
        InvalidArgumentError,
        (
            "The rules do not go together:\n"
            "- the score 'churn' has different estimators or horizons in the rules 'r', 's'. "
            "Give one of them another name."
        ),
    ),
    "a rule that nobody knows": (
        lambda: RuleSet([rule()])["s"],
        InvalidArgumentError,
        "There is no rule 's'. Known: 'r'.",
    ),
    "a changed body under the same version": (
        lambda: RuleSet([rule(when=On("Other"), do=[Action("email")])]).changes_from(
            RuleSet([rule()])
        ),
        InvalidArgumentError,
        (
            "The rules cannot be changed:\n"
            "- rule 'r': when, do changed under the same version 1. Give it version 2, so that "
            "its actions can be told from the former ones."
        ),
    ),
    "a version that falls": (
        lambda: RuleSet([rule(version=2)]).changes_from(RuleSet([rule(version=3)])),
        InvalidArgumentError,
        (
            "The rules cannot be changed:\n"
            "- rule 'r': the version falls from 3 to 2. Versions only grow; give it version 4 or "
            "more."
        ),
    ),
    "a predicate in JSON": (
        lambda: RuleSet([rule(where=BIG)]).to_json(),
        InvalidArgumentError,
        (
            "The rules cannot be written:\n"
            "- rule 'r': The predicate 'big' is a Python function and cannot be written to JSON. "
            "Keep this rule in code, or say the same with conditions."
        ),
    ),
    "an estimator of one's own from JSON": (
        lambda: RuleSet.from_json(RuleSet([rule(where=Score("churn", object()) > 0.5)]).to_json()),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            "- rules[0].where.left: the score 'churn' was made with an estimator of your own, "
            "which JSON does not hold. Give it: estimators={'churn': ...}."
        ),
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
