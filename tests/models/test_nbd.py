"""NBD against recomputed numbers, scipy, the Pareto/NBD without dropout, and its simulations."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from models.purchase_histories import HISTORIES, customers, exact_histories, read_cdnow
from scipy import stats

import customerintel as ci
from customerintel._kernels import nbd
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError, NotFittedError
from customerintel.models import NBD, ParetoNBD

WEEKS = {"r": 0.3847661, "alpha": 12.0720225}


def model(r=WEEKS["r"], alpha=WEEKS["alpha"]):
    return NBD.from_params({"r": r, "alpha": alpha}, unit="week")


def log_likelihood(params, rows, weights):
    out = np.zeros(3)
    columns = (rows["frequency"], rows["recency"], rows["T"])
    nbd.log_likelihood(np.array(params), *columns, weights, out)
    return out


# -- fitting -------------------------------------------------------------------------------------


def test_cdnow(reference_data):
    """Recomputed with the kernel of BTYDplus, which leaves out Σ x log T − log x! as ours does."""
    fit = NBD().fit(read_cdnow(reference_data), unit="week")
    assert fit.status_ == "interior"
    assert fit.params_ == pytest.approx(WEEKS, rel=1e-5)
    assert fit.log_likelihood_ == pytest.approx(-9763.6576, abs=1e-3)


@pytest.mark.parametrize("params", [(0.385, 12.07), (30.0, 0.01), (0.01, 5000.0)])
def test_the_likelihood_is_scipys_less_what_the_order_of_moments_adds(params):
    r, alpha = params
    found = [log_likelihood(params, row, np.ones(1))[0] for row in _single_rows()]
    for value, row in zip(found, _single_rows(), strict=True):
        x, T = row["frequency"][0], row["T"][0]
        counts = stats.nbinom.logpmf(x, r, alpha / (alpha + T))
        order = x * math.log(T) - math.lgamma(x + 1)
        assert value == pytest.approx(counts - order, rel=1e-10, abs=1e-9)


def _single_rows():
    rows = [(0, 0, 39), (3, 10, 39), (90, 38, 39), (1000, 10, 100)]
    return [customers(row) for row in rows]


@pytest.mark.parametrize("params", [(0.385, 12.07), (30.0, 0.1)])
def test_the_gradient_is_that_of_central_differences(params):
    weights = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    found = log_likelihood(params, HISTORIES, weights)[1:]
    for k, value in enumerate(params):
        h = 1e-5 * value
        up, down = list(params), list(params)
        up[k] += h
        down[k] -= h
        rise = log_likelihood(up, HISTORIES, weights)[0]
        fall = log_likelihood(down, HISTORIES, weights)[0]
        assert found[k] == pytest.approx((rise - fall) / (2 * h), rel=1e-6, abs=1e-5)


def test_a_huge_alpha_leaves_a_poisson():
    """All customers alike: r and alpha go to infinity together, and nothing cancels."""
    rows = customers((4, 9, 10))
    found = log_likelihood((4e14, 1e15), rows, np.ones(1))[0]
    assert found == pytest.approx(4 * math.log(0.4) - 0.4 * 10, rel=1e-9)


def test_weights_order_unit_and_threads(monkeypatch):
    from customerintel.models import purchases

    monkeypatch.setattr(purchases, "ROWS", 64)
    rows = exact_histories(model(1.2, 8.0).simulate(300, 60.0, seed=6), 60.0)
    weight = np.random.default_rng(1).integers(1, 4, len(rows))
    ci.set_threads(3)
    fit = NBD().fit(rows.assign(weight=weight.astype(float)), unit="week")
    ci.set_threads(1)
    repeated = rows.loc[rows.index.repeat(weight)].sample(frac=1.0, random_state=2)
    assert NBD().fit(repeated, unit="week").params_ == fit.params_
    ci.set_threads(None)
    days = repeated.assign(recency=7 * repeated["recency"], T=7 * repeated["T"])
    scaled = fit.params_ | {"alpha": 7 * fit.params_["alpha"]}
    assert NBD().fit(days, unit="day").params_ == pytest.approx(scaled, rel=1e-6)


def test_simulated_customers_give_back_the_truth():
    truth = model(0.8, 6.0)
    log = truth.simulate(5_000, 52.0, seed=13)
    rows = exact_histories(log, 52.0)
    fit = NBD().fit(rows, unit="week")
    for name, value in truth.params_.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name], name
    off = rows["frequency"].mean() - truth.expected_purchases_new(52.0)
    assert abs(off) < 4 * rows["frequency"].std() / math.sqrt(5_000)


# -- predictions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("params", [(0.385, 12.07), (700.0, 2.0), (0.02, 1e-4)])
@pytest.mark.parametrize("horizon", [0.5, 39.0, 900.0])
def test_the_pmf_is_scipys(params, horizon):
    fit = model(*params)
    r, alpha = params
    expected = stats.nbinom(r, alpha / (alpha + horizon))
    found = fit.pmf_new(horizon, n_max=25)
    assert found[:-1] == pytest.approx(expected.pmf(np.arange(26)), rel=1e-9, abs=1e-300)
    assert found[-1] == pytest.approx(expected.sf(25), rel=1e-9, abs=1e-300)
    assert fit.expected_purchases_new(horizon) == pytest.approx(expected.mean(), rel=1e-12)


def test_predictions_agree_with_each_other():
    fit = model()
    assert fit.probability_alive(HISTORIES, ahead=500.0).tolist() == [1.0] * 5
    table = fit.purchase_probabilities(HISTORIES, 20.0, n_max=300)
    assert table.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-12)
    expected = fit.expected_purchases(HISTORIES, 20.0)
    assert table[:, :-1] @ np.arange(301) == pytest.approx(expected, rel=1e-9)
    some = fit.probability_of_purchase(HISTORIES, 20.0)
    assert 1.0 - table[:, 0] == pytest.approx(some, rel=1e-10)
    rate = (WEEKS["r"] + HISTORIES["frequency"]) / (WEEKS["alpha"] + HISTORIES["T"])
    assert expected == pytest.approx(20.0 * rate, rel=1e-14)


def test_it_is_the_pareto_nbd_without_dropout():
    immortal = ParetoNBD.from_params(WEEKS | {"s": 1.0, "beta": 1e16}, unit="week")
    fit = model()
    for name, horizon in (
        ("expected_purchases", 39.0),
        ("probability_of_purchase", 39.0),
        ("purchase_probabilities", 39.0),
    ):
        expected = getattr(immortal, name)(HISTORIES, horizon)
        assert getattr(fit, name)(HISTORIES, horizon) == pytest.approx(expected, rel=1e-9)
    rates = {"annual_discount_rate": 0.1}
    expected = immortal.discounted_expected_residual(HISTORIES, **rates)
    assert fit.discounted_expected_residual(HISTORIES, **rates) == pytest.approx(expected, rel=1e-9)


def test_discounted_values_are_those_of_a_constant_rate():
    fit = model()
    rate = (WEEKS["r"] + HISTORIES["frequency"]) / (WEEKS["alpha"] + HISTORIES["T"])
    endless = fit.discounted_expected_residual(HISTORIES, discount_rate=0.01)
    assert endless == pytest.approx(rate / 0.01, rel=1e-14)
    year = fit.discounted_expected_purchases(HISTORIES, 52.0, discount_rate=0.01)
    assert year == pytest.approx(rate * (1 - math.exp(-0.52)) / 0.01, rel=1e-13)
    plain = fit.discounted_expected_purchases(HISTORIES, 52.0, discount_rate=0.0)
    assert plain == pytest.approx(52.0 * rate, rel=1e-14)
    assert np.isinf(fit.discounted_expected_residual(HISTORIES, discount_rate=0.0)).all()


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [customers((3, 20, 39)), customers((0, 0, 39), (0, 0, 30)), customers(*[(2, 20, 39)] * 5)],
    ids=["a single customer", "nobody bought again", "all alike"],
)
def test_data_without_an_inner_optimum_are_told(rows):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        fit = NBD().fit(rows, unit="week")
    assert fit.status_ == "boundary"
    assert {warning.category for warning in told} == {ConvergenceWarning}
    mean = rows["frequency"].sum() / rows["T"].sum()
    assert fit.expected_purchases_new(1.0) == pytest.approx(mean, rel=1e-3, abs=1e-8)


def test_bad_arguments_are_refused():
    with pytest.raises(InvalidArgumentError, match="horizon"):
        model().expected_purchases(HISTORIES, 0.0)
    with pytest.raises(InvalidArgumentError, match="n_max"):
        model().pmf_new(1.0, n_max=-1)
    with pytest.raises(InvalidArgumentError, match="ahead"):
        model().probability_alive(HISTORIES, ahead=-1.0)
    with pytest.raises(NotFittedError):
        NBD().expected_purchases(HISTORIES, 1.0)
    with pytest.raises(InvalidArgumentError, match="no unit of time"):
        NBD.from_params(WEEKS).simulate(3, 5.0, seed=1)
