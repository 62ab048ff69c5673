from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from customerintel.lookalike.audience_gains import gains_of

rows = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40)


@settings(max_examples=80, deadline=None)
@given(rows, st.sampled_from([0.05, 0.1, 0.37, 0.5, 1.0]))
def test_recall_and_auc_are_those_of_plain_counting(rows, share):
    scores = np.array([score for score, _ in rows], float)
    held = np.array([one for _, one in rows])
    if not held.any() or held.all():
        return
    gains = gains_of(scores, held)
    n, taken = len(rows), share * len(rows)
    found = 0.0
    for score in scores[held]:
        above, ties = (scores > score).sum(), (scores == score).sum()
        found += min(max((taken - above) / ties, 0.0), 1.0)
    assert gains.recall(share) == pytest.approx(found / held.sum())
    pairs = itertools.product(scores[held], scores[~held])
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]
    assert gains.auc == pytest.approx(np.mean(wins))
    assert gains.n_prospects == n


def test_the_interval_of_the_auc_is_that_of_many_samples():
    rng = np.random.default_rng(2)
    drawn = []
    for _ in range(400):
        held = np.arange(400) < 60
        scores = rng.normal(size=400) + 1.0 * held
        drawn.append(gains_of(scores, held))
    auc = np.array([one.auc for one in drawn])
    true = stats.norm.cdf(1.0 / np.sqrt(2.0))
    inside = [low <= true <= high for low, high in (one.auc_interval(0.95) for one in drawn)]
    assert 0.92 <= np.mean(inside) <= 0.98
    assert np.mean([one._spread for one in drawn]) == pytest.approx(auc.std(), rel=0.1)


def test_the_curve_rises_to_one_and_a_constant_score_is_chance():
    held = np.arange(50) % 5 == 0
    shares = np.linspace(0.0, 1.0, 21)
    flat = gains_of(np.zeros(50), held)
    assert flat.curve(shares) == pytest.approx(shares)
    assert flat.auc == pytest.approx(0.5)
    best = gains_of(held.astype(float), held)
    assert best.auc == 1.0
    assert best.recall(0.2) == 1.0
    assert best.recall_interval(0.2, 0.95)[1] == 1.0


def test_nobody_held_out():
    gains = gains_of(np.arange(5.0), np.zeros(5, bool))
    assert np.isnan([gains.auc, gains.recall(0.5)]).all()
