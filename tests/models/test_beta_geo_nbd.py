"""BG/NBD against what was published about it."""

from __future__ import annotations

import math
import warnings

import mpmath as mp
import numpy as np
import pytest

from customerintel.exceptions import ConvergenceWarning
from customerintel.models import BetaGeoNBD, ModifiedBetaGeoNBD

MODELS = [BetaGeoNBD, ModifiedBetaGeoNBD]


def given(**params):
    return BetaGeoNBD.from_params(params, unit="week")


def one(x, last, age):
    return {"frequency": [float(x)], "recency": [float(last)], "T": [float(age)]}


@pytest.fixture(scope="module")
def cdnow(reference_data):
    columns = np.loadtxt(
        reference_data / "cdnow_summary_btyd_weeks.csv", delimiter=",", skiprows=1
    ).T
    return {"frequency": columns[1], "recency": columns[2], "T": columns[3], "later": columns[4]}


@pytest.fixture(scope="module")
def fit(cdnow):
    return BetaGeoNBD().fit(cdnow, unit="week")


@pytest.mark.reference_data
def test_cdnow_fit(fit):
    """Fader, Hardie and Lee (2005), table 2, and more digits of CLVTools and BTYD."""
    assert fit.status_ == "interior"
    values = list(fit.params_.values())
    assert values == pytest.approx([0.2425945, 4.4136024, 0.7929221, 2.4259073], rel=1e-4)
    errors = list(fit.standard_errors_.values())
    assert errors == pytest.approx([0.01256, 0.37822, 0.18573, 0.70541], rel=1e-3)
    assert fit.log_likelihood_ == pytest.approx(-9582.4292, abs=1e-3)
    assert fit.aic_ == pytest.approx(2 * 4 + 2 * 9582.4292, abs=2e-3)
    assert fit.n_customers_ == 2357


@pytest.mark.reference_data
def test_cdnow_predictions(fit, cdnow):
    """BTYD walkthrough (expectation, customer 1516, the increasing frequency paradox)."""
    assert fit.expected_purchases_new(52.0) == pytest.approx(1.444004, rel=1e-3)
    customer = one(26, 30.857, 31)
    assert fit.expected_purchases(customer, 52.0)[0] == pytest.approx(25.75659, rel=1e-3)
    assert fit.probability_alive(customer)[0] == pytest.approx(0.9688523, rel=1e-4)
    often = {"frequency": [10.0, 15.0, 20.0, 25.0], "recency": [20.0] * 4, "T": [39.0] * 4}
    paradox = [0.3474606, 0.04283391, 0.004158973, 0.0003583685]
    assert fit.expected_purchases(often, 52.0) == pytest.approx(paradox, rel=1e-3)
    assert fit.probability_alive(cdnow).mean() == pytest.approx(0.81344, abs=1e-5)


@pytest.mark.reference_data
def test_cdnow_holdout(fit, cdnow):
    """BTYD walkthrough: means of 39 later weeks by frequency; totals and errors recomputed."""
    expected = fit.expected_purchases(cdnow, 39.0)
    assert expected.sum() == pytest.approx(1653.41, abs=0.01)
    error = expected - cdnow["later"]
    assert np.abs(error).mean() == pytest.approx(0.78545, abs=2e-5)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.60798, abs=2e-5)
    bins = np.minimum(cdnow["frequency"], 7)
    means = [expected[bins == x].mean() for x in range(8)]
    published = [
        0.2250893, 0.5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036,
    ]  # fmt: skip
    assert means == pytest.approx(published, rel=1e-3)


def test_published_predictions_at_given_parameters():
    """Fader, Hardie and Lee's spreadsheet: P(alive) and the expectation of a customer."""
    fit = given(r=0.243, alpha=4.414, a=0.793, b=2.426)
    customer = one(2, 30.43, 38.86)
    assert fit.probability_alive(customer)[0] == pytest.approx(0.726579, abs=1e-4)
    assert fit.expected_purchases(customer, 39.0)[0] == pytest.approx(1.226, abs=1e-3)


def test_expectation_of_new_customers():
    """pymc-marketing's tests, and Fader, Hardie and Lee's spreadsheet by way of lifetimes."""
    fit = given(r=0.243, alpha=4.414, a=0.793, b=2.426)
    wanted = [0.05326789117165627, 0.15086523089304896, 0.2807558935767553]
    assert [fit.expected_purchases_new(t) for t in (1, 3, 6)] == pytest.approx(wanted, rel=1e-6)
    times = (0.1429, 1, 3, 31.8571, 32, 78)
    rounded = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert [fit.expected_purchases_new(t) for t in times] == pytest.approx(rounded, rel=6e-3)


