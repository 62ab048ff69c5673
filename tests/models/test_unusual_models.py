"""Unusual input of the models with a defined result, and its warning."""

from __future__ import annotations

import math
import re
import warnings

import numpy as np
import pytest

from customerintel import models
from customerintel.exceptions import ConvergenceWarning, DataQualityWarning

#: Which parameters run away is up to the search where several do: … stands for any of them.
RIDGE = (
    "The {} fit ended on the boundary: {}. The data do not tell its parameters apart, so there are "
    "no standard errors. A simpler model, where there is one, says the same."
)
SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}
BETA_GEO = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
ONCE = {"frequency": [0, 0], "recency": [0.0, 0.0], "T": [1.0, 300.0]}


def boundary(fit):
    """Whether a fit says that it ended on the boundary, and predicts all the same."""
    assert fit.status_ == "boundary"
    assert fit.boundary_
    assert np.isnan(fit.covariance_).all()


def purchases(table):
    fit = models.NBD().fit(table, unit="week")
    boundary(fit)
    assert np.isfinite(fit.expected_purchases(table, 52.0)).all()
    return fit


def a_single_customer():
    fit = purchases({"frequency": [2], "recency": [30.0], "T": [38.0]})
    # all rates are the same: 2 purchases in 38 weeks
    assert fit.expected_purchases_new(38.0) == pytest.approx(2.0, rel=1e-6)


def all_rows_are_equal():
    fit = purchases({"frequency": [2] * 9, "recency": [30.0] * 9, "T": [38.0] * 9})
    assert fit.expected_purchases_new(38.0) == pytest.approx(2.0, rel=1e-6)


def nobody_bought_again():
    fit = purchases({"frequency": [0] * 3, "recency": [0] * 3, "T": [38.0, 20.0, 10.0]})
    assert fit.expected_purchases_new(52.0) < 1e-6


def customers_who_bought_once_in_bg_nbd():
    fit = models.BetaGeoNBD.from_params(BETA_GEO, unit="week")
    assert fit.probability_alive(ONCE).tolist() == [1.0, 1.0]
    other = models.ModifiedBetaGeoNBD.from_params(BETA_GEO, unit="week")
    early, late = other.probability_alive(ONCE)
    assert 1.0 > early > late > 0.0


def purchases_for_ever_without_discount():
    fit = models.BetaGeoNBD.from_params(BETA_GEO, unit="week")
    assert np.isinf(fit.discounted_expected_residual(ONCE, discount_rate=0.0)).all()
    mortal = {"r": 0.5, "alpha": 10.0, "s": 1.5, "beta": 12.0}
    pareto = models.ParetoNBD.from_params(mortal, unit="week")
    assert np.isfinite(pareto.discounted_expected_residual(ONCE, discount_rate=0.0)).all()


def a_spend_that_is_left_out():
    table = {"frequency": [1, 2, 3, 2], "monetary_value": [8.0, -4.0, 9.0, 30.0]}
    given = models.GammaGamma(penalty=0.01).fit(table, nonpositive="leave_out")
    kept = {name: np.delete(column, 1) for name, column in table.items()}
    assert given.params_ == models.GammaGamma(penalty=0.01).fit(kept).params_
    assert given.n_customers_ == 3


def customers_without_a_repeat_purchase():
    spend = models.GammaGamma.from_params(SPEND)
    found = spend.expected_spend({"frequency": [0, 0], "monetary_value": [math.nan, 7.0]})
    assert found.tolist() == [spend.mean_spend] * 2


def an_expected_spend_of_returns():
    spend = models.GammaGamma.from_params(SPEND)
    found = spend.expected_spend({"frequency": [1, 2], "monetary_value": [8.0, -4.0]})
    assert np.isnan(found).tolist() == [False, True]


def a_mean_spend_without_bound():
    spend = models.GammaGamma.from_params({**SPEND, "q": 0.9})
    assert spend.mean_spend == math.inf
    assert spend.expected_spend({"frequency": [0], "monetary_value": [0.0]}).tolist() == [math.inf]


