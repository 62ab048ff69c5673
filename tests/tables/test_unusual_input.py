"""Unusual input with a defined result, and its warning."""

from __future__ import annotations

import warnings
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import (
    DataQualityWarning,
)

GOOD = {"customer_id": [1, 1, 2], "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"]}
PAID = {**GOOD, "amount": [9.5, 2.0, 3.0]}


def read(rows=PAID, **how):
    return ci.TransactionLog.from_frame(rows, **how)


ALIKE = {"customer_id": [1, 1, 1], "timestamp": ["2024-01-05"] * 3, "amount": [2.0, 2.0, 2.0]}
EMPTY = {
    "customer_id": np.empty(0, np.int64),
    "timestamp": np.empty(0, "M8[us]"),
    "amount": np.empty(0),
}


def _summary(rows, as_of="2024-12-31", **how):
    return read(rows, **how).as_of(as_of).summarize()


def an_empty_table():
    log = read(EMPTY)
    assert (log.n_rows, log.n_transactions, log.n_customers) == (0, 0, 0)
    assert np.isnat(log.start)
    assert len(log.as_of("2024-01-05").summarize()) == 0
    assert len(log.to_frame()["amount"]) == 0


def all_rows_rejected():
    log = read({**PAID, "customer_id": [None] * 3}, on_invalid="quarantine")
    assert (log.n_rows, len(log.rejected)) == (0, 3)


def one_customer():
    summary = _summary({**PAID, "customer_id": [7, 7, 7]})
    assert (summary.customer_id.tolist(), summary.frequency.tolist()) == ([7], [2])


def one_row():
    summary = _summary({"customer_id": ["a"], "timestamp": ["2024-01-05"], "amount": [5.0]})
    assert (summary.frequency.tolist(), summary.recency.tolist()) == ([0], [0.0])
    assert np.isnan(summary.monetary_value).all()


def all_timestamps_equal():
    summary = _summary({**PAID, "timestamp": [datetime(2024, 1, 5, 12)] * 3})
    assert summary.frequency.tolist() == [0, 0]
    assert summary.T.tolist() == [361.0, 361.0]
    assert summary.total_amount.tolist() == [11.5, 3.0]


def duplicate_rows():
    summary = _summary(ALIKE)
    assert (summary.n_transactions.tolist(), summary.total_amount.tolist()) == ([3], [6.0])
    merged = _summary({**ALIKE, "order_id": ["o", "o", "o"]})
    assert (merged.n_transactions.tolist(), merged.total_amount.tolist()) == ([1], [6.0])
    assert read({**ALIKE, "order_id": ["o", "o", "o"]}).n_rows == 3


def blanks_around_ids():
    assert _summary({**GOOD, "customer_id": [" a", "a", "a "]}).customer_id.tolist() == [
        " a",
        "a",
        "a ",
    ]


def edges_of_64_bits():
    ids = np.array([2**63 - 1, -(2**63), 0])
    assert _summary({**GOOD, "customer_id": ids}).customer_id.tolist() == [-(2**63), 0, 2**63 - 1]


def integers_as_floats():
    summary = _summary({**GOOD, "customer_id": [7.0, 3.0, 7.0]})
    assert summary.customer_id.dtype == np.int64


def amounts_as_texts():
    assert _summary({**GOOD, "amount": ["1.5", " 2 ", "3"]}).total_amount.tolist() == [3.5, 3.0]


def amounts_as_decimals():
    amounts = [Decimal("0.10"), Decimal("0.20"), Decimal(3)]
    assert _summary({**GOOD, "amount": amounts}).total_amount.tolist() == [0.1 + 0.2, 3.0]


def no_amounts():
    summary = _summary(GOOD)
    assert np.isnan(summary.total_amount).all()
    assert not summary.has_amounts


def a_column_like_an_amount():
    assert not read({**GOOD, "Amount": [9.5, 2.0, 3.0]}).has_amounts


def positive_returns():
    summary = _summary({**PAID, "kind": ["sale", "return", "sale"]})
    assert summary.total_amount.tolist() == [7.5, 3.0]


def some_zones_and_some_none():
    log = read({**GOOD, "timestamp": ["2024-01-05T00:00+01:00", "2024-01-06", "2024-01-07"]})
    assert (log.time_zone, str(log.start)) == ("+01:00", "2024-01-04T23:00:00.000000")


def several_zones():
    moments = ["2024-01-05T00:00+01:00", "2024-07-05T00:00+02:00", "2024-12-05T00:00+01:00"]
    log = read({**GOOD, "timestamp": moments})
    assert (log.time_zone, str(log.start)) == ("UTC", "2024-01-04T23:00:00.000000")


