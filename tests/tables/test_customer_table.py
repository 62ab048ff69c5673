"""Tables of customers: one row each, in the order of their ids, with a PII class per column."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from table_kinds import contents, of_lists, of_pandas, of_polars, of_pyarrow

import customerintel as ci
from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError
from customerintel.schema import PII

PEOPLE = {
    "id": ["bo", "ann", "cy"],
    "email": ["b@x.org", "a@x.org", None],
    "age": [41, 33, 27],
    "postcode": ["10115", "20095", "80331"],
    "since": [datetime(2020, 1, 1), datetime(2021, 1, 1), None],
}
MAKERS = {"pandas": of_pandas, "polars": of_polars, "pyarrow": of_pyarrow, "dict": of_lists}


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


def test_rows_are_in_the_order_of_the_ids(make):
    people = ci.CustomerTable.from_frame(make(PEOPLE), customer_id="id", areas=["postcode"])
    assert people.customer_id.tolist() == ["ann", "bo", "cy"]
    assert people.traits == ("email", "age", "since")
    assert people.areas == ("postcode",)
    assert people.column("age").tolist() == [33, 41, 27]
    assert people.column("email").tolist() == ["a@x.org", "b@x.org", None]
    assert people.column("postcode").tolist() == ["20095", "10115", "80331"]
    since = people.column("since").tolist()
    assert [None if v is None or v != v else pd.Timestamp(v).year for v in since] == [
        2021,
        2020,
        None,
    ]
    found = contents(people.to_frame())
    assert found == {
        "customer_id": ["ann", "bo", "cy"],
        "email": ["a@x.org", "b@x.org", None],
        "age": [33, 41, 27],
        "since": [datetime(2021, 1, 1), datetime(2020, 1, 1), None],
        "postcode": ["20095", "10115", "80331"],
    }


def test_classes_come_from_the_record_the_caller_or_caution():
    people = ci.CustomerTable.from_frame(
        of_polars(PEOPLE), customer_id="id", pii={"age": "sensitive", "since": PII.NONE}
    )
    assert people.pii == {
        "email": PII.DIRECT, "age": PII.SENSITIVE, "postcode": PII.QUASI, "since": PII.NONE,
    }  # fmt: skip
    assert list(contents(people.to_frame(exclude=["direct", PII.SENSITIVE]))) == [
        "customer_id", "postcode", "since",
    ]  # fmt: skip
    assert list(contents(people.to_frame(exclude=list(PII)))) == ["customer_id"]


def test_the_classes_that_are_given_back_are_a_copy():
    people = ci.CustomerTable.from_frame(of_polars(PEOPLE), customer_id="id")
    people.pii["email"] = PII.NONE
    assert people.pii["email"] is PII.DIRECT


def test_the_second_row_of_a_customer_breaks_a_rule(make):
    rows = {"customer_id": [2, 1, 2, 2], "x": [5, 6, 7, 8]}
    with pytest.raises(DataValidationError) as caught:
        ci.CustomerTable.from_frame(make(rows))
    assert str(caught.value).startswith(
        "2 of 4 rows break a rule (rows count from 0):\n  duplicate_customer_id in 2 rows: 2, 3\n"
    )
    people = ci.CustomerTable.from_frame(make(rows), on_invalid="quarantine")
    assert people.column("x").tolist() == [6, 5]
    assert people.rejected.counts() == {"duplicate_customer_id": 2}
    assert contents(people.rejected.to_frame())["x"] == [7, 8]


def test_bad_ids_and_duplicates_add_up():
    rows = {"customer_id": ["a", None, "", "a", "b", None], "x": range(6)}
    people = ci.CustomerTable.from_frame(of_lists(rows), on_invalid="quarantine")
    assert people.rejected.counts() == {
        "null_customer_id": 2, "empty_customer_id": 1, "duplicate_customer_id": 1,
    }  # fmt: skip
    assert len(people) + len(people.rejected) == 6
    assert people.column("x").tolist() == [0, 4]


def test_only_the_wanted_columns_are_kept():
    people = ci.CustomerTable.from_frame(of_polars(PEOPLE), customer_id="id", traits=["age"])
    assert people.traits == ("age",)
    assert list(contents(people.to_frame())) == ["customer_id", "age"]
    with pytest.raises(
        SchemaError, match=r"^Column 'email' \(for a trait or an area\) is not in the"
    ):
        people.column("email")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series([1.5, None, 2.5]), [2.5, None, 1.5]),
        (pd.Series([1, None, 3], dtype="Int64"), [3, None, 1]),
        (pd.Series(["x", None, "y"], dtype="category"), ["y", None, "x"]),
        (pl.Series([True, None, False]), [False, None, True]),
        (
            pl.Series([date(2024, 1, 1), None, date(2024, 1, 3)]),
            [datetime(2024, 1, 3), None, datetime(2024, 1, 1)],
        ),
        (pa.array([[1], None, [2]]), [[2], None, [1]]),
    ],
)
def test_traits_of_any_type(values, expected):
    people = ci.CustomerTable.from_frame({"customer_id": [3, 2, 1], "x": values})
    found = contents({"x": people.column("x")})["x"]
    assert found == expected


def test_people_meet_the_customers_of_a_log():
    people = ci.CustomerTable.from_frame(of_polars(PEOPLE), customer_id="id")
    log = ci.TransactionLog.from_frame(
        {"customer_id": ["cy", "bo", "dee"], "timestamp": ["2024-01-05"] * 3}
    )
    history = log.as_of("2024-12-31")
    here, there = people.ids.match(history.ids)
    assert people.customer_id[here].tolist() == history.customer_id[there].tolist() == ["bo", "cy"]


def test_an_empty_table_of_customers():
    people = ci.CustomerTable.from_frame({"customer_id": np.empty(0, np.int64), "x": []})
    assert (len(people), len(people.rejected)) == (0, 0)
    assert contents(people.to_frame()) == {"customer_id": [], "x": []}


def test_repr_and_html_show_names_only():
    people = ci.CustomerTable.from_frame(of_polars(PEOPLE), customer_id="id", areas=["postcode"])
    assert repr(people) == "CustomerTable(customers=3, traits=3, areas=1)"
    assert "x.org" not in people._repr_html_()
    assert "<th>email</th><td>pii: direct</td>" in people._repr_html_()


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        (
            {"customer_id": "Id"},
            SchemaError,
            r"^Column 'Id' \(for customer_id\) is not in the table\. Did you mean 'id'\?",
        ),
        (
            {},
            SchemaError,
            (
                r"^Column 'customer_id' \(for customer_id\) is not in the table\. .* Name the "
                r"column: CustomerTable\.from_frame\(…, customer_id=\"…\"\)\.$"
            ),
        ),
        (
            {"customer_id": "id", "traits": "email"},
            InvalidArgumentError,
            r"^traits takes a list of column names; write traits=\['email'\]\.$",
        ),
        (
            {"customer_id": "id", "areas": "email"},
            InvalidArgumentError,
            r"^areas takes a list of column names; write areas=\['email'\]\.$",
        ),
        (
            {"customer_id": "id", "traits": ["mail"]},
            SchemaError,
            r"^Column 'mail' \(for traits\) is not in the table\. Did you mean 'email'\?",
        ),
        (
            {"customer_id": "id", "pii": {"mail": "none"}},
            SchemaError,
            r"^Column 'mail' \(for pii\) is not in the table",
        ),
        (
            {"customer_id": "id", "pii": {"age": "secret"}},
            InvalidArgumentError,
            (
                r"^pii\['age'\] holds an unknown PII class; use one of none, direct, quasi, "
                r"sensitive, behavioural, derived\.$"
            ),
        ),
        (
            {"customer_id": "id", "on_invalid": "drop"},
            InvalidArgumentError,
            r"^on_invalid must be 'raise' or 'quarantine'; got 'drop'\.$",
        ),
    ],
)
def test_bad_arguments(how, error, message):
    with pytest.raises(error, match=message):
        ci.CustomerTable.from_frame(of_polars(PEOPLE), **how)


def test_an_unknown_class_cannot_be_excluded():
    people = ci.CustomerTable.from_frame(of_polars(PEOPLE), customer_id="id")
    with pytest.raises(
        InvalidArgumentError, match=r"^exclude holds an unknown PII class; use one of"
    ):
        people.to_frame(exclude=["secret"])
