"""What a history gives away: its visible rows, and nothing of the log behind it."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

import numpy as np
import pytest
from table_kinds import contents

import customerintel as ci

FIRST = datetime(2024, 1, 1, 12)
COLUMNS = {
    "customer_id": ["b", "a", "b", "c", "a"],
    "timestamp": [FIRST + timedelta(days=day) for day in (3, 0, 9, 5, 1)],
    "amount": [5.0, 7.5, 3.0, -1.0, 2.0],
    "kind": ["sale", "sale", "sale", "return", "sale"],
    "order_id": [1, 2, 1, 3, 4],
    "category": ["tea", "mug", None, "tea", "pot"],
    "shop": [1, 1, 2, 2, 3],
}

quiet = pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning:modin",
    "ignore:.*has fewer distinct values:UserWarning",
)


@quiet
@pytest.mark.parametrize("moment", ["2024-01-06", "2024-12-31"])
def test_the_visible_rows_of_every_kind_of_table(table_kind, moment):
    log = ci.TransactionLog.from_frame(table_kind.make(COLUMNS), keep=["shop"])
    whole = contents(log.to_frame())
    history = log.as_of(moment)
    table = history.to_frame()
    assert table_kind.is_kind(table)
    seen = [at <= datetime.fromisoformat(f"{moment}T23:59:59") for at in COLUMNS["timestamp"]]
    assert sum(seen) in (4, 5)
    assert contents(table) == {
        name: [value for value, here in zip(values, seen, strict=True) if here]
        for name, values in whole.items()
    }


def test_narrow_logs_and_histories_of_nothing():
    frame = {name: COLUMNS[name] for name in ("customer_id", "timestamp")}
    log = ci.TransactionLog.from_frame(frame)
    assert contents(log.as_of("2024-01-02").to_frame())["customer_id"] == ["a", "a"]
    with pytest.warns(ci.exceptions.DataQualityWarning, match="The history is empty"):
        nothing = log.as_of("2023-01-01").to_frame()
    assert {name: len(values) for name, values in nothing.items()} == {
        "customer_id": 0,
        "timestamp": 0,
    }


def test_what_is_changed_in_a_frame_stays_there():
    log = ci.TransactionLog.from_frame(COLUMNS, keep=["shop"])
    for moment in ("2024-01-06", "2024-12-31"):
        frame = log.as_of(moment).to_frame()
        frame["amount"][:] = 0.0
    assert contents(log.to_frame())["amount"] == COLUMNS["amount"]


def test_dropped_returns_stay_among_the_rows():
    log = ci.TransactionLog.from_frame(COLUMNS, returns="drop")
    assert contents(log.as_of("2024-01-07").to_frame())["amount"] == [5.0, 7.5, -1.0, 2.0]


def test_the_zone_is_kept():
    pd = pytest.importorskip("pandas")
    when = pd.Series(COLUMNS["timestamp"]).dt.tz_localize("Europe/Berlin")
    log = ci.TransactionLog.from_frame(pd.DataFrame({**COLUMNS, "timestamp": when}))
    frame = log.as_of("2024-01-06").to_frame()
    assert str(frame["timestamp"].dtype.tz) == "Europe/Berlin"
    assert frame["timestamp"].tolist() == when[[0, 1, 3, 4]].tolist()
    assert frame.index.tolist() == [0, 1, 2, 3]


def test_a_history_names_no_log():
    history = ci.TransactionLog.from_frame(COLUMNS).as_of("2024-01-06")
    assert not [name for name in dir(history) if "log" in name and not name.startswith("_")]


def test_what_cannot_change_is_not_copied():
    """As scikit-learn's clone() would, for an estimator that was given a log."""
    log = ci.TransactionLog.from_frame(COLUMNS)
    history = log.as_of("2024-01-06")
    table = ci.CustomerTable.from_frame({"customer_id": [1, 2]})
    history.features()
    for one in (log, history, table):
        assert copy.copy(one) is one
        assert copy.deepcopy([one])[0] is one
    assert (copy.deepcopy(history).customer_id == np.array(["a", "b"], object)).all()
