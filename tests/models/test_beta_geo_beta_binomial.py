"""The BG/BB model: the donors of the paper, exact likelihood, predictions against enumeration."""

from __future__ import annotations

import itertools
import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.donors import PARAMS, donors, given_params, rows

from customerintel import models
from customerintel._kernels.beta_geo_beta_binomial import sum_rows

positive = st.floats(0.02, 50.0)


@pytest.fixture(scope="module")
def published():
    return models.BetaGeoBetaBinomial().fit(donors())


def string_probability(p_params, theta_params, string):
    """P of a string of 0s and 1s, mixed over p and θ: one term per place of stopping."""
    (a, b), (g, d) = p_params, theta_params
    last = max((i + 1 for i, bought in enumerate(string) if bought), default=0)
    total = mp.mpf(0)
    for lived in range(last, len(string) + 1):
        x = sum(string)
        buys = mp.beta(a + x, b + lived - x) / mp.beta(a, b)
        ends = 0 if lived == len(string) else 1
        total += buys * mp.beta(g + ends, d + lived) / mp.beta(g, d)
    return total


def mixed(params):
    values = [mp.mpf(value) for value in params]
    return values[:2], values[2:]


def one_row(params, x, t_x, n):
    out = np.zeros(5)
    columns = [np.array([float(value)]) for value in (x, t_x, n, 1)]
    sum_rows(np.array(params, float), *columns, out)
    return out[0], out[1:]


def test_published_fit(published):
    """Fader, Hardie and Shang (2010): 1.204, .750, .657, 2.783; digits recomputed."""
    assert published.status_ == "interior"
    assert published.params_ == pytest.approx(PARAMS, rel=1e-6)
    assert published.log_likelihood_ == pytest.approx(-33225.5813, abs=1e-4)
    errors = [0.06939, 0.02945, 0.05101, 0.32082]
    assert list(published.standard_errors_.values()) == pytest.approx(errors, abs=1e-5)
    assert published.n_customers_ == 11104


@pytest.mark.reference_data
def test_published_fit_from_the_file(reference_data, published):
    frame = pd.read_csv(reference_data / "donations_rf.csv")
    frame = frame.rename(columns={"periods": "T", "weights": "weight"})
    fit = models.BetaGeoBetaBinomial().fit(frame)
    assert fit.params_ == published.params_


def test_published_new_donor(published):
    """E[X(n)], n = 1 … 11, of the BTYD walkthrough (3.1798 at 10); digits recomputed."""
    found = [published.expected_purchases_new(n) for n in range(1, 12)]
    expected = [0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798,
                3.3887]  # fmt: skip
    assert found == pytest.approx(expected, abs=6e-5)


def test_published_predictions(published):
    """The donors of Fader, Hardie and Shang (2010) as in the BTYD walkthrough; recomputed."""
    found = published.expected_purchases(rows((0, 0, 6), (4, 5, 6)), 10)
    assert found == pytest.approx([0.1302181, 3.6279678], rel=1e-6)
    found = published.probability_alive(rows((0, 0, 6), (2, 4, 6), (6, 6, 6)), ahead=1)
    assert found == pytest.approx([0.10813327, 0.58965719, 0.93043358], rel=1e-6)
    weights = np.array(donors()["weight"])
    total = published.expected_purchases(donors(), 5) @ weights
    assert total == pytest.approx(12884.157, rel=1e-7)
    expected = published.pmf_new(6, n_max=6) * weights.sum()
    assert expected[[0, 6]] == pytest.approx([3454.9, 1253.1], abs=0.05)
    assert expected[7] == 0.0


def test_published_residual(published):
    """DERT of Fader, Hardie and Shang (2010), d = 10 % a year; recomputed."""
    histories = rows((6, 6, 6), (5, 6, 6), (4, 4, 6), (2, 2, 6), (0, 0, 6))
    found = published.discounted_expected_residual(histories, discount_rate=0.1)
    assert found == pytest.approx([5.9099, 5.0895, 0.9185, 0.1876, 0.1148], abs=6e-5)


def test_published_holdout_by_frequency(published):
    """Expected donations of 2002 to 2006 by frequency, BTYD walkthrough."""
    data, weights = donors(), np.array(donors()["weight"])
    found = published.expected_purchases(data, 5)
    x = np.array(data["frequency"])
    means = [np.average(found[x == k], weights=weights[x == k]) for k in range(7)]
    expected = [0.07286318, 0.3248841, 0.7089417, 1.333666, 2.031203, 2.784482, 3.752500]
    assert means == pytest.approx(expected, rel=1e-3)


PLACES = [
    (1.2, 0.75, 0.66, 2.8), (1e-4, 30.0, 1e-3, 0.01), (1e6, 1e7, 1e5, 1e6), (0.5, 1e-5, 40.0, 2.0),
]  # fmt: skip


@pytest.mark.parametrize("params", PLACES)
@pytest.mark.parametrize("history", [(0, 0, 5), (1, 1, 1), (2, 4, 9), (9, 9, 9), (3, 60, 300)])
def test_log_likelihood_has_all_its_digits(params, history):
    """One row against the sum of beta functions with 60 digits."""
    x, t_x, n = history
    string = [1] * (x - 1) + [0] * (t_x - x) + [1] * (x > 0) + [0] * (n - t_x)
    with mp.workdps(60):
        exact = mp.log(string_probability(*mixed(params), string))
    value, slope = one_row(params, *history)
    assert value == pytest.approx(float(exact), rel=1e-11)
    assert np.isfinite(slope).all()


