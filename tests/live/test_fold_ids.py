"""Rows of customers: merges, chains, erased rows, snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.live.fold_ids import CustomerRows, is_blocked


def test_rows_are_dense_and_stay() -> None:
    rows = CustomerRows()
    assert rows.of(["a", "b", "a", "c"]).tolist() == [0, 1, 0, 2]
    assert rows.find(["c", "x"]).tolist() == [2, -1]
    assert len(rows) == rows.height == 3


def test_a_merge_moves_all_that_led_there() -> None:
    rows = CustomerRows()
    rows.of(["a", "b", "c"])
    assert rows.lead("a", into="b") == (0, 1)
    assert rows.lead("b", into="c") == (1, 2)
    assert [rows.canonical(one) for one in "abcx"] == ["c", "c", "c", "x"]
    assert sorted(rows.all_ids(2)) == ["a", "b", "c"]
    assert len(rows) == 1


def test_merges_of_the_unknown() -> None:
    rows = CustomerRows()
    rows.of(["a"])
    assert rows.lead("new", into="a") == (-1, 0)
    assert rows.canonical("new") == "a"
    assert rows.lead("new", into="a") == (0, 0)
    assert rows.lead("a", into="later") == (0, 1)
    assert rows.canonical("new") == "later"


def test_free_rows_are_used_again() -> None:
    rows = CustomerRows()
    rows.of(["a", "b"])
    rows.lead("a", into="b")
    assert rows.of(["c"]).tolist() == [0]
    freed, gone = rows.erase(["a", "nobody"])
    assert (freed, gone) == ([1], {"a", "b", "nobody"})
    assert rows.of(["a"]).tolist() == [1]
    assert rows.canonical("b") == "b"


def test_erasing_somebody_twice_under_two_ids_frees_one_row() -> None:
    rows = CustomerRows()
    rows.of(["a", "b"])
    rows.lead("a", into="b")
    assert rows.erase(["a", "b"]) == ([1], {"a", "b"})
    assert len(rows) == 0


@pytest.mark.parametrize("word", ["", "0", "NULL", "None", "undefined", "Unknown", " nan "])
def test_words_for_nobody_link_nothing(word: str) -> None:
    rows = CustomerRows()
    assert is_blocked(word)
    assert not rows.may_link(word, "c1")
    assert not rows.may_link("anon", word)


def test_who_may_be_linked() -> None:
    rows = CustomerRows()
    rows.of(["anon", "user", "other"])
    rows.mark_users(np.array([1, 2], np.int32), ["user", "leads-there"].__getitem__)
    assert not rows.is_user(2)
    assert rows.may_link("anon", "user")
    assert rows.may_link("never-seen", "user")
    assert not rows.may_link("user", "other")
    rows.lead("anon", into="user")
    assert not rows.may_link("anon", "other")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=20))
def test_merges_are_those_of_a_union(pairs: list[tuple[str, str]]) -> None:
    rows, leads = CustomerRows(), {one: one for one in "abcdef"}
    rows.of(list("abcdef"))
    for source, into in pairs:
        rows.lead(source, into)
        old, new = leads[source], leads[into]
        leads = {one: new if at == old else at for one, at in leads.items()}
    assert {one: rows.canonical(one) for one in "abcdef"} == leads
    assert len(rows) == len(set(leads.values()))


def test_the_state_makes_the_same_rows() -> None:
    rows = CustomerRows()
    rows.of(["a", "b", "c", "d", "\ud800"])
    rows.mark_users(np.array([1], np.int32), lambda _: "b")
    rows.lead("a", into="b")
    rows.erase(["d"])
    kept = rows.state()
    rows.of(["later"])
    rows.lead("c", into="later")
    state = {
        name: one if isinstance(one, np.ndarray) else np.concatenate(list(one))
        for name, one in kept.items()
    }
    again = CustomerRows.from_state(state)
    rows = CustomerRows.from_state(state)
    assert [again.canonical(one) for one in "abcd"] == ["b", "b", "c", "d"]
    assert again.all_ids(1) == ["b", "a"]
    assert again.is_user(1)
    assert again.of(["x", "y", "z"]).tolist() == rows.of(["x", "y", "z"]).tolist()
