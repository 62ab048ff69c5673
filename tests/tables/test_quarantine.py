"""Nothing is lost, everything is counted, and no personal value is shown."""

from __future__ import annotations

import logging
import warnings
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_kinds import contents, of_duckdb, of_lists, of_pandas_objects

import customerintel as ci
from customerintel.exceptions import (
    CustomerIntelError,
    DataQualityWarning,
    DataValidationError,
)

ROWS = {
    "customer_id": ["ann", None, "bo", "", "cy", "ann", None],
    "timestamp": ["2024-01-05", "2024-01-06", "soon", "2024-01-08", None, "2024-01-09", "later"],
    "amount": [1.0, 2.0, 3.0, 4.0, float("inf"), float("nan"), float("inf")],
    "kind": ["sale", "sale", "sale", "sale", "sale", "sale", "gift"],
}


def quarantined(rows, **how):
    return ci.TransactionLog.from_frame(rows, on_invalid="quarantine", **how)


def test_counts_add_up_and_every_counts_each_rule():
    rejected = quarantined(ROWS).rejected
    assert rejected.counts() == {
        "null_customer_id": 2,
        "empty_customer_id": 1,
        "unparseable_timestamp": 1,
        "null_timestamp": 1,
        "null_amount": 1,
    }
    assert sum(rejected.counts().values()) == len(rejected) == 6
    assert rejected.counts(every=True) == {
        "null_customer_id": 2,
        "empty_customer_id": 1,
        "unparseable_timestamp": 2,
        "null_timestamp": 1,
        "null_amount": 1,
        "non_finite_amount": 2,
        "unknown_kind": 1,
    }
    assert rejected.rows.tolist() == [1, 2, 3, 4, 5, 6]
    assert rejected.n_rows_in == 7


def test_rejected_rows_come_as_they_were_with_row_and_rule():
    frame = contents(quarantined(ROWS).rejected.to_frame())
    assert list(frame) == ["row", "rule", "customer_id", "timestamp", "amount", "kind"]
    assert frame["row"] == [1, 2, 3, 4, 5, 6]
    assert frame["rule"] == [
        "null_customer_id", "unparseable_timestamp", "empty_customer_id", "null_timestamp",
        "null_amount", "null_customer_id",
    ]  # fmt: skip
    assert frame["timestamp"] == ROWS["timestamp"][1:]


def test_the_error_lists_every_rule_with_counts_and_rows():
    with pytest.raises(DataValidationError) as caught:
        ci.TransactionLog.from_frame(ROWS)
    assert str(caught.value) == (
        "6 of 7 rows break a rule (rows count from 0):\n"
        "  null_customer_id in 2 rows: 1, 6\n"
        "  empty_customer_id in 1 row: 3\n"
        "  unparseable_timestamp in 2 rows: 2, 6\n"
        "  null_timestamp in 1 row: 4\n"
        "  null_amount in 1 row: 5\n"
        "  non_finite_amount in 2 rows: 4, 6\n"
        "  unknown_kind in 1 row: 6\n"
        'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the '
        "others in .rejected."
    )
    assert caught.value.counts == quarantined(ROWS).rejected.counts(every=True)
    assert caught.value.rows == {
        "null_customer_id": (1, 6),
        "empty_customer_id": (3,),
        "unparseable_timestamp": (2, 6),
        "null_timestamp": (4,),
        "null_amount": (5,),
        "non_finite_amount": (4, 6),
        "unknown_kind": (6,),
    }


def test_the_error_shows_the_first_rows_of_many():
    rows = {"customer_id": [None] * 2000, "timestamp": ["2024-01-05"] * 2000}
    with pytest.raises(
        DataValidationError, match=r"null_customer_id in 2,000 rows: 0, 1, 2, 3, 4, …\n"
    ):
        ci.TransactionLog.from_frame(rows)


def test_row_numbers_are_places_not_labels_of_an_index():
    frame = pd.DataFrame({"customer_id": [1, None], "timestamp": ["2024-01-05"] * 2}, index=[9, 7])
    assert quarantined(frame).rejected.rows.tolist() == [1]


_IDS = st.sampled_from(["ann", "bo", "", None, float("nan"), "c " * 3])
_TIMES = st.sampled_from(
    [
        "2024-01-05",
        datetime(2024, 1, 6),
        date(2024, 1, 7),
        "x",
        None,
        [5],
        "1500-01-01",
        "9999-12-31",
    ]
)
_AMOUNTS = st.sampled_from([1.0, -2, None, float("nan"), float("inf"), "3.5", "x", 10**400])
_KINDS = st.sampled_from(["sale", "return", None, "gift", 3])
_ORDERS = st.sampled_from(["o1", "o2", None, ""])
_LINES = st.lists(
    st.tuples(_IDS, _TIMES, _AMOUNTS, _KINDS, _ORDERS, _AMOUNTS), min_size=1, max_size=25
)


