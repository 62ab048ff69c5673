"""The ridge logistic regression against scikit-learn and by its own conditions."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.churn.log_odds import FAR, log_odds, probability_of
from customerintel.churn.logistic import LEAST_PENALTY, centred, fit_logistic, log_loss


def rows(n=3_000, k=6, seed=1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k))
    slopes = rng.normal(size=k)
    y = (rng.random(n) < probability_of(X @ slopes - 0.7)).astype(float)
    return X, y


@pytest.mark.parametrize("penalty", [1e-3, 0.05, 2.0])
def test_scikit_learn_finds_the_same(penalty):
    linear_model = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is an extra")
    X, y = rows()
    found = fit_logistic(X, y, penalty=np.full(6, penalty))
    # its C is for the sum of the losses, and its intercept is free
    peer = linear_model.LogisticRegression(C=1.0 / (penalty * len(y)), tol=1e-12, max_iter=10_000)
    peer.fit(X, y)
    np.testing.assert_allclose(found.slopes, peer.coef_[0], atol=2e-3)
    np.testing.assert_allclose(found.intercepts[0], peer.intercept_[0], atol=2e-3)


def loss(b, X, y, penalty, offset, groups):
    """The penalised mean log loss, written out."""
    n_groups = int(groups.max()) + 1
    z = X @ b[n_groups:] + b[groups] + offset
    each = [np.log1p(np.exp(v)) - t * v for v, t in zip(z, y, strict=True)]
    ridge = np.r_[np.full(n_groups, LEAST_PENALTY), penalty]
    return float(np.mean(each) + 0.5 * (ridge * b * b).sum())


def test_no_other_point_is_lower():
    X, y = rows(400, 3)
    rng = np.random.default_rng(2)
    offset, groups = rng.normal(size=400), rng.integers(0, 3, 400)
    penalty = np.array([0.01, 0.5, 1e-4])
    found = fit_logistic(X, y, penalty=penalty, offset=offset, groups=groups)
    best = np.r_[found.intercepts, found.slopes]
    least = loss(best, X, y, penalty, offset, groups)
    for k in range(len(best)):
        for step in (-1e-3, 1e-3):
            other = best.copy()
            other[k] += step
            assert loss(other, X, y, penalty, offset, groups) > least


def test_the_start_and_the_threads_do_not_matter():
    X, y = rows(20_000)
    penalty = np.full(6, 0.01)
    ci.set_threads(1)
    try:
        one = fit_logistic(X, y, penalty=penalty)
        ci.set_threads(3)
        three = fit_logistic(X, y, penalty=penalty)
    finally:
        ci.set_threads(None)
    np.testing.assert_array_equal(one.slopes, three.slopes)
    np.testing.assert_array_equal(one.intercepts, three.intercepts)
    far = fit_logistic(X, y, penalty=np.full(6, 5.0))
    again = fit_logistic(X, y, penalty=penalty, start=far)
    np.testing.assert_allclose(again.slopes, one.slopes, atol=1e-5)


def test_one_outcome_only_ends():
    X, _ = rows(200, 2)
    found = fit_logistic(X, np.ones(200), penalty=np.full(2, 0.01))
    assert np.isfinite(found.slopes).all()
    assert found.intercepts[0] > 3.0


def test_log_odds_and_back():
    p = np.array([0.0, 1e-300, 1e-7, 0.25, 0.5, 0.999, 1.0])
    z = log_odds(p)
    assert z[0] == -FAR
    assert z[-1] == FAR
    np.testing.assert_allclose(probability_of(z[2:6]), p[2:6], rtol=1e-12)
    assert probability_of(np.array([-1e4, 1e4])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.97])
def test_centred_sets_the_mean(share):
    z = np.random.default_rng(3).normal(2.0, 3.0, 500)
    assert probability_of(z + centred(z, share)).mean() == pytest.approx(share, abs=1e-9)


def test_log_loss_far_out():
    assert log_loss(np.array([800.0, -800.0]), np.array([1.0, 1.0])).tolist() == [0.0, 800.0]
