"""Texts on their buffers: cut, counted and compared without Python objects."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.tables.columns import Raw, as_array, from_array, from_arrow, from_objects
from customerintel.tables.text import Text

WORDS = st.lists(st.text(max_size=12), max_size=30)


@given(WORDS)
def test_texts_survive_the_buffers(words):
    text = Text.of(words)
    assert text.to_list() == words
    assert text.to_numpy().tolist() == words
    assert text.lengths.tolist() == [len(word.encode()) for word in words]


@given(WORDS.filter(bool), st.data())
def test_take_is_that_of_a_list(words, data):
    index = data.draw(st.lists(st.integers(0, len(words) - 1), max_size=20))
    taken = Text.of(words).take(np.array(index, np.int64))
    assert taken.to_list() == [words[i] for i in index]


@given(st.lists(st.text(" \t\n\r\x0b\x0cab\xa0", max_size=5), max_size=30))
def test_blanks_are_those_of_ascii(words):
    blank = " \t\n\r\x0b\x0c"
    padded = [word for word in words if word and (word[0] in blank or word[-1] in blank)]
    assert Text.of(words).count_padded() == len(padded)


@given(WORDS, st.integers(0, 5), st.integers(0, 5))
def test_arrow_texts_are_read_from_any_slice(words, before, after):
    column = pa.array([*["pad"] * before, *words, *[None] * after], pa.string())
    raw = from_arrow(column.slice(before, len(words)))
    assert raw.values.to_list() == words
    assert raw.missing is None
    raw = from_arrow(pa.chunked_array([column.slice(before), column.slice(0, before)]))
    assert raw.values.to_list() == [*words, *[""] * after, *["pad"] * before]


@given(st.lists(st.one_of(st.none(), st.text(max_size=5), st.just(float("nan"))), max_size=20))
def test_objects_that_are_texts_are_read_with_their_gaps(values):
    raw = from_objects(np.fromiter(values, object, len(values)))
    if isinstance(raw.values, Text):
        missing = np.zeros(len(values), bool) if raw.missing is None else raw.missing
        assert missing.tolist() == [not isinstance(value, str) for value in values]
        assert raw.values.to_list() == [v if isinstance(v, str) else "" for v in values]
    else:
        assert not any(isinstance(value, str) for value in values)


def test_taking_from_a_column_marks_what_is_not_there():
    raw = Raw(np.array([5, 6, 7]), np.array([False, True, False]))
    taken = raw.take(np.array([2, -1, 1, 0]))
    assert taken.missing.tolist() == [False, True, True, False]
    assert taken.values[[0, 3]].tolist() == [7, 5]
    assert Raw(Text.of(["a"])).take(np.array([0, 0])).missing is None
    assert Raw(np.empty(0)).take(np.array([-1, -1])).missing.tolist() == [True, True]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "int64"),
        ([1.5, 2], "object"),
        ([1.5, 2.5], "float64"),
        ([True], "bool"),
        (["a", "b\0"], "object"),
        ([2**63], "object"),
        ([None], "object"),
        ([], "object"),
        (range(3), "int64"),
        ((x for x in "ab"), "object"),
        ([np.datetime64("2024-01-05")], "datetime64[D]"),
        (np.array([1], np.int8), "int8"),
        ([[1], [2, 3]], "object"),
        ([(1, 2), (3, 4)], "object"),
    ],
)
def test_lists_become_arrays_of_the_same_values(values, dtype):
    array = as_array(values, "a")
    assert str(array.dtype) == dtype
    assert array.ndim == 1


def test_arrays_of_texts_are_read_like_lists():
    for dtype in ("U5", object, np.dtypes.StringDType()):
        raw = from_array(np.array(["b", "", "日本"], dtype))
        assert raw.values.to_list() == ["b", "", "日本"]
        assert raw.missing is None
