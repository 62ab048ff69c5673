"""Predictions of the Pareto/NBD: published numbers, mpmath, and each other."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from models.purchase_histories import (
    CDNOW,
    HISTORIES,
    customers,
    exact_histories,
    pareto_model,
    read_cdnow,
)

from customerintel._kernels import pareto_future
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.models import ParetoNBD

WEEKLY_15 = math.log(1.15) / 52


@pytest.fixture(scope="module")
def cdnow(reference_data):
    return read_cdnow(reference_data)


def test_published_expectations():
    """BTYD walkthrough (l.410-482), lifetimes; digits recomputed at the exact optimum."""
    fit = pareto_model()
    assert fit.expected_purchases_new(52) == pytest.approx(1.4734343, rel=1e-6)
    customer_1516 = customers((26, 30 + 6 / 7, 31))
    assert fit.expected_purchases(customer_1516, 52) == pytest.approx([25.4551841], rel=1e-6)
    assert fit.probability_alive(customer_1516) == pytest.approx([0.9978734], rel=1e-6)
    found = fit.expected_purchases(customers(*((x, 20, 39) for x in (10, 15, 20, 25))), 52)
    assert found == pytest.approx([0.7058885, 0.1441508, 0.0224902, 0.0030901], abs=6e-8)
    found = fit.expected_purchases(customers((2, 30.43, 38.86)), 39)
    # the age of the published customer is rounded
    assert found == pytest.approx([1.4551130], rel=2e-5)


def test_published_expectations_of_new_customers():
    """pymc-marketing, tests/clv/models/test_pareto_nbd.py:299-301."""
    fit = pareto_model((0.5534, 10.5802, 0.6061, 11.6562))
    found = [fit.expected_purchases_new(t) for t in (1, 3, 6)]
    exact = [0.05100453400231695, 0.14612427222155053, 0.2750506374292604]
    assert found == pytest.approx(exact, rel=1e-6)


def test_published_conditional_pmf():
    """Lifetimes 0.11.3 at the exact optimum, rounded."""
    found = pareto_model().purchase_probabilities(customers((2, 30.43, 38.86)), 39, n_max=3)
    assert found[0, :4] == pytest.approx([0.408095, 0.219266, 0.151745, 0.095652], abs=2e-6)


def test_published_dert():
    """At 15 % a year of 52 weeks (Fader, Hardie & Lee 2005), recomputed with scipy's hyperu."""
    rows = customers((0, 0, 38.857), (2, 30.4286, 38.857), (7, 35, 39), (26, 30.857, 31))
    found = pareto_model().discounted_expected_residual(rows, discount_rate=WEEKLY_15)
    assert found == pytest.approx([0.478280, 6.500353, 20.610235, 86.257634], rel=1e-5)


def test_holdout_means_by_frequency(cdnow):
    """BTYD walkthrough, l.576-600, recomputed at the exact optimum."""
    found = pareto_model().expected_purchases(cdnow, 39.0)
    bins = np.minimum(cdnow["frequency"], 7)
    exact = [0.1384, 0.5995, 1.1958, 1.7138, 2.3983, 2.9072, 3.8186, 6.4031]
    assert pd.Series(found).groupby(bins).mean().tolist() == pytest.approx(exact, abs=5e-4)
    assert found.sum() == pytest.approx(1665.51, abs=0.2)
    assert pareto_model().probability_alive(cdnow).mean() == pytest.approx(0.44628, abs=1e-5)


ALIVE = [
    (0.55, 10.6, 0.61, 11.7, 39.0),
    (26.6, 41.6, 0.61, 42.7, 52.0),
    (0.5, 3.0, 1.0, 4.0, 20.0),
    (552.6, 0.0658, 4.65, 0.438, 66.2),
    (800.0, 10.0, 0.3, 30.0, 25.0),
    (0.05, 300.0, 64.0, 7721.0, 10.0),
    (10.465, 0.00798565181, 3.0516, 2.820, 39.0),
]


def cuts(t):
    return sorted(
        {mp.mpf(t) * 2**-k for k in range(30)} | {0} | {mp.mpf(t) * k / 16 for k in range(16)}
    )


@pytest.mark.parametrize("case", ALIVE, ids=str)
def test_the_spread_of_purchases_is_that_of_its_definition(case):
    r, alpha, s, beta, t = (mp.mpf(value) for value in case)
    out = np.empty(32)
    pareto_future.spread(*case, out)

    def counts(n, u):
        front = mp.gamma(r + n) / (mp.gamma(r) * mp.factorial(n))
        return front * (alpha / (alpha + u)) ** r * (u / (alpha + u)) ** n

    with mp.workdps(25):
        for n in (0, 1, 5, 30):
            lost = mp.quad(
                lambda u, n=n: counts(n, u) * s / (beta + u) * (beta / (beta + u)) ** s, cuts(t)
            )
            exact = float(lost + counts(n, t) * (beta / (beta + t)) ** s)
            assert out[n] == pytest.approx(exact, rel=1e-9, abs=1e-13)
    assert out.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("rate", [1e-9, 0.0027, 0.4, 30.0])
@pytest.mark.parametrize("case", ALIVE, ids=str)
def test_discounted_life_is_that_of_its_definition(case, rate):
    _, _, s, beta, t = (mp.mpf(value) for value in case)
    with mp.workdps(30):
        exact = beta * mp.hyperu(1, 2 - s, rate * beta)
        found = pareto_future.discounted_life(case[2], case[3], rate, math.inf)
        assert found == pytest.approx(float(exact), rel=1e-11)
        exact = mp.quad(lambda u: (beta / (beta + u)) ** s * mp.exp(-rate * u), cuts(t))
        found = pareto_future.discounted_life(case[2], case[3], rate, case[4])
        assert found == pytest.approx(float(exact), rel=1e-11)


