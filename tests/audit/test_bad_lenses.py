"""Arguments that the lenses cannot use: class and whole message; and what is defined."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from audit import lens_shop

import customerintel as ci
from customerintel.audit.lenses import five_lenses
from customerintel.exceptions import InvalidArgumentError


@functools.cache
def audit(**more):
    return five_lenses(lens_shop.log(), **{"as_of": "2011-06-30", "period": "month", **more})


def of(who, when, **more):
    return ci.TransactionLog.from_frame({"customer_id": who, "timestamp": when, **more})


def given(*pairs):
    return five_lenses(lens_shop.log(), as_of="2011-06-30", period=pairs)


#: What is given: a call, the class and the whole message.
CASES = {
    "a period that is not known": (
        lambda: audit(period="fortnight"),
        InvalidArgumentError,
        (
            "period must be one of 'week', 'month', 'quarter', 'year', a whole number of days "
            "such as '90d', or pairs of the first and the last day of each period; got "
            "'fortnight'."
        ),
    ),
    "overlapping periods": (
        lambda: given(("2011-01-01", "2011-03-31"), ("2011-03-31", "2011-06-28")),
        InvalidArgumentError,
        (
            "period 1 begins before period 0 has ended. Periods must not overlap, and stand in "
            "the order of time."
        ),
    ),
    "an empty log": (
        lambda: five_lenses(of([], np.array([], "M8[us]"))),
        InvalidArgumentError,
        ("five_lenses: the log is empty, so it has no last moment. Give as_of=, or other rows."),
    ),
    "a log of returns only": (
        lambda: five_lenses(of([1], ["2011-01-05"], amount=[-3.0])),
        InvalidArgumentError,
        "Nothing has been bought by this moment, so there are no periods to look at.",
    ),
    "a table in place of a log": (
        lambda: five_lenses({"customer_id": [1]}),
        InvalidArgumentError,
        (
            "five_lenses takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "an unknown alignment": (
        lambda: audit(align="left"),
        InvalidArgumentError,
        "align must be 'as_of' or 'calendar'; got 'left'.",
    ),
    "no complete period": (
        lambda: audit(period="year").lens(1),
        InvalidArgumentError,
        (
            "Lens 1 needs a complete period, and with period='year' there is none. The log spans "
            "180 days: take period='180d' or shorter."
        ),
    ),
    "one complete period for lens 2": (
        lambda: audit(period="100d").lens(2),
        InvalidArgumentError,
        (
            "Lens 2 needs two complete periods, and with period='100d' there is one. The log "
            "spans 180 days: take period='90d' or shorter."
        ),
    ),
    "one given period for lens 2": (
        lambda: given(("2011-02-01", "2011-03-31")).lens(2),
        InvalidArgumentError,
        (
            "Lens 2 needs two complete periods, and with the given pairs of days there is one. "
            "Give pairs between the first purchase and as_of."
        ),
    ),
    "two given periods of other lengths for lens 2": (
        lambda: given(("2011-02-01", "2011-03-31"), ("2011-04-01", "2011-04-30")).lens(2),
        InvalidArgumentError,
        (
            "Lens 2 compares two periods of equal length, and no complete one is as long as the "
            "latest, 2011-04-01 to 2011-04-30 (30 days). Give another of as many days."
        ),
    ),
    "a log of one moment": (
        lambda: five_lenses(of([1], ["2011-01-05"])).lens(2),
        InvalidArgumentError,
        (
            "Lens 2 needs two complete periods, and with period='quarter' there is none. The log "
            "spans 0 days: give one that reaches back further."
        ),
    ),
    "a sixth lens": (
        lambda: audit().lens(6),
        InvalidArgumentError,
        "There are the lenses 1, 2, 3, 4 and 5; got 6.",
    ),
    "a lens by its name": (
        lambda: audit().lens("one"),
        InvalidArgumentError,
        "There are the lenses 1, 2, 3, 4 and 5; got str.",
    ),
    "a table that a lens does not have": (
        lambda: audit().lens(1).to_frame("bridge"),
        InvalidArgumentError,
        (
            "part must be one of summary, orders, spend, order_value, deciles, lorenz, "
            "concentration, split; got 'bridge'."
        ),
    ),
    "an interval of a figure that is not there": (
        lambda: audit().lens(2).interval("luck"),
        InvalidArgumentError,
        (
            "There is no figure 'luck'; there are customers_before, customers_now, "
            "orders_before, orders_now, spend_before, spend_now, profit_before, profit_now, "
            "orders_change, orders_growth, spend_change, spend_growth, retention_rate, "
            "new_share, returned_share, spend_retention, new_spend_share."
        ),
    ),
    "a margin above 1": (
        lambda: audit(margin=30),
        InvalidArgumentError,
        (
            "margin must be None (the log's cost, if it has one), False, or the share of every "
            "sale that is left, above 0 and up to 1; got 30."
        ),
    ),
    "a level of 95": (
        lambda: audit(level=95),
        InvalidArgumentError,
        "level must lie between 0 and 1, such as 0.95; got 95.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(("period", "n"), [("180d", 1), ("90d", 2)])
def test_the_length_that_a_message_names_will_do(period, n):
    found = five_lenses(lens_shop.log(), as_of="2011-06-30", period=period)
    assert found.periods.complete.sum() >= n
    assert found.lens(n) is not None


def test_months_are_of_equal_length():
    found = given(("2011-02-01", "2011-02-28"), ("2011-03-01", "2011-03-31"))
    assert found.lens(2).labels == ("2011-02-01 to 2011-02-28", "2011-03-01 to 2011-03-31")


def test_an_earlier_period_of_equal_length_is_taken():
    found = given(
        ("2011-01-01", "2011-01-30"), ("2011-02-01", "2011-03-31"), ("2011-04-01", "2011-04-30")
    )
    assert found.lens(2).labels == ("2011-01-01 to 2011-01-30", "2011-04-01 to 2011-04-30")
