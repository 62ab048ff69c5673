"""What existing customers still bring: numbers by hand, plain loops, and a base that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.cohort_logs import cells, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.audit.age_factors import LEAST, ladder_of
from customerintel.audit.cohort_sums import cohort_sums
from customerintel.audit.run_off import run_off_of

#: What four cohorts brought in four periods.
TABLE = np.array(
    [[100.0, 50.0, 40.0, 30.0], [0.0, 80.0, 48.0, 24.0], [0.0, 0.0, 120.0, 52.0], [0, 0, 0, 60.0]]
)
WHOLE = np.ones(4, np.bool_)


def by_loops(table, whole, last, ahead, leave_out=None):
    """Project with one loop per cohort and age."""
    k = last + 1
    pairs = {
        age: [
            (table[c, c + age], table[c, c + age + 1])
            for c in range(k - 1 - age)
            if whole[c + age] and whole[c + age + 1] and table[c].any()
        ]
        for age in range(k - 1)
    }
    known = {age: len(own) for age, own in pairs.items()}
    if leave_out is not None:
        for age in pairs:
            pairs[age] = [
                (table[c, c + age], table[c, c + age + 1])
                for c in range(k - 1 - age)
                if whole[c + age] and whole[c + age + 1] and table[c].any() and c != leave_out
            ]
    later = [pair for age in pairs if age > 0 for pair in pairs[age]]
    shared = sum(b for _, b in later) / sum(a for a, _ in later)
    growth = max(shared, 1.0)
    sums = np.zeros(ahead)
    for c in range(k):
        value, age = table[c, last], last - c
        for step in range(ahead):
            enough = known.get(age, 0) >= LEAST and sum(a for a, _ in pairs[age]) > 0
            value *= (
                sum(b for _, b in pairs[age]) / sum(a for a, _ in pairs[age]) if enough else shared
            )
            value /= growth if age > 0 else 1.0
            sums[step] += value
            age += 1
    return sums


def test_numbers_by_hand():
    ladder = ladder_of(TABLE, WHOLE, 3, 1)
    first = (50 + 48 + 52) / 300
    shared = (40 + 30 + 24) / (50 + 40 + 48)
    np.testing.assert_allclose(ladder.factors[0], [first, *[shared] * 4])
    assert ladder.n_cohorts.tolist() == [3, 0, 0, 0, 0]
    expected = 60 * first + (52 + 24 + 30) * shared
    assert ladder.project(1)[0, 0] == pytest.approx(expected)
    # without the first cohort
    other = (48 + 52) / 200 * 60 + 24 / 48 * 106
    assert ladder.project(1)[1, 0] == pytest.approx(other)


def test_loops_come_to_the_same():
    made = cells(rows(seed=5))
    table = np.maximum(cohort_sums(made).spend[:-1], 0.0)
    whole = np.array(made.periods.complete)
    whole[0] = False
    ladder = ladder_of(table, whole, 10, 4)
    found = ladder.project(4)
    np.testing.assert_allclose(found[0], by_loops(table, whole, 10, 4))
    used = [c for c in range(10) if table[c, :11].any() and (c > 0 or whole[1:11].all())]
    assert len(used) == ladder.m == len(found) - 1
    for place, c in enumerate(used):
        np.testing.assert_allclose(found[1 + place], by_loops(table, whole, 10, 4, leave_out=c))


def test_growth_of_all_cohorts_is_not_carried_on():
    """Everybody spends a tenth more each month, whatever their age."""
    table = np.triu(np.full((8, 8), 100.0)) * 1.1 ** np.arange(8)
    ladder = ladder_of(table, np.ones(8, np.bool_), 7, 3)
    assert ladder.growth == pytest.approx(1.1)
    np.testing.assert_allclose(ladder.factors[:, 1:], 1.0)
    # those who have just come still grow once
    last = table[:, 7]
    expected = last[:7].sum() + last[7] * 1.1
    np.testing.assert_allclose(ladder.project(3)[0], expected)


def steady(halving=2.0, cohorts=8, size=64):
    """Each cohort of 64 halves from month to month; everybody spends 10."""
    made = [
        (1000 * c + k, np.datetime64("2020-01-03") + np.timedelta64(30 * m + 1, "D"), 10.0)
        for c in range(cohorts)
        for m in range(c, cohorts)
        for k in range(int(size / halving ** (m - c)))
    ]
    return pd.DataFrame(made, columns=["customer_id", "timestamp", "amount"])


def test_a_base_that_halves_is_projected_to_halve():
    made = cells(steady(), as_of="2020-08-31")
    found = run_off_of(made, ahead=3)
    last = cohort_sums(made).spend[:, 7].sum()
    assert found.last_total == last
    np.testing.assert_allclose(found.expected, last / 2.0 ** np.arange(1, 4), rtol=0.02)
    np.testing.assert_allclose(found.share_of_last, found.expected / last)
    assert (found.expected_lower <= found.expected).all()
    assert (found.expected <= found.expected_upper).all()
    assert (found.least <= found.greatest).all()
    assert found.since == "2020-08"
    np.testing.assert_allclose(found.test_error, 0.0, atol=0.02)
    assert found.tested[-1] == "2020-08"
    orders = run_off_of(made, measure="orders", ahead=3)
    np.testing.assert_allclose(orders.expected * 10.0, found.expected)


def test_the_interval_is_that_of_the_jackknife():
    made = cells(rows(seed=6))
    found = run_off_of(made, ahead=2, level=0.9)
    drawn = ladder_of(cohort_sums(made).spend[:-1], made.periods.complete, 11, 2).project(2)
    m = len(drawn) - 1
    error = np.sqrt((m - 1) / m * ((drawn[1:] - drawn[1:].mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(found.expected_upper - found.expected, 1.6448536269514722 * error)
    np.testing.assert_allclose(found.least, drawn[1:].min(axis=0))
    assert found.n_cohorts == m


def test_the_tests_use_nothing_of_what_they_forecast():
    frame = rows(seed=7)
    found = run_off_of(cells(frame))
    before = run_off_of(cells(frame, as_of="2020-11-30"), ahead=1)
    table = cohort_sums(cells(frame)).spend
    assert found.tested[-1] == "2020-12"
    assert found.test_actual[-1] == pytest.approx(table[:11, 11].sum())
    # returns that came in December are known then, and not before
    assert found.test_expected[-1] == pytest.approx(before.expected[0], rel=0.05)


def test_partial_periods_are_not_looked_at():
    frame = rows(seed=8)
    found = run_off_of(cells(frame, as_of="2020-11-20"))
    assert found.since == "2020-10"
    assert len(found.steps) == 12


@pytest.mark.parametrize("months", [1, 2, 3])
def test_too_few_cohorts_have_none(months):
    frame = steady()
    found = run_off_of(cells(frame, as_of=f"2020-0{months}-28"))
    assert np.isnan(found.expected).all()
    assert np.isnan(found.expected_lower).all()
    for part in found.parts:
        found.to_frame(part)


def test_no_amounts_and_customers_who_brought_nothing():
    frame = steady()[["customer_id", "timestamp"]]
    made = cells(frame, as_of="2020-08-31")
    assert np.isnan(run_off_of(made).expected).all()
    assert np.isfinite(run_off_of(made, measure="orders").expected).all()
    free = cells(steady().assign(amount=0.0), as_of="2020-08-31")
    assert np.isnan(run_off_of(free).expected).all()


def test_the_length_looked_ahead_is_about_a_year():
    frame = rows(seed=9)
    for period, ahead in (("week", 12), ("month", 12), ("quarter", 4), ("year", 1), ("90d", 4)):
        assert len(run_off_of(cells(frame, period=period)).steps) == ahead


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 16.0]))
def test_scale_of_money(seed, scale):
    frame = rows(n_customers=15, n_rows=120, seed=seed)
    one = run_off_of(cells(frame), ahead=2)
    other = run_off_of(cells(frame.assign(amount=frame.amount * scale)), ahead=2)
    for name in ("expected", "expected_lower", "least", "greatest", "test_actual"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name) * scale, err_msg=name)
    np.testing.assert_allclose(other.factors, one.factors)


def test_parts_and_repr():
    found = run_off_of(cells(rows(seed=3)))
    assert found.parts == ("expected", "factors", "tests")
    assert list(found.to_frame("tests").columns) == ["period", "expected", "actual", "error"]
    low, high = found.interval("expected")
    assert low is found.expected_lower
    assert high is found.expected_upper
    assert repr(found).startswith("RunOff(measure=spend, since=2020-12")
    assert "<table>" in found._repr_html_()
    assert len(found.assumptions) == 5
