"""Kaplan and Meier's estimate: a published table, a slow twin, and what cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.churn.kaplan_meier import kaplan_meier

#: Weeks of remission with 6-MP of 21 patients (Freireich et al. 1963), and whether it ended.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]

durations = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


def test_remissions_of_freireich():
    """Kleinbaum and Klein, Survival Analysis, chapter 2: S and standard errors with 6-MP."""
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.events.tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert curve.survival.round(4).tolist() == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    assert curve.standard_error.round(4).tolist() == [
        0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346,
    ]  # fmt: skip
    # the interval of log(-log S), as R's survfit(conf.type="log-log") gives it
    assert curve.lower_95.round(3)[0] == 0.620
    assert curve.upper_95.round(3)[0] == 0.952


def slow(observed, moment):
    """S, and the sum under Greenwood's root, by the definition."""
    left, spread = 1.0, 0.0
    for time in sorted({length for length, ended in observed if ended and length <= moment}):
        at_risk = sum(length >= time for length, _ in observed)
        events = sum(length == time and ended for length, ended in observed)
        left *= 1.0 - events / at_risk
        spread += events / (at_risk * (at_risk - events)) if at_risk > events else math.inf
    return left, spread


@given(durations)
def test_as_the_slow_twin(observed):
    curve = kaplan_meier(*zip(*observed, strict=True))
    for place, time in enumerate(curve.time.tolist()):
        left, spread = slow(observed, time)
        assert curve.survival[place] == pytest.approx(left, abs=1e-12)
        if left > 0.0:
            error = left * math.sqrt(spread)
            assert curve.standard_error[place] == pytest.approx(error, abs=1e-12)
            assert 0.0 <= curve.lower_95[place] <= left <= curve.upper_95[place] <= 1.0
        else:
            assert np.isnan(curve.standard_error[place])
    moments = np.arange(-1.0, 14.0, 0.5)
    expected = [slow(observed, moment)[0] for moment in moments]
    np.testing.assert_allclose(curve.survival_at(moments), expected, atol=1e-12)


@given(durations, st.randoms())
def test_the_order_of_customers_does_not_matter(observed, random):
    shuffled = list(observed)
    random.shuffle(shuffled)
    first = kaplan_meier(*zip(*observed, strict=True))
    again = kaplan_meier(*zip(*shuffled, strict=True))
    np.testing.assert_array_equal(first.survival, again.survival)


def test_without_anybody_still_there_it_is_the_share_that_stayed():
    lengths = np.random.default_rng(1).integers(1, 9, 500)
    curve = kaplan_meier(lengths, np.ones(500, bool))
    np.testing.assert_allclose(curve.survival, [(lengths > t).mean() for t in curve.time])
    share = curve.survival[:-1]
    binomial = np.sqrt(share * (1.0 - share) / 500)
    np.testing.assert_allclose(curve.standard_error[:-1], binomial)


def test_nobody_leaves():
    curve = kaplan_meier([3, 5], [False, False])
    assert len(curve.time) == 0
    assert curve.survival_at([0, 10]).tolist() == [1.0, 1.0]
    assert repr(curve) == "KaplanMeier(times=0, events=0, left=1)"


def test_results_are_read_only_and_become_tables():
    curve = kaplan_meier(WEEKS, RELAPSED)
    with pytest.raises(ValueError, match="read-only"):
        curve.survival[0] = 2.0
    frame = curve.to_frame()
    assert list(frame.columns) == [
        "time", "at_risk", "events", "survival", "standard_error", "lower_95", "upper_95",
    ]  # fmt: skip
    assert frame["survival"].tolist() == curve.survival.tolist()
    assert "<table>" in curve._repr_html_()
