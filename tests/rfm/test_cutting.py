"""Cut points against the exact twin, and the short cut for long arrays against the sort."""

from __future__ import annotations

import numpy as np
import oracle_rfm as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.rfm import cutting
from customerintel.rfm.cutting import distinct_upto, nested_cuts, quantile_cuts


def neighbours(value):
    """A float and its nearest neighbours, one ulp away."""
    return st.sampled_from([np.nextafter(value, -np.inf), value, np.nextafter(value, np.inf)])


tied = st.sampled_from([0.1, 1.0, 3.0, 1e9]).flatmap(neighbours)
values = st.lists(tied | st.floats(-1e6, 1e6), min_size=1, max_size=40)
bins = st.integers(3, 10)


@given(values, bins)
def test_cut_points_reproduce_the_mid_rank_scores(values, bins):
    array = np.array(values)
    cuts = quantile_cuts(array, bins)
    assert cuts.shape == (bins - 1,)
    scores = 1 + np.searchsorted(cuts, array, side="right")
    assert scores.tolist() == oracle.quantile_scores(values, bins)


@given(st.lists(st.integers(1, 20) | st.integers(65_530, 70_000), min_size=1, max_size=40), bins)
def test_whole_numbers_give_the_cut_points_of_floats(values, bins):
    array = np.array(values, dtype=np.int64)
    assert quantile_cuts(array, bins).tolist() == quantile_cuts(array.astype(float), bins).tolist()


@given(
    st.lists(st.integers(-30, 30) | st.integers(-9_000, 9_000), min_size=1, max_size=60),
    bins,
    st.sampled_from([1, -1]),
)
def test_counting_gives_the_cut_points_of_sorting(values, bins, sign):
    for array in (np.array(values, np.int64), np.array(values, float)):
        found = cutting._counted(array, bins, sign)
        sorted_out = quantile_cuts(sign * array, bins).tolist()
        assert quantile_cuts(array, bins, sign=sign).tolist() == sorted_out
        if found is None:
            assert np.ptp(array) > cutting._HISTOGRAM // 2 - 1
        else:
            assert found.tolist() == sorted_out


@pytest.mark.parametrize("odd", [0.5, np.nan, np.inf, -np.inf, 1e300, 2.0**40, -(2.0**40)])
def test_only_whole_numbers_close_to_each_other_are_counted(odd):
    values = np.append(np.arange(cutting._FEW + 500) % 7, odd).astype(float)
    assert cutting._counted(values, 5, 1) is None
    assert cutting._counted(values[:-1], 5, 1) is not None
    alone = cutting._counted(np.full(5_000, odd), 5, 1)
    assert (alone is None) == (not np.isfinite(odd) or odd in {0.5, 1e300})
    expected = quantile_cuts(values, 5, 10**6).tolist()
    assert quantile_cuts(-values, 5, 500, sign=-1).tolist() == expected
    assert quantile_cuts(values, 5, 500).tolist() == expected


@pytest.mark.parametrize("bins", [3, 5, 10])
@pytest.mark.parametrize(
    ("name", "short_cut"),
    [("normal", True), ("cents", True), ("ties", False), ("sorted", True), ("spike", False)],
)
def test_brackets_of_a_sample_change_nothing(name, short_cut, bins):
    rng = np.random.default_rng(7)
    drawn = {
        "normal": rng.normal(size=6_000),
        "cents": rng.lognormal(3, 1, 6_000).round(2),
        "ties": rng.choice([1.0, 2.0, 3.0], 6_000, p=[0.5, 0.3, 0.2]),
        "sorted": np.sort(rng.exponential(size=6_000)),
        # the sample sees only zeros
        "spike": np.where(np.arange(6_000) % 5 == 0, 0.0, rng.normal(size=6_000)),
    }[name]
    targets = [-(-2 * drawn.size * k // bins) for k in range(1, bins)]
    if bins < 10:  # more brackets of so small a sample do not fit
        assert (cutting._bracketed(drawn, targets, 1_200) is not None) == short_cut
    assert quantile_cuts(drawn, bins, 1_200).tolist() == quantile_cuts(drawn, bins).tolist()


def test_values_that_are_not_finite_are_left_out():
    with_gaps = np.array([np.nan, 1.0, 2.0, np.inf, 3.0, -np.inf])
    assert quantile_cuts(with_gaps, 3).tolist() == quantile_cuts(np.array([1.0, 2, 3]), 3).tolist()
    assert quantile_cuts(np.array([np.nan]), 4).tolist() == [np.inf] * 3


def test_one_distinct_value_sits_in_the_middle():
    assert quantile_cuts(np.array([7.0, 7.0]), 5).tolist() == [7.0, 7.0, np.inf, np.inf]


@pytest.mark.parametrize("size", [3, 5_000])
def test_distinct_values_are_counted_up_to_the_limit(size):
    assert distinct_upto(np.zeros(size), 5) == 1
    assert distinct_upto(np.arange(size), 3) == 3
    late = np.zeros(size)
    late[-1] = 1.0
    assert distinct_upto(late, 5) == 2


def test_groups_that_hold_nobody_take_the_nearest_cut_points():
    # everyone has the same recency, so only score 2 of 3 is filled
    first, second, third = nested_cuts(
        np.zeros(4), np.array([1, 2, 3, 4]), np.array([1.0, 5.0, 2.0, 8.0]), (3, 3, 3)
    )
    assert first.tolist() == [0.0, np.inf]
    assert second[0].tolist() == second[1].tolist() == second[2].tolist() == [2.0, 4.0]
    assert third is not None
    assert np.isfinite(third[..., 0]).all()
    assert third[0].tolist() == third[1].tolist() == third[2].tolist()


def test_between_two_filled_groups_the_higher_one_wins():
    tree = np.array([[1.0], [np.nan], [3.0], [np.nan]])
    cutting._fill_from_nearest(tree)
    assert tree.ravel().tolist() == [1.0, 3.0, 3.0, 3.0]
