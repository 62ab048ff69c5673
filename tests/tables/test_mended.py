"""Faults that were found by attack, so that they stay mended."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemaError
from customerintel.tables import times

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]


@pytest.mark.parametrize(
    "orders", [[1.0, np.nan, 1.0, np.nan], ["a", None, "a", None], pd.array([1, None, 1, None])]
)
def test_a_line_without_order_is_a_transaction_of_its_own(orders):
    log = ci.TransactionLog.from_frame(
        pd.DataFrame({"customer_id": 1, "timestamp": DAYS, "amount": 1.0, "order_id": orders})
    )
    assert log.n_transactions == 3


def test_the_later_line_of_an_order_does_not_change_the_past():
    lines = {
        "customer_id": [1, 1, 1],
        "timestamp": ["2024-01-01", "2024-01-02", "2024-01-05"],
        "amount": [10.0, -5.0, 20.0],
        "order_id": ["a", "b", "b"],
    }
    for returns in ("net", "drop", "keep"):
        whole = ci.TransactionLog.from_frame(lines, returns=returns)
        known = {name: values[:2] for name, values in lines.items()}
        cut = ci.TransactionLog.from_frame(known, returns=returns)
        one, other = (log.as_of("2024-01-03").summarize() for log in (whole, cut))
        assert one.n_transactions.tolist() == other.n_transactions.tolist()
        assert one.n_returns.tolist() == other.n_returns.tolist()


def test_a_dropped_return_does_not_date_the_sale_of_its_order():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1],
            "timestamp": ["2024-01-01", "2024-03-01"],
            "amount": [-5.0, 20.0],
            "order_id": ["b", "b"],
        },
        returns="drop",
    )
    summary = log.as_of("2024-03-31").summarize(window="60d")
    assert summary.first_purchase.tolist() == [datetime(2024, 3, 1)]


def test_the_repeated_hour_of_an_autumn_night_stays_two_hours():
    first = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for pair in ([first, first.replace(fold=1)], [first.replace(fold=1), first]):
        log = ci.TransactionLog.from_frame({"customer_id": [1, 2], "timestamp": pair})
        hours = np.sort(log.as_of("2024-10-31").summarize().first_purchase)
        assert hours.tolist() == [datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 27, 1, 30)]


@pytest.mark.parametrize("text", ["2024-01-05 10:00 EST", "2024-01-05 10:00 CET"])
def test_many_texts_are_read_as_few_are(text, monkeypatch):
    monkeypatch.setattr(times, "FEW", 0)
    with pytest.raises(ci.exceptions.DataValidationError, match="unparseable_timestamp in 1 row"):
        ci.TransactionLog.from_frame(
            {"customer_id": [1], "timestamp": [text]}, timestamp_format="%Y-%m-%d %H:%M %Z"
        )


def test_an_amount_under_another_name_is_hinted_at():
    table = {"customer_id": [1], "timestamp": DAYS[:1], "Amount": [5.0]}
    with pytest.warns(DataQualityWarning, match="If column 'Amount' is the amount"):
        log = ci.TransactionLog.from_frame(table)
    assert "amounts=none" in repr(log)
    assert not ci.TransactionLog.from_frame(table, amount=False).has_amounts


def test_the_reader_of_a_broken_file_does_not_show_its_lines(tmp_path):
    path = tmp_path / "broken.csv"
    path.write_text("customer_id,timestamp\n1,2024-01-01,canary@example.org,extra\n")
    with pytest.raises(SchemaError, match=r"'broken\.csv' cannot be read as CSV") as caught:
        ci.TransactionLog.from_csv(path)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_logs_and_histories_cannot_be_changed():
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": DAYS[:1]})
    for thing in (log, log.as_of("2024-02-01")):
        with pytest.raises(AttributeError, match="cannot be changed"):
            thing.note = 1
    assert not log.rejected.rows.flags.writeable


def test_results_cannot_be_made_writable_again():
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": DAYS[:1], "amount": [1]})
    summary = log.as_of("2024-02-01").summarize()
    for name in ("frequency", "total_amount", "T", "last_purchase"):
        with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
            getattr(summary, name).flags.writeable = True


def test_a_history_keeps_few_results():
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": DAYS[:1]})
    history = log.as_of("2024-02-01")
    for days in range(40, 60):
        history.summarize(window=days)
    assert len(history._folds) <= 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda log: ci.summarize(None, as_of="2024-01-01"), "summarize takes a TransactionLog"),
        (lambda log: ci.summarize(log, as_of="2024-02-01", unit=[]), "unit must be one of"),
        (lambda log: ci.summarize(log, as_of="2024-02-01", period=[]), "period must be one of"),
        (lambda log: log.as_of(np.datetime64("2024-03")), "give the day that is meant"),
        (lambda log: ci.TransactionLog.from_csv(None), "A path must be a str or a Path"),
        (
            lambda log: log.as_of("2024-02-01").summarize(window=np.timedelta64("NaT")),
            "window must be a positive length",
        ),
    ],
)
def test_wrong_arguments_get_errors_of_our_own(call, message):
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": DAYS[:1]})
    with pytest.raises(InvalidArgumentError, match=message):
        call(log)