@pytest.mark.parametrize(
    "params", [CDNOW, (0.5143, 2.8845, 0.2856, 14.1087), (2.0, 5.0, 3.0, 5.0)], ids=str
)
def test_predictions_agree_with_each_other(params):
    fit = pareto_model(params)
    table = fit.purchase_probabilities(HISTORIES, 5.0, n_max=400)
    assert table.shape == (5, 402)
    assert table.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-12)
    assert 1.0 - table[:, 0] == pytest.approx(fit.probability_of_purchase(HISTORIES, 5.0), rel=1e-9)
    mean = table[:, :-1] @ np.arange(401)
    expected = fit.expected_purchases(HISTORIES, 5.0)
    assert mean == pytest.approx(expected, rel=1e-6)
    short = fit.purchase_probabilities(HISTORIES, 5.0, n_max=2)
    assert short[:, :3] == pytest.approx(table[:, :3], rel=1e-11)
    assert short[:, 3] == pytest.approx(table[:, 3:].sum(axis=1), rel=1e-9, abs=1e-14)
    undiscounted = fit.discounted_expected_purchases(HISTORIES, 5.0, discount_rate=0.0)
    assert undiscounted == pytest.approx(expected, rel=1e-14)
    alive = fit.probability_alive(HISTORIES)
    assert fit.probability_alive(HISTORIES, ahead=1e-9) == pytest.approx(alive, rel=1e-8)
    assert (fit.probability_alive(HISTORIES, ahead=9.0) < alive).all()


def test_for_ever_is_the_limit_of_longer_and_longer():
    fit = pareto_model()
    endless = fit.discounted_expected_residual(HISTORIES, annual_discount_rate=0.15)
    long = fit.discounted_expected_purchases(HISTORIES, 20_000.0, annual_discount_rate=0.15)
    shorter = fit.discounted_expected_purchases(HISTORIES, 1_000.0, annual_discount_rate=0.15)
    assert long == pytest.approx(endless, rel=1e-12)
    assert (shorter < long).all()


def test_for_ever_without_discount():
    endless = pareto_model().discounted_expected_residual(HISTORIES, discount_rate=0.0)
    assert np.isinf(endless).all()
    mortal = pareto_model(CDNOW | {"s": 1.5})
    endless = mortal.discounted_expected_residual(HISTORIES, discount_rate=0.0)
    tiny = mortal.discounted_expected_residual(HISTORIES, discount_rate=1e-13)
    assert endless == pytest.approx(tiny, rel=1e-4)


def test_a_new_customer_is_the_average_of_a_simulation():
    fit = pareto_model()
    log = fit.simulate(20_000, 39.0, seed=3)
    counts = exact_histories(log, 39.0)["frequency"].to_numpy(int)
    off = counts.mean() - fit.expected_purchases_new(39.0)
    assert abs(off) < 4 * counts.std() / math.sqrt(20_000)
    pmf = fit.pmf_new(39.0, n_max=5)
    shares = np.bincount(np.minimum(counts, 6), minlength=7) / 20_000
    assert (np.abs(shares - pmf) < 4 * np.sqrt(pmf * (1 - pmf) / 20_000)).all()
    again = exact_histories(fit.simulate(20_000, 39.0, seed=3), 39.0)
    pd.testing.assert_frame_equal(again, exact_histories(log, 39.0))


def test_the_expectation_at_s_1_is_the_limit():
    near, at = (
        pareto_model(CDNOW | {"s": s}).expected_purchases_new(52.0) for s in (1 + 1e-9, 1.0)
    )
    assert at == pytest.approx(near, rel=1e-8)


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n_max", [-1, 2.0, True, "3"])
def test_a_strange_n_max_is_refused(n_max):
    with pytest.raises(InvalidArgumentError, match="n_max"):
        pareto_model().purchase_probabilities(HISTORIES, 1.0, n_max=n_max)
    with pytest.raises(InvalidArgumentError, match="n_max"):
        pareto_model().pmf_new(1.0, n_max=n_max)


@pytest.mark.parametrize("ahead", [-1.0, math.inf, math.nan, "soon", True])
def test_a_strange_time_ahead_is_refused(ahead):
    with pytest.raises(InvalidArgumentError, match="ahead"):
        pareto_model().probability_alive(HISTORIES, ahead=ahead)


@pytest.mark.parametrize("horizon", [0, -1.0, math.inf, math.nan])
def test_a_strange_horizon_is_refused(horizon):
    fit = pareto_model()
    for method in (
        fit.expected_purchases,
        fit.probability_of_purchase,
        fit.purchase_probabilities,
        lambda rows, t: fit.discounted_expected_purchases(rows, t, discount_rate=0.1),
        lambda rows, t: fit.expected_purchases_new(t),
        lambda rows, t: fit.pmf_new(t),
    ):
        with pytest.raises(InvalidArgumentError, match="horizon"):
            method(HISTORIES, horizon)


def test_an_unfitted_model_predicts_nothing():
    with pytest.raises(NotFittedError, match="fit"):
        ParetoNBD().discounted_expected_residual(HISTORIES, discount_rate=0.1)
    with pytest.raises(NotFittedError, match="fit"):
        ParetoNBD().simulate(5, 10.0, seed=1)
