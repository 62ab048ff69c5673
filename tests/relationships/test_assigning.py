"""The kernels of assignment against slow, obvious twins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import logsumexp, softmax

from customerintel._kernels import assigning
from customerintel._kernels.threads import set_threads
from customerintel.relationships.additive import (
    Rows,
    _loss_and_slope,
    fit_additive,
    log_loss,
    scores_of,
)
from customerintel.relationships.binning import MISSING


def rows_of(n: int, *, columns: int = 4, bins: int = 3, types: int = 5, seed: int = 0) -> Rows:
    rng = np.random.default_rng(seed)
    found = rng.integers(0, bins, (n, columns)).astype(np.uint8)
    found[rng.random(found.shape) < 0.3] = MISSING
    weights = rng.random(found.shape).astype(np.float32)
    return Rows(found, weights, rng.integers(0, types, n))


def slow_scores(rows: Rows, table: np.ndarray, prior: np.ndarray) -> np.ndarray:
    out = np.tile(prior, (len(rows.bins), 1))
    for i, (bins, weights) in enumerate(zip(rows.bins, rows.weights, strict=True)):
        for j, bin_ in enumerate(bins):
            if bin_ != MISSING:
                out[i] += weights[j] * table[j, bin_]
    return out


def test_scores() -> None:
    rows = rows_of(50)
    rng = np.random.default_rng(1)
    table, prior = rng.normal(size=(4, 3, 5)), rng.normal(size=5)
    np.testing.assert_allclose(
        scores_of(rows, table, prior), slow_scores(rows, table, prior), rtol=1e-12
    )


def test_probabilities_and_their_total() -> None:
    scores = np.random.default_rng(2).normal(0.0, 300.0, (40, 6))
    found = scores.copy()
    total = assigning.to_probabilities(found, 0, len(found))
    np.testing.assert_allclose(found, softmax(scores, axis=1), rtol=1e-12, atol=1e-300)
    assert total == pytest.approx(logsumexp(scores, axis=1).sum(), rel=1e-12)


def test_counts() -> None:
    rows = rows_of(60)
    shares = np.random.default_rng(3).dirichlet(np.ones(5), 60)
    out = np.zeros((4, 3, 5))
    assigning.count(rows.bins, rows.weights, shares, out)
    slow = np.zeros_like(out)
    for i in range(60):
        for j in range(4):
            if rows.bins[i, j] != MISSING:
                slow[j, rows.bins[i, j]] += rows.weights[i, j] * shares[i]
    np.testing.assert_allclose(out, slow, rtol=1e-12)


def test_the_slope_is_that_of_the_loss() -> None:
    rows = rows_of(30)
    rng = np.random.default_rng(4)
    table, prior = rng.normal(size=(4, 3, 5)), rng.normal(size=5)
    value, slope = _loss_and_slope(rows, table, prior)
    scores = slow_scores(rows, table, prior)
    assert value == pytest.approx(30 * log_loss(scores, rows.codes), rel=1e-12)
    numeric = approx_fprime(
        table.ravel(), lambda flat: _loss_and_slope(rows, flat.reshape(4, 3, 5), prior)[0], 1e-6
    )
    np.testing.assert_allclose(slope.ravel(), numeric, atol=1e-4)


def test_the_search_finds_what_the_labels_say() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 2, 4_000)
    bins = np.where(rng.random(4_000) < 0.8, codes, 1 - codes).astype(np.uint8)[:, None]
    rows = Rows(bins, np.ones(bins.shape, np.float32), codes)
    table = fit_additive(rows, np.zeros((1, 2, 2)), np.log([0.5, 0.5]), 1e-3)
    odds = table[0, :, 0] - table[0, :, 1]
    np.testing.assert_allclose(odds, [np.log(4.0), -np.log(4.0)], atol=0.1)


def test_the_same_bits_whatever_the_number_of_threads() -> None:
    rows = rows_of(20_000)
    rng = np.random.default_rng(6)
    table, prior = rng.normal(size=(4, 3, 5)), rng.normal(size=5)
    try:
        set_threads(1)
        one = _loss_and_slope(rows, table, prior)
        set_threads(3)
        three = _loss_and_slope(rows, table, prior)
    finally:
        set_threads(None)
    assert one[0] == three[0]
    assert np.array_equal(one[1], three[1])


def test_kernels_and_their_callers_mean_the_same_by_a_missing_signal() -> None:
    assert assigning.MISSING == MISSING
