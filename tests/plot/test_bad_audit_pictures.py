"""What pictures of the audit say of arguments that they cannot use: exact class and message."""

from __future__ import annotations

import pytest
from matplotlib import pyplot as plt

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.base_over_time import run_off
from customerintel.plot.cohorts_together import cohorts, same_age
from customerintel.plot.five_lenses_pictures import lens
from customerintel.plot.tenths import decile_transition
from customerintel.plot.unevenness import lorenz

ROWS = {
    "customer_id": [7401, 7401, 7402],
    "timestamp": ["2024-01-05", "2024-02-01", "2024-02-27"],
    "amount": [9.5, 2.0, 3.0],
}
LOG = ci.TransactionLog.from_frame(ROWS)
FREE = ci.TransactionLog.from_frame({**ROWS, "amount": [0.0, 0.0, 0.0]})
NO_MONEY = ci.TransactionLog.from_frame({k: ROWS[k] for k in ("customer_id", "timestamp")})


def audit(log=LOG, as_of="2024-02-29"):
    return ci.audit.five_lenses(log, as_of=as_of, period="month", align="calendar")


def table(log=LOG, as_of="2024-02-29"):
    return ci.audit.cohort_table(log, as_of=as_of)


CASES = {
    "a log instead of an audit": (
        lambda: lens(LOG, 1),
        InvalidArgumentError,
        (
            "lens takes an Audit; got TransactionLog. Make one with "
            "customerintel.audit.five_lenses(log, …)."
        ),
    ),
    "a sixth lens to draw": (
        lambda: lens(audit(), 6),
        InvalidArgumentError,
        "There are the lenses 1, 2, 3, 4 and 5; got 6.",
    ),
    "one Axes for the three of lens 3": (
        lambda: lens(audit(), 3, ax=plt.figure().add_subplot()),
        InvalidArgumentError,
        "ax must be 3 matplotlib Axes, such as from matplotlib.pyplot.subplots(1, 3); got Axes.",
    ),
    "tenths of spend that is nothing": (
        lambda: lens(audit(FREE), 1),
        InvalidArgumentError,
        (
            "lens 1: net spend in the period '2024-02' is not above 0, so that tenths have no "
            "share in it."
        ),
    ),
    "a table instead of a concentration": (
        lambda: lorenz(ROWS),
        InvalidArgumentError,
        (
            "lorenz takes a Concentration; got dict. Make one with "
            "customerintel.audit.concentration(history, …)."
        ),
    ),
    "a Lorenz curve of nothing": (
        lambda: lorenz(ci.audit.concentration(FREE.as_of("2024-02-29"), n_boot=100)),
        InvalidArgumentError,
        "lorenz: the customers' totals add up to 0, so there is nothing that they share.",
    ),
    "an audit instead of a cohort table": (
        lambda: cohorts(audit()),
        InvalidArgumentError,
        (
            "cohorts takes a CohortTable; got Audit. Make one with "
            "customerintel.audit.cohort_table(log, …)."
        ),
    ),
    "an unknown measure to draw": (
        lambda: same_age(table(), "loyalty"),
        InvalidArgumentError,
        (
            "name must be one of active, retention, orders, units, orders_per_active, spend, "
            "average_order_value, spend_per_customer, cumulative_spend_per_customer; got 'loyalty'."
        ),
    ),
    "money to draw that is not there": (
        lambda: cohorts(table(NO_MONEY), "spend"),
        InvalidArgumentError,
        (
            "cohorts: no cohort has a complete period to draw spend of. The log has no amounts: "
            "take a measure such as 'orders'."
        ),
    ),
    "retention of one period to draw": (
        lambda: same_age(table(as_of="2024-01-31")),
        InvalidArgumentError,
        (
            "same_age: no cohort has a complete period to draw retention of. Take shorter "
            "periods, or a longer log."
        ),
    ),
    "an audit instead of its second lens": (
        lambda: decile_transition(audit()),
        InvalidArgumentError,
        (
            "decile_transition takes lens 2 of an audit; got Audit. Make one with "
            "customerintel.audit.five_lenses(log, …).lens(2)."
        ),
    ),
    "tenths by a word": (
        lambda: decile_transition(audit(as_of="2024-03-31").lens(2), by_rank="yes"),
        InvalidArgumentError,
        "by_rank must be True or False; got str.",
    ),
    "an audit instead of its fifth lens": (
        lambda: run_off(audit()),
        InvalidArgumentError,
        (
            "run_off takes lens 5 of an audit, or its run_off; got Audit. Make one with "
            "customerintel.audit.five_lenses(log, …).lens(5)."
        ),
    ),
    "a run-off of two cohorts": (
        lambda: run_off(audit().lens(5)),
        InvalidArgumentError,
        (
            "run_off: fewer than three cohorts can be followed, so nothing is expected. Take "
            "shorter periods, or a longer log."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert "740" not in message
