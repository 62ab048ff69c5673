"""Intervals: against a slow loop over repeated rows, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from churn.churn_logs import Half, Silence, growing

from customerintel.churn.evaluation import evaluate
from customerintel.churn.metrics import MEASURES, measures
from customerintel.churn.profit import ProfitModel
from customerintel.churn.resampling import Judge
from customerintel.churn.trials import Origin

CALIBRATION = {"calibration_slope", "calibration_intercept", "calibration_in_the_large"}


def moment(place, keys, seed):
    rng = np.random.default_rng(seed)
    probability = np.round(rng.beta(2.0, 2.0, len(keys)), 2)
    churned = rng.random(len(keys)) < probability
    return Origin(place, np.asarray(keys), churned, 0), probability


def judge_of(origins, count, seed=4):
    return Judge(
        origins, n_bootstrap=count, seed=seed, level=0.9, top=0.1, profit=ProfitModel()
    )  # fmt: skip


def test_resamples_are_those_of_a_slow_loop():
    """Each drawn customer brings the rows of both moments; measures of repeated rows."""
    one, p = moment(0, np.arange(400), 1)
    two, q = moment(1, np.arange(100, 500), 2)
    found = judge_of([one, two], 40).judge([p, q])
    rng = np.random.default_rng(4)
    drawn = {name: [] for name in MEASURES}
    at_two = {name: [] for name in MEASURES}
    for _ in range(40):
        times = np.bincount(rng.integers(0, 500, 500), minlength=500)
        rows = np.concatenate([np.repeat(np.arange(400), times[:400]),
                               400 + np.repeat(np.arange(400), times[100:])])  # fmt: skip
        y = np.concatenate([one.churned, two.churned])[rows]
        together = measures(y, np.concatenate([p, q])[rows])
        for name in ("log_loss", "brier", *CALIBRATION):
            drawn[name].append(together[name])
        later = np.repeat(np.arange(400), times[100:])
        for name, value in measures(two.churned[later], q[later]).items():
            at_two[name].append(value)
    for name in MEASURES:
        low, high = np.percentile(at_two[name], (5, 95))
        spread = found.per_origin[1][name]
        # a Newton step away from the line of all rows, and not the line itself
        close = 0.1 * (high - low) if name in CALIBRATION else 1e-9
        assert spread.low == pytest.approx(low, abs=close), name
        assert spread.high == pytest.approx(high, abs=close), name
        if drawn[name]:
            low, high = np.percentile(drawn[name], (5, 95))
            close = 0.1 * (high - low) if name in CALIBRATION else 1e-9
            assert found.pooled[name].low == pytest.approx(low, abs=close), name
            assert found.pooled[name].high == pytest.approx(high, abs=close), name


def test_rows_of_one_customer_are_not_independent():
    """The same customers with the same outcome twice know no more than once."""
    one, p = moment(0, np.arange(600), 3)
    again = Origin(1, one.keys, one.churned, 0)
    others = Origin(1, one.keys + 600, one.churned, 0)

    def width(spreads, name):
        return spreads.pooled[name].high - spreads.pooled[name].low

    once = judge_of([one], 200).judge([p])
    twice = judge_of([one, again], 200).judge([p, p])
    apart = judge_of([one, others], 200).judge([p, p])
    for name in ("log_loss", "brier", "auc"):
        assert width(twice, name) == pytest.approx(width(once, name), rel=1e-9)
        assert width(apart, name) < 0.85 * width(once, name)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    """Brier score, AUC and slope of many small samples; 90 % intervals, 100 samples."""
    large, p = moment(0, np.arange(400_000), 11)
    truth = measures(large.churned, p)
    names = ("brier", "auc", "calibration_slope", "empc")
    held = dict.fromkeys(names, 0)
    for seed in range(100):
        sample, q = moment(0, np.arange(500), 100 + seed)
        found = judge_of([sample], 100, seed).judge([q]).pooled
        for name in names:
            held[name] += found[name].low <= truth[name] <= found[name].high
    # three standard deviations of a share of 90 in 100
    assert all(79 <= count <= 98 for count in held.values()), held


def test_the_seed_decides():
    how = {"estimators": {"silence": Silence}, "horizon": "60d", "origins": 1, "n_bootstrap": 20}
    first, again = evaluate(growing(), seed=1, **how), evaluate(growing(), seed=1, **how)
    other = evaluate(growing(), seed=2, **how)
    assert first.measure("silence", "auc") == again.measure("silence", "auc")
    assert first.measure("silence", "auc").low != other.measure("silence", "auc").low
    assert first.measure("silence", "auc").value == other.measure("silence", "auc").value


def test_without_resamples_there_are_no_intervals():
    how = {"estimators": {"half": Half}, "horizon": "60d", "origins": 1}
    found = evaluate(growing(), n_bootstrap=0, **how).measure("half", "brier")
    assert found.value == 0.25
    assert np.isnan([found.low, found.high]).all()


def test_differences_are_of_the_same_resamples():
    """Two that are nearly alike differ by less than either is uncertain."""
    one, p = moment(0, np.arange(500), 8)
    judge = judge_of([one], 60)
    first, second = judge.judge([p]), judge.judge([np.clip(0.98 * p, 0.0, 1.0)])
    found = first.minus(second, "brier")
    rng = np.random.default_rng(4)
    drawn = []
    for _ in range(60):
        rows = rng.integers(0, 500, 500)
        y, q = one.churned[rows], p[rows]
        drawn.append(np.mean((y - q) ** 2) - np.mean((y - 0.98 * q) ** 2))
    expected = np.percentile(drawn, (5, 95))
    assert [found.low, found.high] == pytest.approx(expected, rel=1e-9)
    assert found.value == pytest.approx(
        first.pooled["brier"].value - second.pooled["brier"].value, rel=1e-12
    )
    assert found.high - found.low < 0.3 * (first.pooled["brier"].high - first.pooled["brier"].low)


def test_differences_in_the_table():
    both = {"silence": Silence, "half": Half}
    found = evaluate(growing(), estimators=both, horizon="60d", origins=2, n_bootstrap=30)
    ahead = found.difference("silence", "half")
    assert ahead.low <= ahead.value <= ahead.high < 0.0
    back = found.difference("half", "silence")
    assert (back.low, back.high) == pytest.approx((-ahead.high, -ahead.low))
    assert np.isnan(found.difference("half", "silence", by="calibration_slope").value)
