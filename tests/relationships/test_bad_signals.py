"""Signals that cannot be made: class and whole message."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.signal_shops import small_shop

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.relationships.collecting import signals
from customerintel.relationships.ranks import Reference
from customerintel.tables.interaction_log import InteractionLog
from customerintel.tables.survey_log import SurveyLog

ROWS = {"customer_id": [1, 2, 2], "timestamp": ["2024-01-01", "2024-01-02", "2024-03-01"]}


def history():
    return ci.TransactionLog.from_frame(ROWS).as_of("2024-04-01")


def interactions_of_texts():
    return InteractionLog.from_frame(
        {"customer_id": ["a", "b"], "timestamp": ["2024-01-01"] * 2, "kind": ["call"] * 2}
    )


def answers_of_texts():
    return SurveyLog.from_frame(
        {
            "customer_id": ["a", "b"], "timestamp": ["2024-01-01"] * 2, "item": ["trust"] * 2,
            "scale_min": [1] * 2, "scale_max": [5] * 2, "value": [2, 3],
        }
    )  # fmt: skip


def customers(**columns):
    return ci.CustomerTable.from_frame({"customer_id": [1, 2], **columns})


OTHER_IDS = (
    "One side has integer customer ids, the other texts, so nobody could be in both. Read both "
    "logs with ids of the same kind."
)

NO_STATE = (
    "This is no state of a Reference: it has no format 'customerintel.relationships.reference'. "
    "Give what Reference.to_state returned."
)


def no_truth(column, n):
    return (
        f"The column {column!r} of the customer table must hold yes or no (True, 1, a number "
        f"above 0, or such a word) for lock_in; {n} of its values are neither. Recode it, or "
        "leave it out of traits."
    )


#: What is given: a call, the class and the whole message.
CASES = {
    "a log in place of its history": (
        lambda: signals(ci.TransactionLog.from_frame(ROWS)),
        InvalidArgumentError,
        "signals() takes a History, as of log.as_of(…); got TransactionLog.",
    ),
    "a table of interactions that is no log": (
        lambda: signals(history(), interactions={"customer_id": [1]}),
        InvalidArgumentError,
        "interactions must be what InteractionLog.from_frame returns; got dict.",
    ),
    "interactions in place of a survey": (
        lambda: signals(history(), survey=interactions_of_texts()),
        InvalidArgumentError,
        "survey must be what SurveyLog.from_frame returns; got InteractionLog.",
    ),
    "customers that are no customer table": (
        lambda: signals(history(), customers=[1, 2]),
        InvalidArgumentError,
        "customers must be what CustomerTable.from_frame returns; got list.",
    ),
    "signals in place of a reference": (
        lambda: signals(history(), reference=signals(history())),
        InvalidArgumentError,
        "reference must be what signals(…).reference is; got Signals.",
    ),
    "signals against signals": (
        lambda: signals(history()).against(signals(history())),
        InvalidArgumentError,
        "reference must be a Reference, such as earlier.reference of earlier signals; got Signals.",
    ),
    "interactions with ids of another type": (
        lambda: signals(history(), interactions=interactions_of_texts()),
        SchemaError,
        OTHER_IDS,
    ),
    "answers with ids of another type": (
        lambda: signals(history(), survey=answers_of_texts()),
        SchemaError,
        OTHER_IDS,
    ),
    "a contract that is neither yes nor no": (
        lambda: signals(history(), customers=customers(contract=["monthly", "no"])),
        SchemaError,
        no_truth("contract", 1),
    ),
    "an exit fee that is a date": (
        lambda: signals(
            history(), customers=customers(exit_fee=np.array(["2024-01-01"] * 2, "M8[us]"))
        ),
        SchemaError,
        no_truth("exit_fee", 2),
    ),
    "a signal that is misspelt": (
        lambda: signals(history())["clumpines"],
        InvalidArgumentError,
        "There is no signal 'clumpines'. Did you mean 'clumpiness'?",
    ),
    "a source that there is not": (
        lambda: signals(history()).without("interaction"),
        InvalidArgumentError,
        "There is no signal 'interaction'. Did you mean 'interactions'?",
    ),
    "a mask of another shape": (
        lambda: signals(history()).masked(np.ones((2, 3), bool)),
        InvalidArgumentError,
        "mask must be an array of bool of shape (2, 45); got bool of shape (2, 3).",
    ),
    "a mask of numbers": (
        lambda: signals(history()).masked(np.zeros((2, 45), bool), stated=np.zeros(2)),
        InvalidArgumentError,
        "stated must be an array of bool of shape (2,); got float64 of shape (2,).",
    ),
    "the state of something else": (
        lambda: Reference.from_state({"format": "thresholds"}),
        InvalidArgumentError,
        NO_STATE,
    ),
    "the state of a later release": (
        lambda: Reference.from_state(
            {**signals(history()).reference.to_state(), "format_version": 2}
        ),
        InvalidArgumentError,
        "The state has format_version 2, and this release reads 1. Make the reference again.",
    ),
    "a state with a part missing": (
        lambda: Reference.from_state(
            {
                name: part
                for name, part in signals(history()).reference.to_state().items()
                if name != "knots"
            }
        ),
        InvalidArgumentError,
        "The state of a Reference cannot be read: KeyError. Give what Reference.to_state returned.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_no_id_is_in_a_message():
    shop = small_shop(1)
    with pytest.raises(InvalidArgumentError) as caught:
        signals(shop.log().as_of("2024-01-16"))["x"]
    assert "tenure" in str(caught.value)
