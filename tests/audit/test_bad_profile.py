"""Profiles that cannot be made: class and whole message."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel.audit.group_profile import profile
from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError

N = 40
LOG = {"customer_id": list(range(N)), "timestamp": ["2024-01-05"] * N}
TABLE = {"customer_id": range(N), "age": range(N), "email": ["a"] * N}


def call(**options):
    history = ci.TransactionLog.from_frame(LOG).as_of("2024-03-01")
    return profile(history, **({"customers": TABLE, "of": range(20)} | options))


IDS = "takes the ids of customers, or a truth value per customer of the history, not one"

#: What is given: a call, the class and the whole message.
CASES = {
    "a group of everybody": (
        lambda: call(of=range(N)),
        InvalidArgumentError,
        (
            "of holds every customer of the history, so there is no rest to compare with. Give a "
            "part of them, or a history with more customers."
        ),
    ),
    "a group of nobody": (
        lambda: call(of=[]),
        InvalidArgumentError,
        (
            "of holds no customer of the history, so there is nobody to compare. Give ids of "
            "history.customer_id."
        ),
    ),
    "another side of nobody": (
        lambda: call(against=np.zeros(N, bool)),
        InvalidArgumentError,
        (
            "against holds no customer of the history, so there is nobody to compare. Give ids of "
            "history.customer_id."
        ),
    ),
    "customers on both sides": (
        lambda: call(of=range(20), against=range(18, 40)),
        InvalidArgumentError,
        "2 customers are in both of and against. Leave them out of one of them.",
    ),
    "truth values of another length": (
        lambda: call(of=[True, False]),
        InvalidArgumentError,
        (
            "of has 2 truth values, and the history has 40 customers. Give one per customer in "
            "the order of history.customer_id, or give ids."
        ),
    ),
    "one id in place of a group": (
        lambda: call(of=7),
        InvalidArgumentError,
        f"of {IDS} int.",
    ),
    "a text in place of a group": (
        lambda: call(of="best"),
        InvalidArgumentError,
        f"of {IDS} str.",
    ),
    "a text other than rest": (
        lambda: call(against="all"),
        InvalidArgumentError,
        f"against {IDS} str.",
    ),
    "a group with a missing id": (
        lambda: call(of=[1, None, 3]),
        InvalidArgumentError,
        (
            "of holds entries that are no ids (null_customer_id; entries 1, counted from 0). Leave "
            "them out."
        ),
    ),
    "ids of another kind": (
        lambda: call(of=["a", "b"]),
        SchemaError,
        (
            "One side has integer customer ids, the other texts, so nobody could be in both. Read "
            "both logs with ids of the same kind."
        ),
    ),
    "neither customers nor behaviour": (
        lambda: call(customers=None),
        InvalidArgumentError,
        "profile compares nothing: give customers=, or behaviour=True.",
    ),
    "customers without ids": (
        lambda: call(customers={"age": range(N)}),
        SchemaError,
        (
            "Column 'customer_id' (for customer_id) is not in the table. It has 1 column: 'age'. "
            'Name the column: CustomerTable.from_frame(…, customer_id="…").'
        ),
    ),
    "a customer who is there twice": (
        lambda: call(customers={"customer_id": [1, 1], "age": [1, 2]}),
        DataValidationError,
        (
            "1 of 2 rows break a rule (rows count from 0):\n  duplicate_customer_id in 1 row: 1\n"
            'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the '
            "others in .rejected."
        ),
    ),
    "identity data to compare": (
        lambda: call(traits=["email"]),
        SchemaError,
        (
            "Column 'email' cannot be a trait: identity data (PII class direct); "
            "allow=('email',) takes it all the same."
        ),
    ),
    "traits in a column that there is not": (
        lambda: call(customers={"customer_id": range(N), "age": range(N)}, traits=["aeg"]),
        SchemaError,
        (
            "Column 'aeg' (for traits) is not in the table. Did you mean 'age'? It has 1 column: "
            "'age'."
        ),
    ),
    "one trait in place of a list": (
        lambda: call(traits="age"),
        InvalidArgumentError,
        "traits takes a list of column names; write traits=['age'].",
    ),
    "customers with a column whose name is a number": (
        lambda: call(customers=pd.DataFrame({"customer_id": range(N), 5: range(N)})),
        SchemaError,
        (
            "The table has a column named 5, and names of columns must be texts. Rename it, such "
            "as to '5', or leave it out."
        ),
    ),
    "a CustomerTable with a column whose name is a number": (
        lambda: ci.CustomerTable.from_frame({"customer_id": [1], 5: [1]}),
        SchemaError,
        (
            "The table has a column named 5, and names of columns must be texts. Rename it, such "
            "as to '5', or leave it out."
        ),
    ),
    "a rate of false discoveries of 0": (
        lambda: call(fdr=0),
        InvalidArgumentError,
        "fdr must lie between 0 and 1, such as 0.05; got 0.",
    ),
    "a correction that is unknown": (
        lambda: call(correction="bonferroni"),
        InvalidArgumentError,
        "correction must be 'bh' or 'by'; got 'bonferroni'.",
    ),
    "a test that is unknown": (
        lambda: call(test="t"),
        InvalidArgumentError,
        "test must be 'welch' or 'mann_whitney'; got 't'.",
    ),
    "a level of 1": (
        lambda: call(level=1),
        InvalidArgumentError,
        "level must lie between 0 and 1, such as 0.95; got 1.",
    ),
    "a smallest cell below 0": (
        lambda: call(min_cell=-1),
        InvalidArgumentError,
        "min_cell must be a whole number of customers, at least 0; got -1.",
    ),
    "one feature in place of a list": (
        lambda: call(behaviour="gap_mean"),
        InvalidArgumentError,
        (
            "behaviour must be True, False or a list of names of features, such as ['gap_mean', "
            "'weekend_share']."
        ),
    ),
    "a feature that is misspelt": (
        lambda: call(behaviour=["gap_men"]),
        InvalidArgumentError,
        "There is no feature 'gap_men'. Did you mean 'gap_mean'?",
    ),
    "a column with the name of a feature": (
        lambda: call(
            customers={"customer_id": range(N), "recency": range(N)}, behaviour=["recency"]
        ),
        InvalidArgumentError,
        (
            "'recency': a column of the customers and a feature of their behaviour have the same "
            "name. Leave one out by exclude=, or name features in behaviour=."
        ),
    ),
    "a profile of no history": (
        lambda: profile([1, 2], customers=TABLE, of=[1]),
        InvalidArgumentError,
        (
            "profile takes a TransactionLog or a History; got list. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "a table of the profile that is not there": (
        lambda: call().to_frame("all"),
        InvalidArgumentError,
        "part must be one of 'traits', 'numeric', 'levels', 'left_out'; got 'all'.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    make, error, message = CASES[given]
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message
    assert type(caught.value) is error
