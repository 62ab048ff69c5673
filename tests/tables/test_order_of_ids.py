"""Ids in ascending order, and who is in two results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import SchemaError
from customerintel.tables.ids import CustomerIds
from customerintel.tables.naming import code_texts
from customerintel.tables.text import Text


@given(st.lists(st.text(max_size=20), min_size=1, max_size=60))
def test_texts_are_numbered_in_ascending_order(words):
    codes, distinct = code_texts(Text.of(words))
    expected = sorted({word.encode() for word in words})
    assert [word.encode() for word in distinct.to_list()] == expected
    assert [expected[code] for code in codes] == [word.encode() for word in words]


@given(st.lists(st.text("ab\0\uffff", max_size=24), min_size=1, max_size=60))
def test_long_and_alike_texts_are_ordered_too(words):
    _, distinct = code_texts(Text.of(words))
    assert distinct.to_list() == sorted(set(words))


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40))
def test_integer_ids_come_out_sorted(ids):
    log = ci.TransactionLog.from_frame({"customer_id": ids, "timestamp": ["2024-01-05"] * len(ids)})
    assert log.as_of("2024-12-31").customer_id.tolist() == sorted(set(ids))


@given(st.lists(st.text(max_size=6), unique=True), st.lists(st.text(max_size=6), unique=True))
def test_match_finds_whom_both_have(here, there):
    left, right = (
        CustomerIds(np.arange(len(words)), code_texts(Text.of(words))[1]) for words in (here, there)
    )
    at_left, at_right = left.match(right)
    common = sorted(set(here) & set(there))
    assert left.take(at_left).to_numpy().tolist() == common
    assert right.take(at_right).to_numpy().tolist() == common


@given(st.sets(st.integers(-5, 5)), st.sets(st.integers(-5, 5)))
def test_match_finds_common_integers(here, there):
    left, right = (CustomerIds(np.array(sorted(ids), np.int64)) for ids in (here, there))
    at_left, at_right = left.match(right)
    assert left.keys[at_left].tolist() == right.keys[at_right].tolist() == sorted(here & there)


def test_match_of_texts_and_integers_is_refused():
    texts = CustomerIds(np.arange(1), Text.of(["1"]))
    for one, other in ((texts, CustomerIds(np.array([1]))), (CustomerIds(np.array([1])), texts)):
        with pytest.raises(
            SchemaError, match=r"^One side has integer customer ids, the other texts"
        ):
            one.match(other)


def test_ids_show_no_value_and_cannot_be_changed():
    ids = CustomerIds(np.array([0, 1]), Text.of(["secret-1", "secret-2"]))
    assert repr(ids) == "CustomerIds(2 texts)"
    assert repr(CustomerIds(np.array([77]))) == "CustomerIds(1 integers)"
    for array in (ids.to_numpy(), CustomerIds(np.array([77])).to_numpy()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_integer_ids_have_no_texts():
    with pytest.raises(SchemaError, match=r"^The customer ids are integers; they have no texts"):
        CustomerIds(np.array([1])).as_text()
