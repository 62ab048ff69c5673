"""Intervals of predictions, for every kind of data and model."""

from __future__ import annotations

import numpy as np
import pytest
from models.bootstrap_data import (
    BETA_GEO,
    SURVIVORS,
    beta_geo_bootstrap,
    beta_geo_fit,
    beta_geo_table,
    contract_fit,
)
from models.spend_data import simulate
from table_kinds import contents

import customerintel as ci
from customerintel import models
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.models.cohorts import read_cohort
from customerintel.models.contract_paths import Paths
from customerintel.models.intervals import bounds
from customerintel.models.parts import take_customers


@pytest.fixture
def table():
    return beta_geo_table()


@pytest.fixture
def fit():
    return beta_geo_fit()


@pytest.fixture
def sample():
    return beta_geo_bootstrap()


# -- predictions ------------------------------------------------------------------------------


def test_bounds_are_the_k_th_smallest_and_largest():
    """Efron and Tibshirani (1993), section 13.3: B = 199, 95 %: the 5th and the 195th."""
    drawn = np.random.default_rng(1).permutation(np.arange(1.0, 200.0))[:, None]
    assert bounds(drawn, 0.95) == (5.0, 195.0)
    assert bounds(np.arange(1.0, 201.0)[:, None], 0.95) == (5.0, 196.0)
    assert bounds(np.arange(1.0, 40.0)[:, None], 0.95) == (1.0, 39.0)


def test_bounds_without_a_number():
    """NaN in one replicate is NaN; infinite predictions are ordered like others."""
    drawn = np.array([[1.0, 1.0], [np.nan, np.inf], [3.0, np.inf]])
    lower, upper = bounds(drawn, 0.5)
    np.testing.assert_array_equal(lower, [np.nan, 1.0])
    np.testing.assert_array_equal(upper, [np.nan, np.inf])


@pytest.mark.parametrize("budget", [1, 8_000, 1 << 30])
def test_an_interval_by_hand(monkeypatch, fit, sample, table, budget):
    """Predictions of all replicates, ordered; the same however many customers at a time."""
    monkeypatch.setattr("customerintel.models.intervals.BUDGET", budget)
    few = table.iloc[:9]
    found = sample.interval("purchase_probabilities", few, horizon=26.0, n_max=2, level=0.9)
    drawn = np.sort([
        models.BetaGeoNBD.from_params(dict(zip(fit.params_, row, strict=True)))
        .purchase_probabilities(few, 26.0, 2)
        for row in sample.params
    ], axis=0)  # fmt: skip
    np.testing.assert_array_equal(found.lower, drawn[2])
    np.testing.assert_array_equal(found.upper, drawn[-3])
    np.testing.assert_array_equal(found.estimate, fit.purchase_probabilities(few, 26.0, 2))
    assert (found.level, found.n_replicates) == (0.9, 59)


def test_predictions_of_customers_to_come(fit, sample):
    one = sample.interval("expected_purchases_new", horizon=26.0)
    assert one.estimate == fit.expected_purchases_new(26.0)
    assert one.lower.shape == ()
    assert one.lower < one.estimate < one.upper
    frame = contents(one.to_frame())
    assert frame == {
        "estimate": [float(one.estimate)],
        "lower": [float(one.lower)],
        "upper": [float(one.upper)],
    }
    several = sample.interval("pmf_new", 26.0, n_max=3)
    assert several.estimate.shape == several.lower.shape == (5,)
    frame = contents(several.to_frame())
    assert frame["place"] == [0, 1, 2, 3, 4]
    assert frame["upper"] == several.upper.tolist()


@pytest.mark.parametrize(
    ("prediction", "options"),
    [
        ("probability_alive", {"ahead": 4.0}),
        ("expected_purchases", {"horizon": 26.0}),
        ("probability_of_purchase", {"horizon": 26.0}),
        ("discounted_expected_purchases", {"horizon": 26.0, "discount_rate": 0.002}),
        ("discounted_expected_residual", {"annual_discount_rate": 0.1}),
    ],
)
def test_every_prediction_of_customers(sample, table, prediction, options):
    found = sample.interval(prediction, table.iloc[:30], **options)
    assert found.lower.shape == (30,)
    assert (found.lower <= found.upper).all()
    varies = found.lower < found.upper
    # who has bought once is alive for certain in this model
    assert varies.sum() == (table.iloc[:30]["frequency"] > 0).sum() or varies.all()


