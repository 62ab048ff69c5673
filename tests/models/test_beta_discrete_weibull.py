"""The BdW model: the sBG as c = 1, better fits, exact likelihood far out, DERL, boundaries."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel import models
from customerintel._kernels.contractual import sum_weibull, weibull_strengths
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
#: Fader and Hardie (2007), table 1: survivors of the years that the fits do not see.
LATER = {"regular": [223, 207, 194, 183, 173], "high end": [468, 445, 427, 409, 394]}

positive = st.floats(0.02, 50.0)
COHORTS = pytest.mark.parametrize(
    ("counts", "later"),
    [(REGULAR, LATER["regular"]), (HIGH_END, LATER["high end"])],
    ids=["regular", "high end"],
)


def survival(alpha, beta, c, t):
    """S(t) of Fader, Hardie, Liu, Davin and Steenburgh (2018), as a ratio of beta functions."""
    y = mp.mpf(beta) + mp.mpf(t) ** mp.mpf(c)
    ratio = mp.loggamma(y) - mp.loggamma(y + alpha)
    return mp.exp(ratio - mp.loggamma(beta) + mp.loggamma(mp.mpf(beta) + alpha))


def log_likelihood(params, cancelled, kept):
    with mp.workdps(80):
        params = [mp.mpf(value) for value in params]
        left = [survival(*params, t) for t in range(len(cancelled) + 1)]
        total = kept * mp.log(left[-1])
        for t, count in enumerate(cancelled, 1):
            total += count * mp.log(left[t - 1] - left[t])
        return float(total)


def added(params, cancelled, renewed):
    out = np.zeros(4)
    sum_weibull(np.array(params, float), np.array(cancelled), np.array(renewed), out)
    return out[0], out[1:]


@COHORTS
def test_it_fits_both_published_cohorts_better(counts, later):
    """The point of Fader et al. (2018): with c free, fit and projection are better."""
    simple = models.ShiftedBetaGeometric().fit(counts)
    fit = models.BetaDiscreteWeibull().fit(counts)
    assert fit.status_ == "interior"
    assert fit.log_likelihood_ > simple.log_likelihood_ + 0.5
    errors = [np.abs(m.survival(12)[8:] * 1000 - later).sum() for m in (fit, simple)]
    assert errors[0] < errors[1]


def test_published_projection():
    """Years 1 to 4 of the high-end cohort: R package predict, as the README of retenmod has it."""
    fit = models.BetaDiscreteWeibull().fit([100, 86.9, 74.3, 65.3, 59.3], n=100)
    assert list(fit.params_.values()) == pytest.approx([0.25937, 1.72276, 1.58428], rel=2e-4)
    assert fit.log_likelihood_ == pytest.approx(-122.274932, abs=1e-6)
    expected = [86.91462, 74.19279, 65.47814, 59.29286, 54.66043, 51.03613, 48.10353, 45.66783,
                43.60259, 41.82202]  # fmt: skip
    assert fit.survival(10)[1:] * 100 == pytest.approx(expected, rel=1e-3)


@COHORTS
def test_the_optimum_is_the_one_of_the_definition(counts, later):
    """Found again with scipy from S(t) with 80 digits at a grid around the optimum."""
    fit = models.BetaDiscreteWeibull().fit(counts)
    cancelled, params = (-np.diff(counts)).tolist(), np.array(list(fit.params_.values()))
    best = log_likelihood(params, cancelled, counts[-1])
    assert fit.log_likelihood_ == pytest.approx(best, rel=1e-13)
    for k in range(3):
        for factor in (0.999, 1.001):
            moved = params.copy()
            moved[k] *= factor
            assert log_likelihood(moved, cancelled, counts[-1]) < best


@COHORTS
def test_c_of_1_is_the_shifted_beta_geometric(counts, later):
    simple = models.ShiftedBetaGeometric().fit(counts)
    same = models.BetaDiscreteWeibull.from_params({**simple.params_, "c": 1.0})
    assert same.survival(200) == pytest.approx(simple.survival(200), rel=1e-13)
    for rate in (0.0005, 0.1):
        values = [
            model.discounted_expected_residual_lifetime([3, 0, 40, 3], discount_rate=rate)
            for model in (same, simple)
        ]
        assert values[0] == pytest.approx(values[1], rel=1e-12)
        assert values[0][0] == values[0][3]


@pytest.mark.parametrize("alpha", [1e-6, 0.3, 20.0, 1e6])
@pytest.mark.parametrize("beta", [1e-6, 1.0, 1e7])
@pytest.mark.parametrize("c", [1e-4, 0.5, 1.0, 2.0, 9.0])
def test_log_likelihood_has_all_its_digits(alpha, beta, c):
    cancelled, renewed = [5.0, 0.0, 3.0, 2.0], [12.0, 12.0, 9.0, 7.0]
    value, slope = added([alpha, beta, c], cancelled, renewed)
    assert value == pytest.approx(log_likelihood([alpha, beta, c], cancelled, 7), rel=1e-11)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("c", [100.0, 150.0, 1e4, 1e9])
def test_powers_beyond_any_float(c):
    """t to the power c overflows; the strength is α c log(t / (t - 1)) by then."""
    params = np.array([0.25 / c, 1.5, c])
    found = np.empty(9)
    weibull_strengths(params, 1.0, found)
    with mp.workdps(400):
        for t in range(1, 10):
            power, before = mp.mpf(t) ** c, (mp.mpf(t) - 1) ** c
            a, b = mp.mpf(params[0]), mp.mpf(1.5)
            if c <= 150.0:
                pieces = [mp.rf(b + p, a) for p in (power, before)]
                exact = mp.log(pieces[0]) - mp.log(pieces[1])
            elif t == 1:
                exact = mp.log(mp.rf(b + 1, a)) - mp.log(mp.rf(b, a))
            elif t == 2:
                exact = a * c * mp.log(2) - mp.log(mp.rf(b + 1, a))
            else:
                exact = a * c * mp.log(mp.mpf(t) / (t - 1))
            assert found[t - 1] == pytest.approx(float(exact), rel=1e-9)


@given(positive, positive, st.floats(0.05, 200.0))
def test_gradient(alpha, beta, c):
    cancelled, renewed = [5.0, 0.0, 3.0, 2.0], [12.0, 12.0, 9.0, 7.0]
    params = np.array([alpha, beta, c])
    _, slope = added(params, cancelled, renewed)
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-5
        up = added(params * np.exp(step), cancelled, renewed)[0]
        down = added(params * np.exp(-step), cancelled, renewed)[0]
        difference = (up - down) / 2e-5
        assert slope[k] * params[k] == pytest.approx(difference, rel=1e-4, abs=1e-4)


@given(positive, positive, st.floats(0.2, 3.0), st.integers(0, 30))
def test_survival_retention_and_churn_agree(alpha, beta, c, made):
    fit = models.BetaDiscreteWeibull.from_params({"alpha": alpha, "beta": beta, "c": c})
    left = fit.survival(made + 4)
    assert (np.diff(left) <= 0).all()
    assert fit.retention(made + 4).prod() == pytest.approx(left[-1], rel=1e-12)
    assert fit.probability_of_churn([made], 4)[0] == pytest.approx(
        1.0 - left[-1] / left[made], abs=1e-12
    )
    with mp.workdps(30):
        assert float(survival(alpha, beta, c, 3)) == pytest.approx(fit.survival(3)[3], rel=1e-11)


@pytest.mark.parametrize("c", [0.5, 1.7])
def test_residual_lifetime_is_its_sum(c):
    fit = models.BetaDiscreteWeibull.from_params({"alpha": 0.5, "beta": 1.5, "c": c})
    found = fit.discounted_expected_residual_lifetime([4, 0], discount_rate=0.05)
    with mp.workdps(30):
        for made, value in zip((4, 0), found, strict=True):
            base = survival(0.5, 1.5, c, made)
            terms = (
                survival(0.5, 1.5, c, made + k) / base / mp.mpf(1.05) ** (k - 1)
                for k in range(1, 1000)
            )
            assert value == pytest.approx(float(sum(terms)), rel=1e-13)


def test_a_sum_that_is_too_long_is_refused():
    fit = models.BetaDiscreteWeibull.from_params({"alpha": 0.5, "beta": 1.5, "c": 1.2})
    for rate in (0.0, 1e-7):
        with pytest.raises(InvalidArgumentError, match="too small a discount rate"):
            fit.discounted_expected_residual_lifetime([0], discount_rate=rate)
    assert fit.discounted_expected_residual_lifetime([], discount_rate=0.1).shape == (0,)


@pytest.mark.parametrize(
    ("survivors", "later"),
    [
        ([100, 100, 100], 1.0),  # nobody leaves
        ([100, 0], 0.0),  # everybody leaves
        ([1000, 800], 0.8),  # one decision for three parameters
        ([366, 137, 131], 137 / 366),  # two
        ([1000, 1000, 1000, 0], 1.0),  # all alike
    ],
)
def test_boundaries_are_said(survivors, later):
    with pytest.warns(ConvergenceWarning, match="boundary"):
        fit = models.BetaDiscreteWeibull().fit(survivors)
    assert fit.status_ == "boundary"
    assert fit.boundary_
    assert np.isnan(fit.covariance_).all()
    assert fit.survival(1)[1] == pytest.approx(later, abs=1e-3)


@pytest.mark.slow
def test_known_parameters_come_back():
    rng = np.random.default_rng(8)
    theta = rng.beta(0.9, 4.0, 5000)
    # the discrete Weibull of Nakagawa and Osaki (1975), by inversion
    lived = np.ceil((np.log(rng.random(5000)) / np.log1p(-theta)) ** (1 / 1.5))
    seen = rng.integers(6, 25, 5000)
    table = {"age": np.minimum(lived, seen), "cancelled": lived <= seen}
    fit = models.BetaDiscreteWeibull().fit(table)
    for name, true in (("alpha", 0.9), ("beta", 4.0), ("c", 1.5)):
        assert abs(fit.params_[name] - true) < 4 * fit.standard_errors_[name]
