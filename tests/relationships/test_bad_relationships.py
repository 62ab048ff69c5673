"""Portfolios, gaps, transitions and CRM fields of what cannot be used: class and whole message."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from relationships.hand_made import MOMENT, history_of, sure_of

from customerintel.churn.predictions import Predictions
from customerintel.exceptions import InvalidArgumentError, PluginNotFoundError, SchemaError
from customerintel.relationships.crm import crm_fields
from customerintel.relationships.evolution import transitions
from customerintel.relationships.gap_comparison import gaps
from customerintel.relationships.portfolio_by_type import portfolio
from customerintel.relationships.type_registry import TypeRegistry, types
from customerintel.tables.survey_log import SurveyLog

KEYS = ("buddy", "fling")
BEFORE = MOMENT - np.timedelta64(90, "D")
ACME = [
    {"key": "buddy", "definition": "Easy.", "coarse": "loose",
     "prototype": {"valence": 0.5, "intensity": 0.3, "duration": 0.7}},
    {"key": "fling", "definition": "Short.", "coarse": "brief",
     "prototype": {"valence": 0.7, "intensity": 0.9, "duration": 0.1}},
]  # fmt: skip


@functools.cache
def table():
    rows = [(1, "2024-01-01", 1.0), (2, "2024-02-01", 2.0)]
    return sure_of(KEYS, history=history_of(rows), desired=["buddy", "fling"])


def earlier(**more):
    return sure_of(KEYS, **{"moment": BEFORE, **more})


def changed():
    other = [{**ACME[0], "prototype": {**ACME[0]["prototype"], "valence": 0.6}}, ACME[1]]
    return TypeRegistry("acme", 1, other)


def of_another_moment():
    predicted = Predictions(
        ids=table().ids, probability=np.array([0.1, 0.2]), horizon_days=30.0, moment=BEFORE,
        estimator="mine", _history=table()._history,
    )  # fmt: skip
    return portfolio(table(), churn=predicted)


MAKE = "Make one with relationships.classify(history, interactions=…, survey=…)."
LEVEL = "level must lie between 0 and 1, such as 0.95; got"
CASES = {
    "a portfolio of something else": (
        lambda: portfolio([1, 2]),
        InvalidArgumentError,
        f"portfolio takes a RelationshipTable; got list. {MAKE}",
    ),
    "a portfolio of a table made from signals alone": (
        lambda: portfolio(sure_of(KEYS)),
        InvalidArgumentError,
        ("portfolio needs the purchases behind the table, and this one was made from signals "
        "alone. Classify a history: relationships.classify(history, …)."),
    ),
    "churn predictions of another moment": (
        of_another_moment,
        InvalidArgumentError,
        ("The churn predictions are of 2024-10-02T23:59:59.999999 UTC and the table of "
        "2024-12-31T23:59:59.999999 UTC. Predict for the table's history."),
    ),
    "a history that is too short for churn": (
        lambda: portfolio(table(), horizon="2000d"),
        InvalidArgumentError,
        ("The history does not reach back over the horizon of 2000d: nobody had bought by then, so "
        "there is nothing to learn from. Use a shorter horizon, or a longer log. Or give "
        "portfolio(churn=None), which leaves churn out."),
    ),
    "a portfolio with a level of 95": (
        lambda: portfolio(table(), level=95),
        InvalidArgumentError,
        f"{LEVEL} 95.",
    ),
    "gaps of something else": (
        lambda: gaps("table"),
        InvalidArgumentError,
        f"gaps takes a RelationshipTable; got str. {MAKE}",
    ),
    "desired types that are no survey": (
        lambda: gaps(table(), {"customer_id": [1], "desired_type": ["buddy"]}),
        InvalidArgumentError,
        ("desired must be a SurveyLog; got dict. Make one with SurveyLog.from_frame(answers, "
        "desired_type='…')."),
    ),
    "a survey with text ids for a table with integer ids": (
        lambda: gaps(
            table(),
            SurveyLog.from_frame(
                {"customer_id": ["a"], "timestamp": ["2024-01-01"], "desired_type": ["buddy"]}
            ),
        ),
        SchemaError,
        ("One side has integer customer ids, the other texts, so nobody could be in both. Read "
        "both logs with ids of the same kind."),
    ),
    "a customer without a gap": (
        lambda: quiet(gaps, table()).explain(7),
        InvalidArgumentError,
        ("There is no such customer among the gaps: they are those whose desired type is known by "
        "2024-12-31T23:59:59.999999 UTC, their ids are integers, and one is explained at a time."),
    ),
    "a summary of gaps that there is not": (
        lambda: quiet(gaps, table()).summary("spend"),
        InvalidArgumentError,
        "by must be one of action, delivered; got 'spend'.",
    ),
    "a list of no actions": (
        lambda: quiet(gaps, table()).actions(0),
        InvalidArgumentError,
        "n must be a whole number of customers, at least 1; got 0.",
    ),
    "a list of ten actions in words": (
        lambda: quiet(gaps, table()).actions("ten"),
        InvalidArgumentError,
        "n must be a whole number of customers, at least 1; got 'ten'.",
    ),
    "gaps with half a customer": (
        lambda: gaps(table(), n_min=0.5),
        InvalidArgumentError,
        "n_min must be a whole number of customers, at least 0; got 0.5.",
    ),
    "transitions from something else": (
        lambda: transitions(None, table()),
        InvalidArgumentError,
        f"transitions takes a RelationshipTable; got NoneType. {MAKE}",
    ),
    "transitions between registries": (
        lambda: transitions(sure_of(KEYS, registry=types("extended"), moment=BEFORE), table()),
        InvalidArgumentError,
        ("The earlier table has the types of extended@1 and the later one those of core@1. "
        "Classify both moments with the same types=…."),
    ),
    "transitions between registries of one name": (
        lambda: transitions(
            earlier(registry=TypeRegistry("acme", 1, ACME)), sure_of(KEYS, registry=changed())
        ),
        InvalidArgumentError,
        ("Both tables have types called acme@1, but their prototypes differ. Give a changed "
        "registry a new version, and classify both moments with one."),
    ),
    "transitions backwards in time": (
        lambda: transitions(table(), earlier()),
        InvalidArgumentError,
        ("The first table must be the earlier one; got 2024-12-31T23:59:59.999999 and "
        "2024-10-02T23:59:59.999999 UTC. Call transitions(earlier, later)."),
    ),
    "transitions between integer and text ids": (
        lambda: transitions(
            earlier(columns={"trust": [0.1, 0.2]}, history=history_of([("a", "2024-01-01", 1.0),
                                                                       ("b", "2024-01-01", 1.0)])),
            sure_of(KEYS, columns={"trust": [0.1, 0.2]}),
        ),
        SchemaError,
        ("One side has integer customer ids, the other texts, so nobody could be in both. Read "
        "both logs with ids of the same kind."),
    ),
    "a matrix of transitions that there is not": (
        lambda: moved().matrix("spend"),
        InvalidArgumentError,
        "what must be one of counts, probabilities; got 'spend'.",
    ),
    "an inactivity of no length": (
        lambda: transitions(earlier(), table(), inactive_after="1 year"),
        InvalidArgumentError,
        ("inactive_after must be a positive length such as '180d', '26w', '12h', a timedelta or a "
        "number of days. Months and years differ in length and are not taken."),
    ),
    "CRM fields of something else": (
        lambda: crm_fields(3),
        InvalidArgumentError,
        f"crm_fields takes a RelationshipTable; got int. {MAKE}",
    ),
    "a previous table that is none": (
        lambda: crm_fields(table(), previous="buddy"),
        InvalidArgumentError,
        f"crm_fields(previous=…) takes a RelationshipTable; got str. {MAKE}",
    ),
    "a previous table of the same moment": (
        lambda: crm_fields(table(), previous=table()),
        InvalidArgumentError,
        ("previous must be of an earlier moment than the table; got 2024-12-31T23:59:59.999999 and "
        "2024-12-31T23:59:59.999999 UTC."),
    ),
    "a previous table with text ids for one with integer ids": (
        lambda: crm_fields(
            table(), previous=earlier(history=history_of([("a", "2024-01-01", 1.0),
                                                          ("b", "2024-01-01", 1.0)]))
        ),
        SchemaError,
        ("One side has integer customer ids, the other texts, so nobody could be in both. Read "
        "both logs with ids of the same kind."),
    ),
    "a review after no time": (
        lambda: crm_fields(table(), review_after=0),
        InvalidArgumentError,
        ("review_after must be a positive length such as '180d', '26w', '12h', a timedelta or a "
        "number of days. Months and years differ in length and are not taken."),
    ),
}  # fmt: skip


def quiet(call, *given):
    with pytest.warns(match="no interactions"):
        return call(*given)


def moved():
    columns = {"trust": [0.1, 0.2]}
    return transitions(earlier(columns=columns), sure_of(KEYS, columns=columns))


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_an_unknown_churn_estimator_is_answered_with_the_known_ones():
    with pytest.raises(PluginNotFoundError, match="recency"):
        portfolio(table(), churn="recensy")