@settings(max_examples=150)
@given(_LINES, st.booleans())
@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_accepted_and_rejected_rows_add_up(lines, in_pandas):
    names = ("customer_id", "timestamp", "amount", "kind", "order_id", "cost")
    rows = dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))
    log = quarantined((of_pandas_objects if in_pandas else of_lists)(rows))
    rejected = log.rejected
    assert log.n_rows + len(rejected) == len(lines) == rejected.n_rows_in
    assert sum(rejected.counts().values()) == len(rejected)
    every = rejected.counts(every=True)
    assert all(every[rule] >= n for rule, n in rejected.counts().items())
    assert rejected.rows.tolist() == sorted(set(rejected.rows.tolist()))
    good = [row for row in range(len(lines)) if row not in set(rejected.rows.tolist())]
    frame = contents(log.to_frame())
    assert frame["customer_id"] == [rows["customer_id"][row] for row in good]
    bad = contents(rejected.to_frame())
    assert (bad["row"], bad["order_id"]) == (
        rejected.rows.tolist(),
        [rows["order_id"][row] for row in bad["row"]],
    )
    # whoever is good by itself is good among others
    for row in good:
        alone = quarantined({name: [values[row]] for name, values in rows.items()})
        assert alone.n_rows == 1
    if len(rejected):
        with pytest.raises(DataValidationError) as caught:
            ci.TransactionLog.from_frame(rows)
        assert caught.value.counts == every


CANARY = "canary-7f3a"
PERSONAL = {
    "customer_id": [f"{CANARY}-1", f"{CANARY}-1", None, f" {CANARY}-2", f"{CANARY}-3"],
    "timestamp": ["2024-01-05", f"{CANARY}", "2024-01-06", "2024-01-07T00:00Z", "2024-01-08"],
    "amount": ["1.0", "2.0", CANARY, "3.0", "4.0"],
    "kind": ["sale", CANARY, "sale", "sale", "return"],
    "currency": ["EUR", "EUR", CANARY, "EUR", "EUR"],
    "order_id": [f"{CANARY}-o", f"{CANARY}-o", None, "", f"{CANARY}-p"],
    "cost": [1.0, CANARY, 2.0, 3.0, 4.0],
    "email": [f"{CANARY}@x.org"] * 5,
}


@pytest.mark.parametrize("make", [of_lists, of_pandas_objects], ids=["dict", "pandas"])
def test_no_personal_value_in_messages_reprs_logs_or_warnings(make, caplog):
    shown = []
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(DataValidationError) as error:
            ci.TransactionLog.from_frame(make(PERSONAL), keep=["email"])
        log = quarantined(make(PERSONAL), keep=["email"])
        history = log.as_of("2024-12-31")
        results = [log, log.rejected, history, history.summarize(), history.ids, log.kind]
        results.append(ci.CustomerTable.from_frame(make(PERSONAL), on_invalid="quarantine"))
        for bad in ({"keep": [7]}, {"amount": 5}, {"on_invalid": "x"}, {"timestamp": "email"}):
            with pytest.raises(CustomerIntelError) as other:
                ci.TransactionLog.from_frame(make(PERSONAL), **bad)
            shown.append(str(other.value))
    assert log.n_rows == 2  # the canary is in what was accepted
    shown += [str(error.value), repr(error.value), str(error.value.counts), str(error.value.rows)]
    for result in results:
        shown += [repr(result), str(result), getattr(result, "_repr_html_", str)()]
    assert [str(w.message) for w in caught]
    shown += [str(w.message) for w in caught] + [caplog.text]
    assert [text for text in shown if CANARY in text] == []


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_tracebacks_of_parsers_are_not_chained():
    """The cause of an error would show the value that could not be parsed."""
    with pytest.raises(DataValidationError) as caught:
        ci.TransactionLog.from_frame(PERSONAL)
    chained = [
        caught.value.__cause__,
        None if caught.value.__suppress_context__ else caught.value.__context__,
    ]
    assert chained == [None, None]


def test_repr_is_one_line_and_html_is_escaped():
    rejected = quarantined(ROWS).rejected
    assert repr(rejected) == (
        "Rejections(rows=6, of=7, null_customer_id=2, empty_customer_id=1, "
        "unparseable_timestamp=1, null_timestamp=1, null_amount=1)"
    )
    assert rejected._repr_html_().startswith("<table><caption>6 of 7 rows rejected</caption><tr>")
    assert repr(quarantined(ROWS)) == (
        "TransactionLog(rows=1, from=2024-01-05T00:00:00.000000, to=2024-01-05T00:00:00.000000, "
        "rejected=6)"
    )


def test_only_what_was_read_is_kept_of_a_rejected_row():
    rows = {**ROWS, "email": [f"{i}@x.org" for i in range(7)]}
    assert "email" not in contents(quarantined(rows).rejected.to_frame())


def test_all_rows_rejected_is_a_log_without_rows():
    message = (
        r"^All 2 rows were rejected, so the log is empty\. See \.rejected\.counts\(\) for the "
        r"rules that they broke\.$"
    )
    rows = {"customer_id": [None, None], "timestamp": ["2024-01-05"] * 2, "amount": [1.0, 2.0]}
    for make in (of_lists, of_pandas_objects, of_duckdb):
        with pytest.warns(DataQualityWarning, match=message) as caught:
            log = quarantined(make(rows))
        assert caught[0].filename == __file__
        assert (log.n_rows, log.n_transactions, log.n_customers) == (0, 0, 0)
        assert np.isnat(log.start)
        assert np.isnat(log.end)
        assert contents(log.to_frame()) == {"customer_id": [], "timestamp": [], "amount": []}
        with pytest.warns(DataQualityWarning, match="^The history is empty: the log has no rows"):
            history = log.as_of("2024-12-31")
        assert len(history.summarize()) == 0
