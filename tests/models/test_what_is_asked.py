"""What users give besides clean summaries: floored ages, open weeks, ids, plural weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import customerintel as ci
from customerintel import models
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, NotFittedError

PARAMS = {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.6}
CLASSES = ["BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD", "NBD"]


@pytest.fixture(scope="module")
def log():
    return models.BetaGeoNBD.from_params(PARAMS, unit="week").simulate(1_500, T=40.0, seed=4)


@pytest.mark.parametrize("name", CLASSES)
def test_floored_ages_are_fitted(log, name):
    """Rounded down, the age at a repeat purchase may be 0."""
    floored = ci.summarize(log, as_of="2000-10-07", unit="week", floor=True)
    assert ((floored.frequency > 0) & (floored.recency == 0)).any()
    exact = ci.summarize(log, as_of="2000-10-07", unit="week")
    fit, other = getattr(models, name)().fit(floored), getattr(models, name)().fit(exact)
    assert np.isfinite(fit.expected_purchases(floored, 10.0)).all()
    total = fit.expected_purchases(floored, 10.0).sum()
    assert total == pytest.approx(other.expected_purchases(exact, 10.0).sum(), rel=0.1)


def test_regular_models_fit_floored_ages_with_a_k(log):
    floored = ci.summarize(log, as_of="2000-10-07", unit="week", floor=True)
    assert models.BetaGeoCNBD(k=1).fit(floored).status_ == "interior"
    with pytest.raises(InvalidArgumentError, match="floor=True has no sum_log_gaps"):
        models.BetaGeoCNBD().fit(floored)


def test_an_open_week_is_warned_of():
    params = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}
    log = models.BetaGeoBetaBinomial.from_params(params, unit="week").simulate(1_500, T=30, seed=1)

    def summary(day):
        return ci.summarize(log, as_of=day, unit="week", period="week")

    fit = models.BetaGeoBetaBinomial().fit(summary("2000-07-30"))  # a Sunday
    with pytest.warns(DataQualityWarning, match="ends within a week.*last day of a week"):
        models.BetaGeoBetaBinomial().fit(summary("2000-07-29"))
    with pytest.warns(DataQualityWarning, match="ends within a week"):
        fit.probability_alive(summary("2000-07-31"))


BOUGHT = {"frequency": [0, 2, 5], "recency": [0.0, 9.0, 20.0], "T": [30.0, 31.0, 25.0]}
SPENT = {"frequency": [1, 2, 3], "monetary_value": [8.0, 4.0, 9.0]}
#: Everything that reads how many customers a row stands for.
WEIGHTED = {
    "purchases": lambda rows: models.NBD(penalty=0.01).fit({**BOUGHT, **rows}),
    "purchases to predict": lambda rows: models.NBD.from_params(
        {"r": 1.0, "alpha": 9.0}
    ).probability_alive({**BOUGHT, **rows}),
    "regular purchases": lambda rows: models.BetaGeoCNBD(2, penalty=0.01).fit({**BOUGHT, **rows}),
    "opportunities": lambda rows: models.BetaGeoBetaBinomial(penalty=0.01).fit({**BOUGHT, **rows}),
    "spend": lambda rows: models.GammaGamma(penalty=0.01).fit({**SPENT, **rows}),
    "contracts": lambda rows: models.ShiftedBetaGeometric(penalty=0.01).fit(
        {"age": [1, 3, 2], "cancelled": [1, 0, 1], **rows}
    ),
}


@pytest.mark.parametrize("what", WEIGHTED)
def test_plural_weights_are_warned_of(what):
    with pytest.warns(DataQualityWarning, match="'weights' is not looked at.*'weight'") as caught:
        plural = WEIGHTED[what]({"weights": [5, 1, 2]})
    assert [warning.filename for warning in caught] == [__file__]
    assert repr(plural) == repr(WEIGHTED[what]({}))
    # both: the one that counts is there
    weight = {"weight": [5, 1, 2]}
    assert repr(WEIGHTED[what]({**weight, "weights": [1, 1, 1]})) == repr(WEIGHTED[what](weight))


def test_logs_are_no_summaries_for_regular_models_either(log):
    with pytest.raises(InvalidArgumentError, match=r"not at a log\. Make one"):
        models.BetaGeoCNBD().fit(log)
    with pytest.raises(InvalidArgumentError, match=r"not at a history\. Make one"):
        models.BetaGeoCNBD().fit(log.as_of(log.end))


def test_a_fit_without_a_unit_cannot_check_a_summary(log):
    summary = ci.summarize(log, as_of="2000-10-07", unit="week")
    fit = models.BetaGeoNBD().fit(summary.to_frame())
    with pytest.warns(DataQualityWarning, match="knows no unit of time.*'week'"):
        fit.probability_alive(summary)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: models.BetaGeoBetaBinomial().discounted_expected_purchases(
            BOUGHT, discount_rate=0.1
        ),
        lambda: models.BetaGeoBetaBinomial().discounted_expected_residual(
            BOUGHT, annual_discount_rate=0.1
        ),
        lambda: models.NBD().discounted_expected_purchases(BOUGHT, annual_discount_rate=0.1),
        lambda: models.ShiftedBetaGeometric().discounted_expected_residual_lifetime(
            [1], discount_rate=0.1
        ),
    ],
    ids=["opportunities", "opportunities for ever", "purchases", "contracts"],
)
def test_a_model_that_was_not_fitted_has_no_unit_to_discount_by(ask):
    with pytest.raises(NotFittedError, match="has no parameters yet"):
        ask()


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, dict], ids=str)
@pytest.mark.parametrize("ids", [[30, 10, 20], ["c", "a", "b"]], ids=str)
def test_tables_keep_their_customers(frame, ids):
    columns = {
        "customer_id": np.array(ids), "frequency": np.array([0, 2, 5]),
        "recency": np.array([0.0, 9.0, 20.0]), "T": np.array([30.0, 31.0, 25.0]),
        "monetary_value": np.array([0.0, 20.0, 30.0]),
    }  # fmt: skip
    fit = models.BetaGeoNBD.from_params(PARAMS, unit="week")
    spend = models.GammaGamma.from_params({"p": 6.25, "q": 3.74, "gamma": 15.44})
    worth = models.lifetime_value(fit, spend, frame(columns), horizon=9.0, discount_rate=0.01)
    assert list(worth.customer_id) == ids
    assert list(worth.to_frame()["customer_id"]) == ids
    assert worth.total == pytest.approx(worth.value.sum())


def test_intervals_of_tables_keep_their_customers(log):
    summary = ci.summarize(log, as_of="2000-10-07", unit="week")
    drawn = models.NBD().fit(summary).bootstrap(40, seed=1)
    chosen = summary.to_frame().iloc[[7, 3, 5]]
    found = drawn.interval("expected_purchases", chosen, horizon=9.0)
    assert found.to_frame()["customer_id"].tolist() == chosen["customer_id"].tolist()


def test_the_interval_of_a_sum(log, monkeypatch):
    """It is that of the sums of the replicates, not the sum of intervals."""
    summary = ci.summarize(log, as_of="2000-10-07", unit="week")
    fit = models.NBD().fit(summary)
    drawn = fit.bootstrap(60, seed=1)
    sums = sorted(
        models.NBD.from_params(dict(zip(fit.params_, row, strict=True)), unit="week")
        .expected_purchases(summary, 9.0)
        .sum()
        for row in drawn.params
    )
    found = drawn.total("expected_purchases", summary, horizon=9.0)
    assert found.estimate == pytest.approx(fit.expected_purchases(summary, 9.0).sum())
    assert found.lower == pytest.approx(sums[0])
    assert found.upper == pytest.approx(sums[-1])
    monkeypatch.setattr("customerintel.models.intervals.BUDGET", 8 * 60 * 100)
    again = drawn.total("expected_purchases", summary, horizon=9.0)
    assert again.lower == pytest.approx(found.lower, rel=1e-12)
    table = drawn.total("purchase_probabilities", summary, horizon=9.0, n_max=2)
    assert table.estimate.shape == (4,)
    with pytest.raises(InvalidArgumentError, match="is not a number per customer"):
        drawn.total("expected_purchases_new", horizon=9.0)
