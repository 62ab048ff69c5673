"""What a CRM is given: a row per customer, and no words of theirs."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from relationships.hand_made import MOMENT, history_of, sure_of, table_of

from customerintel.relationships.crm import crm_fields
from customerintel.relationships.short_evidence import phrases_of
from customerintel.relationships.type_registry import types
from customerintel.tables.ids import CustomerIds
from customerintel.tables.interaction_log import InteractionLog

KEYS = ("buddy", "fling", None, "buddy")


def test_the_fields_are_those_of_a_crm():
    table = sure_of(
        KEYS, stated=["Buddies", "best friend", None, "call me at home"],
        desired=[None, "fling", None, None],
    )  # fmt: skip
    frame = crm_fields(table)
    assert list(frame.columns) == [
        "customer_id", "stated_type", "desired_type", "inferred_type", "likeliest_type",
        "probability", "evidence", "source", "assessed_at", "model_version", "previous_type",
        "review_due", "contact_preferences",
    ]  # fmt: skip
    assert frame["inferred_type"].tolist() == ["buddy", "fling", "unknown", "buddy"]
    assert frame["stated_type"].tolist()[:2] == ["buddy", "best_friend"]
    # what is no type of the registry may be anything, and stays out
    assert frame["stated_type"].isna().tolist() == [False, False, True, True]
    assert frame["desired_type"].isna().tolist() == [True, False, True, True]
    assert frame["source"].tolist() == ["survey", "inferred", "inferred", "inferred"]
    assert set(frame["model_version"]) == {"by hand/core@1/0"}
    assert frame["previous_type"].isna().all()
    np.testing.assert_allclose(frame["probability"][:2], 0.9)
    assert np.isnan(frame["probability"][2])


def test_the_probability_is_that_of_the_likeliest_type():
    rows = [[0.9, 0.1, 0, 0, 0, 0], [0.1, 0.2, 0.4, 0.3, 0, 0], [np.nan] * 6]
    frame = crm_fields(table_of(rows, columns={"trust": [0.5] * 3}))
    assert frame["inferred_type"].tolist() == ["basic_exchange", "unknown", "unknown"]
    assert frame["likeliest_type"].tolist() == ["basic_exchange", "fling", "unknown"]
    np.testing.assert_allclose(frame["probability"], [0.9, 0.4, np.nan])


def test_types_of_another_registry_keep_their_names():
    registry = types("extended")
    table = sure_of(
        ("captive", None, "ex_friend"), registry=registry, stated=["captive"],
        desired=[None, "ex_friend"], columns={"trust": [0.5] * 3},
    )  # fmt: skip
    previous = sure_of(("buddy", "fling", None), moment=MOMENT - np.timedelta64(90, "D"))
    frame = crm_fields(table, previous=previous)
    assert frame["inferred_type"].tolist() == ["captive", "unknown", "ex_friend"]
    assert frame["stated_type"].tolist()[0] == "captive"
    assert frame["desired_type"].tolist()[1] == "ex_friend"
    assert frame["source"].tolist() == ["survey", "inferred", "inferred"]
    assert frame["previous_type"].tolist() == ["buddy", "fling", "unknown"]
    assert set(frame["model_version"]) == {"by hand/core@1/0"}


def test_text_ids_keep_their_type_before_and_their_preferences():
    history = history_of([(who, "2024-01-01", 1.0) for who in ("a", "b", "ü")])
    log = InteractionLog.from_frame(
        {"customer_id": ["ü", "z", "a"], "timestamp": ["2024-02-01"] * 3,
         "kind": ["opt_out", "opt_out", "open"], "channel": ["sms", "email", "email"]}
    )  # fmt: skip
    table = sure_of(KEYS[:3], history=history, interactions=log)
    previous = sure_of(
        ("fling",), ids=history.ids.take(np.array([1])), moment=MOMENT - np.timedelta64(9, "D")
    )
    frame = crm_fields(table, previous=previous)
    assert frame["customer_id"].tolist() == ["a", "b", "ü"]
    assert frame["contact_preferences"].tolist() == ["", "", "no sms"]
    assert frame["previous_type"].isna().tolist() == [True, False, True]
    assert frame["previous_type"].tolist()[1] == "fling"


def test_reviews_are_due_some_time_after_the_moment():
    frame = crm_fields(sure_of(KEYS), review_after="30d")
    assert set(frame["assessed_at"]) == {MOMENT}
    assert set(frame["review_due"]) == {MOMENT + np.timedelta64(30, "D")}


def test_days_of_a_review_are_those_of_the_calendar_of_the_zone():
    zone = {"zone": "Europe/Berlin", "moment": np.datetime64("2024-03-30T22:59:59.999999")}
    frame = crm_fields(sure_of(KEYS, **zone), review_after="2d")
    assert str(frame["review_due"].iloc[0]) == "2024-04-01 23:59:59.999999+02:00"


def test_the_type_before_is_that_of_the_previous_table():
    ids = CustomerIds(np.array([1, 3, 9]))
    previous = sure_of(("fling", None, "buddy"), ids=ids, moment=MOMENT - np.timedelta64(90, "D"))
    frame = crm_fields(sure_of(KEYS), previous=previous)
    found = frame["previous_type"].astype(object).where(frame["previous_type"].notna(), None)
    assert found.tolist() == [None, "fling", None, "unknown"]


def test_channels_that_customers_opted_out_of_by_the_moment():
    log = InteractionLog.from_frame(
        {
            "customer_id": [1, 1, 2, 3, 3, 1],
            "timestamp": ["2024-02-01", "2024-02-02", "2024-02-02", "2025-02-02", "2024-05-01",
                          "2024-02-03"],
            "kind": ["opt_out", "opt_out", "unsubscribed", "opt_out", "open", "opt_out"],
            "channel": ["sms", "email", None, "email", "email", "email"],
        }
    )  # fmt: skip
    history = history_of([(who, "2024-01-01", 1.0) for who in (1, 2, 3, 4)])
    frame = crm_fields(sure_of(KEYS, history=history, interactions=log))
    assert frame["contact_preferences"].tolist() == ["no email, no sms", "no marketing", "", ""]


def contributing(said, names):
    return SimpleNamespace(names=names, contributions=lambda own: said[own.ids.keys])


def test_evidence_is_what_speaks_most_for_the_likeliest_type():
    names = ("trust", "visit_rate", "lock_in", "novelty")
    table = table_of(
        [[0.9, 0.1, 0, 0, 0, 0], [0.1, 0.9, 0, 0, 0, 0], [np.nan] * 6],
        columns={name: [0.25, 0.8, 0.5] for name in names},
        stated=["Best friends"],
    )
    said = np.zeros((3, 5, 6))
    said[:, 0, 0], said[:, 1, 0], said[:, 2, 1], said[:, 3, 0] = 1.0, 2.0, 3.0, 0.01
    said[:, 4, 0] = 1.5
    table.model.classifier = contributing(said, names)
    assert phrases_of(table).tolist() == [
        (
            "visits per year: 0.25 (low); stated in a survey: best friend; "
            "trust in a survey: 25% (low)"
        ),
        "bound by contract, fee or account (0 to 1): 0.8 (high)",
        "",
    ]


def test_evidence_of_a_classifier_that_does_not_say_is_what_stands_out():
    columns = {"tenure": [0.5, 0.5], "trust": [0.95, 0.5], "novelty": [0.1, np.nan]}
    table = table_of([[0.9, 0.1, 0, 0, 0, 0]] * 2, columns=columns)
    assert phrases_of(table).tolist() == [
        "trust in a survey: 95% (high); share of purchases of a kind not bought before: 10% (low)",
        "",
    ]


def test_evidence_has_no_words_of_the_customers():
    names = ("visit_rate", "tenure")
    table = table_of(
        [[0.9, 0.1, 0, 0, 0, 0]] * 2, stated=["call me at home", None],
        columns={"visit_rate": [0.0, 0.5], "tenure": [12.0, 0.5]},
    )  # fmt: skip
    said = np.zeros((2, 3, 6))
    said[0, :, 0], said[1, 0, 0] = 1.0, 0.5
    table.model.classifier = contributing(said, names)
    assert phrases_of(table).tolist() == [
        "visits per year: none; customer for: 12 days (high); stated in a survey",
        "visits per year: 0.5 (usual)",
    ]


def test_the_evidence_of_many_is_that_of_each():
    rng = np.random.default_rng(4)
    n = 20_500
    columns = {name: rng.random(n) for name in ("tenure", "trust", "novelty", "visit_rate")}
    table = table_of(rng.dirichlet(np.ones(6), n), columns=columns)
    found = phrases_of(table)
    for row in (0, 9_999, 10_000, n - 1):
        one = {name: values[row : row + 1] for name, values in columns.items()}
        alone = phrases_of(table_of(table.probabilities[row : row + 1], columns=one))
        assert alone.tolist() == [found[row]]
    assert len(set(found.tolist())) > 1_000


def test_no_customer_is_no_row():
    nobody = table_of(np.empty((0, 6)), columns={"tenure": np.empty(0)})
    full = sure_of(KEYS, moment=MOMENT - np.timedelta64(90, "D"))
    columns = list(crm_fields(full))
    for previous in (None, full):
        frame = crm_fields(nobody, previous=previous)
        assert len(frame) == 0
        assert list(frame) == columns
    before = table_of(np.empty((0, 6)), moment=MOMENT - np.timedelta64(90, "D"))
    assert crm_fields(sure_of(KEYS), previous=before)["previous_type"].isna().all()
