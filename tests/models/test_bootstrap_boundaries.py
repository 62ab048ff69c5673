"""Bootstrap replicates that end on a boundary or nowhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from models.bootstrap_data import NBD, beta_geo_fit, histories
from models.regular_buyers import made_up

import customerintel as ci
from customerintel import models
from customerintel.exceptions import ConvergenceWarning
from customerintel.models.condensed_beta_geo import CondensedBetaGeoModel


@pytest.fixture
def fit():
    return beta_geo_fit()


def test_replicates_on_the_boundary_count_and_are_named():
    """Nobody is ever lost: a → 0. Some replicates have an optimum inside, and find it."""
    with pytest.warns(ConvergenceWarning, match="a → 0"):
        fit = models.BetaGeoNBD().fit(histories(NBD, n=300, seed=4), unit="week")
    with pytest.warns(ConvergenceWarning, match=r"Of 12 bootstrap replicates of BetaGeoNBD, ") as w:
        found = fit.bootstrap(n=12, seed=1)
    assert "a → 0 in" in str(w[0].message)
    assert "did not converge, which are left out" in str(w[0].message)
    assert found.status["boundary"] + found.status["interior"] == 12
    assert found.status["boundary"] >= 3
    assert found.status["interior"] >= 1
    assert found.boundary["a → 0"] >= 3
    assert found.n_failed == 0
    interval = found.interval("expected_purchases_new", 26.0, level=0.7)
    assert interval.n_replicates == 12
    assert interval.lower <= interval.estimate <= interval.upper


def opportunities():
    truth = models.BetaGeoBetaBinomial.from_params(
        {"alpha": 1.2, "beta": 0.75, "gamma": 0.05, "delta": 5.0}, unit="month"
    )
    log = truth.simulate(150, T=6, seed=0)
    return ci.summarize(log, as_of="2000-07-31", unit="month", period="month")


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (models.BetaGeoBetaBinomial, opportunities),
        (models.ShiftedBetaGeometric, lambda: [100, 81, 65, 52]),
    ],
    ids=["BetaGeoBetaBinomial", "ShiftedBetaGeometric"],
)
def test_from_a_boundary_the_search_begins_anew(model, data):
    with pytest.warns(ConvergenceWarning):
        fit = model().fit(data())
    assert fit.status_ == "boundary"
    with pytest.warns(ConvergenceWarning):
        found = fit.bootstrap(n=20, seed=1)
    assert found.status["interior"] > 0


def test_a_refit_from_a_boundary_is_no_worse_than_a_fit():
    with pytest.warns(ConvergenceWarning, match="a → 0"):
        fit = models.BetaGeoNBD().fit(histories(NBD, n=300, seed=4), unit="week")
    counts, inside = fit._packed.weights, 0
    for seed in np.random.SeedSequence(1).spawn(12):
        drawn = np.random.default_rng(seed).multinomial(300, counts / 300.0).astype(float)
        found, fresh = fit._refit(drawn), fit._find(fit._packed.weighted(drawn))
        assert found.log_likelihood >= fresh.log_likelihood
        inside += found.status == "interior"
    assert inside


def test_k_is_not_looked_for_again(monkeypatch):
    """Neither from an optimum inside nor from a boundary, from which the search begins anew."""
    with pytest.warns(ConvergenceWarning, match="a → 0"):
        fit = models.BetaGeoCNBD().fit(made_up(200), unit="week")
    assert fit.k_ == 4
    monkeypatch.delattr(CondensedBetaGeoModel, "_find_k")
    with pytest.warns(ConvergenceWarning, match="Of 8 bootstrap replicates"):
        found = fit.bootstrap(n=8, seed=1)
    assert found.status["interior"] >= 1
    assert found.n_failed == 0
    assert {model.k_ for model in found._usable} == {4}


def over_years(model, first):
    """Customers who are never lost, half of them of a year and half of the next."""
    rows = histories(NBD, n=300, seed=4)
    rows["year"] = first + np.arange(len(rows)) % 2.0
    with pytest.warns(ConvergenceWarning, match="boundary"):
        return model(covariates_transaction=["year"]).fit(rows, unit="week")


@pytest.mark.parametrize("model", [models.BetaGeoNBD, models.ParetoNBD])
def test_customers_at_covariates_of_0_do_not_end_a_bootstrap(model):
    """Their parameters are far off in some replicates, and those of real customers are not."""
    fit = over_years(model, 2020.0)
    with pytest.warns(ConvergenceWarning, match="ended on the boundary"):
        found = fit.bootstrap(n=6, seed=1)
    assert found.n_failed <= 1
    kind = {"frequency": [2.0], "recency": [30.0], "T": [52.0], "year": [2020.0]}
    interval = found.interval("expected_purchases", kind, 26.0, level=0.5)
    assert 0.5 < interval.lower < interval.estimate < interval.upper < 2.0


@pytest.mark.parametrize("model", [models.BetaGeoNBD, models.ParetoNBD])
def test_a_replicate_in_which_a_covariate_is_the_same_for_all(model):
    fit = over_years(model, 2020.0)
    first = fit._packed.covariates[:, 0] == 2020.0
    found = fit._refit(np.where(first, fit._packed.weights, 0.0))
    assert found.status == "boundary"
    assert np.isfinite(found.params).all()
    # so far from 0 that parameters there are no numbers
    fit = over_years(model, 20_200.0)
    first = fit._packed.covariates[:, 0] == 20_200.0
    assert fit._refit(np.where(first, fit._packed.weights, 0.0)).status == "not_converged"


def test_replicates_that_failed_are_left_out(monkeypatch, fit):
    real, calls = models.BetaGeoNBD._refit, []

    def refit(self, weights):
        found = real(self, weights)
        calls.append(1)
        if len(calls) % 3 == 0:
            return dataclasses.replace(found, status="not_converged")
        if len(calls) == 4:
            return dataclasses.replace(found, params=np.full(4, np.nan))
        return found

    monkeypatch.setattr(models.BetaGeoNBD, "_refit", refit)
    ci.set_threads(1)
    try:
        with pytest.warns(ConvergenceWarning, match="3 did not converge"):
            found = fit.bootstrap(n=8, seed=1)
    finally:
        ci.set_threads(None)
    assert (found.n_failed, dict(found.status)) == (
        3, {"interior": 5, "boundary": 0, "not_converged": 3},
    )  # fmt: skip
    assert np.isnan(found.params).all(axis=1).tolist() == [
        False, False, True, True, False, True, False, False,
    ]  # fmt: skip
    assert found.interval("expected_purchases_new", 26.0, level=0.5).n_replicates == 5
