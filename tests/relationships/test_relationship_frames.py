"""Portfolios, gaps, transitions and CRM fields in every kind of table, and of nobody."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.hand_made import MOMENT, history_of, sure_of, table_of

import customerintel as ci
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.evolution import transitions
from customerintel.tables.interaction_log import InteractionLog
from customerintel.tables.kinds import Kind

KEYS = ("buddy", "fling", None)
BEFORE = MOMENT - np.timedelta64(90, "D")
LISTS = {"dict": "tolist", "pandas": "tolist", "polars": "to_list", "pyarrow": "to_pylist"}


def results(kind):
    history = history_of([(who, "2024-01-01", 1.0) for who in (1, 2, 3)])
    given = {"columns": {"trust": [0.1, 0.2, 0.9]}, "kind": Kind(kind), "history": history}
    log = InteractionLog.from_frame(
        {"customer_id": [1, 1, 2], "timestamp": ["2024-03-01"] * 3,
         "kind": ["delivered", "idea", "opt_out"]}
    )  # fmt: skip
    table = sure_of(KEYS, desired=["buddy", "fling"], interactions=log, **given)
    del given["history"]
    evolution = transitions(sure_of(KEYS, moment=BEFORE, **given), sure_of(KEYS, **given))
    gaps = table.gaps()
    return {
        "portfolio": (table.portfolio(churn=None).to_frame(), "customers", 7),
        "gaps": (gaps.to_frame(), "action", 2),
        "short": (table.portfolio(churn=None).to_frame(estimates=False), "share", 7),
        "actions": (gaps.actions(), "customer_id", 2),
        "steps": (gaps.actions(), "first_step", 2),
        "channels": (gaps.actions(1), "do_not_contact", 1),
        "likeliest": (table.crm(), "likeliest_type", 3),
        "reasons": (gaps.to_frame(), "reason", 2),
        "summary": (gaps.summary("delivered"), "customers", 2),
        "edges": (evolution.to_frame(), "customers", 80),
        "matrix": (evolution.matrix(), "inactive", 9),
        "customers": (evolution.customers(), "change", 3),
        "crm": (table.crm(), "inferred_type", 3),
    }


@pytest.mark.parametrize("kind", LISTS)
def test_results_are_of_the_callers_kind_and_say_the_same(kind):
    plain = results("pandas")
    for name, (frame, column, n) in results(kind).items():
        found = frame.column(column) if kind == "pyarrow" else frame[column]
        found = getattr(found, LISTS[kind])()
        assert len(found) == n, name
        assert found == plain[name][0][column].tolist(), name


@pytest.mark.parametrize("kind", LISTS)
def test_an_empty_list_is_of_the_callers_kind(kind):
    table = table_of(np.empty((0, 6)), columns={"trust": np.empty(0)}, kind=Kind(kind))
    with pytest.warns(DataQualityWarning, match="No customer of the table"):
        week = table.gaps().actions()
    crm = table.crm()
    for frame, n_columns in ((week, 10), (crm, 13)):
        names = frame.column_names if kind == "pyarrow" else list(frame)
        assert len(names) == n_columns
        assert len(frame["customer_id"]) == 0


def nobody_at(moment):
    columns = {name: np.empty(0) for name in ("tenure", "trust", "time_since_last")}
    return table_of(np.empty((0, 6)), columns=columns, moment=moment)


def nobody(moment=MOMENT):
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1], "timestamp": ["2025-06-01"], "amount": [1.0]}
    )
    with pytest.warns(DataQualityWarning, match="The history is empty"):
        history = log.as_of(moment)
    columns = {name: np.empty(0) for name in ("tenure", "trust", "time_since_last")}
    return table_of(np.empty((0, 6)), columns=columns, history=history, moment=moment)


def test_of_nobody_there_is_nothing():
    table = nobody()
    found = table.portfolio()
    assert found.customers.sum() == 0
    assert np.isnan(found.share.value).all()
    assert np.isnan(found.spend_share.value).all()
    assert np.isnan(found.churn.value).all()
    with pytest.warns(DataQualityWarning, match="No customer of the table"):
        assert len(table.gaps().to_frame()) == 0
    with pytest.warns(DataQualityWarning, match="No customer is in both"):
        evolution = transitions(nobody_at(BEFORE), nobody_at(MOMENT))
    assert evolution.counts.sum() == 0
    assert len(evolution.customers()) == 0
    assert len(table.crm()) == 0