@pytest.mark.parametrize("texts", [False, True])
def test_some_customers_of_a_summary(texts):
    """Each column at the places, and nothing else changed."""
    customer = ["b", "a", "c", "a", "b", "a"] if texts else [2, 1, 3, 1, 2, 1]
    days = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-09", "2024-02-01", "2024-02-03"]
    log = ci.TransactionLog.from_frame(
        {"customer_id": customer, "timestamp": days, "amount": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]}
    )
    whole = ci.summarize(log, as_of="2024-03-01", unit="week")
    part = take_customers(whole, np.array([0, 2]))
    assert (len(part), part.unit, part.moment) == (2, "week", whole.moment)
    for name in ("customer_id", "frequency", "recency", "T", "monetary_value", "total_amount"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[[0, 2]])
    with pytest.raises(InvalidArgumentError):
        _ = part.sum_log_gaps
    gaps = whole.sum_log_gaps
    known = take_customers(whole, np.array([0, 2]))
    np.testing.assert_array_equal(known.sum_log_gaps, gaps[[0, 2]])


def test_a_summary_keeps_its_customers(monkeypatch):
    monkeypatch.setattr("customerintel.models.intervals.BUDGET", 20_000)
    log = BETA_GEO.simulate(300, T=52, seed=3)
    summary = ci.summarize(log, as_of="2000-12-30", unit="week", period="hour")
    found = models.BetaGeoNBD().fit(summary).bootstrap(19, seed=1)
    interval = found.interval("expected_purchases", summary, horizon=26.0, level=0.8)
    np.testing.assert_array_equal(interval.customer_id, summary.customer_id)
    table = {name: getattr(summary, name) for name in ("frequency", "recency", "T")}
    plain = found.interval("expected_purchases", table, horizon=26.0, level=0.8)
    np.testing.assert_array_equal(plain.upper, interval.upper)
    assert plain.customer_id is None
    pmf = found.interval("purchase_probabilities", summary, 26.0, n_max=1, level=0.8)
    frame = contents(pmf.to_frame())
    assert frame["customer_id"][:4] == [1, 1, 1, 2]
    assert frame["place"][:4] == [0, 1, 2, 0]
    assert frame["lower"] == pmf.lower.ravel().tolist()


def test_a_summary_in_another_unit(sample):
    log = BETA_GEO.simulate(20, T=52, seed=3)
    summary = ci.summarize(log, as_of="2000-12-30", unit="day")
    with pytest.raises(InvalidArgumentError, match="counts in the unit 'day'"):
        sample.interval("expected_purchases", summary, horizon=26.0)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_intervals_of_any_table(table_kind, sample):
    made = table_kind.make(
        {"frequency": [0.0, 2.0], "recency": [0.0, 30.4], "T": [38.9, 38.9], "other": ["x", "y"]}
    )
    found = sample.interval("expected_purchases", made, horizon=26.0)
    assert (found.lower < found.estimate).all()
    frame = found.to_frame()
    assert table_kind.is_kind(frame)
    assert list(contents(frame)) == ["estimate", "lower", "upper"]


def test_periods_of_a_summary_stay_whole():
    """The model of opportunities refuses ages that are not whole, and summaries have such."""
    truth = models.BetaGeoBetaBinomial.from_params(
        {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}, unit="month"
    )
    log = truth.simulate(300, T=12, seed=1)
    summary = ci.summarize(log, as_of="2001-01-31", unit="month", period="month")
    found = models.BetaGeoBetaBinomial().fit(summary).bootstrap(19, seed=2)
    interval = found.interval("expected_purchases", summary, horizon=6, level=0.8)
    assert (interval.lower <= interval.estimate).mean() > 0.95


# -- other models -----------------------------------------------------------------------------


def test_spend():
    data = simulate(800, 6.0, 4.0, 15.0, seed=1)
    spend = models.GammaGamma().fit(data)
    found = spend.bootstrap(39, seed=1)
    ratio = np.array(contents(found.summary())["se"]) / list(spend.standard_errors_.values())
    assert ((ratio > 0.6) & (ratio < 1.7)).all()
    mean = found.interval("mean_spend")
    assert mean.lower < spend.mean_spend < mean.upper
    broken = {"frequency": [2, 3, 0], "monetary_value": [20.0, -1.0, 0.0]}
    with pytest.warns(DataQualityWarning, match="1 repeat customer has") as caught:
        interval = found.interval("expected_spend", broken)
    assert len(caught) == 1
    assert np.isnan(interval.upper).tolist() == [False, True, False]
    assert interval.upper[2] == mean.upper


