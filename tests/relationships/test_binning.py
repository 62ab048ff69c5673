"""Bins: edges, heavy values, missing ones, and the way to a file and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from customerintel.relationships.binning import MISSING, MOST, Binning

VALUES = arrays(
    np.float64,
    st.integers(0, 200),
    elements=st.one_of(st.just(np.nan), st.integers(-3, 30).map(float), st.floats(-1e6, 1e6)),
)


@given(VALUES)
def test_bins_are_in_the_order_of_the_values(values: np.ndarray) -> None:
    bins = Binning.of([values]).bins([values])[:, 0]
    known = ~np.isnan(values)
    assert (bins[~known] == MISSING).all()
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(bins[known][order].astype(int)) >= 0).all()
    for value in np.unique(values[known]):
        assert len(np.unique(bins[values == value])) == 1


@given(VALUES)
def test_every_bin_is_used_and_there_are_not_too_many(values: np.ndarray) -> None:
    binning = Binning.of([values])
    bins = binning.bins([values])[:, 0]
    used = set(bins[bins != MISSING].tolist())
    assert used == set(range(binning.sizes[0])) or not used
    assert binning.sizes[0] <= 3 * MOST


def test_few_values_are_told_apart_one_by_one() -> None:
    values = np.array([0.0, 0.0, 1.0, 5.0, np.nan])
    assert Binning.of([values]).bins([values])[:, 0].tolist() == [0, 0, 1, 2, MISSING]


def test_a_value_of_many_customers_is_a_bin_of_its_own() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([np.zeros(900), rng.uniform(1.0, 2.0, 900)])
    bins = Binning.of([values]).bins([values])[:, 0]
    assert set(bins[values == 0.0]) == {0}
    assert 0 not in bins[values > 0.0]
    assert len(set(bins.tolist())) > 6


def test_bins_of_unseen_values_are_the_outer_ones() -> None:
    binning = Binning.of([np.array([1.0, 2.0, 3.0])])
    assert binning.bins([np.array([-9.0, 9.0])])[:, 0].tolist() == [0, 2]


def test_state_and_back() -> None:
    columns = [np.array([1.0, 2.0]), np.array([np.nan, np.nan]), np.arange(2.0)]
    binning = Binning.of(columns)
    back = Binning.from_state(binning.to_state())
    assert [edge.tolist() for edge in back.edges] == [edge.tolist() for edge in binning.edges]


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_anybody(n: int) -> None:
    values = np.arange(float(n))
    assert Binning.of([values]).bins([values]).shape == (n, 1)
