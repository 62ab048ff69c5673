"""Backtests that cannot be run: class and whole message."""

from __future__ import annotations

import pandas as pd
import pytest

import customerintel as ci
from customerintel import live
from customerintel.exceptions import InvalidArgumentError

RULE = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("push")])
EVENTS = [{"userId": "secret", "event": "Visit", "timestamp": "2026-05-01T12:00:00Z"}]


def later_history():
    return ci.TransactionLog.from_frame(
        {"customer_id": [1, 2], "timestamp": ["2026-01-01", "2026-06-01"]}
    ).as_of("2026-06-30")


#: What is given: a call, the class and the whole message.
CASES = {
    "a history that knows the future": (
        lambda: live.run_backtest(RULE, EVENTS, history=later_history()),
        InvalidArgumentError,
        (
            "history is of 2026-06-30T23:59:59.999999, and the first event of "
            "2026-05-01T12:00:00.000000: rules would act on what was not known yet. Give "
            "history=log.as_of(…) of a moment before the first event, or later events."
        ),
    ),
    "a number of events": (
        lambda: live.run_backtest(RULE, 3),
        InvalidArgumentError,
        (
            "events must be an event (Event, dict or JSON), an iterable of them, a table, or a "
            "SourceBatch; got int."
        ),
    ),
    "a list of tables": (
        lambda: live.run_backtest(RULE, [pd.DataFrame({"customer_id": ["c1"]})]),
        InvalidArgumentError,
        (
            "events is an iterable of tables, and what it yields must be events. Give one table "
            "at a time, or put them together first."
        ),
    ),
    "a number for the outcome": (
        lambda: live.run_backtest(RULE, EVENTS, outcome=3),
        InvalidArgumentError,
        "outcome must be On(...) or the name of an event; got int.",
    ),
    "a zone that is none": (
        lambda: live.run_backtest(RULE, EVENTS, tz="Mars/Olympus"),
        InvalidArgumentError,
        "tz must be the name of a time zone, such as 'Europe/Berlin'; got 'Mars/Olympus'.",
    ),
    "another part": (
        lambda: live.run_backtest(RULE, EVENTS).to_frame("days"),
        InvalidArgumentError,
        "part must be one of 'actions', 'rules', 'load', 'outcomes', 'suppressed'; got 'days'.",
    ),
    "a backtest in place of an outbox": (
        lambda: live.measure_uplift(live.run_backtest(RULE, EVENTS), EVENTS),
        InvalidArgumentError,
        (
            "A backtest did nothing to anybody, so no difference between its arms is an effect. "
            "Measure the outbox of a live engine."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as raised:
        call()
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_a_horizon_that_is_none_is_refused():
    with pytest.raises(InvalidArgumentError, match="horizon"):
        live.run_backtest(RULE, EVENTS, horizon="soon")


def test_events_that_cannot_be_read_are_counted():
    report = live.run_backtest(RULE, [*EVENTS, {"event": "Visit"}, b"{", "nothing"])
    assert (report.n_events, report.n_rejected) == (1, 3)
    assert report.fires["hello"] == 1
    assert "secret" not in repr(report) + report._repr_html_()


def test_an_end_before_all_events_is_no_error():
    report = live.run_backtest(RULE, EVENTS, until="2026-01-01")
    assert (report.n_events, report.fires["hello"]) == (0, 0)
