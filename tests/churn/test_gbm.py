"""Boosting: what it finds, what it learns from, and what it answers where nothing can be learnt."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import customerintel as ci
from customerintel import models
from customerintel.churn.boosting_rows import collect_examples, hold_out
from customerintel.churn.gbm import GradientBoostingEstimator, _platt
from customerintel.churn.horizons import read_horizon
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, NotFittedError
from customerintel.testing import check_churn_estimator


@pytest.fixture(scope="module")
def truth():
    return models.ParetoNBD.from_params(
        {"r": 0.9, "alpha": 6.0, "s": 0.7, "beta": 10.0}, unit="week"
    )


@pytest.fixture(scope="module")
def log(truth):
    return truth.simulate(1500, T=80.0, seed=5)


@pytest.fixture(scope="module")
def fitted(log):
    return GradientBoostingEstimator().fit(log.as_of("2001-04-10"), horizon_days=60)


def test_it_is_nearly_as_good_as_the_truth(truth, log, fitted):
    """Of Pareto/NBD customers, the model's own chances are the best that can be."""
    past, churned = ci.churn.label(log.as_of("2001-06-09"), "60d")
    assert past.moment == log.as_of("2001-04-10").moment
    chance = fitted.predict(past)
    summary = past.summarize(unit="week")
    best = truth.purchase_probabilities(summary, horizon=60.0 / 7.0, n_max=0)[:, 0]
    assert roc_auc_score(churned, chance) > roc_auc_score(churned, best) - 0.01
    assert np.mean((chance - churned) ** 2) < np.mean((best - churned) ** 2) + 0.005
    assert np.abs(chance - best).mean() < 0.06
    assert chance.mean() == pytest.approx(churned.mean(), abs=0.04)


def test_rows_are_of_several_moments_and_customers_stay_together(log):
    history, horizon = log.as_of("2001-04-10"), read_horizon("60d")
    rows = collect_examples(history, horizon, origins=4, most=10**6, seed=0)
    past, churned = ci.churn.label(history, "60d")
    n = past.n_customers
    np.testing.assert_array_equal(np.flatnonzero(rows.latest), np.arange(n))
    np.testing.assert_array_equal(rows.customer[:n], past.ids.keys)
    np.testing.assert_array_equal(rows.churned[:n], churned)
    np.testing.assert_array_equal(rows.X[:n], past.features(ahead=60).to_numpy())
    earlier, then = ci.churn.label(log.as_of("2001-03-11"), "60d")
    np.testing.assert_array_equal(rows.churned[n : n + earlier.n_customers], then)
    folds = hold_out(rows.customer, 0)
    assert sum(fold.astype(int) for fold in folds).tolist() == [1] * len(rows.churned)
    for fold in folds:
        assert not set(rows.customer[fold]) & set(rows.customer[~fold])


def test_only_moments_with_a_past_as_long_as_the_horizon(log):
    horizon = read_horizon("200d")
    rows = collect_examples(log.as_of("2001-04-10"), horizon, origins=4, most=10**6, seed=0)
    assert rows.latest.all()


def test_of_many_customers_some_are_drawn_with_all_their_rows(log):
    horizon = read_horizon("60d")
    history = log.as_of("2001-04-10")
    few = collect_examples(history, horizon, origins=4, most=800, seed=1)
    every = collect_examples(history, horizon, origins=4, most=10**6, seed=1)
    assert few.latest.sum() == 200
    chosen = np.isin(every.customer, few.customer)
    np.testing.assert_array_equal(every.X[chosen], few.X)
    again = collect_examples(history, horizon, origins=4, most=800, seed=2)
    assert set(again.customer) != set(few.customer)


def test_a_seed_decides(log):
    history = log.as_of("2001-04-10")

    def chances(seed):
        made = GradientBoostingEstimator(random_state=seed, max_iter=30, origins=1)
        return made.fit(history, horizon_days=60).predict(history)

    np.testing.assert_array_equal(chances(1), chances(1))
    assert (chances(1) != chances(2)).any()


def three(day):
    return ci.TransactionLog.from_frame(
        {"customer_id": [1, 2, 3] * 2, "timestamp": ["2024-01-01"] * 3 + [day] * 3}
    ).as_of("2024-06-30")


@pytest.mark.parametrize(
    ("day", "chance"), [("2024-01-02", 3.5 / 4.0), ("2024-06-15", 0.5 / 4.0)],
    ids=["all leave", "all stay"],
)  # fmt: skip
def test_one_outcome_is_a_constant(day, chance):
    history = three(day)
    made = GradientBoostingEstimator(origins=1).fit(history, horizon_days=60)
    assert made.n_iter_ == 0
    assert made.predict(history).tolist() == [chance] * 3