def nobody_who_cancels():
    fit = models.ShiftedBetaGeometric().fit([100, 100, 100])
    boundary(fit)
    assert fit.survival(2)[2] == pytest.approx(1.0, abs=1e-3)


def one_renewal():
    fit = models.ShiftedBetaGeometric().fit([100, 80])
    boundary(fit)
    assert fit.survival(1)[1] == pytest.approx(0.8, abs=1e-3)


def contracts_without_end_or_discount():
    fit = models.ShiftedBetaGeometric.from_params({"alpha": 0.7, "beta": 1.2})
    assert fit.discounted_expected_residual_lifetime(0, discount_rate=0.0) == math.inf


def donors_who_never_gave_again():
    table = {"frequency": [0, 0], "recency": [0, 0], "T": [5, 3]}
    fit = models.BetaGeoBetaBinomial().fit(table)
    boundary(fit)
    assert fit.expected_purchases_new(10) < 1e-6


#: What is given: the result, its check, and the warnings.
RESULTS = {
    "a single customer": (
        "a boundary: all customers are taken to buy at this one's rate",
        a_single_customer,
        [(ConvergenceWarning, RIDGE.format("NBD", "…"))],
    ),
    "all rows equal": (
        "a boundary: all customers are taken to be alike",
        all_rows_are_equal,
        [(ConvergenceWarning, RIDGE.format("NBD", "…"))],
    ),
    "nobody bought again": (
        "a boundary: nobody is expected to",
        nobody_bought_again,
        [(ConvergenceWarning, RIDGE.format("NBD", "…"))],
    ),
    "one purchase, in the BG/NBD": (
        "alive with probability 1, by construction; less in the MBG/NBD and Pareto/NBD",
        customers_who_bought_once_in_bg_nbd,
        [],
    ),
    "purchases for ever without discount": (
        "infinite, but in the Pareto/NBD with s > 1",
        purchases_for_ever_without_discount,
        [],
    ),
    "a spend of zero or less that is left out": (
        "a fit without these customers, who are not in `n_customers_`",
        a_spend_that_is_left_out,
        [],
    ),
    "a spend to expect without a repeat purchase": (
        "`mean_spend`, whatever `monetary_value` is",
        customers_without_a_repeat_purchase,
        [],
    ),
    "a spend to expect after returns": (
        "NaN for these customers",
        an_expected_spend_of_returns,
        [
            (
                DataQualityWarning,
                (
                    "1 repeat customer has a spend that is missing, zero or negative; their "
                    "expected spend is NaN."
                ),
            )
        ],
    ),
    "a spend with q ≤ 1": (
        "an infinite `mean_spend`; a fit says so with a boundary",
        a_mean_spend_without_bound,
        [],
    ),
    "nobody who cancels": (
        "a boundary: everybody stays",
        nobody_who_cancels,
        [(ConvergenceWarning, RIDGE.format("ShiftedBetaGeometric", "…"))],
    ),
    "one renewal for two parameters": (
        "a boundary: one of many cohorts with that share",
        one_renewal,
        [(ConvergenceWarning, RIDGE.format("ShiftedBetaGeometric", "2 parameters from 1 renewal"))],
    ),
    "contracts for ever without discount, alpha ≤ 1": (
        "infinite",
        contracts_without_end_or_discount,
        [],
    ),
    "donors who never gave again": (
        "a boundary: nobody is expected to",
        donors_who_never_gave_again,
        [(ConvergenceWarning, RIDGE.format("BetaGeoBetaBinomial", "…"))],
    ),
}


@pytest.mark.parametrize("given", RESULTS)
def test_defined_results(given):
    _, check, expected = RESULTS[given]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check()
    assert [warning.category for warning in caught] == [kind for kind, _ in expected]
    for warning, (_, said) in zip(caught, expected, strict=True):
        assert re.fullmatch(re.escape(said).replace("…", ".+"), str(warning.message))
    assert {warning.filename for warning in caught} <= {__file__}
