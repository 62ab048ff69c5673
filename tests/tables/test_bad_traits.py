"""Traits that cannot be read: class and whole message."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.tables.traits import read_like, read_traits

TABLE = {"email": ["a", "b"], "age": [1, 2], "plan": ["x", "y"], "said": ["a", "b"]}
LONG = {"said": [f"a text of so many words is no level {k}" for k in range(20)]}
COLUMNS = "It has 4 columns: 'email', 'age', 'plan', 'said'."

#: What is given: a call, the class and the whole message.
CASES = {
    "free text as a trait": (
        lambda: read_traits(LONG, names=["said"]),
        SchemaError,
        (
            "Column 'said' cannot be a trait: it is free text or names one by one (20 distinct "
            "texts in 20 rows, of 38 letters and 10.0 words on average), of which there are no "
            "levels; leave it out, or make a column of few categories of it."
        ),
    ),
    "free text that is told to be categorical": (
        lambda: read_traits(LONG, kinds={"said": "categorical"}),
        SchemaError,
        (
            "Column 'said' cannot be a trait: it is free text or names one by one (20 distinct "
            "texts in 20 rows, of 38 letters and 10.0 words on average), of which there are no "
            "levels; leave it out, or make a column of few categories of it."
        ),
    ),
    "identity data as a trait": (
        lambda: read_traits(TABLE, names=["email"]),
        SchemaError,
        (
            "Column 'email' cannot be a trait: identity data (PII class direct); "
            "allow=('email',) takes it all the same."
        ),
    ),
    "sensitive data as a trait": (
        lambda: read_traits({"religion": ["a"]}, names=["religion"]),
        SchemaError,
        (
            "Column 'religion' cannot be a trait: sensitive data (PII class sensitive); "
            "allow=('religion',) takes it all the same."
        ),
    ),
    "texts that are told to be numbers": (
        lambda: read_traits(TABLE, kinds={"plan": "numeric"}),
        SchemaError,
        (
            "Column 'plan' cannot be a trait: it holds texts; convert it to numbers, or leave it "
            "out of kinds."
        ),
    ),
    "dates that are told to be categories": (
        lambda: read_traits({"day": np.array(["2024"], "M8[D]")}, kinds={"day": "categorical"}),
        SchemaError,
        (
            "Column 'day' cannot be a trait: it holds dates, which have no levels; make texts of "
            "them."
        ),
    ),
    "infinite values as a trait": (
        lambda: read_traits({"x": [1.0, np.inf]}, names=["x"]),
        SchemaError,
        (
            "Column 'x' cannot be a trait: it holds infinite values (rows 1), of which there is "
            "no mean; make them missing."
        ),
    ),
    "values of two types as a trait": (
        lambda: read_traits({"x": [1, "a"]}, names=["x"]),
        SchemaError,
        (
            "Column 'x' cannot be a trait: it mixes values of the types int, str; convert it to "
            "one type."
        ),
    ),
    "ids as a trait": (
        lambda: read_traits({"store_id": [1, 2]}, names=["store_id"]),
        SchemaError,
        (
            "Column 'store_id' cannot be a trait: it holds integers that stand for something, by "
            "its name, so their mean says nothing; kinds={'store_id': \"categorical\"} takes them "
            "as levels."
        ),
    ),
    "categories of integers beyond all floats": (
        lambda: read_traits({"x": [2**60, 1]}, kinds={"x": "categorical"}),
        SchemaError,
        (
            "Column 'x' cannot be a trait: it holds integers beyond 2**53; make texts of them to "
            "have levels."
        ),
    ),
    "a trait without any value": (
        lambda: read_traits({"x": [None, None]}, names=["x"]),
        SchemaError,
        "Column 'x' cannot be a trait: it holds no value in any row.",
    ),
    "a trait that is not there": (
        lambda: read_traits(TABLE, names=["agee"]),
        SchemaError,
        f"Column 'agee' (for names) is not in the table. Did you mean 'age'? {COLUMNS}",
    ),
    "a column to leave out that is not there": (
        lambda: read_traits(TABLE, exclude=["x"]),
        SchemaError,
        f"Column 'x' (for exclude) is not in the table. {COLUMNS}",
    ),
    "one name in place of a list": (
        lambda: read_traits(TABLE, names="age"),
        InvalidArgumentError,
        "names takes a list of column names; write names=['age'].",
    ),
    "kinds as a list": (
        lambda: read_traits(TABLE, kinds=["plan"]),
        InvalidArgumentError,
        "kinds takes a dict by the names of columns, not list.",
    ),
    "a kind that is unknown": (
        lambda: read_traits(TABLE, kinds={"plan": "text"}),
        InvalidArgumentError,
        "kinds['plan'] must be 'numeric' or 'categorical'; got 'text'.",
    ),
    "a PII class that is unknown": (
        lambda: read_traits(TABLE, pii={"plan": "secret"}),
        InvalidArgumentError,
        (
            "pii['plan'] holds an unknown PII class; use one of none, direct, quasi, sensitive, "
            "behavioural, derived."
        ),
    ),
    "no levels at all": (
        lambda: read_traits(TABLE, max_levels=0),
        InvalidArgumentError,
        "max_levels must be a whole number of levels, at least 1; got 0.",
    ),
    "traits of no table": (
        lambda: read_traits(7),
        SchemaError,
        (
            "int is not a table that can be read. Give a pandas, polars, pyarrow, modin, DuckDB, "
            "Dask, Ibis or PySpark table, a dict of arrays, or a path to TransactionLog.from_csv "
            "or from_parquet."
        ),
    ),
    "another table without a trait": (
        lambda: read_like({"age": [1]}, read_traits({"plan": ["a"]})),
        SchemaError,
        (
            "Column 'plan' (for a trait that was read before) is not in the table. It has 1 "
            "column: 'age'."
        ),
    ),
    "a numeric trait that holds texts now": (
        lambda: read_like({"age": ["31", "old"]}, read_traits({"age": [1, 2]})),
        SchemaError,
        (
            "Column 'age' cannot be read as before: it held numbers and now holds categories; "
            "convert it to what it was."
        ),
    ),
    "truth values that are numbers now": (
        lambda: read_like({"vip": [0.5]}, read_traits({"vip": [True]})),
        SchemaError,
        (
            "Column 'vip' cannot be read as before: it held truth values and now holds numbers; "
            "convert it to what it was."
        ),
    ),
    "dates that are texts now": (
        lambda: read_like(
            {"day": ["2024-01-01"]}, read_traits({"day": np.array(["2024"], "M8[D]")})
        ),
        SchemaError,
        (
            "Column 'day' cannot be read as before: it held dates and now holds categories; "
            "convert it to what it was."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def test_no_value_is_in_a_message():
    people = ci.CustomerTable.from_frame({"customer_id": [1, 2], "said": ["canary", 7]})
    with pytest.raises(SchemaError) as caught:
        read_traits(people, names=["said"])
    assert "canary" not in str(caught.value)
