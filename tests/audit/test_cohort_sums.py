"""The sums and days behind cohorts, by loops; and intervals of many shares at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from audit.cohort_logs import cells, log_of, purchases, rows

import customerintel as ci
from customerintel.audit import cohort_sums as sums_module
from customerintel.audit.cohort_sums import by_age, cohort_sums
from customerintel.audit.purchase_intervals import days_to_second, gaps_of
from customerintel.audit.score_intervals import log_log_interval, score_interval


def test_the_kernel_does_what_loops_do():
    made = cells(rows(seed=4))
    p, found = len(made.periods), cohort_sums(made)
    active, spend = np.zeros((p + 1, p)), np.zeros((p + 1, p))
    retained = np.zeros(p)
    for i in range(len(made.ids)):
        inside = (made.periods.starts < made.first[i]) & (made.first[i] <= made.periods.ends)
        cohort = int(np.flatnonzero(inside)[0])
        own = range(made.offsets[i], made.offsets[i + 1])
        months = [int(made.period[j]) for j in own]
        for j in own:
            active[cohort, made.period[j]] += 1
            spend[cohort, made.period[j]] += made.spend[j]
            retained[made.period[j]] += made.period[j] - 1 in months
    np.testing.assert_array_equal(found.active, active)
    np.testing.assert_allclose(found.spend, spend)
    np.testing.assert_array_equal(found.retained, retained)


def test_second_days_and_gaps_by_loops():
    frame = rows(seed=5)
    made = cells(frame, as_of="2020-10-20")
    bought = purchases(frame, "2020-10-20")
    today = pd.Timestamp("2020-10-20")
    second, waited, closed, still = [], [], {}, {}
    for _, own in bought.groupby("customer_id"):
        days = sorted(set(own.timestamp.dt.normalize()))
        gaps = [(b - a).days for a, b in pairwise(days)]
        second.append(gaps[0] if gaps else -1)
        waited.append((today - days[0]).days)
        for gap in gaps:
            closed[gap] = closed.get(gap, 0) + 1
        open_days = (today - days[-1]).days
        still[open_days] = still.get(open_days, 0) + 1
    found = days_to_second(made)
    assert found[0].tolist() == second
    assert found[1].tolist() == waited
    counts = gaps_of(made, np.arange(len(made.ids)))
    for values, expected in zip(counts, (closed, still), strict=True):
        some = np.flatnonzero(values)
        assert dict(zip(some.tolist(), values[some].tolist(), strict=True)) == expected


def test_days_are_those_of_the_zone_of_the_log():
    # of New York: the 5th in the evening, the 6th in the night, the 6th in the evening
    frame = {
        "customer_id": [1, 1, 1],
        "timestamp": pd.to_datetime(
            ["2024-01-06T03:00Z", "2024-01-06T06:00Z", "2024-01-07T02:00Z"]
        ).tz_convert("America/New_York"),
    }
    history = log_of(frame).as_of("2024-01-10")
    made = ci.audit.cells_of(history, ci.audit.read_periods(history, "month"))
    assert [one.tolist() for one in days_to_second(made)] == [[1], [5]]
    closed, still = gaps_of(made, np.array([0]))
    assert np.flatnonzero(closed).tolist() == [1]
    assert np.flatnonzero(still).tolist() == [4]


def test_thread_count_and_cuts_do_not_matter(monkeypatch):
    frame = rows(n_customers=300, n_rows=3000, seed=6)
    frame["amount"] *= 0.1  # sums that round
    monkeypatch.setattr(sums_module, "STRETCH", 16)
    found = []
    for width in (1, 3):
        ci.set_threads(width)
        try:
            found.append(sums_module._add_up(cells(frame), 12))
        finally:
            ci.set_threads(None)
    for name in ("cohort", "sizes", "active", "orders", "units", "spend", "retained"):
        np.testing.assert_array_equal(getattr(found[0], name), getattr(found[1], name))
    monkeypatch.setattr(sums_module, "STRETCH", 10**9)
    np.testing.assert_allclose(sums_module._add_up(cells(frame), 12).spend, found[0].spend)


def test_wilson_against_a_published_case():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    low, high = score_interval([81, 15, 0, 1], [263, 148, 20, 29], 0.95)
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0.0, 0.0061], atol=5e-5)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)
    assert np.isnan(score_interval([0], [0], 0.95)).all()


def test_log_log_interval_has_none_at_the_ends():
    low, high = log_log_interval(np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.2, np.inf]), 0.95)
    assert np.isnan(low[[0, 2]]).all()
    assert low[1] < 0.5 < high[1]


def test_by_age_moves_periods_to_ages():
    np.testing.assert_array_equal(by_age(np.array([[1, 2], [0, 3]])), [[1, 2], [3, np.nan]])
