"""Every rule that a row can break."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import (
    DataValidationError,
)
from customerintel.schema import Transaction, columns_of
from customerintel.tables.loading import COMPUTED

GOOD = {"customer_id": [1, 1, 2], "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"]}
PAID = {**GOOD, "amount": [9.5, 2.0, 3.0]}


def read(rows=PAID, **how):
    return ci.TransactionLog.from_frame(rows, **how)


#: Rule: what breaks it, and columns of which the second row alone does.
RULES = {
    "null_customer_id": ("None, NaN, NA or null", {"customer_id": ["a", None, "b"]}),
    "empty_customer_id": ("an empty text", {"customer_id": ["a", "", "b"]}),
    "unparseable_customer_id": (
        "a fraction, or neither integer nor text",
        {"customer_id": [1.0, 2.5, 3.0]},
    ),
    "customer_id_out_of_range": (
        "outside 64 bits, or a float above 2⁵³",
        {"customer_id": [1, 2**63, 3]},
    ),
    "null_timestamp": ("None, NaT or null", {"timestamp": ["2024-01-05", None, "2024-01-06"]}),
    "unparseable_timestamp": (
        "no date, datetime or ISO 8601 text",
        {"timestamp": ["2024-01-05", "05.01.2024", "2024-01-06"]},
    ),
    "timestamp_out_of_range": (
        "before 1678-01-01, or after 2262-04-11",
        {"timestamp": ["2024-01-05", "1677-12-31", "2024-01-06"]},
    ),
    "null_amount": ("None, NaN or null", {"amount": [1.0, None, 2.0]}),
    "unparseable_amount": (
        "no number, or one with a decimal comma",
        {"amount": [1.0, "1,50", 2.0]},
    ),
    "non_finite_amount": (
        "an infinity, or a product that overflows",
        {"amount": [1.0, np.inf, Decimal(2)]},
    ),
    "null_quantity": (
        "missing, where it makes the amount",
        {"quantity": [1, None, 2], "unit_price": [1, 1, 1]},
    ),
    "unparseable_quantity": ("no number", {"quantity": [1, "two", 2], "unit_price": [1, 1, 1]}),
    "non_finite_quantity": ("an infinity", {"quantity": [1, np.inf, 2], "unit_price": [1, 1, 1]}),
    "null_unit_price": (
        "missing, where it makes the amount",
        {"quantity": [1, 1, 1], "unit_price": [1, None, 2]},
    ),
    "unparseable_unit_price": ("no number", {"quantity": [1, 1, 1], "unit_price": [1, "€2", 2]}),
    "non_finite_unit_price": ("an infinity", {"quantity": [1, 1, 1], "unit_price": [1, np.inf, 2]}),
    "empty_order_id": (
        "an empty text; a missing one is a transaction of its own",
        {"order_id": ["a", "", None]},
    ),
    "unparseable_order_id": (
        "a fraction, or neither integer nor text",
        {"order_id": [1.0, 2.5, None]},
    ),
    "order_id_out_of_range": (
        "outside 64 bits, or a float above 2⁵³",
        {"order_id": [1, 2**63, None]},
    ),
    "null_kind": ("missing", {"kind": ["sale", None, "sale"]}),
    "unknown_kind": ("no known word", {"kind": ["sale", "gift", "sale"]}),
    "unparseable_cost": ("no number", {"cost": [1, "x", None]}),
    "non_finite_cost": ("an infinity", {"cost": [1, np.inf, None]}),
    "unparseable_currency": ("no code of three letters", {"currency": ["EUR", "euro", None]}),
}


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule):
    rows = {**GOOD, **RULES[rule][1]}
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {rule: 1}
    assert log.rejected.rows.tolist() == [1]
    assert log.n_rows == 2
    with pytest.raises(DataValidationError, match=f"{rule} in 1 row: 1\n"):
        read(rows)


def test_every_rule_of_the_columns_that_are_read_is_here():
    columns = columns_of(Transaction)
    expected = {
        rule
        for role in COMPUTED
        for rule in columns[role].rules
        if not (columns[role].nullable and rule.startswith("null_"))
    }
    assert set(RULES) == expected | {"null_quantity", "null_unit_price"}
