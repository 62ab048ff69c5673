"""Texts that lie within lines: numbered, and the rows of the customers that they name."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from customerintel.live.fold_ids import CustomerRows
from customerintel.live.spans import Spans


def spans_of(texts):
    stops = np.cumsum([0, *map(len, texts)])
    return Spans("".join(texts).encode(), stops[:-1], stops[1:])


WORDS = st.lists(st.tuples(st.sampled_from(["", "a", "b", "ab", "ba", "aab"]), st.integers(0, 2)))


@given(WORDS)
def test_pairs_are_numbered_by_their_first_place(pairs):
    """The twin: a dictionary."""
    from customerintel._kernels.live_spans import number_pairs

    stops = np.cumsum([len(text) for text, _ in pairs] or [0])[: len(pairs)].astype(np.int64)
    starts = stops - np.array([len(text) for text, _ in pairs], np.int64)
    data = np.frombuffer("".join(text for text, _ in pairs).encode() + b"\0", np.uint8)
    kinds = np.array([kind for _, kind in pairs], np.int64)
    slots = np.full(1 << (2 * len(pairs) + 1).bit_length(), -1, np.int64)
    codes, firsts = np.empty(len(pairs), np.int32), np.empty(len(pairs), np.int64)
    count = number_pairs(data, starts, stops, kinds, slots, codes, firsts)
    places = {}
    assert codes.tolist() == [places.setdefault(pair, len(places)) for pair in pairs]
    assert firsts[:count].tolist() == [pairs.index(pair) for pair in places]


NAMES = ["a", "b", "c", "dd", "e", "ff", "zz"]
IDS = st.lists(st.sampled_from(NAMES[:6]), max_size=8)
STEPS = st.lists(
    st.one_of(
        IDS.map(lambda ids: ("of", ids)),
        st.tuples(st.sampled_from(["a", "b", "dd"]), st.sampled_from(["c", "e", "zz"])).map(
            lambda pair: ("lead", pair)
        ),
        IDS.map(lambda ids: ("erase", ids[:2])),
    ),
    max_size=10,
)


@given(STEPS)
def test_rows_found_by_key_are_those_of_the_ids(steps):
    """The twin: rows of the same ids as texts."""
    found, plain = CustomerRows(), CustomerRows()
    for what, given_ids in steps:
        if what == "of":
            spans = spans_of(given_ids)
            users = np.arange(len(spans)) % 2 == 0
            rows = found.of_spans(spans, users)
            assert rows.tolist() == plain.of(given_ids).tolist()
            for ids in (found, plain):
                places = np.flatnonzero(users)
                ids.mark_users(rows[places], lambda at, p=places, g=given_ids: g[int(p[at])])
        elif what == "lead":
            assert found.lead(*given_ids) == plain.lead(*given_ids)
        else:
            assert found.erase(given_ids) == plain.erase(given_ids)
        assert found.names == plain.names
        assert found.free_rows() == plain.free_rows()
        assert found.find(NAMES).tolist() == plain.find(NAMES).tolist()
        users = [[ids.is_user(row) for row in range(ids.height)] for ids in (found, plain)]
        assert users[0] == users[1]


def test_many_rows_by_key():
    rows = CustomerRows()
    for low in range(0, 12_000, 3000):
        ids = [f"c{k}" for k in range(low, low + 4000)]
        assert rows.of_spans(spans_of(ids), np.ones(4000, bool)).tolist() == [
            *range(low, low + 4000)
        ]
    assert all(rows.is_user(row) for row in range(13_000))


def test_texts_within_lines():
    spans = spans_of(["ab", "", "c"])
    assert spans == ["ab", None, "c"] == list(spans)
    assert spans[1:] == [None, "c"]
    assert spans != ["ab"]
    assert spans != 7
    assert repr(spans) == "Spans(3 texts)"
