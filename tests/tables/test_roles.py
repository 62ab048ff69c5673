"""Which column plays which part, and how a missing one is told."""

from __future__ import annotations

import pandas as pd
import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.tables.roles import assign_roles, check_names, missing_column

MANY = [f"column_{i}" for i in range(40)]


def assign(given, available, required=()):
    return assign_roles(given, available, required=required, caller="from_frame")


def test_a_role_takes_its_name_the_given_one_or_none():
    given = {"customer_id": None, "amount": "total", "kind": False, "channel": None}
    available = ["customer_id", "total", "amount", "kind"]
    assert assign(given, available) == {"customer_id": "customer_id", "amount": "total"}


@pytest.mark.parametrize(
    ("asked", "available", "near"),
    [
        ("customer_id", ["CustomerID", "x"], "CustomerID"),
        ("CUSTOMER ID", ["customer_id", "x"], "customer_id"),
        ("InvoceDate", ["InvoiceDate", "InvoiceNo"], "InvoiceDate"),
        ("id", ["ID", "idea"], "ID"),
        ("zzz", ["customer_id"], None),
        ("amount", [0, ("a", "b"), "ammount"], "ammount"),
        ("x", [], None),
    ],
)
def test_the_nearest_name_is_suggested(asked, available, near):
    message = str(missing_column(asked, "amount", available))
    assert message.startswith(f"Column {asked!r} (for amount) is not in the table.")
    assert (f" Did you mean {near!r}? " in message) == (near is not None)
    assert ("Did you mean" in message) == (near is not None)


def test_a_long_list_of_columns_is_cut():
    message = str(missing_column("x", "amount", MANY))
    assert message.endswith("It has 40 columns: " + ", ".join(map(repr, MANY[:30])) + ", ….")
    assert str(missing_column("x", "amount", ["a"])).endswith("It has 1 column: 'a'.")
    assert str(missing_column("x", "amount", [])).endswith("It has 0 columns.")


def test_a_required_role_says_how_to_name_it():
    with pytest.raises(SchemaError, match=r'Name the column: from_frame\(…, customer_id="…"\)\.$'):
        assign({"customer_id": None}, ["x"], required=["customer_id"])
    with pytest.raises(SchemaError, match=r"^Column 'customer_id'"):
        assign({"customer_id": False}, ["customer_id"], required=["customer_id"])


@pytest.mark.parametrize(
    ("name", "shown"), [(True, "True"), (5, "int"), (["a"], "list"), (b"a", "bytes")]
)
def test_only_names_and_false_are_taken(name, shown):
    with pytest.raises(
        InvalidArgumentError, match=f"the name of a column as amount, not {shown}\\.$"
    ):
        assign({"amount": name}, ["a", "amount"])


def test_doubled_names_are_refused():
    with pytest.raises(SchemaError, match=r"^The table has several columns named 'a', 'c'"):
        assign({}, ["a", "b", "c", "a", "c"])


def test_lists_of_names():
    check_names(("a", "b"), "keep", ["a", "b"])
    with pytest.raises(InvalidArgumentError, match=r"^keep takes a list of column names\.$"):
        check_names(5, "keep", ["a"])
    with pytest.raises(SchemaError, match=r"^Column '7' \(for keep\)"):
        check_names([7], "keep", ["a"])


def test_columns_that_are_no_texts_do_no_harm():
    frame = pd.DataFrame({"customer_id": [1], "timestamp": ["2024-01-05"], 0: [1], ("a", 1): [2]})
    assert ci.TransactionLog.from_frame(frame).n_rows == 1
    with pytest.raises(
        SchemaError, match=r"It has 4 columns: 'customer_id', 'timestamp', 0, \('a', 1\)\."
    ):
        ci.TransactionLog.from_frame(frame, amount="paid")
