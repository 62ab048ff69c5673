"""The Gamma-Gamma model of spend: published fits, exact likelihood, gradient, predictions."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.spend_data import simulate

from customerintel import models
from customerintel._kernels.gamma_gamma import sum_spend

CDNOW = {"p": 6.2495718, "q": 3.7442246, "gamma": 15.4435218}


@pytest.fixture(scope="module")
def cdnow(reference_data):
    """Repeat purchases and mean spend of the 2,357 customers of the CDNOW sample."""
    rows = np.genfromtxt(reference_data / "cdnow_summary_btyd_weeks.csv", delimiter=",", names=True)
    return {"frequency": rows["x"], "monetary_value": rows["m_x"]}


@pytest.fixture(scope="module")
def published(cdnow):
    return models.GammaGamma().fit(cdnow)


def log_density(p, q, gamma, x, m):
    """Logarithm of the mixture of gamma densities itself, with 40 digits."""
    with mp.workdps(40):
        p, q, gamma, m = map(mp.mpf, (p, q, gamma, m))
        shape = p * x

        def joint(log_rate):
            rate = mp.exp(log_rate)
            mean = shape * mp.log(x * rate) + (shape - 1) * mp.log(m) - x * rate * m
            prior = q * mp.log(gamma) + q * log_rate - gamma * rate
            return mp.exp(mean - mp.loggamma(shape) + prior - mp.loggamma(q) - top)

        # the integrand has its top where its derivative in the logarithm of the rate is 0
        peak = mp.log((shape + q) / (x * m + gamma))
        top = mp.mpf(0)
        top = mp.log(joint(peak))
        width = 1 / mp.sqrt(shape + q)
        edges = [peak + k * width for k in (-60, -20, -6, -2, 0, 2, 6, 20)]
        return float(top + mp.log(mp.quad(joint, edges)))


def one_row(params, x, m):
    total = np.array([x * m], float)
    out = np.zeros(4)
    sum_spend(np.array(params), np.array([x], float), total, np.log(total), np.ones(1), out)
    return out[0] - math.log(m), out[1:]


# -- published numbers ------------------------------------------------------------------------


@pytest.mark.reference_data
def test_fit_of_the_cdnow_sample(published):
    """Fader and Hardie (2013), note 025: p 6.25, q 3.74, γ 15.44, log-likelihood −4055.92.

    More digits and the standard errors: computed anew on the exact data with SciPy; CLVTools'
    tests have the same log-likelihood.
    """
    assert published.params_ == pytest.approx(CDNOW, rel=1e-5)
    assert list(published.params_) == ["p", "q", "gamma"]
    assert published.log_likelihood_ == pytest.approx(-4055.9177, abs=1e-4)
    errors = {"p": 1.19004, "q": 0.29013, "gamma": 4.15935}
    assert published.standard_errors_ == pytest.approx(errors, rel=1e-4)
    assert published.status_ == "interior"
    assert published.n_customers_ == 946
    assert published.aic_ == pytest.approx(6 + 2 * 4055.9177, abs=1e-3)
    assert published.bic_ == pytest.approx(3 * math.log(946) + 2 * 4055.9177, abs=1e-3)
    assert published.unit_ is None


@pytest.mark.reference_data
def test_frequency_and_spend_of_the_cdnow_sample(published, cdnow):
    """Fader, Hardie and Lee (2005), section on spend: a correlation of 0.11, so no warning."""
    assert published.frequency_spend_correlation_ == pytest.approx(0.11, abs=0.005)
    again = cdnow["frequency"] > 0
    expected = np.corrcoef(cdnow["frequency"][again], cdnow["monetary_value"][again])[0, 1]
    assert published.frequency_spend_correlation_ == pytest.approx(expected, rel=1e-12)


@pytest.mark.reference_data
def test_mean_spend_of_the_cdnow_sample(published):
    """p γ / (q − 1) = 35.17 (lifetimes' Quickstart, rounded data); 35.1703713 on exact data."""
    assert published.mean_spend == pytest.approx(35.1703713, rel=1e-6)


#: The first ten customers of the sample, spend rounded to cents as in lifetimes' own file.
FIRST_TEN = {
    "frequency": [2, 1, 0, 0, 0, 7, 1, 0, 2, 0],
    "monetary_value": [22.35, 11.77, 0.0, 0.0, 0.0, 73.74, 11.77, 0.0, 25.55, 0.0],
}


def test_expected_spend_of_the_first_customers():
    """lifetimes' Quickstart, at the parameters of its fit on spend rounded to cents."""
    spend = models.GammaGamma.from_params({"p": 6.2488034, "q": 3.7445884, "gamma": 15.447745})
    one_timer = 35.170981
    expected = [
        24.658619, 18.911489, one_timer, one_timer, one_timer, 71.462843, 18.911489, one_timer,
        27.282408, one_timer,
    ]  # fmt: skip
    np.testing.assert_allclose(spend.expected_spend(FIRST_TEN), expected, rtol=1e-6)


def test_expected_spend_at_the_parameters_of_the_note():
    """At (6.25, 3.74, 15.44): lifetimes' test_estimation.py and BTYD's example, to 6 digits."""
    spend = models.GammaGamma.from_params({"p": 6.25, "q": 3.74, "gamma": 15.44})
    expected = [24.6637, 18.9169, 35.2190, 35.2190, 35.2190, 71.4697, 18.9169, 35.2190]
    np.testing.assert_allclose(spend.expected_spend(FIRST_TEN)[:8], expected, rtol=3e-6)
    at_40 = spend.expected_spend({"frequency": [2], "monetary_value": [40.0]})
    assert at_40 == pytest.approx([39.1404], rel=2e-6)


# -- likelihood and gradient ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "x", "m"),
    [
        ((6.25, 3.74, 15.44), 1, 35.0),
        ((6.25, 3.74, 15.44), 3, 0.01),
        ((6.25, 3.74, 15.44), 26, 300.0),
        ((6.25, 3.74, 15.44), 1000, 12.0),
        ((0.05, 0.4, 1e-3), 2, 1e4),
        ((900.0, 60.0, 5e5), 7, 4e8),
        ((2.0, 5000.0, 100.0), 10_000, 0.04),
    ],
)
def test_log_likelihood_is_that_of_the_mixture(params, x, m):
    """Density by its definition: the customer's rate integrated out with mpmath."""
    expected = log_density(*params, x, m)
    assert one_row(params, x, m)[0] == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("x", [1, 4, 150, 10_000])
