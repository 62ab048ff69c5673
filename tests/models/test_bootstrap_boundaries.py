"""Bootstrap replicates that end on a boundary or nowhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from models.bootstrap_data import NBD, beta_geo_fit, histories

import customerintel as ci
from customerintel import models
from customerintel.exceptions import ConvergenceWarning


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
