"""A model, a sample from it, its fit and a bootstrap of that, for the tests of uncertainty."""

from __future__ import annotations

from functools import cache

from models.purchase_histories import exact_histories

from customerintel import models

BETA_GEO = models.BetaGeoNBD.from_params({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.4}, unit="week")
NBD = models.NBD.from_params({"r": 0.8, "alpha": 6.0}, unit="week")
SURVIVORS = [1000, 631, 468, 382, 326, 289]


def histories(model=BETA_GEO, n=600, seed=1):
    return exact_histories(model.simulate(n, T=52, seed=seed), 52.0)


@cache
def beta_geo_table():
    return histories()


@cache
def beta_geo_fit():
    return models.BetaGeoNBD().fit(beta_geo_table(), unit="week")


@cache
def beta_geo_bootstrap():
    return beta_geo_fit().bootstrap(n=59, seed=1)


def contract_fit():
    return models.ShiftedBetaGeometric().fit(SURVIVORS)
