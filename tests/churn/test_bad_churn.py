"""Churn estimators that misbehave, and arguments that cannot be used: class and whole message."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from churn.bad_estimators import GOOD, Classifier, Half, estimator

import customerintel as ci
from customerintel.churn.lookup import scorer_of
from customerintel.exceptions import (
    InvalidArgumentError,
    NotFittedError,
    PluginCallError,
    PluginContractError,
    PluginNotFoundError,
)

DAYS = np.arange("2024-01-01", "2024-07-01", dtype="M8[D]")


@functools.cache
def history():
    """60 customers, the odd ones until March only."""
    rng = np.random.default_rng(5)
    who, when = rng.integers(0, 60, 900), rng.integers(0, 182, 900)
    kept = (who % 2 == 0) | (when < 80)
    log = ci.TransactionLog.from_frame({"customer_id": who[kept], "timestamp": DAYS[when[kept]]})
    return log.as_of("2024-06-30")


def predicted(answer):
    return lambda: scorer_of(estimator(answer)).fit(history(), "30d").predict(history())


PER_CUSTOMER = (
    "predict() must return one probability per customer, in the order of history.customer_id. "
    "Correct it."
)
WHO = "The churn estimator 'Answers' (churn.bad_estimators:Answers, given as it is)"

#: What is given: a call, the class and the whole message.
CASES = {
    "an estimator that returns NaN": (
        predicted(lambda n: np.where(np.arange(n) < 2, np.nan, 0.5)),
        PluginContractError,
        f"{WHO} returned NaN for 2 of 60 customers (places 0, 1). {PER_CUSTOMER}",
    ),
    "an estimator that returns too few values": (
        predicted(lambda n: np.full(n - 1, 0.5)),
        PluginContractError,
        f"{WHO} returned an array of shape (59,) for 60 customers. {PER_CUSTOMER}",
    ),
    "an estimator that returns a column for each outcome": (
        predicted(lambda n: np.full((n, 2), 0.5)),
        PluginContractError,
        f"{WHO} returned an array of shape (60, 2) for 60 customers. {PER_CUSTOMER}",
    ),
    "an estimator that returns values outside [0, 1]": (
        predicted(lambda n: np.where(np.arange(n) == 7, 1.5, 0.5)),
        PluginContractError,
        f"{WHO} returned values outside [0, 1] for 1 of 60 customers (places 7). {PER_CUSTOMER}",
    ),
    "an estimator that returns nothing": (
        predicted(lambda n: None),
        PluginContractError,
        f"{WHO} returned an array of shape () for 60 customers. {PER_CUSTOMER}",
    ),
    "an estimator that returns texts": (
        predicted(lambda n: ["high"] * n),
        PluginContractError,
        f"{WHO} returned list, which holds no numbers. {PER_CUSTOMER}",
    ),
    "an estimator that raises": (
        predicted(lambda n: 1 / 0),
        PluginCallError,
        f"{WHO} raised in predict(): ZeroDivisionError: division by zero. Correct it.",
    ),
    "an estimator that writes to its input": (
        lambda: scorer_of(GOOD["writes"]).fit(history(), "30d"),
        PluginCallError,
        (
            "The churn estimator 'Writes' (churn.bad_estimators:Writes, given as it is) "
            "raised in fit(): ValueError: assignment destination is read-only. "
            "Correct it."
        ),
    ),
    "an estimator whose fit returns nothing": (
        lambda: scorer_of(GOOD["forgets"]).fit(history(), "30d"),
        PluginContractError,
        (
            "The churn estimator 'Forgets' (churn.bad_estimators:Forgets, given as it is) "
            "returned NoneType from fit(), and must return the estimator itself. "
            "Correct it."
        ),
    ),
    "a horizon longer than the history": (
        lambda: ci.churn.get("hazard").fit(history(), "400d"),
        InvalidArgumentError,
        (
            "The history does not reach back over the horizon of 400d: nobody had bought by then, "
            "so there is nothing to learn from. Use a shorter horizon, or a longer log."
        ),
    ),
    "a horizon and a gap longer than the history": (
        lambda: ci.churn.label(history(), "100d", gap="100d"),
        InvalidArgumentError,
        (
            "The history does not reach back over the horizon of 100d and the gap: nobody had "
            "bought by then, so there is nothing to learn from. Use a shorter horizon, or a "
            "longer log."
        ),
    ),
    "a horizon of zero": (
        lambda: ci.churn.get("recency").fit(history(), horizon=0),
        InvalidArgumentError,
        (
            "horizon must be a positive length such as '180d', '26w', '12h', a timedelta or a "
            "number of days. Months and years differ in length and are not taken."
        ),
    ),
    "no horizon": (
        lambda: ci.churn.get("recency").fit(history()),
        InvalidArgumentError,
        (
            "horizon is missing: a chance of leaving means nothing without the time that it is "
            "about. Give one, such as horizon='90d'."
        ),
    ),
    "a log in place of a history": (
        lambda: ci.churn.get("recency").fit(history()._log, "30d"),
        InvalidArgumentError,
        (
            "The fit of 'recency' takes a History; got TransactionLog. Make one with "
            "log.as_of('2011-12-09')."
        ),
    ),
    "predictions before a fit": (
        lambda: ci.churn.get("recency").predict(history()),
        NotFittedError,
        "The churn scorer 'recency' is not fitted yet. Call fit(history, horizon='90d') first.",
    ),
    "an explanation of nobody": (
        lambda: ci.churn.get("recency").fit(history(), "30d").predict(history()).explain(999),
        InvalidArgumentError,
        (
            "There is no such customer among the predictions: the customers are those with a "
            "purchase by 2024-06-30T23:59:59.999999 UTC, their ids are integers, and one is "
            "explained at a time."
        ),
    ),
    "an explanation of several customers": (
        lambda: ci.churn.get("recency").fit(history(), "30d").predict(history()).explain([1, 2]),
        InvalidArgumentError,
        (
            "There is no such customer among the predictions: the customers are those with a "
            "purchase by 2024-06-30T23:59:59.999999 UTC, their ids are integers, and one is "
            "explained at a time."
        ),
    ),
    "a seed that is none": (
        lambda: ci.churn.get("auto", seed="x"),
        InvalidArgumentError,
        "seed must be a whole number of at least 0, or None; got 'x'.",
    ),
    "an estimator in place of its name": (
        lambda: ci.churn.get(Half()),
        InvalidArgumentError,
        (
            "get takes the name of a churn estimator; got Half. Give a class or a function that "
            "makes one a name: churn.register('acme-name', …)."
        ),
    ),
    "a classifier of rows": (
        lambda: scorer_of(Classifier()),
        PluginContractError,
        (
            "Classifier is a classifier of rows, not an estimator of churn. Wrap it: "
            "customerintel.churn.sklearn_adapters.PipelineEstimator(classifier)."
        ),
    ),
    "contributions that are none": (
        lambda: scorer_of(GOOD["claims"]).fit(history(), "30d").predict(history()).explain(1),
        PluginContractError,
        (
            "contributions() of the churn estimator 'Claims' must return a mapping of names to "
            "one number per customer (60 here). Correct it, or leave contributions() out."
        ),
    ),
    "an estimator that cannot be saved": (
        lambda: scorer_of(GOOD["half"]).fit(history(), "30d").save("half.npz"),
        InvalidArgumentError,
        (
            "The churn estimator 'Half' (churn.bad_estimators:Half, given as it is) "
            "cannot be saved: it has no to_state() and from_state(). Keep the data and fit it "
            "again."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(PluginNotFoundError, match="recency") as caught:
        ci.churn.get("recensy")
    for name in ci.churn.names():
        assert name in str(caught.value)


def test_an_unknown_option_is_named():
    with pytest.raises(InvalidArgumentError, match="depth"):
        ci.churn.get("recency", depth=3)


def test_a_failed_fit_leaves_the_earlier_one():
    scorer = ci.churn.get("recency").fit(history(), "30d")
    before = scorer.predict(history()).probability
    with pytest.raises(InvalidArgumentError):
        scorer.fit(history(), "400d")
    assert scorer.horizon_days == 30.0
    np.testing.assert_array_equal(scorer.predict(history()).probability, before)


@pytest.mark.parametrize("name", ["recency", "bgnbd", "hazard", "auto"])
@pytest.mark.parametrize("everybody", ["stays", "leaves"])
@pytest.mark.filterwarnings("ignore::customerintel.exceptions.ConvergenceWarning")
def test_one_outcome_only(name, everybody):
    who = np.repeat(np.arange(40), 12)
    when = np.tile(DAYS[::15][:12], 40)
    if everybody == "leaves":
        when = np.where(when > np.datetime64("2024-05-01"), np.datetime64("2024-04-15"), when)
    log = ci.TransactionLog.from_frame({"customer_id": who, "timestamp": when})
    now = log.as_of("2024-06-29")
    found = ci.churn.get(name).fit(now, "45d").predict(now).probability
    assert np.isfinite(found).all()
    if name != "bgnbd":  # which learns from purchases, not from outcomes
        assert (found < 0.2).all() if everybody == "stays" else (found > 0.8).all()
