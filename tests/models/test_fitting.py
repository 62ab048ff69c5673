"""The search for the maximum, on a likelihood that is solved by hand; and what a fit shows."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel.exceptions import (
    ConvergenceWarning,
    InvalidArgumentError,
    NotFittedError,
)
from customerintel.models import NBD
from customerintel.models.fitting import maximise
from customerintel.models.purchases import PurchaseModel, check_horizon

TABLE = {"frequency": [0, 2, 7], "recency": [0.0, 30.0, 2.0], "T": [38.0, 40.0, 12.0]}


class Poisson(PurchaseModel):
    """Purchases at one rate: its estimate is all purchases over all ages."""

    parameters = ("rate",)

    def _starts(self, rows):
        return [[1.0], [0.01]]

    def _sum_rows(self, params, x, t_x, T, weights, out):
        out[0] += (weights * (x * math.log(params[0]) - params[0] * T)).sum()
        out[1] += (weights * (x / params[0] - T)).sum()

    def double(self, data, factor):
        def fill(params, x, t_x, T, factor, out):
            out[:] = params[0] * T * factor

        return self._per_row(data, fill, factor)


@pytest.mark.parametrize("weights", [[1, 1, 1], [3, 1, 5]])
def test_the_maximum_is_where_algebra_puts_it(weights):
    fit = Poisson().fit({**TABLE, "weight": weights}, unit="week")
    bought, observed = np.dot(weights, TABLE["frequency"]), np.dot(weights, TABLE["T"])
    rate = bought / observed
    assert fit.params_["rate"] == pytest.approx(rate, rel=1e-9)
    assert fit.standard_errors_["rate"] == pytest.approx(rate / math.sqrt(bought), rel=1e-6)
    assert fit.log_likelihood_ == pytest.approx(bought * math.log(rate) - bought, rel=1e-12)
    assert (fit.status_, fit.boundary_, fit.unit_) == ("interior", (), "week")
    assert fit.n_customers_ == sum(weights)
    assert fit.aic_ == 2.0 - 2.0 * fit.log_likelihood_
    assert fit.bic_ == math.log(sum(weights)) - 2.0 * fit.log_likelihood_


def test_a_penalty_pulls_the_logarithm_to_zero():
    free, held = Poisson().fit(TABLE), Poisson(penalty=0.1).fit(TABLE)
    assert free.params_["rate"] < held.params_["rate"] < 1.0
    # the likelihood that is reported is without the penalty, so it is lower
    assert held.log_likelihood_ < free.log_likelihood_


def test_nobody_buys_again_is_a_boundary():
    with pytest.warns(ConvergenceWarning, match=r"Poisson fit ended on the boundary: rate → 0"):
        fit = Poisson().fit({"frequency": [0, 0], "recency": [0.0, 0.0], "T": [3.0, 9.0]})
    assert (fit.status_, fit.boundary_) == ("boundary", ("rate → 0",))
    assert math.isnan(fit.standard_errors_["rate"])


def test_a_likelihood_that_is_no_number_does_not_pass_for_a_fit():
    found = maximise(lambda p: (math.nan, np.full(1, math.nan)), [[1.0]], ["rate"], n=3.0)
    assert found.status == "not_converged"


def test_the_best_of_several_starts_is_taken():
    def two_hills(params):
        # maxima at log p = 0 (height 1) and log p = 4 (height 2)
        log = math.log(params[0])
        low, high = math.exp(-(log**2)), 2.0 * math.exp(-((log - 4.0) ** 2))
        slope = -2.0 * log * low - 2.0 * (log - 4.0) * high
        return low + high, np.array([slope / params[0]])

    found = maximise(two_hills, [[1.2], [20.0]], ["p"], n=1.0)
    assert math.log(found.params[0]) == pytest.approx(4.0, abs=1e-5)


def test_predictions_are_in_the_order_of_the_rows_and_in_the_unit_of_the_fit():
    fit = Poisson.from_params({"rate": 0.5}, unit="week")
    assert fit.double(TABLE, 3.0).tolist() == [57.0, 60.0, 18.0]
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": ["2024-01-01"]})
    with pytest.raises(InvalidArgumentError, match="unit 'day', and 'week' is needed"):
        fit.double(ci.summarize(log, as_of="2024-02-01", unit="day"), 1.0)


def test_the_table_of_parameters_has_the_kind_of_the_data():
    fit = Poisson().fit(pd.DataFrame(TABLE))
    table = fit.summary()
    assert isinstance(table, pd.DataFrame)
    row = table.iloc[0]
    assert row["parameter"] == "rate"
    assert row["z"] == row["coef"] / row["se"]
    # the interval of the logarithm
    half = 1.959963984540054 * row["se"] / row["coef"]
    assert math.log(row["upper_95"] / row["coef"]) == pytest.approx(half)
    assert math.log(row["coef"] / row["lower_95"]) == pytest.approx(half)


def test_what_is_saved_is_json_and_can_be_rebuilt(tmp_path):
    fit = Poisson().fit(TABLE, unit="week")
    fit.save(tmp_path / "fit.json")
    content = json.loads((tmp_path / "fit.json").read_text(encoding="utf-8"))
    assert (content["format"], content["model"]) == ("customerintel.model", "Poisson")
    again = Poisson._read(content)
    for name in ("params_", "standard_errors_", "log_likelihood_", "status_", "n_customers_"):
        assert getattr(again, name) == getattr(fit, name)
    assert again.covariance_.tolist() == fit.covariance_.tolist()


def test_reprs_hold_the_facts_and_nothing_unescaped():
    fit = Poisson.from_params({"rate": 0.25}, unit="week")
    assert repr(fit).startswith("Poisson(rate=0.25")
    assert "not fitted" in repr(Poisson())
    assert "<script" not in fit._repr_html_()
    assert "rate" in fit._repr_html_()


CALLS = {
    "a negative penalty": (
        lambda: NBD(penalty=-1.0),
        InvalidArgumentError,
        "penalty must be 0 or a positive number; got -1.0.",
    ),
    "other parameters than the model has": (
        lambda: NBD.from_params({"r": 1.0}),
        InvalidArgumentError,
        "NBD has the parameters r, alpha; got r.",
    ),
    "a parameter that is not positive": (
        lambda: NBD.from_params({"r": 1.0, "alpha": 0.0}),
        InvalidArgumentError,
        "The parameter alpha must be positive; got 0.0.",
    ),
    "a model that was not fitted": (
        lambda: NBD().summary(),
        NotFittedError,
        "This NBD has no parameters yet: call fit(summary), or make one with from_params().",
    ),
    "a horizon of no length": (
        lambda: check_horizon(0.0),
        InvalidArgumentError,
        "horizon must be longer than 0, in the unit of the fit; got 0.0.",
    ),
    "an infinite horizon": (
        lambda: check_horizon(math.inf),
        InvalidArgumentError,
        (
            "horizon must be finite here. What is bought for ever has a value: "
            "discounted_expected_residual(), or lifetime_value with horizon=None."
        ),
    ),
    "a horizon that is no number": (
        lambda: check_horizon("52"),
        InvalidArgumentError,
        "horizon must be a number; got str.",
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, error, message = CALLS[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_a_model_without_parameters_predicts_nothing():
    with pytest.raises(NotFittedError):
        Poisson().double(TABLE, 1.0)


def test_threads_do_not_change_a_bit(monkeypatch):
    monkeypatch.setattr("customerintel.models.purchases.ROWS", 7)
    rng = np.random.default_rng(3)
    x = rng.integers(0, 9, 100)
    table = {"frequency": x, "recency": np.where(x > 0, 1.5, 0.0), "T": rng.uniform(2, 40, 100)}
    found = []
    for n in (1, 3):
        ci.set_threads(n)
        fit = Poisson().fit(table)
        found.append((fit.params_, fit.log_likelihood_, fit.double(table, 1.0).tolist()))
    ci.set_threads(None)
    assert found[0] == found[1]
