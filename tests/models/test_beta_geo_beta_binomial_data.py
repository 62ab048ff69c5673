"""What the BG/BB model is given: order, weights, simulated customers, ridges, wrong calls."""

from __future__ import annotations

import math

import numpy as np
import pytest
from models.donors import donors, given_params, rows

import customerintel as ci
from customerintel import models
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError, SchemaError


def test_weights_and_order_of_rows():
    data = donors()
    some = {name: np.array(column)[::-1] for name, column in data.items()}
    some["weight"] = some["weight"] // 20 + 1
    repeated = {name: np.repeat(some[name], some["weight"])[::-1] for name in data}
    del repeated["weight"]
    one, other = (models.BetaGeoBetaBinomial().fit(d) for d in (some, repeated))
    assert one.params_ == other.params_
    assert one.log_likelihood_ == other.log_likelihood_
    back = one.expected_purchases(data, 3)[::-1]
    assert back.tolist() == one.expected_purchases(some, 3).tolist()


def test_threads_make_no_difference():
    found = []
    for n in (1, 3):
        ci.set_threads(n)
        fit = models.BetaGeoBetaBinomial().fit(donors())
        found.append((fit.params_, fit.expected_purchases(donors(), 5).tolist()))
    ci.set_threads(None)
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_known_parameters_come_back(unit):
    true = {"alpha": 1.2, "beta": 1.8, "gamma": 0.9, "delta": 7.0}
    model = models.BetaGeoBetaBinomial.from_params(true, unit=unit)
    log = model.simulate(n_customers=5000, T=24, seed=7)
    end = np.datetime64("2000-01-01") + {
        "day": np.timedelta64(24, "D"),
        "week": np.timedelta64(24 * 7 + 1, "D"),  # a Sunday
        "month": np.datetime64("2002-01-31") - np.datetime64("2000-01-01"),
    }[unit]  # fmt: skip
    summary = log.as_of(str(end)).summarize(unit=unit, period=unit)
    fit = models.BetaGeoBetaBinomial().fit(summary)
    assert fit.unit_ == unit
    for name, value in true.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name]
    bought = summary.frequency
    error = bought.std() / math.sqrt(len(bought))
    assert abs(bought.mean() - model.expected_purchases_new(24)) < 4 * error
    assert (fit.probability_alive(summary) <= 1).all()


def test_simulation_by_calendar():
    log = given_params(alpha=1e9, beta=1e-9, gamma=1e-9, delta=1e9, unit="quarter").simulate(
        1, 5, 1
    )
    assert log.to_frame()["timestamp"].dt.strftime("%Y-%m-%d").tolist() == [
        "2000-01-01", "2000-04-01", "2000-07-01", "2000-10-01", "2001-01-01", "2001-04-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        rows((0, 0, 5), (0, 0, 3)),  # all one-timers
        rows((5, 5, 5), (3, 3, 3)),  # nobody ever misses
        rows(*[(2, 3, 5)] * 40),  # all equal
        rows((1, 2, 4)),  # a single customer
    ],
)
def test_boundaries_are_said(data):
    with pytest.warns(ConvergenceWarning, match="boundary"):
        fit = models.BetaGeoBetaBinomial().fit(data)
    assert fit.status_ == "boundary"
    assert fit.boundary_
    assert np.isnan(fit.covariance_).all()
    assert np.isfinite(fit.expected_purchases(data, 10)).all()
    assert fit.purchase_probabilities(data, 10).sum(axis=1) == pytest.approx(1.0)


def test_summaries_that_do_not_count_opportunities():
    log = given_params(unit="week").simulate(50, 10, 1)
    history = log.as_of("2000-03-11")
    for options in ({"unit": "week", "period": "day"},
                    {"unit": "week", "period": "week", "floor": True}):  # fmt: skip
        with pytest.raises(InvalidArgumentError, match="counts whole periods"):
            models.BetaGeoBetaBinomial().fit(history.summarize(**options))
    daily = history.summarize(unit="day", period="day")
    with pytest.raises(InvalidArgumentError, match="'day', and 'week' is needed"):
        given_params(unit="week").expected_purchases(daily, 5)


def test_calls_that_cannot_be():
    fit, data = given_params(), rows((1, 2, 4))
    for horizon in (0, -1, 2.5, "3", math.nan, True):
        with pytest.raises(InvalidArgumentError, match="horizon must be a whole number"):
            fit.expected_purchases(data, horizon)
    with pytest.raises(InvalidArgumentError, match="ahead must be a whole number"):
        fit.probability_alive(data, ahead=-1)
    with pytest.raises(InvalidArgumentError, match="n_max must be a whole number"):
        fit.pmf_new(5, n_max=-1)
    with pytest.raises(InvalidArgumentError, match="exactly one"):
        fit.discounted_expected_residual(data)
    with pytest.raises(InvalidArgumentError, match="knows no unit of time"):
        fit.simulate(5, 5, 1)
    with pytest.raises(SchemaError, match="recency"):
        fit.probability_alive({"frequency": [1], "T": [2]})
    with pytest.raises(InvalidArgumentError, match="penalty"):
        models.BetaGeoBetaBinomial(penalty=math.nan)
