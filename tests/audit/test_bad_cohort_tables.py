"""Cohorts that cannot be asked for: class and whole message."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import customerintel as ci
from customerintel.audit.cohorts_by_age import cohort_table
from customerintel.audit.lens_five import lens_five
from customerintel.audit.lens_four import lens_four
from customerintel.audit.lens_three import lens_three
from customerintel.audit.run_off import run_off_of
from customerintel.exceptions import InvalidArgumentError

LOG = {
    "customer_id": [1, 2, 2, 1],
    "timestamp": ["2024-01-01", "2024-01-02", "2024-02-01", "2024-03-01"],
    "channel": ["web", "shop", "web", "web"],
}
RETURNS = {"customer_id": [1], "timestamp": ["2024-01-01"], "amount": [-5.0]}


@functools.cache
def log():
    return ci.TransactionLog.from_frame(LOG)


@functools.cache
def cells(by=None):
    history = log().as_of("2024-03-31")
    return ci.audit.cells_of(history, ci.audit.read_periods(history, "month"), by=by)


HINT = "Give a label, such as 'to 2024-01-31', or a place from 0 to 2."

#: What is given: a call, the class and the whole message.
CASES = {
    "a table in place of a log": (
        lambda: cohort_table(LOG),
        InvalidArgumentError,
        (
            "cohort_table takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "cohorts where there are returns only": (
        lambda: cohort_table(ci.TransactionLog.from_frame(RETURNS)),
        InvalidArgumentError,
        "Nothing has been bought by this moment, so there are no periods to look at.",
    ),
    "cohorts of unknown periods": (
        lambda: cohort_table(log(), period="fortnight"),
        InvalidArgumentError,
        (
            "period must be one of 'week', 'month', 'quarter', 'year', a whole number of days "
            "such as '90d', or pairs of the first and the last day of each period; got "
            "'fortnight'."
        ),
    ),
    "cohorts of overlapping periods": (
        lambda: cohort_table(
            log(), period=[("2024-01-01", "2024-02-10"), ("2024-02-01", "2024-02-28")]
        ),
        InvalidArgumentError,
        (
            "period 1 begins before period 0 has ended. Periods must not overlap, and stand in "
            "the order of time."
        ),
    ),
    "cohorts of more than a thousand periods": (
        lambda: cohort_table(log(), period="1d", as_of="2027-01-01"),
        InvalidArgumentError,
        (
            "Cohorts of 1,097 periods make a table that nobody can read: the most is 1,000. Take "
            "longer periods, such as period='month'."
        ),
    ),
    "a level of intervals of 95": (
        lambda: cohort_table(log(), level=95),
        InvalidArgumentError,
        "level must lie between 0 and 1, such as 0.95; got 95.",
    ),
    "same-age curves of an unknown measure": (
        lambda: cohort_table(log()).same_age("profit"),
        InvalidArgumentError,
        (
            "name must be one of active, retention, orders, units, orders_per_active, spend, "
            "average_order_value, spend_per_customer, cumulative_spend_per_customer; got "
            "'profit'."
        ),
    ),
    "a part that a cohort table does not have": (
        lambda: cohort_table(log()).to_frame("profit"),
        InvalidArgumentError,
        (
            "part must be one of cohorts, active, retention, orders, units, orders_per_active, "
            "spend, average_order_value, spend_per_customer, cumulative_spend_per_customer; got "
            "'profit'."
        ),
    ),
    "cohorts of cells that are cut by channel": (
        lambda: lens_five(cells("channel")),
        InvalidArgumentError,
        (
            "Cohorts are made of one cell per customer and period, and these cells are cut by "
            "another column too. Make them without by=."
        ),
    ),
    "a cohort that there is not": (
        lambda: lens_three(cells(), cohort="2024-01"),
        InvalidArgumentError,
        f"There is no cohort '2024-01'. {HINT}",
    ),
    "a cohort beyond the last": (
        lambda: lens_three(cells(), cohort=3),
        InvalidArgumentError,
        f"There is no cohort 3. {HINT}",
    ),
    "a cohort by a place below 0": (
        lambda: ci.audit.five_lenses(log(), as_of="2024-03-31", period="month", cohort=-1).lens(3),
        InvalidArgumentError,
        f"There is no cohort -1. {HINT}",
    ),
    "a list in place of a cohort": (
        lambda: lens_three(cells(), cohort=[0]),
        InvalidArgumentError,
        f"There is no cohort list. {HINT}",
    ),
    "a cohort without customers": (
        lambda: lens_three(cells(), cohort=1),
        InvalidArgumentError,
        (
            "Nobody bought for the first time in the period 'to 2024-02-29', so its cohort is "
            "empty. Take another."
        ),
    ),
    "an interval that lens 3 does not have": (
        lambda: lens_three(cells()).interval("spend"),
        InvalidArgumentError,
        "LensThree has no interval of 'spend'; it has those of share_active.",
    ),
    "a part that lens 5 does not have": (
        lambda: lens_five(cells()).to_frame("cohorts"),
        InvalidArgumentError,
        "part must be one of periods, stack, run_off, run_off_orders; got 'cohorts'.",
    ),
    "a trend of too few cohorts": (
        lambda: lens_four(cells()).trend("retention", 1),
        InvalidArgumentError,
        (
            "There is no trend of retention at this age: 4 cohorts must have it, which is so at "
            "the ages (none)."
        ),
    ),
    "a trend of an unknown measure": (
        lambda: lens_four(cells()).trend("profit"),
        InvalidArgumentError,
        (
            "measure must be one of retention, orders_per_active, average_order_value, "
            "cumulative_spend_per_customer; got 'profit'."
        ),
    ),
    "a run-off of an unknown measure": (
        lambda: run_off_of(cells(), measure="profit"),
        InvalidArgumentError,
        "measure must be one of spend, orders; got 'profit'.",
    ),
    "a run-off over no periods": (
        lambda: run_off_of(cells(), ahead=0),
        InvalidArgumentError,
        "ahead must be a whole number of periods from 1 to 60; got 0.",
    ),
    "a run-off over half a period": (
        lambda: run_off_of(cells(), ahead=1.5),
        InvalidArgumentError,
        "ahead must be a whole number of periods from 1 to 60; got 1.5.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_one_cohort_is_a_defined_result():
    one = cohort_table(log(), period="year")
    assert one.retention.tolist() == [[1.0]]
    assert one.notes[0] == "There is one cohort only, so there is nothing to compare it with."
    lens = lens_five(cells())
    assert np.isnan(lens.run_off_orders.expected).all()
    assert np.isnan(lens.dependence_trend.slope)
