"""Every bad input that is an error, with its exact class and message."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import customerintel as ci
from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError

GOOD = {"customer_id": [1, 1, 2], "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"]}
PAID = {**GOOD, "amount": [9.5, 2.0, 3.0]}


def read(rows=PAID, **how):
    return ci.TransactionLog.from_frame(rows, **how)


def renamed(**columns):
    return {columns.get(name, name): values for name, values in PAID.items()}


KNOWN = (
    "Give a pandas, polars, pyarrow, modin, DuckDB, Dask, Ibis or PySpark table, a dict of arrays, "
    "or a path to TransactionLog.from_csv or from_parquet."
)
FORMAT = (
    "timestamp_format must be a format as of datetime.strptime, such as '%d/%m/%Y %H:%M', or 's', "
    "'ms', 'us' or 'ns' for numbers since 1970; "
)
MIXED = (
    "The column of customer_id mixes integers and texts, so 1 and '1' would be two ids. Convert "
    "the column to one type, for instance to text."
)
NO_UNIT = (
    "The column of timestamp holds numbers (int64), and nothing tells their unit. Give "
    'timestamp_format="s", "ms", "us" or "ns" for a count since 1970-01-01 UTC, or convert the '
    "column to datetimes."
)

#: What is given: the call, the class of the error and its whole message.
ERRORS = {
    "something that is no table": (
        lambda: read([{"customer_id": 1}]),
        SchemaError,
        f"list is not a table that can be read. {KNOWN}",
    ),
    "a single value instead of a column": (
        lambda: read({"customer_id": 5, "timestamp": ["2024-01-05"]}),
        SchemaError,
        (
            "Column 'customer_id' of the dict is a single int; give a list or an array with one "
            "value per row."
        ),
    ),
    "an array of two dimensions": (
        lambda: read({**GOOD, "customer_id": np.zeros((3, 2))}),
        SchemaError,
        "Column 'customer_id' of the dict has 2 dimensions; give one value per row.",
    ),
    "arrays of different length": (
        lambda: read({**GOOD, "customer_id": [1]}),
        SchemaError,
        (
            "The arrays of the dict differ in length: 'customer_id' has 1, 'timestamp' has 3. "
            "Give one value per row in each."
        ),
    ),
    "two columns of one name": (
        lambda: read(pd.DataFrame([[1, 2, 3]], columns=["customer_id", "x", "x"])),
        SchemaError,
        "The table has several columns named 'x'. Give each column a name of its own.",
    ),
    "a misnamed column": (
        lambda: read(renamed(customer_id="CustomerID"), customer_id="Customer"),
        SchemaError,
        (
            "Column 'Customer' (for customer_id) is not in the table. Did you mean 'CustomerID'? "
            "It has 3 columns: 'CustomerID', 'timestamp', 'amount'."
        ),
    ),
    "a missing column": (
        lambda: read(renamed(timestamp="InvoiceDate")),
        SchemaError,
        (
            "Column 'timestamp' (for timestamp) is not in the table. It has 3 columns: "
            "'customer_id', 'InvoiceDate', 'amount'. Name the column: "
            "TransactionLog.from_frame(…, "
            'timestamp="…").'
        ),
    ),
    "a column to keep that is missing": (
        lambda: read(keep=["brnch"]),
        SchemaError,
        (
            "Column 'brnch' (for keep) is not in the table. It has 3 columns: 'customer_id', "
            "'timestamp', 'amount'."
        ),
    ),
    "no columns at all": (
        lambda: read({}),
        SchemaError,
        (
            "Column 'customer_id' (for customer_id) is not in the table. It has 0 columns. Name "
            "the "
            'column: TransactionLog.from_frame(…, customer_id="…").'
        ),
    ),
    "something else than the name of a column": (
        lambda: read(amount=3),
        InvalidArgumentError,
        "TransactionLog.from_frame takes the name of a column as amount, not int.",
    ),
    "a column to keep that is not in a list": (
        lambda: read(keep="branch"),
        InvalidArgumentError,
        "keep takes a list of column names; write keep=['branch'].",
    ),
    "ids of both integers and texts": (
        lambda: read({**GOOD, "customer_id": [1, "1", "b"]}),
        SchemaError,
        (
            "The column of customer_id mixes integers and texts, so 1 and '1' would be two ids. "
            "Convert the column to one type, for instance to text."
        ),
    ),
    "ids that are truth values": (
        lambda: read({**GOOD, "customer_id": np.array([True, False, True])}),
        SchemaError,
        "column 'customer_id' holds id values, not bool; convert it, or name another column",
    ),
    "numbers as timestamps, without a unit": (
        lambda: read({**GOOD, "timestamp": [1, 2, 3]}),
        SchemaError,
        NO_UNIT,
    ),
    "a timestamp format that is none": (
        lambda: read(timestamp_format="dayfirst"),
        InvalidArgumentError,
        FORMAT + "got 'dayfirst'.",
    ),
    "an unknown time zone": (
        lambda: read({**GOOD, "timestamp": pa.array([0, 1, 2], pa.timestamp("us", "Mars/X"))}),
        SchemaError,
        (
            "The time zone 'Mars/X' is not known here. Use an IANA name such as 'Europe/Berlin', "
            "or install the time zone data (pip install tzdata)."
        ),
    ),
    "datetimes as amounts": (
        lambda: read({**GOOD, "amount": np.zeros(3, "M8[us]")}),
        SchemaError,
        (
            "column 'amount' holds number values, not datetime64[us]; convert it, or name another "
            "column"
        ),
    ),
    "a quantity without a unit price": (
        lambda: read({**GOOD, "n": [1, 2, 3]}, quantity="n"),
        SchemaError,
        (
            "quantity is given without unit_price, so there is no amount. Name the column of "
            "unit_price too, or that of amount."
        ),
    ),
    "two currencies": (
        lambda: read({**PAID, "currency": ["EUR", "usd", None]}),
        SchemaError,
        (
            "The column of currency holds 2 currencies (EUR, USD). A log has one: convert the "
            "amounts, or make one log per currency."
        ),
    ),
    "an unknown way to treat returns": (
        lambda: read(returns="ignore"),
        InvalidArgumentError,
        "returns must be one of 'net', 'drop', 'keep'; got 'ignore'.",
    ),
    "an unknown way to treat invalid rows": (
        lambda: read(on_invalid="drop"),
        InvalidArgumentError,
        "on_invalid must be 'raise' or 'quarantine'; got 'drop'.",
    ),
    "rows that break rules": (
        lambda: read({**PAID, "customer_id": [1, None, None], "amount": [1.0, None, np.inf]}),
        DataValidationError,
        (
            "2 of 3 rows break a rule (rows count from 0):\n"
            "  null_customer_id in 2 rows: 1, 2\n"
            "  null_amount in 1 row: 1\n"
            "  non_finite_amount in 1 row: 2\n"
            'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the '
            "others in .rejected."
        ),
    ),
}


@pytest.mark.parametrize("given", ERRORS)
def test_errors(given):
    call, error, message = ERRORS[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
