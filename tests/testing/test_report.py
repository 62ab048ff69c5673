"""The function form: what it takes, and what its report says."""

from __future__ import annotations

import functools
import re

import numpy as np
import pandas as pd
import pytest
from testing.estimators import Good, Scores, WantsMoney
from testing.wrong_answers import UpsideDown

import customerintel as ci
from customerintel.exceptions import PluginContractError
from customerintel.testing import CheckResult, ConformanceReport, check_churn_estimator
from customerintel.testing.checks import ESTIMATOR_CHECKS as CHECKS
from customerintel.testing.datasets import MOMENT, simulate


class WithOptions(Good):
    def __init__(self, options):
        super().__init__()
        self.options = options

    to_state = from_state = property()  # it would be made without options


def make():
    return WithOptions({"a": 1})


@pytest.fixture(scope="module")
def broken():
    return check_churn_estimator(WantsMoney)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (Good, "Good"),
        (Good(), "Good"),
        (make, "make"),
        (WithOptions({"a": 1}), "WithOptions"),
        (functools.partial(WithOptions, {}), "partial"),
    ],
)
def test_what_it_takes(given, name):
    report = check_churn_estimator(given)
    assert report.passed
    assert report.failures == ()
    assert report.plugin == name
    assert report.raise_if_failed() is None


def test_an_object_is_not_fitted_itself():
    mine = Good()
    assert check_churn_estimator(mine).passed
    assert vars(mine) == {"random_state": None}


def test_a_fitted_object_is_no_obstacle():
    mine = Good().fit(simulate(60, 0).until(MOMENT).history(), horizon_days=30.0)
    scale = mine.scale_
    report = check_churn_estimator(mine)
    # the copies can predict before the suite has fitted them, with what they learned elsewhere
    assert {one.name for one in report.failures} == {"predict_before_fit"}
    assert mine.scale_ == scale


def test_a_registered_name():
    from customerintel.churn.registry import ESTIMATORS

    ESTIMATORS.register("good-of-these-tests", Good)
    try:
        report = check_churn_estimator("good-of-these-tests")
    finally:
        ESTIMATORS.unregister("good-of-these-tests")
    assert report.passed
    assert report.plugin == "good-of-these-tests"


def test_a_scorer_stands_for_its_estimator():
    scorer = ci.churn.get("recency")
    report = check_churn_estimator(scorer)
    assert report.passed
    assert report.plugin == "recency"


def test_rounding_is_no_failure():
    class Rounds(Good):
        def predict(self, history, /):
            return super().predict(history) * 0.0 + 1.0 + 1e-12

    assert check_churn_estimator(Rounds).passed


def test_a_failure_says_what_and_where(broken):
    assert isinstance(broken, ConformanceReport)
    assert not broken.passed
    (failure,) = broken.failures
    assert isinstance(failure, CheckResult)
    assert failure is broken["no_amounts"]
    assert failure.status == "failed"
    line = failure.message.partition("narrow_minds.py:")[2].partition(")")[0]
    assert int(line) > 1
    assert failure.message == (
        f"ValueError was raised in predict (narrow_minds.py:{line}): the amounts are missing"
    )
    assert str(failure.error) == "the amounts are missing"


def test_a_failure_holds_the_values():
    report = check_churn_estimator(Scores)
    message = report["output_range"].message
    found = re.fullmatch(r"(\d+) of 300 predictions are outside \[0, 1\]; .* to (.*)\.", message)
    assert int(found[1]) > 250
    assert 50.0 < float(found[2]) < 100.0
    assert report["output_range"].what_to_do.startswith("Return P(no purchase")
    dealt = check_churn_estimator(UpsideDown)["alignment"].message
    assert dealt.startswith("after the ids were dealt anew: ")
    assert "in place of 0." in dealt


def test_raising(broken):
    with pytest.raises(PluginContractError) as caught:
        broken.raise_if_failed()
    assert str(caught.value).startswith(
        f"WantsMoney does not keep 1 of {len(CHECKS)} promises of a churn estimator:\n"
        "- no_amounts (failed): "
    )
    assert str(caught.value.__cause__) == "the amounts are missing"


def test_the_table(broken):
    table = broken.to_frame()
    assert isinstance(table, pd.DataFrame)
    assert list(table) == ["check", "status", "message", "what_to_do", "promise"]
    assert table["check"].tolist() == list(CHECKS)
    assert table["promise"].tolist() == [check.promise for check in CHECKS.values()]
    assert table.loc[table["check"] == "no_amounts", "status"].tolist() == ["failed"]


def test_how_it_shows_itself(broken):
    assert repr(broken) == (
        f"ConformanceReport(plugin=WantsMoney, passed=False, checks={len(CHECKS)}, "
        "failures=no_amounts, skipped=1)"
    )
    shown = ConformanceReport(
        "<b>", (CheckResult("seed", "", "failed", "it is 3 < 4"),), 0
    )._repr_html_()
    assert "<b>" not in shown
    assert "failed: it is 3 &lt; 4" in shown


def test_an_expected_failure_passes():
    reason = "it weighs purchases by their amounts"
    report = check_churn_estimator(WantsMoney, expected_failures={"no_amounts": reason})
    assert report.passed
    assert report["no_amounts"].status == "expected failure"
    assert report["no_amounts"].message == reason


def test_an_unexpected_pass_fails():
    report = check_churn_estimator(Good, expected_failures={"no_amounts": "it wants money"})
    assert not report.passed
    (failure,) = report.failures
    assert failure.status == "unexpected pass"
    assert failure.message == "It was expected to fail (it wants money), and it passed."
    assert failure.what_to_do == "Take 'no_amounts' from expected_failures."


def test_nothing_is_left_behind():
    """Neither by the suite nor by an estimator that sets what all share."""
    import os
    import random
    import warnings

    class Untidy(Good):
        def fit(self, history, /, *, horizon_days):
            np.random.seed(1)  # noqa: NPY002
            random.seed(1)
            np.seterr(all="ignore")
            warnings.simplefilter("always")
            os.environ["LEFT_BEHIND"] = "1"
            return super().fit(history, horizon_days=horizon_days)

    def shared():
        state = np.random.get_state()  # noqa: NPY002
        return state[1].tolist(), random.getstate(), np.geterr(), list(warnings.filters)

    before = shared()
    assert not check_churn_estimator(Untidy).passed
    assert shared() == before
    assert "LEFT_BEHIND" not in os.environ


@pytest.mark.parametrize("business", ["shop", "subscription"])
def test_the_logs_hold_what_they_should(business):
    rows = simulate(300, seed=4, business=business)
    history = rows.history(MOMENT)
    assert history.n_customers == 300
    assert history.n_returns_only > 0
    assert (np.diff(rows.time) > 0).all()
    assert (rows.time > MOMENT).any()
    assert (rows.amount * 4 == np.round(rows.amount * 4)).all()
    assert ("cancellation" in rows.kind) == (business == "subscription")
    for days in (30, 90, 180):
        _, churned = ci.churn.label(history, days)
        assert 0.3 < churned.mean() < 0.9
    assert all(
        np.array_equal(getattr(rows, name), getattr(simulate(300, 4, business), name))
        for name in ("customer", "time", "amount", "category", "kind")
    )


def test_an_estimator_of_subscribers():
    """It needs cancellations, which the logs of the shop do not have."""
    from customerintel.churn.contractual import ContractualEstimator

    def make():
        return ContractualEstimator(event="no purchase")

    assert check_churn_estimator(make, business="subscription").passed
    assert not check_churn_estimator(make).passed
