"""What a report says of what it cannot use: the exact class and message."""

from __future__ import annotations

import numpy as np
import pytest
from report.report_logs import few

import customerintel as ci
from customerintel import report
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.report.page import Page

LOG = few(12)
EMPTY = ci.TransactionLog.from_frame(
    {"customer_id": np.empty(0, np.int64), "timestamp": np.empty(0, "M8[us]")}
)
PAGE = Page("A shop", np.datetime64("2024-01-01"), "<!doctype html>", ("headline",), ())
PEOPLE = {"segment": ["young", "old"], "population": [100, 200]}


def build(log=LOG, **how):
    return report.build(log, **how)


CASES = {
    "a report on a table": (
        lambda: build({"customer_id": [1]}),
        InvalidArgumentError,
        (
            "build takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "a report on an empty log": (
        lambda: build(EMPTY),
        InvalidArgumentError,
        ("build: the log is empty, so it has no last moment. Give as_of=, or other rows."),
    ),
    "a report on nine customers": (
        lambda: build(few(9)),
        InvalidArgumentError,
        (
            "A report needs at least 10 customers with a purchase by this moment; groups of fewer "
            "are not shown. Give a later as_of, or other rows."
        ),
    ),
    "a report on a title that is no text": (
        lambda: build(title=7),
        InvalidArgumentError,
        "title must be a text, such as the name of the business.",
    ),
    "a report on a title of half a letter": (
        lambda: build(title="Caf\ud83d"),
        InvalidArgumentError,
        (
            "title holds half of a letter (a lone surrogate), which no file can hold. Read it anew "
            "with the encoding that it was written in."
        ),
    ),
    "a report in a currency of many letters": (
        lambda: build(currency="pounds"),
        InvalidArgumentError,
        "currency must be a sign or a code of at most four letters, such as '£' or 'EUR'.",
    ),
    "a report with a churn of 3": (
        lambda: build(churn=3),
        InvalidArgumentError,
        "churn must be True, False or 'auto'; got 3.",
    ),
    "a report with a value of many": (
        lambda: build(value="many"),
        InvalidArgumentError,
        "value must be True, False or 'auto'; got 'many'.",
    ),
    "a report with ids of no": (
        lambda: build(include_ids="no"),
        InvalidArgumentError,
        "include_ids must be True or False.",
    ),
    "a report with a core of everybody": (
        lambda: build(core_share=1.0),
        InvalidArgumentError,
        "core_share must lie between 0 and 1, such as 0.20; got 1.0.",
    ),
    "a report on a population without customers": (
        lambda: build(population=PEOPLE),
        InvalidArgumentError,
        (
            "population says who lives where, and nothing says so of the customers. Give "
            "customers=, a table with customer_id and the columns of the population."
        ),
    ),
    "a report whose churn outlook is a must, of few customers": (
        lambda: build(churn=True),
        InvalidArgumentError,
        ("churn=True, and the log does not allow it: it needs 50 customers, and there are 12."),
    ),
    "a report whose customer value is a must, of few customers": (
        lambda: build(value=True),
        InvalidArgumentError,
        ("value=True, and the log does not allow it: it needs 50 customers, and there are 12."),
    ),
    "a report in unknown periods": (
        lambda: build(period="fortnight"),
        InvalidArgumentError,
        (
            "period must be one of 'week', 'month', 'quarter', 'year', a whole number of days such "
            "as '90d', or pairs of the first and the last day of each period; got 'fortnight'."
        ),
    ),
    "a report with cohorts of unknown periods": (
        lambda: build(cohort_period="fortnight"),
        InvalidArgumentError,
        (
            "cohort_period must be one of 'week', 'month', 'quarter', 'year', a whole number of "
            "days such as '90d', or pairs of the first and the last day of each period; got "
            "'fortnight'."
        ),
    ),
    "a page saved in a folder that does not exist": (
        lambda: PAGE.save("no-such-folder/report.html"),
        InvalidArgumentError,
        ("There is no folder to write 'report.html' to. Make it first, or correct the path."),
    ),
    "a page saved as a folder": (
        lambda: PAGE.save("."),
        InvalidArgumentError,
        "'.' is a folder. Give the name of a file in it.",
    ),
    "a page saved nowhere": (
        lambda: PAGE.save(None),
        InvalidArgumentError,
        "path must be a file name; got NoneType.",
    ),
    "a report by segment without customers": (
        lambda: build(segment="segment"),
        InvalidArgumentError,
        (
            "segment names a column of the customers, and there are none. Give customers=, a table "
            "with customer_id."
        ),
    ),
    "a report on tables without a column in common": (
        lambda: build(customers={"customer_id": [1], "age": ["young"]}, population=PEOPLE),
        InvalidArgumentError,
        (
            "customers and population have no column of the same name, so nothing says who lives "
            "where. Rename one, such as to 'segment', in both."
        ),
    ),
    "a report on formats that the log does not carry": (
        lambda: build(formats="channel"),
        SchemaError,
        "Column 'channel' (for formats) is not in the table. It has 0 columns.",
    ),
    "a map without a column of areas": (
        lambda: build(geojson={"features": []}),
        InvalidArgumentError,
        ("geojson holds the shapes of areas, and nothing says which column has them. Give area=."),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_nobody_before_the_moment():
    with pytest.raises(InvalidArgumentError) as caught:
        build(as_of="1999-01-01")
    assert str(caught.value) == (
        "Nobody had bought anything by this moment, so there is nothing to report. Give a later "
        "as_of, or other rows."
    )


def test_a_segment_that_customers_do_not_have():
    table = {"customer_id": LOG.as_of("2023-12-31").customer_id, "age": ["young"] * 12}
    with pytest.raises(SchemaError, match="segment"):
        report.build(few(60), customers=table, segment="segment")