def test_counts_of_new_customers():
    """lifetimes' tests, from BTYD: P(X(39) = 0), P(X(2) = 10), P(X(30) = 11 … 20)."""
    fit = given(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert fit.pmf_new(39.0, n_max=0)[0] == pytest.approx(0.5737864, rel=1e-6)
    assert fit.pmf_new(2.0)[10] == pytest.approx(1.07869e-07, rel=1e-5)
    published = [
        0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638,
        0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260,
    ]  # fmt: skip
    assert fit.pmf_new(30.0)[11:21] == pytest.approx(published, rel=1e-6)


def test_likelihood_of_single_customers():
    """pymc-marketing's tests, from Hardie's spreadsheet: (0, 0, 40) and (200, 38, 40)."""
    from customerintel.models.statistics import read_statistics

    fit = given(r=0.25, alpha=4.0, a=0.8, b=2.5)
    published = {(0, 0, 40): -0.59947382, (200, 38, 40): 100.79569309}
    for history, wanted in published.items():
        value, _ = fit._likelihood(fit._values, read_statistics(one(*history)))
        assert value == pytest.approx(wanted, abs=1e-7)


def test_frequent_and_long_gone():
    """The case of lifetimes' tests that overflows: P(alive | 1000, 10, 100) is 0."""
    fit = given(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert fit.probability_alive(one(1000, 10, 100))[0] == 0.0
    assert fit.expected_purchases(one(1000, 10, 100), 52.0)[0] == 0.0


def test_who_bought_once_is_alive():
    fit = given(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert fit.probability_alive(one(0, 0, 1e6))[0] == 1.0
    assert fit.probability_alive(one(0, 0, 5), ahead=1.0)[0] < 1.0


def alike(n, *history):
    return {name: column * n for name, column in one(*history).items()}


DEGENERATE = {
    "all bought once": {**alike(50, 0, 0, 0), "T": np.arange(50) + 1.0},
    "all alike": alike(50, 3, 20, 30),
    "all alike and recent": alike(50, 3, 30, 30),
    "nobody was observed": alike(3, 0, 0, 0),
    "one customer": one(2, 5, 9),
    "one customer with one purchase": one(0, 0, 9),
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("rows", DEGENERATE.values(), ids=DEGENERATE.keys())
def test_degenerate_data_end_on_the_boundary(model, rows):
    with pytest.warns(ConvergenceWarning, match="boundary: .* → (0|inf)"):
        fit = model().fit(rows, unit="week")
    assert fit.status_ == "boundary"
    assert all(np.isnan(list(fit.standard_errors_.values())))
    assert np.isfinite(fit.log_likelihood_)
    pmf = fit.purchase_probabilities(rows, 10.0)
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-9)
    for result in (
        fit.probability_alive(rows, ahead=1.0),
        fit.expected_purchases(rows, 10.0),
        fit.discounted_expected_residual(rows, annual_discount_rate=0.1),
    ):
        assert np.isfinite(result).all()


def test_a_penalty_keeps_degenerate_data_inside():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = BetaGeoNBD(penalty=0.01).fit(DEGENERATE["all alike"], unit="week")
    assert fit.status_ == "interior"


def test_limits_of_alike_customers():
    """Everybody's rate is 1/4: E[(1 − e^(−13 p)) / p], p ~ Beta(1, 2); everybody's p is 1/4."""
    wanted = mp.quad(lambda p: -2 * (1 - p) * mp.expm1(-13 * p) / p, [0, 0.1, 1])
    fit = given(r=1e12, alpha=4e12, a=1.0, b=2.0)
    assert fit.expected_purchases_new(52.0) == pytest.approx(float(wanted), rel=1e-9)
    fit = given(r=0.5, alpha=5.0, a=1e12, b=3e12)
    wanted = (1 - (1 + 0.25 * 52 / 5) ** -0.5) / 0.25
    assert fit.expected_purchases_new(52.0) == pytest.approx(wanted, rel=1e-9)
    fit = given(r=1e10, alpha=4e10, a=1e12, b=3e12)
    wanted = -math.expm1(-0.25 * 0.25 * 52) / 0.25
    assert fit.expected_purchases_new(52.0) == pytest.approx(wanted, rel=1e-8)
    assert fit.discounted_expected_residual(one(0, 0, 0), discount_rate=0.01)[0] == pytest.approx(
        0.25 / (0.01 + 0.25 * 0.25), rel=1e-8
    )


@pytest.mark.reference_data
def test_many_kinds_of_customer_start_from_a_sample(fit, cdnow, monkeypatch):
    monkeypatch.setattr("customerintel.models.purchases.SAMPLE", 300)
    again = BetaGeoNBD().fit(cdnow, unit="week")
    assert list(again.params_.values()) == pytest.approx(list(fit.params_.values()), rel=1e-5)
    assert again.log_likelihood_ == pytest.approx(fit.log_likelihood_, abs=1e-8)
    many = {**alike(500, 3, 0, 30), "recency": np.linspace(5, 30, 500)}
    with pytest.warns(ConvergenceWarning, match="r → inf"):
        BetaGeoNBD().fit(many)
