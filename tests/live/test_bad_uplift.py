"""Effects that cannot be measured: class and whole message."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemaError
from customerintel.live.sample_size import required_sample_size
from customerintel.live.uplift import measure_uplift
from customerintel.live.uplift_rows import UnitRow

DAY = 86_400_000_000
ROWS = [UnitRow("cart", "a", "treated", DAY, DAY), UnitRow("cart", "b", "control", DAY, DAY)]
NO_ARM = [UnitRow("tips", "a", "", 0, DAY)]
SOLD = {"customer_id": ["a"], "timestamp": ["1970-01-05"], "amount": [5.0]}


def log():
    return ci.TransactionLog.from_frame(SOLD)


def effect():
    return measure_uplift(ROWS, SOLD, until="1970-02-01")


#: What is given: a call, the class and the whole message.
CASES = {
    "nobody held out": (
        lambda: measure_uplift(NO_ARM, SOLD),
        InvalidArgumentError,
        (
            "No customer of 'tips' is held out, so nobody knows what they would have done "
            "without the action. Give the rule holdout=live.Holdout(0.10, salt=…) and measure "
            "the customers that are triggered from then on."
        ),
    ),
    "an empty outbox": (
        lambda: measure_uplift([], SOLD),
        InvalidArgumentError,
        (
            "There is no action in the outbox yet, so nothing can be measured. Wait until a rule "
            "fired."
        ),
    ),
    "a rule that never fired": (
        lambda: measure_uplift(ROWS, SOLD, rules="other"),
        InvalidArgumentError,
        (
            "There is no action of these rules yet, so nothing can be measured. Wait until a "
            "rule fired."
        ),
    ),
    "no rules at all": (
        lambda: measure_uplift(ROWS, SOLD, rules=[]),
        InvalidArgumentError,
        "rules is empty. Leave it out to measure every rule.",
    ),
    "numbers for rules": (
        lambda: measure_uplift(ROWS, SOLD, rules=[1]),
        InvalidArgumentError,
        "rules must be names of rules, rules, or an iterable of them; got int.",
    ),
    "a backtest": (
        lambda: measure_uplift(SimpleNamespace(load_per_day=None), SOLD),
        InvalidArgumentError,
        (
            "A backtest did nothing to anybody, so no difference between its arms is an effect. "
            "Measure the outbox of a live engine."
        ),
    ),
    "a number for an outbox": (
        lambda: measure_uplift(3, SOLD),
        InvalidArgumentError,
        "outbox must be the outbox of a live engine, its rows, or a table of them; got int.",
    ),
    "rows of another kind": (
        lambda: measure_uplift([("a", "treated")], SOLD),
        InvalidArgumentError,
        (
            "The rows of an outbox must have rule_id, customer_id, arm, unit_at, due_at, "
            "frequency, monetary, time_since_last; got tuple. Give engine.outbox."
        ),
    ),
    "a table of something else": (
        lambda: measure_uplift({"customer_id": ["a"], "arm": ["control"]}, SOLD),
        SchemaError,
        (
            "The table of actions has no column 'rule_id', 'unit_at', 'due_at'. Give "
            "engine.outbox, or what its to_frame() returns."
        ),
    ),
    "a number for outcomes": (
        lambda: measure_uplift(ROWS, 3),
        InvalidArgumentError,
        (
            "outcomes must be a TransactionLog, a table with customer_id and timestamp, or an "
            "iterable of events; got int."
        ),
    ),
    "a table of all events": (
        lambda: measure_uplift(ROWS, {**SOLD, "event": ["Visit"]}),
        InvalidArgumentError,
        (
            "outcomes is a table of events, of which only some are outcomes. Give its rows as "
            "events with outcome=live.On(…), or a table of the outcomes alone, without a column "
            "'event'."
        ),
    ),
    "a filter for a log": (
        lambda: measure_uplift(ROWS, log(), outcome=ci.live.On("Order Completed")),
        InvalidArgumentError,
        (
            "outcome= chooses among events, and a TransactionLog holds purchases only. Leave it "
            "out, or give events."
        ),
    ),
    "a column for a log": (
        lambda: measure_uplift(ROWS, log(), value="total"),
        InvalidArgumentError,
        (
            "value= names a column of a table or a property of events; the money of a "
            "TransactionLog is its amount. Leave it out."
        ),
    ),
    "a filter that is none": (
        lambda: measure_uplift(ROWS, [{"event": "Visit"}], outcome=3),
        InvalidArgumentError,
        "outcome must be On(...) or the name of an event; got int.",
    ),
    "a level of 95": (
        lambda: measure_uplift(ROWS, SOLD, level=95),
        InvalidArgumentError,
        "level must lie between 0 and 1, such as 0.95; got 95.",
    ),
    "another measure": (
        lambda: effect()["cart"]["revenue"],
        InvalidArgumentError,
        (
            "There is no measure 'revenue'; there are conversion, count, value, "
            "conversion_adjusted, count_adjusted, value_adjusted."
        ),
    ),
    "another comparison": (
        lambda: effect()["car"],
        InvalidArgumentError,
        "There is no comparison 'car'; there are 'cart'.",
    ),
    "another part": (
        lambda: effect().to_frame("units"),
        InvalidArgumentError,
        "part must be one of 'effects', 'comparisons'; got 'units'.",
    ),
    "one of several": (
        lambda: (
            measure_uplift(
                [*ROWS, UnitRow("gym", "a", "control", DAY, DAY)], SOLD, until="1970-02-01"
            ).conversion
        ),
        InvalidArgumentError,
        "There are several comparisons. Choose one, such as effect['cart'].",
    ),
    "a baseline in per cent": (
        lambda: required_sample_size(5, 0.1),
        InvalidArgumentError,
        (
            "baseline must be a rate between 0 and 1; got 5. For a mean, give its standard "
            "deviation as sd."
        ),
    ),
    "no lift": (
        lambda: required_sample_size(0.05, 0),
        InvalidArgumentError,
        (
            "lift must not be 0: no number of customers shows that there is no difference. Give "
            "the smallest relative change worth seeing, such as 0.1."
        ),
    ),
    "a lift beyond all": (
        lambda: required_sample_size(0.6, 1.0),
        InvalidArgumentError,
        (
            "A lift of 1.0 makes a rate of 1.2 out of 0.6, and rates lie between 0 and 1. lift "
            "is relative: 0.1 is 10 per cent more."
        ),
    ),
    "a share of everybody": (
        lambda: required_sample_size(0.05, 0.1, share=1.0),
        InvalidArgumentError,
        "share must lie between 0 and 1; got 1.0.",
    ),
    "no spread": (
        lambda: required_sample_size(10.0, 0.1, sd=0),
        InvalidArgumentError,
        "sd must be above 0; got 0.",
    ),
    "a mean of nothing": (
        lambda: required_sample_size(0, 0.1, sd=3.0),
        InvalidArgumentError,
        "baseline must not be 0: a relative lift of 0 is 0.",
    ),
    "a missing number": (
        lambda: required_sample_size(float("nan"), 0.1),
        InvalidArgumentError,
        "baseline must be a finite number; got nan.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as raised:
        call()
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_no_customer_is_named_in_words_or_shown():
    with pytest.warns(DataQualityWarning) as told:
        one = measure_uplift(
            [UnitRow("cart", "secret-a", "treated", DAY, DAY)],
            {"customer_id": ["secret-b"], "timestamp": ["1970-01-05"]},
            until="1970-02-01",
        )
    (warning,) = told
    assert str(warning.message) == (
        "None of the 1 outcomes is of a customer who is compared. Check that both sides name "
        "customers by the same ids."
    )
    assert "secret" not in one.words + repr(one) + one._repr_html_()


def test_outcomes_of_nobody_are_no_error():
    empty = {"customer_id": np.array([], np.int64), "timestamp": np.array([], "M8[us]")}
    found = measure_uplift(ROWS, empty, until="1970-02-01").conversion
    assert (found.treated, found.control, found.p) == (0.0, 0.0, 1.0)
    # without any outcome nobody knows how far they go
    only = measure_uplift(ROWS, empty)["cart"]
    assert (only.n_treated, only.n_control, only.n_incomplete) == (0, 0, 2)


def test_a_horizon_that_is_none_is_refused():
    for wrong in ("14", "", 14, "-1d"):
        with pytest.raises(InvalidArgumentError, match="horizon"):
            measure_uplift(ROWS, SOLD, horizon=wrong)
