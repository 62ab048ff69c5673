"""Each kernel against its twin."""

from __future__ import annotations

import itertools

import numpy as np
import oracle_rfm as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel._kernels import scores as kernels

finite = st.floats(-100, 100)
rows = st.lists(
    st.tuples(finite | st.just(np.nan), st.integers(1, 9), finite | st.just(np.nan)),
    min_size=1,
    max_size=12,
)


def rising(count):
    return st.lists(st.integers(-5, 9).map(float), min_size=count, max_size=count).map(sorted)


def run(kernel, customers, cuts):
    recency, frequency, monetary = (np.array(c) for c in zip(*customers, strict=True))
    scores = [np.full(len(customers), 99, np.int8) for _ in range(3)]
    measures = recency.astype(float), frequency.astype(np.int64), monetary.astype(float)
    kernel(*measures, *map(np.array, cuts), *scores, 0, len(customers))
    return list(zip(*(score.tolist() for score in scores), strict=True))


@settings(deadline=None)  # the first call compiles
@given(rows, st.tuples(rising(4), rising(2), rising(3)))
def test_scores_alone(customers, cuts):
    expected = [oracle.score_alone(*customer, cuts) for customer in customers]
    assert run(kernels.score_alone, customers, cuts) == expected


@settings(deadline=None)  # the first call compiles
@given(
    rows,
    rising(2),
    st.lists(rising(3), min_size=3, max_size=3),
    st.lists(st.lists(rising(2), min_size=4, max_size=4), min_size=3, max_size=3),
)
def test_scores_nested(customers, first, second, third):
    cuts = (first, second, third)
    expected = [oracle.score_nested(*customer, cuts) for customer in customers]
    assert run(kernels.score_nested, customers, cuts) == expected


def test_only_the_rows_asked_for_are_scored():
    customers = [(1.0, 1, 1.0)] * 4
    scores = [np.zeros(4, np.int8) for _ in range(3)]
    columns = [np.array(c) for c in zip(*customers, strict=True)]
    kernels.score_alone(*columns, *(np.zeros(2) for _ in range(3)), *scores, 1, 3)
    assert scores[1].tolist() == [0, 3, 3, 0]


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.integers(1, 5)), min_size=1))
def test_cells_and_segments(scores):
    scores = [score if score[0] else (0, 0, 0) for score in scores]
    table = np.full((4, 5, 6), -1, np.int8)
    table[1:, 1:, 1:] = np.random.default_rng(1).integers(0, 100, (3, 4, 5))
    grid = itertools.product(range(1, 4), range(1, 5), range(1, 6))
    segments_of = {rfm: int(table[rfm]) for rfm in grid}
    cell, segment = np.zeros(len(scores), np.int16), np.zeros(len(scores), np.int8)
    columns = [np.array(c, np.int8) for c in zip(*scores, strict=True)]
    places, steps = np.array([100, 10, 1]), np.array([30, 6, 1])
    kernels.name_cells(*columns, places, steps, table.ravel(), cell, segment, 0, len(scores))
    expected = [oracle.name_cells(r, f, m, segments_of) for r, f, m in scores]
    assert list(zip(cell.tolist(), segment.tolist(), strict=True)) == expected


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 30).map(float), max_size=60), st.integers(1, 8))
def test_brackets_hold_their_values_up_to_the_limit(values, room):
    low, high = np.array([3.0, 10.0, 20.0]), np.array([-np.inf, 5.0, 10.0, 25.0])
    starts = np.arange(4) * (room + 1)
    position, counts = starts.copy(), np.zeros(4, np.int64)
    out = np.full(4 * (room + 1), np.nan)
    kernels.split_brackets(np.array(values), low, high, position, starts + room, counts, out)
    runs, expected = oracle.split_brackets(values, low, high)
    assert counts.tolist() == expected
    for j, run_of in enumerate(runs, start=1):
        found = out[starts[j] : position[j]].tolist()
        assert len(found) == min(len(run_of), room)
        if len(run_of) < room:
            assert sorted(found) == run_of
