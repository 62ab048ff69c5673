"""Fits of the Gamma-Gamma model: truth found again; weights, order, threads, currency."""

from __future__ import annotations

import math

import numpy as np
import pytest
from models.spend_data import simulate

import customerintel as ci
from customerintel import models


def test_recovers_what_was_simulated():
    """5,000 customers: the truth lies within 4 standard errors."""
    truth = {"p": 4.0, "q": 3.0, "gamma": 20.0}
    spend = models.GammaGamma().fit(simulate(5_000, **truth, seed=11))
    assert spend.status_ == "interior"
    for name, value in truth.items():
        assert abs(spend.params_[name] - value) < 4 * spend.standard_errors_[name]
        assert spend.standard_errors_[name] < value


def test_weights_are_repeated_rows_and_order_does_not_matter():
    rng = np.random.default_rng(4)
    data = simulate(400, 4.0, 3.0, 20.0, seed=4)
    weights = rng.integers(1, 4, 400)
    weighted = models.GammaGamma().fit({**data, "weight": weights})
    order = rng.permutation(weights.sum())
    repeated = {name: np.repeat(column, weights)[order] for name, column in data.items()}
    spelled = models.GammaGamma().fit(repeated)
    assert spelled.params_ == weighted.params_
    assert spelled.log_likelihood_ == weighted.log_likelihood_
    assert spelled.n_customers_ == weighted.n_customers_
    assert spelled.frequency_spend_correlation_ == weighted.frequency_spend_correlation_


def test_threads_do_not_matter():
    data = simulate(120_000, 4.0, 3.0, 20.0, seed=5)
    fits = []
    try:
        for n in (1, 3):
            ci.set_threads(n)
            fits.append(models.GammaGamma().fit(data))
    finally:
        ci.set_threads(None)
    assert fits[0].params_ == fits[1].params_
    assert fits[0].log_likelihood_ == fits[1].log_likelihood_
    assert fits[0].covariance_.tolist() == fits[1].covariance_.tolist()


@pytest.mark.parametrize("factor", [1e-6, 0.01, 1e9])
def test_another_currency_scales_gamma_only(factor):
    data = simulate(500, 4.0, 3.0, 20.0, seed=6)
    spend = models.GammaGamma().fit(data)
    other = models.GammaGamma().fit({**data, "monetary_value": data["monetary_value"] * factor})
    scaled = spend.params_ | {"gamma": spend.params_["gamma"] * factor}
    assert other.params_ == pytest.approx(scaled, rel=1e-7)
    assert other.status_ == "interior"
    errors = spend.standard_errors_ | {"gamma": spend.standard_errors_["gamma"] * factor}
    assert other.standard_errors_ == pytest.approx(errors, rel=1e-5)
    moved = spend.log_likelihood_ - spend.n_customers_ * math.log(factor)
    assert other.log_likelihood_ == pytest.approx(moved, rel=1e-10)


def test_a_penalty_draws_parameters_together():
    data = simulate(60, 4.0, 3.0, 20.0, seed=7)
    free, held = models.GammaGamma().fit(data), models.GammaGamma(penalty=0.1).fit(data)
    assert held.log_likelihood_ < free.log_likelihood_
    assert sum(math.log(held.params_[n]) ** 2 for n in "pq") < sum(
        math.log(free.params_[n]) ** 2 for n in "pq"
    )