def test_spend_scales_with_the_currency():
    data = simulate(300, 6.0, 4.0, 15.0, seed=2)
    euros, cents = (
        models.GammaGamma().fit(data | {"monetary_value": data["monetary_value"] * factor})
        .bootstrap(3, seed=1).params
        for factor in (1.0, 100.0)
    )  # fmt: skip
    np.testing.assert_allclose(cents, euros * [1.0, 1.0, 100.0], rtol=1e-6)


def test_contracts():
    fit = models.ShiftedBetaGeometric().fit(SURVIVORS)
    found = fit.bootstrap(99, seed=1)
    errors = list(fit.standard_errors_.values())
    assert contents(found.summary())["se"] == pytest.approx(errors, rel=0.3)
    left = found.interval("survival", 5)
    assert left.estimate.shape == (6,)
    assert (left.lower[0], left.upper[0]) == (1.0, 1.0)
    assert (left.lower[1:] < left.estimate[1:]).all()
    made = np.array([0, 3, 1])
    churn = found.interval("probability_of_churn", made, horizon=2)
    assert churn.lower.shape == (3,)
    assert churn.lower[1] == found.interval("probability_of_churn", 3, horizon=2).lower
    rest = found.interval("discounted_expected_residual_lifetime", renewals=made, discount_rate=0.1)
    assert (rest.lower < rest.upper).all()


def test_a_cohort_is_its_customers():
    """Survivors, and customers of different ages: put together again from what became of them."""
    table = {
        "age": [0, 1, 1, 2, 3, 3, 5],
        "cancelled": [False, True, False, True, False, True, False],
        "weight": [4, 3, 7, 2, 9, 1, 5],
    }
    for cohort in (read_cohort(SURVIVORS), read_cohort(table)):
        paths = Paths.of(cohort)
        assert len(paths) == len(paths.weights) == 2 * len(cohort.cancelled) + 1
        assert paths.weights.sum() == cohort.n_customers
        again = paths.cohort(paths.weights)
        np.testing.assert_array_equal(again.cancelled, cohort.cancelled)
        np.testing.assert_array_equal(again.renewed, cohort.renewed)
        assert again.n_customers == cohort.n_customers
    # who said no at 1, …, 5, and who is left after 0, …, 5
    assert Paths.of(read_cohort(table)).weights.tolist() == [3, 2, 1, 0, 0, 4, 7, 0, 9, 0, 5]


def test_shares_of_customers_are_customers():
    """63.1 % of 1,000 are 631, whatever the rounding."""
    fit = models.ShiftedBetaGeometric().fit([100, 63.1, 46.8, 38.2, 32.6, 28.9], n=1000)
    assert fit._packed.weights.tolist()[:2] == [369.0, 163.0]
    assert len(fit.bootstrap(2, seed=1)) == 2


# -- bad input --------------------------------------------------------------------------------

CALLS = {
    "an interval of an unknown prediction": (
        lambda: contract_fit().bootstrap(10, seed=1).interval("expected_purchases", horizon=5),
        (
            "ShiftedBetaGeometric has no prediction 'expected_purchases'; it has survival, "
            "retention, probability_of_churn, discounted_expected_residual_lifetime. The "
            "parameters are in summary()."
        ),
    ),
    "an interval with arguments that the prediction does not take": (
        lambda: contract_fit().bootstrap(10, seed=1).interval("survival", 5, horizon=5, level=0.5),
        "survival takes the arguments periods: got an unexpected keyword argument 'horizon'.",
    ),
    "an interval without an argument that it needs": (
        lambda: contract_fit().bootstrap(10, seed=1).interval("survival", level=0.5),
        "survival takes the arguments periods: missing a required argument: 'periods'.",
    ),
    "a level of 95": (
        lambda: contract_fit().bootstrap(10, seed=1).interval("survival", 5, level=95),
        "level must lie between 0 and 1, such as 0.95; got 95.",
    ),
    "too few replicates for an interval": (
        lambda: contract_fit().bootstrap(38, seed=1).interval("survival", 5),
        (
            "An interval of level 0.95 needs at least 39 replicates that converged, and there are "
            "38. Call bootstrap() with a larger n."
        ),
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, message = CALLS[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call()
    assert str(caught.value) == message