def test_a_handful_of_customers_is_no_error_and_no_warning():
    rng = np.random.default_rng(2)
    for n in (2, 5, 12, 40):
        days = np.datetime64("2024-01-01") + rng.integers(0, 300, 4 * n)
        table = {"customer_id": np.repeat(np.arange(n), 4), "timestamp": days}
        history = ci.TransactionLog.from_frame(table).as_of("2024-10-31")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = GradientBoostingEstimator().fit(history, horizon_days=90)
            chance = made.predict(history)
        assert ((chance > 0.0) & (chance < 1.0)).all()


def test_without_money_and_without_differences():
    """Columns that are all missing, or all the same, have no say."""
    table = {"customer_id": [1, 2, 3, 4], "timestamp": ["2024-01-01"] * 4}
    history = ci.TransactionLog.from_frame(table).as_of("2024-06-30")
    made = GradientBoostingEstimator().fit(history, horizon_days=30)
    assert made.predict(history).tolist() == [4.5 / 5.0] * 4


def test_the_line_is_drawn_towards_the_odds_themselves():
    rng = np.random.default_rng(3)
    z = rng.normal(0.0, 1.5, 20_000)
    happened = rng.random(20_000) < 1.0 / (1.0 + np.exp(-(0.4 + 0.7 * z)))
    intercept, slope = _platt(z, happened)
    assert (intercept, slope) == pytest.approx((0.4, 0.7), abs=0.05)
    few = _platt(z[:5], np.ones(5, bool))
    assert abs(few[0]) < 1.0
    assert abs(few[1] - 1.0) < 1.0
    assert _platt(np.empty(0), np.empty(0, bool)) == (0.0, 1.0)


def test_it_keeps_the_promises_of_an_estimator():
    report = check_churn_estimator(lambda: GradientBoostingEstimator(max_iter=20, origins=2))
    assert report.failures == ()


def test_an_empty_history_has_nobody(fitted, log):
    with pytest.warns(DataQualityWarning, match="empty"):
        history = log.as_of("1990-01-01")
    assert fitted.predict(history).shape == (0,)


def test_what_it_says_of_itself(fitted):
    assert repr(GradientBoostingEstimator()) == "GradientBoostingEstimator(status=not fitted)"
    assert repr(fitted).startswith("GradientBoostingEstimator(trees=")
    assert not hasattr(fitted, "to_state")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_iter": 0}, "max_iter must be a whole number of trees, at least 1; got 0."),
        ({"max_leaf_nodes": 1}, "a whole number of leaves, at least 2; got 1."),
        ({"min_samples_leaf": 0}, "a whole number of rows, at least 1; got 0."),
        ({"learning_rate": 0}, "learning_rate must be a number above 0, at most 1; got 0."),
        ({"learning_rate": 2}, "learning_rate must be a number above 0, at most 1; got 2."),
        ({"l2_regularization": -1}, "l2_regularization must be a number from 0 to 1e+06; got -1."),
        ({"random_state": -1}, "random_state must be a whole number of at least 0; got -1."),
        ({"random_state": None}, "random_state must be a whole number of at least 0; got None."),
    ],
    ids=str,
)
def test_options_that_cannot_be(options, says, log):
    with pytest.raises(InvalidArgumentError) as caught:
        GradientBoostingEstimator(**options).fit(log.as_of("2001-04-10"), horizon_days=60)
    assert str(caught.value).endswith(says)


def test_histories_that_cannot_be(log):
    with pytest.raises(InvalidArgumentError, match="does not reach back over the horizon"):
        GradientBoostingEstimator().fit(log.as_of("2000-03-01"), horizon_days=900)
    with pytest.raises(InvalidArgumentError, match="takes a History; got str"):
        GradientBoostingEstimator().fit("2001", horizon_days=60)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        GradientBoostingEstimator().predict(log.as_of("2001-04-10"))


@pytest.mark.parametrize("module", ["gbm", "sklearn_adapters"])
def test_without_scikit_learn_the_error_has_the_pip_line(module):
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from customerintel.exceptions import MissingDependencyError\n"
        f"try:\n    import customerintel.churn.{module}\n"
        "except MissingDependencyError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "customerintel[sklearn]"' in done.stdout


def test_importing_gbm_does_not_import_scikit_learn():
    code = "import sys, customerintel.churn.gbm; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
