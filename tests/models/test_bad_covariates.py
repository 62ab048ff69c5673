"""Covariates that no model can use: class and whole message."""

from __future__ import annotations

from functools import cache

import pytest
from models.covariate_data import pareto_customers

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models import ParetoNBD

PEOPLE = pareto_customers(300, seed=3)
OF_GENDER = {"covariates_transaction": ["Gender"]}


@cache
def fitted():
    return ParetoNBD(penalty=0.01, **OF_GENDER).fit(PEOPLE, unit="week")


def fit(covariates=("Gender",), **columns):
    model = ParetoNBD(covariates_transaction=list(covariates))
    return model.fit(PEOPLE.assign(**columns), unit="week")


def plain_summary():
    rows = {"customer_id": [1, 1], "timestamp": ["2024-01-01", "2024-01-15"]}
    return ci.summarize(ci.TransactionLog.from_frame(rows), as_of="2024-02-01", unit="week")


#: What is given: a call, the class and the whole message.
CASES = {
    "an unknown level of a covariate": (
        lambda: fitted().expected_purchases(PEOPLE.assign(Gender="X"), 9.0),
        InvalidArgumentError,
        (
            "300 rows have a level of 'Gender' that the fit has not seen (first rows: 0, 1, 2, "
            "3, 4). Name it like one that it has seen, or fit again with such customers."
        ),
    ),
    "a covariate that is missing in some rows": (
        lambda: fit(Gender=PEOPLE["Gender"].where(PEOPLE.index != 7, None)),
        InvalidArgumentError,
        (
            "1 row has no value in the covariate 'Gender' (first rows: 7). Correct the rows, or"
            " leave them out."
        ),
    ),
    "a covariate that is the same for all": (
        lambda: fit(Gender="M"),
        InvalidArgumentError,
        (
            "The covariate 'Gender' is the same for all customers, so it has no effect that "
            "could be told. Leave it out."
        ),
    ),
    "covariates that say the same": (
        lambda: fit(["Gender", "sex"], sex=PEOPLE["Gender"].eq("M")),
        InvalidArgumentError,
        (
            "The covariates Gender=M, sex are not independent: one of them follows from the "
            "others. Leave it out."
        ),
    ),
    "names of people as a covariate": (
        lambda: fit(["name"], name=[f"n{k}" for k in range(len(PEOPLE))]),
        InvalidArgumentError,
        (
            "The covariate 'name' has 300 different texts, and at most 100 can each have an "
            "effect. Group them."
        ),
    ),
    "numbers where the fit had levels": (
        lambda: fitted().expected_purchases(PEOPLE.assign(Gender=1.0), 9.0),
        SchemaError,
        "Column 'Gender' must hold texts, as in the fit; convert it.",
    ),
    "a covariate that is not in the table": (
        lambda: fit(["Age"]),
        SchemaError,
        (
            "Column 'Age' (for a customer-base model) is not in the table. It has 5 columns: "
            "'frequency', 'recency', 'T', 'Gender', 'Channel'."
        ),
    ),
    "a summary without the covariates": (
        lambda: ParetoNBD(**OF_GENDER).fit(plain_summary()),
        InvalidArgumentError,
        (
            "A CustomerSummary has no covariates. Give a table: summary.to_frame() with the "
            "columns Gender joined to it, and unit='week'."
        ),
    ),
    "covariates that are no list": (
        lambda: ParetoNBD(covariates_transaction="Gender"),
        InvalidArgumentError,
        'covariates_transaction must be a list of different column names, such as ["Channel"].',
    ),
    "new customers without their covariates": (
        lambda: fitted().expected_purchases_new(52.0),
        InvalidArgumentError,
        (
            "What a new customer does depends on the covariates Gender. Give them first: "
            "fit.with_covariates({...}) is the model of such customers."
        ),
    ),
    "covariates for a model without any": (
        lambda: ParetoNBD.from_params(
            {"r": 1.0, "alpha": 9.0, "s": 1.0, "beta": 9.0}
        ).with_covariates({"Gender": "M"}),
        InvalidArgumentError,
        "The model was fitted without covariates: use it as it is.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
