"""Arguments of a wrong type get errors of the library, whose messages show no value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import (
    Customer,
    Transaction,
    breaches,
    columns_of,
    is_null,
    json_schema,
    pseudonymise,
    tags_of,
)
from customerintel.schema.forms import whole_number

KEY = bytes(range(32))
CANARY = Customer(customer_id="canary")
A_DAY = np.timedelta64(1, "D")
IDS = columns_of(Transaction)["customer_id"]
ONE = np.array([1])


@pytest.mark.parametrize("ask", [columns_of, tags_of, json_schema])
@pytest.mark.parametrize("model", [None, 3, int, [], {}, CANARY], ids=lambda m: type(m).__name__)
def test_what_is_no_record_class(ask, model):
    with pytest.raises(InvalidArgumentError, match="takes a record class") as caught:
        ask(model)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: breaches(IDS, ONE, True), "null mask of column 'customer_id' is bool"),
        (lambda: breaches(IDS, ONE, [True]), "null mask of column 'customer_id' is list"),
        (lambda: breaches("customer_id", ONE), "column is str; give one of"),
        (
            lambda: pseudonymise("a", key=KEY, domain="d", normalise=[]),
            "normalise must be None or one of email, name",
        ),
        (
            lambda: pseudonymise("a", key=KEY, domain="\ud800"),
            "domain holds half a character",
        ),
        (
            lambda: pseudonymise("a", key=KEY, domain="d", field="\udfff"),
            "field holds half a character",
        ),
        (
            lambda: pseudonymise(A_DAY, key=KEY, domain="d"),
            "the value is timedelta64, not an integer or a text",
        ),
    ],
)
def test_wrong_types(call, message):
    with pytest.raises(InvalidArgumentError, match=message):
        call()


def test_a_length_of_time_is_no_number():
    assert whole_number(A_DAY) is None
    values = np.empty(2, dtype=object)
    values[:] = [A_DAY, np.timedelta64("NaT", "D")]
    assert is_null(values[1])
    for column in ("customer_id", "amount"):
        found = breaches(columns_of(Transaction)[column], values)
        assert {rule: mask.tolist() for rule, mask in found.items()} == {
            f"unparseable_{column}": [True, False],
            f"null_{column}": [False, True],
        }


def test_a_tag_is_frozen():
    tag = tags_of(Transaction)["amount"]
    for name in ("pii", "anything"):
        with pytest.raises(FrozenInstanceError):
            setattr(tag, name, None)
