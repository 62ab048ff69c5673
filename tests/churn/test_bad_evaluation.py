"""Evaluations that cannot be made so: class and whole message."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from churn.churn_logs import FailsAlways, Half, simulated

import customerintel as ci
from customerintel.churn.evaluation import evaluate
from customerintel.churn.metrics import measures
from customerintel.churn.profit import ProfitModel
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.exceptions import InvalidArgumentError

EMPTY = {"customer_id": np.array([], np.int64), "timestamp": np.array([], "M8[us]")}
HALF = {"half": Half}


@functools.cache
def table():
    return evaluate(simulated(), estimators=HALF, horizon="60d", origins=1, n_bootstrap=0)


def asked(**how):
    given = {"estimators": HALF, "horizon": "60d", "origins": 1, "n_bootstrap": 0} | how
    return evaluate(simulated(), **given)


#: What is given: a call, the class and the whole message.
CASES = {
    "a horizon that is missing": (
        lambda: evaluate(simulated(), estimators=HALF),
        InvalidArgumentError,
        (
            "horizon is missing: a chance of leaving means nothing without the time that it is "
            "about. Give one, such as horizon='90d'."
        ),
    ),
    "a horizon of nothing": (
        lambda: asked(horizon=0),
        InvalidArgumentError,
        (
            "horizon must be a positive length such as '180d', '26w', '12h', a timedelta or a "
            "number of days. Months and years differ in length and are not taken."
        ),
    ),
    "a horizon longer than the log": (
        lambda: asked(horizon="400d"),
        InvalidArgumentError,
        (
            "The log is too short for a horizon of 400d: nobody had bought twice that long before "
            "its end, so there is nothing to learn from and to be judged by. Use a shorter "
            "horizon, or a longer log."
        ),
    ),
    "a horizon and a gap longer than the log": (
        lambda: asked(horizon="200d", gap="90d"),
        InvalidArgumentError,
        (
            "The log is too short for a horizon of 200d (and a gap of 90d): nobody had bought "
            "twice that long before its end, so there is nothing to learn from and to be judged "
            "by. Use a shorter horizon, or a longer log."
        ),
    ),
    "a log without rows": (
        lambda: evaluate(ci.TransactionLog.from_frame(EMPTY), estimators=HALF, horizon="60d"),
        InvalidArgumentError,
        "The log has no rows, so there is nothing to be judged by.",
    ),
    "a table in place of a log": (
        lambda: evaluate(simulated().to_frame(), estimators=HALF, horizon="60d"),
        InvalidArgumentError,
        (
            "evaluate takes a TransactionLog, since it looks at several moments; got "
            f"{type(simulated().to_frame()).__name__}. Make one with "
            "ci.TransactionLog.from_frame(…)."
        ),
    ),
    "no origins": (
        lambda: asked(origins=0),
        InvalidArgumentError,
        "origins must be a whole number of moments, at least 1; got 0.",
    ),
    "origins that are none": (
        lambda: asked(origins="all"),
        InvalidArgumentError,
        (
            "origins must be a whole number of moments, at least 1; or the moments themselves (one "
            "or several dates, datetimes or ISO 8601 texts such as '2011-12-09'); or "
            "RollingOrigins; got 'all'."
        ),
    ),
    "origins by the name": (
        lambda: asked(origins={"first": "2001-01-01"}),
        InvalidArgumentError,
        (
            "origins must be a whole number of moments, at least 1; or the moments themselves (one "
            "or several dates, datetimes or ISO 8601 texts such as '2011-12-09'); or "
            "RollingOrigins; got dict."
        ),
    ),
    "an origin that is no day": (
        lambda: asked(origins="2001-13-01"),
        InvalidArgumentError,
        (
            "An origin must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; this one cannot be read."
        ),
    ),
    "a gap below nothing": (
        lambda: asked(gap=-1),
        InvalidArgumentError,
        (
            "gap must be a positive length such as '180d', '26w', '12h', a timedelta or a "
            "number of days. Months and years differ in length and are not taken."
        ),
    ),
    "an origin whose outcome is not known": (
        lambda: asked(origins=["2001-01-01", "2001-06-01"]),
        InvalidArgumentError,
        (
            "What happened after 2001-06-01 is not known yet: the horizon of 60d is not over by "
            "the end of the log. Use earlier origins, or a shorter horizon."
        ),
    ),
    "an origin before which there is nothing to learn": (
        lambda: asked(origins=["2000-02-01", "2001-01-01"]),
        InvalidArgumentError,
        (
            "Nobody had bought 60d before 2000-02-01, so there is nothing to learn from. Use "
            "later origins, or a shorter horizon."
        ),
    ),
    "origins one by one and a step": (
        lambda: asked(origins=["2001-01-01"], step="30d"),
        InvalidArgumentError,
        ("Origins that are given one by one are at least one, and have no step: leave it out."),
    ),
    "rolling origins of another horizon": (
        lambda: asked(origins=RollingOrigins("30d")),
        InvalidArgumentError,
        (
            "The RollingOrigins have a horizon, a gap and a step of their own: leave out what "
            "differs from them."
        ),
    ),
    "rolling origins of another gap": (
        lambda: asked(origins=RollingOrigins("60d", gap="7d"), gap=0),
        InvalidArgumentError,
        (
            "The RollingOrigins have a horizon, a gap and a step of their own: leave out what "
            "differs from them."
        ),
    ),
    "no estimators": (
        lambda: asked(estimators=[]),
        InvalidArgumentError,
        (
            "estimators is empty, so there is nothing to judge. Name at least one, such as "
            "['recency']; the baselines are in the table anyway."
        ),
    ),
    "an estimator called like a baseline": (
        lambda: asked(estimators={"base rate": Half}),
        InvalidArgumentError,
        (
            "'base rate' is the name of a baseline, and rows are told apart by it. Give names: "
            "estimators={'one': …, 'other': …}."
        ),
    ),
    "an estimator without a name": (
        lambda: asked(estimators={0: Half}),
        InvalidArgumentError,
        "Names of estimators are texts that are not empty; got one of type int.",
    ),
    "resamples that are no number": (
        lambda: asked(n_bootstrap=-1),
        InvalidArgumentError,
        "n_bootstrap must be a whole number of resamples, at least 0; got -1.",
    ),
    "a seed that is none": (
        lambda: asked(seed=1.5),
        InvalidArgumentError,
        "seed must be a whole number of at least 0, or None; got 1.5.",
    ),
    "a level in per cent": (
        lambda: asked(level=95),
        InvalidArgumentError,
        "level must lie between 0 and 1; got 95.",
    ),
    "a top in per cent": (
        lambda: asked(top=10),
        InvalidArgumentError,
        "top must be a share of the customers, above 0 and at most 1; got 10.",
    ),
    "a profit that is none": (
        lambda: asked(profit=200.0),
        InvalidArgumentError,
        (
            "profit must be a ProfitModel; got float. Make one: "
            "ProfitModel(clv=200, offer=10, contact=1)."
        ),
    ),
    "an offer that costs more than a customer is worth": (
        lambda: ProfitModel(clv=10.0, offer=20.0),
        InvalidArgumentError,
        (
            "An offer of 20 costs no less than the clv of 10 that it is to keep: no campaign could "
            "pay. Give both in one currency."
        ),
    ),
    "a cost below nothing": (
        lambda: ProfitModel(contact=-1),
        InvalidArgumentError,
        "contact of a ProfitModel must be 0 or a positive number; got -1.",
    ),
    "an acceptance that is no distribution": (
        lambda: ProfitModel(alpha=0.0),
        InvalidArgumentError,
        "alpha of a ProfitModel must be a positive number; got 0.0.",
    ),
    "an estimator that is not in the table": (
        lambda: table().reliability("hafl"),
        InvalidArgumentError,
        (
            "There is no estimator 'hafl' in this evaluation. Did you mean 'half'? It has 'half', "
            "'base rate', 'recency rule'."
        ),
    ),
    "bins that are none": (
        lambda: table().reliability("half", bins=0),
        InvalidArgumentError,
        "bins must be a whole number of groups of rows, at least 1; got 0.",
    ),
    "best by what is no judgement": (
        lambda: table().best("targeted"),
        InvalidArgumentError,
        (
            "A measure is one of 'log_loss', 'brier', 'brier_skill', 'auc', 'pr_auc', 'top_lift', "
            "'calibration_slope', 'calibration_intercept', 'calibration_in_the_large', 'empc', "
            "'mpc'; got 'targeted'."
        ),
    ),
    "best by what nobody has": (
        lambda: table().best("calibration_slope"),
        InvalidArgumentError,
        (
            "'calibration_slope' over all origins is NaN for every estimator, so none is best by "
            "it. It is NaN for one that failed at an origin (see .failures), and where it is "
            "undefined, as some measures are if nobody or everybody left (see .per_origin())."
        ),
    ),
    "labels that are no truths": (
        lambda: measures([1, 0], [0.5, 0.5]),
        InvalidArgumentError,
        (
            "churned (of bool) and probability must be of one length, and of at least 1; got "
            "int64 of shape (2,) and float64 of shape (2,)."
        ),
    ),
    "a probability above 1": (
        lambda: measures([True, False], [1.5, 0.5]),
        InvalidArgumentError,
        "probability must hold numbers from 0 to 1, none missing.",
    ),
    "rows without moments": (
        lambda: next(RollingOrigins("60d").split(np.zeros((3, 2)))),
        InvalidArgumentError,
        (
            "X needs the column 'as_of' of moments by which the rows are split. Make it with "
            "origins.table(log).X, and take the column away within the pipeline."
        ),
    ),
    "rows of one moment": (
        lambda: next(RollingOrigins("60d").split({"as_of": np.array(["2024-01-01"], "M8[us]")})),
        InvalidArgumentError,
        (
            "No row of X is as of 60d before another, so no outcome is known at any origin. Make X "
            "with origins.table(log), with the same origins."
        ),
    ),
    "rows of another horizon": (
        lambda: next(RollingOrigins("30d").split(RollingOrigins("60d", 1).table(simulated()).X)),
        InvalidArgumentError,
        (
            "The outcomes of X are of a horizon of 60d, and RollingOrigins has one of 30d: an "
            "outcome would be learnt from before it is over, or would be another than the one "
            "asked for. Make X with the table(log) of RollingOrigins of the same horizon and gap."
        ),
    ),
    "rows of another gap": (
        lambda: RollingOrigins("60d", gap="7d").get_n_splits(
            RollingOrigins("60d", 1).table(simulated()).X
        ),
        InvalidArgumentError,
        (
            "The outcomes of X are of a horizon of 60d, and RollingOrigins has one of 60d (and a "
            "gap of 7d): an outcome would be learnt from before it is over, or would be another "
            "than the one asked for. Make X with the table(log) of RollingOrigins of the same "
            "horizon and gap."
        ),
    ),
    "rows with a missing moment": (
        lambda: next(RollingOrigins("60d").split({"as_of": np.array(["NaT"], "M8[us]")})),
        InvalidArgumentError,
        "The column 'as_of' of X is empty, or has missing moments.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def test_where_all_fail_there_is_no_table():
    with pytest.raises(InvalidArgumentError) as caught:
        asked(estimators={"never": FailsAlways})
    assert str(caught.value).startswith("No estimator could be fitted at any origin. never: ")
    assert "nothing works" in str(caught.value)


def test_two_of_one_name():
    with pytest.raises(InvalidArgumentError) as caught:
        asked(estimators=[Half, Half])
    assert str(caught.value) == (
        "'Half' is the name of two estimators, and rows are told apart by it. Give names: "
        "estimators={'one': …, 'other': …}."
    )
