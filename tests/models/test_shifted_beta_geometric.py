"""The sBG model: published fits and projections, exact likelihood, DERL, boundaries."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel import models
from customerintel._kernels.contractual import sum_geometric
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError

#: Fader and Hardie (2007), table 1: per cent left after 0, 1, … 12 renewals.
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]

positive = st.floats(1e-3, 1e3)


def fitted(shares, **options):
    return models.ShiftedBetaGeometric(**options).fit(shares[:8], n=1000)


def survival(alpha, beta, t):
    """S(t) as a ratio of beta functions, with 40 digits."""
    with mp.workdps(40):
        alpha, beta = mp.mpf(alpha), mp.mpf(beta)
        return mp.beta(alpha, beta + t) / mp.beta(alpha, beta)


def log_likelihood(alpha, beta, cancelled, kept):
    """Sum of the logs of P(T = t) and S(t), Fader and Hardie (2007), equation B3."""
    with mp.workdps(40):
        total = mp.mpf(0)
        for t, count in enumerate(cancelled, 1):
            total += count * mp.log(survival(alpha, beta, t - 1) - survival(alpha, beta, t))
        return float(total + kept * mp.log(survival(alpha, beta, len(cancelled))))


def added(kernel, params, cancelled, renewed):
    out = np.zeros(1 + len(params))
    kernel(np.array(params, float), np.array(cancelled, float), np.array(renewed, float), out)
    return out[0], out[1:]


@pytest.mark.parametrize(
    ("shares", "alpha", "beta", "value", "errors"),
    [
        (REGULAR, 0.7040773, 1.1820430, -1680.2652, [0.0656, 0.1525]),
        (HIGH_END, 0.6680883, 3.8060948, -1611.1581, [0.1037, 0.7855]),
    ],
    ids=["regular", "high end"],
)
def test_years_1_to_7_of_the_published_cohorts(shares, alpha, beta, value, errors):
    """Fader and Hardie (2007): .704, 1.182 and .668, 3.806; digits recomputed."""
    fit = fitted(shares)
    assert fit.status_ == "interior"
    assert list(fit.params_.values()) == pytest.approx([alpha, beta], rel=1e-6)
    assert fit.log_likelihood_ == pytest.approx(value, abs=1e-4)
    assert list(fit.standard_errors_.values()) == pytest.approx(errors, abs=5e-5)
    assert fit.n_customers_ == 1000.0


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (
            REGULAR,
            [100, 62.67, 47.38, 38.80, 33.21, 29.23, 26.25, 23.90, 22.01, 20.44, 19.12, 17.99,
             17.00],
        ),
        (
            HIGH_END,
            [100, 85.07, 74.69, 66.98, 60.99, 56.18, 52.22, 48.89, 46.04, 43.58, 41.42, 39.51,
             37.80],
        ),
    ],
    ids=["regular", "high end"],
)  # fmt: skip
def test_projected_survival(shares, expected):
    """S(0) to S(12) of the fits above, recomputed."""
    fit = fitted(shares)
    assert fit.survival(12) * 100 == pytest.approx(expected, abs=0.006)
    # the holdout of the paper is met within two points of the hundred
    assert fit.survival(12) * 100 == pytest.approx(shares, abs=2.0)


@pytest.mark.reference_data
@pytest.mark.parametrize(("cohort", "shares"), [("regular", REGULAR), ("highend", HIGH_END)])
def test_a_table_of_customers_says_the_same_as_survivors(reference_data, cohort, shares):
    rows = pd.read_csv(reference_data / "sbg_cohorts.csv").query("cohort == @cohort")
    gone = (rows["recency"] < rows["T"]).to_numpy()
    age = np.where(gone, rows["recency"], 7)
    fit = models.ShiftedBetaGeometric().fit({"age": age, "cancelled": gone})
    other = fitted(shares)
    assert list(fit.params_.values()) == pytest.approx(list(other.params_.values()), rel=1e-7)
    assert fit.n_customers_ == len(rows)


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"),
    [
        (3.80, 15.20, [3.31, 3.45, 3.59, 3.72, 3.84]),
        (0.067, 0.267, [7.67, 9.46, 9.85, 10.06, 10.19]),
    ],
)
def test_published_residual_lifetimes(alpha, beta, expected):
    """Fader and Hardie (2010), table 3, contract periods 1 to 5, d = 10 % per period.

    The paper's 7.68 and 9.86 come from parameters with more digits than it prints.
    """
    fit = models.ShiftedBetaGeometric.from_params({"alpha": alpha, "beta": beta})
    found = fit.discounted_expected_residual_lifetime(np.arange(5), discount_rate=0.1)
    assert found == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("rate", [1e-6, 0.001, 0.1, 3.0])
@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 1.2), (0.01, 40.0), (30.0, 2.0), (1.5, 1e4)])
def test_residual_lifetime_is_its_sum(alpha, beta, rate):
    fit = models.ShiftedBetaGeometric.from_params({"alpha": alpha, "beta": beta})
    found = fit.discounted_expected_residual_lifetime([0, 7], discount_rate=rate)
    a, z = mp.mpf(alpha), 1 / (1 + mp.mpf(rate))
    for made, value in zip((0, 7), found, strict=True):
        b = mp.mpf(beta) + made

        def rest(v, b=b):
            """Mean of u / (1 - u z) over the beta distributed retention u = 1 - v^(1/α)."""
            u = 1 - v ** (1 / a)
            return u**b / (1 - u * z) / a / mp.beta(a, b)

        edges = sorted({mp.mpf(0), mp.mpf(rate) ** a, (1 / b) ** a, (20 / b) ** a, mp.mpf(1)})
        exact = mp.quad(rest, [edge for edge in edges if edge <= 1])
        assert value == pytest.approx(float(exact), rel=1e-9)
    nearly = fit.discounted_expected_residual_lifetime([0, 7], discount_rate=rate * 1.0001)
    assert (nearly < found).all()


def test_residual_lifetime_without_discount():
    steady = models.ShiftedBetaGeometric.from_params({"alpha": 3.0, "beta": 4.0})
    found = steady.discounted_expected_residual_lifetime([0, 2], discount_rate=0.0)
    assert found == pytest.approx([4.0 / 2.0, 6.0 / 2.0])
    assert found[0] == pytest.approx(steady.survival(100_000)[1:].sum(), rel=1e-4)
    small = steady.discounted_expected_residual_lifetime([0, 2], discount_rate=1e-9)
    assert small == pytest.approx(found, rel=1e-6)
    forever = models.ShiftedBetaGeometric.from_params({"alpha": 1.0, "beta": 4.0})
    assert forever.discounted_expected_residual_lifetime(0, discount_rate=0.0) == math.inf


def test_an_annual_rate_is_turned_into_the_period():
    params = {"alpha": 0.7, "beta": 1.2}
    yearly = models.ShiftedBetaGeometric.from_params(params, unit="year")
    monthly = models.ShiftedBetaGeometric.from_params(params, unit="month")
    value = yearly.discounted_expected_residual_lifetime(3, annual_discount_rate=0.1)
    assert value == pytest.approx(
        yearly.discounted_expected_residual_lifetime(3, discount_rate=0.1), rel=1e-13
    )
    value = monthly.discounted_expected_residual_lifetime([3], annual_discount_rate=0.1)
    rate = 1.1 ** (1 / 12) - 1
    assert value == pytest.approx(
        monthly.discounted_expected_residual_lifetime([3], discount_rate=rate), rel=1e-13
    )
    with pytest.raises(InvalidArgumentError, match="exactly one of annual_discount_rate"):
        yearly.discounted_expected_residual_lifetime([3])
    nameless = models.ShiftedBetaGeometric.from_params(params)
    with pytest.raises(InvalidArgumentError, match="needs a unit"):
        nameless.discounted_expected_residual_lifetime([3], annual_discount_rate=0.1)


@pytest.mark.parametrize("alpha", [1e-6, 0.3, 2.0, 1e6])
@pytest.mark.parametrize("beta", [1e-6, 1.0, 50.0, 1e9])
def test_log_likelihood_has_all_its_digits(alpha, beta):
    cancelled, kept = [5.0, 0.0, 3.0, 2.0], 7.0
    renewed = [12.0, 12.0, 9.0, 7.0]
    value, _ = added(sum_geometric, [alpha, beta], cancelled, renewed)
    assert value == pytest.approx(log_likelihood(alpha, beta, cancelled, kept), rel=1e-13)


@given(positive, positive)
def test_gradient(alpha, beta):
    cancelled, renewed = [5.0, 0.0, 3.0, 2.0], [12.0, 12.0, 9.0, 7.0]
    params = np.array([alpha, beta])
    _, slope = added(sum_geometric, params, cancelled, renewed)
    for k in range(2):
        step = np.zeros(2)
        step[k] = 1e-5
        up = added(sum_geometric, params * np.exp(step), cancelled, renewed)[0]
        down = added(sum_geometric, params * np.exp(-step), cancelled, renewed)[0]
        assert slope[k] * params[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-5)


@given(positive, positive, st.integers(0, 60), st.integers(1, 12))
def test_survival_retention_and_churn_agree(alpha, beta, made, ahead):
    fit = models.ShiftedBetaGeometric.from_params({"alpha": alpha, "beta": beta})
    left = fit.survival(made + ahead)
    assert left[0] == 1.0
    assert (np.diff(left) <= 0).all()
    assert np.cumprod(fit.retention(made + ahead)) == pytest.approx(left[1:], rel=1e-12)
    assert (np.diff(fit.retention(made + 2)) >= 0).all()
    churn = fit.probability_of_churn([made, made], ahead)
    assert churn == pytest.approx(1.0 - left[-1] / left[made], abs=1e-12)
    assert float(survival(alpha, beta, 5)) == pytest.approx(fit.survival(5)[5], rel=1e-12)


def test_probabilities_follow_the_shape_of_the_renewals():
    fit = models.ShiftedBetaGeometric.from_params({"alpha": 1.0, "beta": 3.0})
    assert fit.probability_of_churn(0).shape == ()
    square = fit.probability_of_churn([[0, 1], [2, 2]])
    assert square == pytest.approx(np.array([[1 / 4, 1 / 5], [1 / 6, 1 / 6]]))
    assert fit.probability_of_churn([]).shape == (0,)


@pytest.mark.parametrize(
    ("survivors", "boundary", "later"),
    [
        ([100, 100, 100], None, 1.0),  # nobody leaves
        ([100, 0], ("2 parameters from 1 renewal",), 0.0),  # everybody leaves
        ([22, 18], ("2 parameters from 1 renewal",), 18 / 22),
        ([10, 10, 0], ("alpha → inf", "beta → inf"), 0.5),  # all alike: θ = 1/2
        ([1, 0], None, 0.0),  # a single customer
    ],
)
def test_boundaries_are_said(survivors, boundary, later):
    with pytest.warns(ConvergenceWarning, match="boundary"):
        fit = models.ShiftedBetaGeometric().fit(survivors)
    assert fit.status_ == "boundary"
    assert fit.boundary_ == (boundary or fit.boundary_) != ()
    assert np.isnan(fit.covariance_).all()
    assert fit.survival(1)[1] == pytest.approx(later, abs=1e-3)


def test_a_penalty_draws_the_parameters_to_one():
    free, held = fitted(HIGH_END), fitted(HIGH_END, penalty=0.1)
    assert abs(math.log(held.params_["beta"])) < abs(math.log(free.params_["beta"]))
    kept = models.ShiftedBetaGeometric(penalty=0.01).fit([100, 100, 100])
    assert kept.status_ == "interior"
    with pytest.raises(InvalidArgumentError, match="penalty must be 0 or a positive number"):
        models.ShiftedBetaGeometric(penalty=-1.0)


@pytest.mark.slow
def test_known_parameters_come_back():
    rng = np.random.default_rng(5)
    theta = rng.beta(0.8, 2.5, 5000)
    lived = rng.geometric(theta)
    seen = rng.integers(3, 13, 5000)
    table = {"age": np.minimum(lived, seen), "cancelled": lived <= seen}
    fit = models.ShiftedBetaGeometric().fit(table)
    for name, true in (("alpha", 0.8), ("beta", 2.5)):
        assert abs(fit.params_[name] - true) < 4 * fit.standard_errors_[name]


def test_save_and_load(tmp_path):
    fit = fitted(REGULAR)
    fit.save(tmp_path / "sbg.json")
    again = models.load(tmp_path / "sbg.json")
    assert type(again) is models.ShiftedBetaGeometric
    assert again.survival(12).tolist() == fit.survival(12).tolist()


def test_calls_that_cannot_be():
    fit = models.ShiftedBetaGeometric.from_params({"alpha": 1.0, "beta": 3.0})
    for periods in (-1, 2.5, "3", True, math.inf):
        with pytest.raises(InvalidArgumentError, match="periods must be a whole number"):
            fit.survival(periods)
    with pytest.raises(InvalidArgumentError, match="horizon must be a whole number"):
        fit.probability_of_churn([1], 0)
    with pytest.raises(InvalidArgumentError, match=r"Of renewals, 1 .*\(first places: 1\)"):
        fit.probability_of_churn([1, -1])
    with pytest.raises(InvalidArgumentError, match="renewals must be whole numbers"):
        fit.probability_of_churn(["x"])
