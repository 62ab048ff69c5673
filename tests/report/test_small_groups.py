"""Numbers that would be those of a few customers, by themselves or as a difference."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.report.numbers import MISSING, SMALL
from customerintel.report.small_groups import (
    TRANSITION,
    hidden_cohorts,
    hidden_groups,
    hidden_in,
    hidden_over_time,
    middle,
    number,
    rough,
    share,
    unsafe,
)


def test_a_part_of_few_and_a_rest_of_few_are_unsafe():
    assert unsafe([0, 3, 50, 95, 100], 100).tolist() == [False, True, False, True, False]
    assert share(95, 100) == MISSING
    assert share(0, 100) == "0\u00a0%"
    assert share(40, 0) == MISSING


def test_under_10_is_said_of_the_few_only():
    counts = np.array([177, 5, 300])
    hidden = hidden_groups(counts)
    told = [number(n, hidden=gone) for n, gone in zip(counts, hidden, strict=True)]
    assert told == [MISSING, SMALL, "300"]


@pytest.mark.parametrize("seed", range(20))
def test_no_sum_of_two_periods_tells_a_small_group(seed):
    counts = np.random.default_rng(seed).choice([0, 2, 7, 12, 60, 300], 5)
    hidden = hidden_in(counts, TRANSITION)
    assert hidden[(counts > 0) & (counts < 10)].all()
    for places in TRANSITION:
        gone = counts[list(places)][hidden[list(places)]]
        whole = counts[list(places)].sum()
        assert not len(gone) or gone.sum() >= 10 or whole == gone.sum()


def test_months_beside_a_small_one_are_hidden():
    assert hidden_over_time([50, 60, 3, 70, 80]).tolist() == [False, True, True, True, False]
    # nobody in the month beside it: another is needed
    assert hidden_over_time([3, 0, 70, 20]).tolist() == [True, True, False, True]
    assert not hidden_over_time([0, 30, 40]).any()


def test_the_last_cohort_hides_no_other():
    # what the last are is told by what changed between two periods
    assert hidden_cohorts([3, 50, 40, 12]).tolist() == [True, False, True, False]
    assert hidden_cohorts([30, 50, 40, 2]).tolist() == [True, False, False, True]
    assert hidden_cohorts([3, 2]).all()
    assert not hidden_cohorts([30, 50]).any()


def test_the_middle_is_nobody_s_own():
    values = np.arange(100.0) ** 2
    assert middle(values) == pytest.approx(np.mean(values[45:55]))
    assert middle(values[::-1]) == pytest.approx(middle(values))
    assert middle([7.0] * 12 + [1e308]) == pytest.approx(7.0)
    assert rough(4321.0) == 4300.0
    assert np.isnan(rough(np.nan))
