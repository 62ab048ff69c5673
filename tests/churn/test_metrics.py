"""Measures against scikit-learn's, and what must not change them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
)

from customerintel.churn.calibration import Line, anchored, fit_line, logit, moved
from customerintel.churn.metrics import MEASURES, PARTS, Ranked, combine, measures
from customerintel.churn.profit import ProfitModel

SIZES = st.integers(2, 60)
PROFIT = ProfitModel()


@st.composite
def predictions(draw):
    """Return who left (at least one, and not all) and coarse probabilities, so that some tie."""
    n = draw(SIZES)
    churned = draw(arrays(bool, n))
    churned[0], churned[1] = True, False
    places = draw(arrays(np.int64, n, elements=st.integers(0, 20)))
    return churned, places / 20.0


def slow_lift(churned, probability, top):
    """Take customers one by one; those who tie at the cut count in equal parts."""
    order = np.argsort(-probability, kind="stable")
    room, caught = top * len(churned), 0.0
    for p in np.unique(probability)[::-1]:
        group = churned[order][probability[order] == p]
        part = min(1.0, max(0.0, room) / len(group))
        caught += part * group.sum()
        room -= len(group)
    return caught / (top * churned.sum())


@given(predictions(), st.sampled_from([0.05, 0.1, 0.37, 1.0]))
def test_measures_are_those_of_scikit_learn(given_, top):
    churned, p = given_
    found = measures(churned, p, top=top)
    assert tuple(found) == MEASURES
    assert found["auc"] == pytest.approx(roc_auc_score(churned, p), abs=1e-12)
    assert found["pr_auc"] == pytest.approx(average_precision_score(churned, p), abs=1e-12)
    assert found["brier"] == pytest.approx(brier_score_loss(churned, p), abs=1e-12)
    clipped = np.clip(p, 1e-15, 1.0 - 1e-15)
    assert found["log_loss"] == pytest.approx(log_loss(churned, clipped), rel=1e-12)
    base = churned.mean()
    skill = 1.0 - np.mean((churned - p) ** 2) / np.mean((churned - base) ** 2)
    assert found["brier_skill"] == pytest.approx(skill, abs=1e-12)
    assert found["top_lift"] == pytest.approx(slow_lift(churned, p, top), abs=1e-12)


@given(predictions(), st.randoms(use_true_random=False))
def test_weights_are_repeated_rows(given_, random):
    """Slow twin of the kernel: rows that are drawn several times stand there several times."""
    churned, p = given_
    times = np.array([random.randint(0, 3) for _ in p], np.uint8)
    times[:2] = 1
    sums = Ranked(churned, p, np.arange(len(p))).parts(times, 0.1, PROFIT)
    found = {name: float(value) for name, value in combine(sums).items()}
    expected = measures(np.repeat(churned, times), np.repeat(p, times))
    for name, value in found.items():
        assert value == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name


@given(predictions())
def test_ranks_do_not_know_of_monotone_changes(given_):
    churned, p = given_
    changed = measures(churned, p**3 / 2.0 + p / 4.0)
    found = measures(churned, p)
    for name in ("auc", "pr_auc", "top_lift", "empc", "mpc", "targeted"):
        assert changed[name] == pytest.approx(found[name], rel=1e-12), name


@given(predictions(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_their_number_matters(given_, random):
    churned, p = given_
    # who is certain and wrong both ways leaves a likelihood without a slope between them
    p = np.clip(p, 0.01, 0.99)
    order = list(range(len(p))) * 2
    random.shuffle(order)
    found, twice = measures(churned, p), measures(churned[order], p[order])
    for name, value in found.items():
        # the line is steep where a threshold almost separates those who left
        assert twice[name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), name


@given(predictions())
def test_turned_round_the_auc_is_the_rest(given_):
    churned, p = given_
    assert measures(churned, 1.0 - p)["auc"] == pytest.approx(1.0 - measures(churned, p)["auc"])
    assert measures(~churned, p)["auc"] == pytest.approx(1.0 - measures(churned, p)["auc"])


def test_the_parts_add_up_over_moments():
    """Only customers of one moment are compared: 3 of 4 and 0 of 1 pairs are 3 of 5."""
    one = Ranked(np.array([1, 0, 1, 0], bool), np.array([0.9, 0.6, 0.4, 0.2]), np.arange(4))
    two = Ranked(np.array([1, 0], bool), np.array([0.91, 0.95]), np.arange(2))
    sums = one.parts(np.ones(4, np.uint8), 0.5, PROFIT) + two.parts(
        np.ones(2, np.uint8), 0.5, PROFIT
    )
    found = combine(sums)
    assert len(sums) == len(PARTS)
    assert found["auc"] == pytest.approx(3 / 5)
    assert found["pr_auc"] == pytest.approx((1 + 2 / 3 + 1 / 2) / 3)
    assert found["top_lift"] == pytest.approx((1 + 0) / (0.5 * 2 + 0.5 * 1))


@pytest.mark.parametrize("everybody", [True, False])
def test_one_sided_outcomes(everybody):
    found = measures(np.full(5, everybody), [0.1, 0.2, 0.3, 0.4, 0.5])
    undefined = {name for name, value in found.items() if math.isnan(value)}
    expected = {
        "auc",
        "brier_skill",
        "calibration_slope",
        "calibration_intercept",
        "calibration_in_the_large",
    }
    assert undefined == (expected if everybody else expected | {"pr_auc", "top_lift"})


def test_certain_and_wrong_is_bad_but_finite():
    found = measures([True, False], [0.0, 0.0])
    assert found["log_loss"] == pytest.approx(-math.log(1e-15) / 2)


def drawn(seed=1, n=600):
    rng = np.random.default_rng(seed)
    z = rng.normal(0.3, 1.2, n)
    return z, rng.random(n) < 1.0 / (1.0 + np.exp(-(0.4 + 0.7 * z)))


def test_the_line_is_that_of_a_logistic_regression():
    z, churned = drawn()
    line = fit_line(z, churned)
    peer = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(z[:, None], churned)
    assert line.slope == pytest.approx(peer.coef_[0, 0], rel=1e-6)
    assert line.intercept == pytest.approx(peer.intercept_[0], rel=1e-5)
    predicted = 1.0 / (1.0 + np.exp(-(line.shift + z)))
    assert predicted.sum() == pytest.approx(churned.sum(), rel=1e-12)


def test_weights_of_a_line_are_repeated_rows():
    z, churned = drawn(n=80)
    weights = np.arange(80) % 3
    line = fit_line(z, churned, weights.astype(float))
    again = fit_line(np.repeat(z, weights), np.repeat(churned, weights))
    assert line.slope == pytest.approx(again.slope, rel=1e-9)
    assert line.shift == pytest.approx(again.shift, rel=1e-9)


@pytest.mark.parametrize(
    "z", [[1.0, 1.0, 1.0, 1.0], [2.0, 3.0, 0.0, 1.0], [0.0, 1.0, 2.0, 3.0], [2.0, 3.0, 0.0, 2.0]]
)
def test_where_the_likelihood_has_no_maximum_there_is_no_line(z):
    line = fit_line(np.array(z), np.array([True, True, False, False]))
    assert math.isnan(line.slope)
    assert math.isnan(line.intercept)
    assert math.isfinite(line.shift)


def test_logits_stay_finite():
    assert logit(np.array([0.0, 0.5, 1.0])).tolist() == pytest.approx([-34.5388, 0, 34.5388], 1e-3)


def test_the_line_moves_as_it_would_under_other_weights():
    z, churned = drawn(seed=5, n=4000)
    line = fit_line(z, churned)
    rng = np.random.default_rng(2)
    for _ in range(5):
        weights = np.bincount(rng.integers(0, 4000, 4000), minlength=4000).astype(float)
        exact = fit_line(z, churned, weights)
        guess = moved(line, (weights @ anchored(line, z, churned))[None, :])
        spread = abs(exact.slope - line.slope) + 0.02
        assert guess[0][0] == pytest.approx(exact.intercept, abs=0.1 * spread)
        assert guess[1][0] == pytest.approx(exact.slope, abs=0.1 * spread)
        assert guess[2][0] == pytest.approx(exact.shift, abs=0.1 * spread)
    assert isinstance(line, Line)