@pytest.mark.parametrize("m", [0.02, 30.0, 1e5])
def test_gradient_is_that_of_the_log_likelihood(x, m):
    params = np.array([6.25, 3.74, 15.44])

    def exact(*at):
        p, q, gamma = at
        s, shape = mp.mpf(x) * m, p * x
        return (
            mp.loggamma(shape + q) - mp.loggamma(shape) - mp.loggamma(q)
            + q * mp.log(gamma) + shape * mp.log(s) - (shape + q) * mp.log(gamma + s)
        )  # fmt: skip

    with mp.workdps(40):
        point = [mp.mpf(value) for value in params]
        slopes = [
            float(mp.diff(exact, point, tuple(int(k == j) for j in range(3)))) for k in range(3)
        ]
    # terms of size x log(1 + γ/s) cancel
    scale = max(1.0, x * math.log1p(15.44 / (x * m)))
    np.testing.assert_allclose(one_row(params, x, m)[1], slopes, rtol=1e-12, atol=1e-13 * scale)


def test_gradient_against_central_differences():
    data = simulate(300, 4.0, 3.0, 20.0, seed=8)
    again = data["frequency"] > 0
    x = data["frequency"][again].astype(float)
    total = x * data["monetary_value"][again]

    def both(params):
        out = np.zeros(4)
        sum_spend(params, x, total, np.log(total), np.ones(len(x)), out)
        return out

    at = np.array([3.0, 2.5, 25.0])
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-5 * at[k]
        slope = (both(at + step)[0] - both(at - step)[0]) / (2 * step[k])
        assert both(at)[1 + k] == pytest.approx(slope, rel=1e-7)


@given(
    p=st.floats(0.1, 1e3),
    q=st.floats(0.1, 1e3),
    gamma=st.floats(1e-6, 1e6),
    x=st.integers(1, 10_000),
    m=st.floats(1e-6, 1e9),
)
def test_likelihood_and_gradient_are_finite_and_know_no_currency(p, q, gamma, x, m):
    value, slope = one_row((p, q, gamma), x, m)
    assert math.isfinite(value)
    assert np.isfinite(slope).all()
    # amounts and γ in cents: the density is that of a hundredth
    cents, _ = one_row((p, q, 100.0 * gamma), x, 100.0 * m)
    assert cents + math.log(100.0) == pytest.approx(value, rel=1e-9, abs=1e-7)


# -- predictions ------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "m"), [(1, 5.0), (2, 40.0), (60, 300.0)])
def test_expected_spend_is_the_posterior_mean(x, m):
    """E[p/ν | x, m], both integrals over the rate with mpmath."""
    p, q, gamma = 6.25, 3.74, 15.44
    with mp.workdps(30):
        shape = p * x + q

        def weight(u, power):  # the rate in units of its posterior mean
            return u ** (shape - 1 - power) * mp.exp(-shape * (u - 1))

        width = 1 / mp.sqrt(shape)
        edges = [max(0, 1 + k * width) for k in (-20, -6, -3, -1, 0, 1, 3, 6, 20, 60)]
        ratio = mp.quad(lambda u: weight(u, 1), edges) / mp.quad(lambda u: weight(u, 0), edges)
        expected = float(p * ratio * (gamma + x * m) / shape)
    spend = models.GammaGamma.from_params({"p": p, "q": q, "gamma": gamma})
    found = spend.expected_spend({"frequency": [x], "monetary_value": [m]})
    assert found == pytest.approx([expected], rel=1e-12)


def test_expected_spend_lies_between_own_and_common_mean():
    spend = models.GammaGamma.from_params(CDNOW)
    x = np.repeat([1, 5, 50, 5000], 3)
    m = np.tile([1.0, 35.0, 900.0], 4)
    found = spend.expected_spend({"frequency": x, "monetary_value": m})
    low, high = np.minimum(m, spend.mean_spend), np.maximum(m, spend.mean_spend)
    assert ((found >= low) & (found <= high)).all()
    # the more purchases, the nearer to what the customer spends
    assert (np.diff(np.abs(found - m).reshape(4, 3), axis=0) < 0).all()


def test_a_new_customer_spends_the_average_of_a_simulation():
    """The mean of p/ν over 200,000 customers, within 4 standard errors."""
    p, q, gamma = 6.25, 3.74, 15.44
    means = p / np.random.default_rng(3).gamma(q, 1 / gamma, 200_000)
    spend = models.GammaGamma.from_params({"p": p, "q": q, "gamma": gamma})
    error = means.std() / math.sqrt(means.size)
    assert abs(means.mean() - spend.mean_spend) < 4 * error


def test_spend_of_one_time_buyers_is_not_looked_at():
    spend = models.GammaGamma.from_params(CDNOW)
    strange = {"frequency": [0] * 4, "monetary_value": [np.nan, -3.0, 0.0, 1e9]}
    assert spend.expected_spend(strange).tolist() == [spend.mean_spend] * 4