def as_of_before_the_first_purchase():
    assert len(_summary(PAID, as_of="2023-12-31")) == 0


def as_of_at_midnight():
    assert _summary(PAID, as_of=datetime(2024, 2, 1)).n_transactions.tolist() == [2]
    assert _summary(PAID, as_of="2024-01-31T00:00").n_transactions.tolist() == [1]


def nobody_in_the_window():
    assert len(read().as_of("2024-12-31").summarize(window="30d")) == 0


def returns_only():
    log = read({**PAID, "amount": [9.5, 2.0, -3.0]})
    history = log.as_of("2024-12-31")
    assert (history.customer_id.tolist(), history.n_returns_only, log.n_customers) == ([1], 1, 2)


EMPTY_HISTORY = "The history is empty: {}. Its results will have no customers."
MIDNIGHT = (
    "as_of is a datetime at midnight, so nothing of that day is seen. Give a date to see the whole "
    "day."
)
#: What is given: what it gets in words, the test of it, and its warnings.
RESULTS = {
    "an empty table": (
        "a log without rows",
        an_empty_table,
        [EMPTY_HISTORY.format("the log has no rows")],
    ),
    "all rows rejected": (
        "a log without rows; every row is in `rejected`",
        all_rows_rejected,
        [
            (
                "All 3 rows were rejected, so the log is empty. See .rejected.counts() for the "
                "rules that they broke."
            )
        ],
    ),
    "one customer": ("a summary of one customer", one_customer, []),
    "one row": ("frequency 0, recency 0, monetary value NaN", one_row, []),
    "all timestamps equal": ("frequency 0 for everybody", all_timestamps_equal, []),
    "duplicate rows": (
        "all are kept; with `order_id` they are one transaction",
        duplicate_rows,
        [],
    ),
    "blanks around ids": (
        "kept: `' a'` and `'a'` are two",
        blanks_around_ids,
        [
            (
                "2 distinct values of customer_id begin or end with a blank. They are kept as they "
                "are, so ' a' and 'a' are two; strip them before if they are one."
            )
        ],
    ),
    "ids at the edges of 64 bits": ("kept exactly", edges_of_64_bits, []),
    "integer ids as floats": ("int64", integers_as_floats, []),
    "amounts as texts": (
        "read with a decimal point",
        amounts_as_texts,
        [
            (
                "The column of amount holds texts, which were read as numbers with a decimal "
                "point. Convert it to numbers to be sure of the decimal mark."
            )
        ],
    ),
    "amounts as Decimals": ("the nearest float64", amounts_as_decimals, []),
    "no amounts": ("money is NaN", no_amounts, []),
    "no column named as the amount, and one like it": (
        "no amounts; money is NaN",
        a_column_like_an_amount,
        [
            (
                "The log has no amounts, so money is NaN. If column 'Amount' is the amount, say "
                "amount='Amount'; if there is none, amount=False."
            )
        ],
    ),
    "returns with positive amounts": (
        "taken as negative",
        positive_returns,
        [
            (
                "1 rows are marked as returns, refunds or cancellations and have a positive "
                "amount. It was taken as money given back (negative)."
            )
        ],
    ),
    "customers with returns only": ("counted in `n_returns_only`, in no summary", returns_only, []),
    "timestamps with and without zone": (
        "those without are taken as UTC",
        some_zones_and_some_none,
        [
            (
                "Some timestamps have a time zone and others have none. Those without were taken "
                "as UTC; give all of them a zone, or none."
            )
        ],
    ),
    "timestamps of several zones": (
        "all in UTC",
        several_zones,
        [
            (
                "Timestamps have several time zones or offsets. All were converted to UTC, and a "
                "day is a day in UTC; convert the column to one time zone to have its days."
            )
        ],
    ),
    "as_of before the first purchase": (
        "a history without customers",
        as_of_before_the_first_purchase,
        [EMPTY_HISTORY.format("as_of is before its first row")],
    ),
    "as_of as a datetime at midnight": (
        "exactly that moment",
        as_of_at_midnight,
        [MIDNIGHT, MIDNIGHT],
    ),
    "nobody bought in the window": ("a summary without customers", nobody_in_the_window, []),
}


@pytest.mark.parametrize("given", RESULTS)
def test_defined_results(given):
    _, check, expected = RESULTS[given]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check()
    assert [str(warning.message) for warning in caught] == expected
    assert all(warning.category is DataQualityWarning for warning in caught)
    assert {warning.filename for warning in caught} <= {__file__}