@given(positive, positive, positive, positive, st.integers(0, 6), st.integers(0, 9), st.data())
def test_gradient(alpha, beta, gamma, delta, x, gaps, data):
    t_x = x + (gaps if x else 0)
    n = t_x + data.draw(st.integers(0, 12))
    params = np.array([alpha, beta, gamma, delta])
    _, slope = one_row(params, x, t_x, n)
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5
        up = one_row(params * np.exp(step), x, t_x, n)[0]
        down = one_row(params * np.exp(-step), x, t_x, n)[0]
        assert slope[k] * params[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


@given(positive, positive, positive, positive)
def test_all_histories_together_are_certain(alpha, beta, gamma, delta):
    params, n, total = (alpha, beta, gamma, delta), 5, 0.0
    for string in itertools.product((0, 1), repeat=n):
        last = max((i + 1 for i, bought in enumerate(string) if bought), default=0)
        total += math.exp(one_row(params, sum(string), last, n)[0])
    assert total == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("params", [PLACES[0], (0.3, 2.0, 1.7, 0.4)])
@pytest.mark.parametrize("history", [(0, 0, 3), (1, 2, 4), (3, 3, 3), (0, 0, 0)])
def test_predictions_are_ratios_of_probabilities_of_strings(params, history):
    """All futures of four opportunities, each as P(past and future) / P(past)."""
    x, t_x, n = history
    past = (1,) * (x - 1) + (0,) * (t_x - x) + (1,) * (x > 0) + (0,) * (n - t_x)
    both = mixed(params)
    before = string_probability(*both, past)
    chance = np.zeros(5)
    discounted = 0.0
    for future in itertools.product((0, 1), repeat=4):
        share = float(string_probability(*both, past + future) / before)
        chance[sum(future)] += share
        discounted += share * sum(bought / 1.1**k for k, bought in enumerate(future, 1))
    fit, data = given_params(*params), rows(history)
    assert fit.purchase_probabilities(data, 4, n_max=4)[0, :5] == pytest.approx(chance, rel=1e-11)
    assert fit.expected_purchases(data, 4)[0] == pytest.approx(chance @ np.arange(5), rel=1e-11)
    assert fit.probability_of_purchase(data, 4)[0] == pytest.approx(1 - chance[0], rel=1e-11)
    found = fit.discounted_expected_purchases(data, 4, discount_rate=0.1)[0]
    assert found == pytest.approx(discounted, rel=1e-11)
    if n == 0:
        assert fit.pmf_new(4, n_max=4)[:5] == pytest.approx(chance, rel=1e-11)


@given(positive, positive, positive, positive, st.integers(1, 30), st.integers(0, 12))
def test_identities(alpha, beta, gamma, delta, horizon, n_max):
    fit = given_params(alpha, beta, gamma, delta)
    data = rows((0, 0, 4), (1, 3, 4), (4, 4, 4), (0, 0, 0), (7, 20, 31))
    table = fit.purchase_probabilities(data, horizon, n_max=n_max)
    assert table.shape == (5, n_max + 2)
    assert (table >= 0).all()
    assert table.sum(axis=1) == pytest.approx(1.0, abs=1e-13)
    whole = fit.purchase_probabilities(data, horizon, n_max=horizon)
    assert (whole[:, -1] == 0).all()
    assert whole @ np.arange(horizon + 2) == pytest.approx(
        fit.expected_purchases(data, horizon), rel=1e-12
    )
    assert 1 - table[:, 0] == pytest.approx(fit.probability_of_purchase(data, horizon), abs=1e-13)
    shares = min(n_max, horizon) + 1
    assert table[:, :shares] == pytest.approx(whole[:, :shares], rel=1e-12)
    now, later = (fit.probability_alive(data, ahead=k) for k in (0, horizon))
    assert (later <= now).all()
    assert now[2] == now[3] == 1.0
    new = fit.pmf_new(horizon, n_max=n_max)
    assert new == pytest.approx(table[3], rel=1e-12)
    assert fit.expected_purchases_new(horizon) == pytest.approx(
        fit.expected_purchases(data, horizon)[3], rel=1e-12
    )


@pytest.mark.parametrize("params", [*PLACES, (1.0, 1.0, 1.0, 1.0)])
def test_for_ever_is_the_limit_of_the_finite(params):
    fit, data = given_params(*params, unit="year"), rows((0, 0, 6), (2, 4, 6), (6, 6, 6))
    endless = fit.discounted_expected_residual(data, discount_rate=0.1)
    finite = fit.discounted_expected_purchases(data, 400, discount_rate=0.1)
    assert endless == pytest.approx(finite, rel=1e-12)
    yearly = fit.discounted_expected_residual(data, annual_discount_rate=0.1)
    assert yearly == pytest.approx(endless, rel=1e-13)


def test_without_discount():
    data = rows((2, 4, 6))
    assert given_params(gamma=0.9).discounted_expected_residual(data, discount_rate=0) == math.inf
    fit = given_params(gamma=3.5)
    endless = fit.discounted_expected_residual(data, discount_rate=0.0)
    assert endless == pytest.approx(fit.expected_purchases(data, 100_000), rel=1e-6)
    small = fit.discounted_expected_residual(data, discount_rate=1e-9)
    assert small == pytest.approx(endless, rel=1e-5)
