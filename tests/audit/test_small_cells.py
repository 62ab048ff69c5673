"""No number that is hidden can be told from those that are shown and their totals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.audit.small_cells import (
    blank,
    check_min_cell,
    hidden_cells,
)
from customerintel.audit.told_by_sums import Margin, hidden_in_margins
from customerintel.exceptions import InvalidArgumentError

COUNTS = st.lists(st.integers(0, 40) | st.integers(0, 9), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([40, 25, 10, 0], []),
        ([40, 3, 25, 0], [1, 2]),  # 3 = total - 65, so the next smallest goes as well
        ([40, 3, 4, 0], [1, 2]),
        ([40, 1, 1, 25], [1, 2, 3]),  # 2 of two numbers that are not 0
        ([9, 40, 9, 0], [0, 1, 2]),  # 18 of two numbers below 10
        ([9, 9, 0, 0], [0, 1, 2]),  # but zeros are left
        ([5, 0, 0], [0, 1]),
        ([5], [0]),
        ([], []),
        ([0, 0], []),
    ],
)
def test_by_hand(counts, hidden):
    assert np.flatnonzero(hidden_cells(np.array(counts, np.int64), 10)).tolist() == hidden


@pytest.mark.parametrize("min_cell", [0, 1])
def test_it_can_be_turned_off(min_cell):
    assert not hidden_cells(np.arange(20), check_min_cell(min_cell)).any()


@given(COUNTS, st.integers(2, 15))
def test_small_numbers_are_hidden_and_little_else(counts, min_cell):
    counts = np.array(counts)
    hidden = hidden_cells(counts, min_cell)
    small = (counts > 0) & (counts < min_cell)
    assert hidden[small].all()
    assert hidden.sum() - small.sum() in (0, 1)


@given(COUNTS, st.integers(2, 15))
def test_no_hidden_number_follows_from_the_total(counts, min_cell):
    counts = np.array(counts)
    hidden = hidden_cells(counts, min_cell)
    if not hidden.any():
        return
    assert hidden.sum() >= 2
    rest = counts.sum() - counts[~hidden].sum()
    # what is left over could be any other number of the first hidden cell
    assert rest > 0


@given(st.lists(st.integers(0, 5), min_size=2, max_size=4), st.integers(2, 4))
def test_someone_who_knows_the_rule_finds_two_ways_at_least(counts, min_cell):
    """By trying all numbers that the hidden cells could be."""
    counts = np.array(counts)
    hidden = hidden_cells(counts, min_cell)
    rest = int(counts[hidden].sum())
    ways = {
        way
        for way in itertools.product(range(rest + 1), repeat=int(hidden.sum()))
        if sum(way) == rest and any(0 < n < min_cell for n in way)
    }
    if hidden.all() and hidden_cells(np.append(counts, 0), min_cell).all():
        return  # nothing is left that could be hidden with them
    for cell in range(int(hidden.sum())):
        assert len({way[cell] for way in ways}) > 1


@st.composite
def areas(draw):
    n = draw(st.integers(2, 10))
    counts = draw(st.lists(st.integers(0, 9) | st.integers(0, 60), min_size=n, max_size=n))
    group = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    _, group = np.unique(group, return_inverse=True)
    return np.array(counts), group.astype(np.int64)


def hidden_parts(counts, group, groups):
    """Hide parts of groups that add up in one way only."""
    rows, all_of_them = Margin(group, groups), Margin(np.zeros_like(group), np.zeros(1, bool))
    return hidden_in_margins(counts[:, None], 10, rows, all_of_them)[0]


def solved(counts, hidden, group, groups):
    """Cells and groups that the equations of shown numbers tell: the twin by linear algebra."""
    n, m = len(counts), len(groups)
    rows = [np.r_[group == g, -(np.arange(m) == g).astype(float)] for g in range(m)]
    if counts.sum() >= 10:  # a smaller total is hidden itself
        rows.append(np.r_[np.zeros(n), np.ones(m)])
    unknown = np.flatnonzero(np.r_[hidden, groups])
    matrix = np.array(rows, float)[:, unknown]
    _, s, right = np.linalg.svd(matrix)
    free = right[(s > 1e-9).sum() :]
    return unknown[np.abs(free).max(axis=0, initial=0.0) < 1e-9]


@given(areas())
def test_areas_do_not_tell_segments_nor_segments_areas(drawn):
    counts, group = drawn
    sums = np.bincount(group, counts).astype(np.int64)
    groups = hidden_cells(sums, 10)
    hidden = hidden_parts(counts, group, groups)
    assert hidden[(counts > 0) & (counts < 10)].all()
    told = solved(counts, hidden, group, groups)
    for cell in told:
        # only a 0, or a number that is large enough to be shown, can be told
        assert not 0 < np.r_[counts, sums][cell] < 10


def test_a_segment_with_one_small_area_hides_another_of_its_areas():
    counts, group = np.array([30, 3, 20, 4, 50]), np.array([0, 0, 1, 1, 2])
    hidden = hidden_parts(counts, group, np.zeros(3, bool))
    assert hidden.tolist() == [True, True, True, True, False]
    assert hidden_cells(counts, 10).tolist() == [False, True, False, True, False]


def test_blank_makes_floats():
    assert np.array_equal(blank(np.array([1, 2]), np.array([True, False])), [np.nan, 2.0], True)


@pytest.mark.parametrize("min_cell", [-1, 2.5, "10", None])
def test_min_cell_is_a_whole_number(min_cell):
    with pytest.raises(InvalidArgumentError, match="min_cell must be a whole number of customers"):
        check_min_cell(min_cell)
