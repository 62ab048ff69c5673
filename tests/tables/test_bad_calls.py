"""Files, moments, windows and customers that cannot be: the exact class and message."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError

GOOD = {"customer_id": [1, 1, 2], "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"]}
PAID = {**GOOD, "amount": [9.5, 2.0, 3.0]}


def read(rows=PAID, **how):
    return ci.TransactionLog.from_frame(rows, **how)


MOMENT = (
    "as_of must be a date, a datetime or ISO 8601 text such as '2011-12-09' or '2011-12-09T14:30'; "
)

WINDOW = (
    "window must be a positive length such as '180d', '26w', '12h', a timedelta or a number of "
    "days. Months and years differ in length and are not taken."
)

OUTSIDE = "as_of lies outside 1678-01-01 … 2262-04-11, within which all timestamps of a log are."

#: What is given: the call, the class of the error and its whole message.
CALLS = {
    "a file that is not there": (
        lambda: ci.TransactionLog.from_csv("none.csv"),
        InvalidArgumentError,
        "There is no file 'none.csv' in the folder given. Check the path to the CSV file.",
    ),
    "a file of another format": (
        lambda: ci.TransactionLog.from_parquet(__file__),
        SchemaError,
        (
            "'test_bad_calls.py' cannot be read as Parquet (ArrowInvalid). Check that the file is "
            "complete and of that format."
        ),
    ),
    "an as_of that cannot be read": (
        lambda: read().as_of("09.12.2011"),
        InvalidArgumentError,
        MOMENT + "this one cannot be read.",
    ),
    "an as_of that is a number": (
        lambda: read().as_of(20111209),
        InvalidArgumentError,
        MOMENT + "got int.",
    ),
    "an as_of that is missing": (
        lambda: read().as_of(pd.NaT),
        InvalidArgumentError,
        MOMENT + "got a missing value (NaT).",
    ),
    "an as_of that no log can hold": (
        lambda: read().as_of("9999-12-31"),
        InvalidArgumentError,
        OUTSIDE,
    ),
    "a history that is asked for the future": (
        lambda: read().as_of("2024-02-01").as_of("2024-02-02"),
        InvalidArgumentError,
        (
            "A history can only be narrowed: as_of is later than its own moment, "
            "2024-02-01T23:59:59.999999 UTC. Use the log: log.as_of(…)."
        ),
    ),
    "an unknown unit": (
        lambda: ci.summarize(read(), as_of="2024-12-31", unit="days"),
        InvalidArgumentError,
        "unit must be one of 'hour', 'day', 'week', 'month', 'quarter', 'year'; got 'days'.",
    ),
    "an unknown period": (
        lambda: ci.summarize(read(), as_of="2024-12-31", period="year"),
        InvalidArgumentError,
        "period must be one of 'hour', 'day', 'week', 'month'; got 'year'.",
    ),
    "a window of months": (
        lambda: ci.summarize(read(), as_of="2024-12-31", window="6 months"),
        InvalidArgumentError,
        WINDOW,
    ),
    "a window that is not positive": (
        lambda: ci.summarize(read(), as_of="2024-12-31", window=0),
        InvalidArgumentError,
        WINDOW,
    ),
    "the second row of a customer": (
        lambda: ci.CustomerTable.from_frame({"customer_id": [1, 2, 1]}),
        DataValidationError,
        (
            "1 of 3 rows break a rule (rows count from 0):\n"
            "  duplicate_customer_id in 1 row: 2\n"
            'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the '
            "others in .rejected."
        ),
    ),
    "an unknown PII class": (
        lambda: ci.CustomerTable.from_frame({"customer_id": [1], "age": [3]}, pii={"age": "x"}),
        InvalidArgumentError,
        (
            "pii['age'] holds an unknown PII class; use one of none, direct, quasi, sensitive, "
            "behavioural, derived."
        ),
    ),
    "integer ids beside ids that are texts": (
        lambda: (
            read()
            .as_of("2024-12-31")
            .ids.match(read({**GOOD, "customer_id": list("abc")}).as_of("2024-12-31").ids)
        ),
        SchemaError,
        (
            "One side has integer customer ids, the other texts, so nobody could be in both. Read "
            "both logs with ids of the same kind."
        ),
    ),
    "a path that is none": (
        lambda: ci.TransactionLog.from_csv(PAID),
        InvalidArgumentError,
        "A path must be a str or a Path; got dict. For a table, use TransactionLog.from_frame.",
    ),
    "an as_of of a whole month": (
        lambda: read().as_of(np.datetime64("2011-12")),
        InvalidArgumentError,
        "as_of is a datetime64 of a whole week, month or year; give the day that is meant.",
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, error, message = CALLS[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
