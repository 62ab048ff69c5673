"""Distances and orders against hand-computed numbers and slow twins."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, spearmanr

from customerintel.audit import distribution_distances as distances

SHARES = st.lists(st.integers(0, 6), min_size=3, max_size=8).filter(sum)


@st.composite
def pairs(draw):
    n = draw(st.integers(3, 8))
    one, other = (
        draw(st.lists(st.integers(0, 5), min_size=n, max_size=n).filter(sum)) for _ in range(2)
    )
    return tuple(distances.shares_of(np.array(x, float)) for x in (one, other))


def test_published_and_hand_computed():
    c, p = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.25, 0.25, 0.25, 0.25])
    assert distances.dissimilarity(c, p) == pytest.approx(0.30)
    # Hill's number of order 1 of equal shares is their number
    assert distances.effective_number(p) == pytest.approx(4.0)
    assert distances.effective_number(np.array([0.5, 0.5, 0.0])) == pytest.approx(2.0)
    # nothing in common is one bit
    assert distances.jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0
    assert distances.jensen_shannon(c, c) == 0.0


@given(pairs())
def test_against_scipy(pair):
    c, p = pair
    assert distances.jensen_shannon(c, p) == pytest.approx(jensenshannon(c, p, 2), abs=1e-7)
    assert distances.effective_number(c) == pytest.approx(np.exp(entropy(c)))
    if len(set(c)) > 1 and len(set(p)) > 1:
        assert distances.spearman(c, p) == pytest.approx(spearmanr(c, p).statistic)
    else:
        assert np.isnan(distances.spearman(c, p))


@given(pairs())
def test_they_are_symmetric_and_between_0_and_1(pair):
    c, p = pair
    for measure in (
        distances.dissimilarity,
        distances.jensen_shannon,
        distances.rank_biased_overlap,
    ):
        found = float(measure(c, p))
        assert found == pytest.approx(float(measure(p, c)))
        assert -1e-12 <= found <= 1 + 1e-12
    assert distances.dissimilarity(c, p) == pytest.approx(1 - np.minimum(c, p).sum())
    assert distances.rank_biased_overlap(c, c) == pytest.approx(1.0)


def slow_rank_biased_overlap(c, p, q):
    """Depth by depth, sets by sets."""
    ranks = [[1 + sum(y > x for y in shares) for x in shares] for shares in (c, p)]
    size, total = len(c), 0.0
    for depth in range(1, size + 1):
        a, b = ({i for i in range(size) if rank[i] <= depth} for rank in ranks)
        agreement = 2 * len(a & b) / (len(a) + len(b))
        total += agreement * q**depth
    return (1 - q) / q * total + agreement * q**size


@given(pairs(), st.sampled_from([0.5, 0.9, 0.98]))
def test_rank_biased_overlap_against_sets(pair, q):
    assert distances.rank_biased_overlap(*pair, q) == pytest.approx(
        slow_rank_biased_overlap(*pair, q)
    )


def test_rank_biased_overlap_by_hand():
    """Orders abc and bac: agreement 0, 1, 1; half the weight is on the first place at q = .5."""
    c, p = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.5, 0.2])
    assert distances.rank_biased_overlap(c, p, 0.5) == pytest.approx(0.5)


def test_the_first_ten_places_have_86_percent_of_the_weight():
    """Webber, Moffat and Zobel (2010): the weight of the first ten ranks at q = .9."""
    q, depth = 0.9, 10
    series = sum(q**i / i for i in range(1, depth))
    weight = 1 - q ** (depth - 1) + (1 - q) / q * depth * (np.log(1 / (1 - q)) - series)
    assert weight == pytest.approx(0.8556, abs=5e-5)


def first(shares, k):
    """All lists of the first k: every way to break ties; a share of 0 is in none."""
    places = [i for i, x in enumerate(shares) if x > 0]
    size = min(k, len(places))
    return [
        set(chosen)
        for chosen in itertools.combinations(places, size)
        if all(shares[i] >= shares[j] for i in chosen for j in set(places) - set(chosen))
    ]


@given(pairs(), st.integers(1, 4))
def test_top_overlap_against_all_ways_to_break_ties(pair, k):
    c, p = pair
    found = distances.top_overlap(c, p, k)
    if len(c) <= k:
        assert np.isnan([found.overlap, found.least, found.most]).all()
        return
    common = [len(a & b) / k for a in first(c, k) for b in first(p, k)]
    assert found.overlap == pytest.approx(np.mean(common))
    assert found.least == pytest.approx(min(common))
    assert found.most == pytest.approx(max(common))
    assert set(found.first) == set().union(*first(c, k))
    assert [c[i] for i in found.first] == sorted((c[i] for i in found.first), reverse=True)


@given(pairs())
def test_several_at_a_time_are_as_one_at_a_time(pair):
    c, p = pair
    both = np.stack([c, p])
    for measure in (
        distances.dissimilarity,
        distances.jensen_shannon,
        distances.spearman,
        distances.rank_biased_overlap,
        lambda a, b: distances.overlap_of_top(a, b, 2),
    ):
        together = measure(both, p)
        assert np.array_equal(together, [measure(c, p), measure(p, p)], equal_nan=True)


def test_of_nobody_nothing_is_known():
    nobody = distances.shares_of(np.zeros(3))
    some = np.array([0.5, 0.3, 0.2])
    assert np.isnan(nobody).all()
    for measure in (
        distances.dissimilarity,
        distances.jensen_shannon,
        distances.spearman,
        distances.rank_biased_overlap,
    ):
        assert np.isnan(measure(nobody, some))
    assert np.isnan(distances.effective_number(nobody))
