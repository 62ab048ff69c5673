"""One cohort over time: against pandas, numbers by hand, and what must not move it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.cohort_logs import cells, log_of, purchases, rows, without_returns
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.audit.lens_three import lens_three
from customerintel.audit.purchase_intervals import left_after, left_at, quantiles_of


def hand(as_of="2011-04-30"):
    """Customer 1 comes back after 10, 30 and 1 days, customer 2 never, customer 3 in February."""
    frame = {
        "customer_id": [1, 1, 1, 1, 1, 2, 3],
        "timestamp": [
            "2011-01-01", "2011-01-11", "2011-02-10", "2011-02-11", "2011-02-11", "2011-01-31",
            "2011-02-05",
        ],
        "amount": [10.0, 5.0, 20.0, 4.0, 6.0, 2.0, 9.0],
    }  # fmt: skip
    history = log_of(frame).as_of(as_of)
    return ci.audit.cells_of(history, ci.audit.read_periods(history, "month", align="calendar"))


def test_numbers_by_hand():
    lens = lens_three(hand(), cohort="2011-01")
    assert (lens.cohort, lens.place, lens.customers) == ("2011-01", 0, 2)
    assert lens.labels == ("2011-01", "2011-02", "2011-03", "2011-04")
    np.testing.assert_allclose(lens.share_active, [1, 0.5, 0, 0])
    np.testing.assert_allclose(lens.orders_per_active, [1.5, 3, np.nan, np.nan])
    np.testing.assert_allclose(lens.average_order_value, [17 / 3, 10, np.nan, np.nan])
    np.testing.assert_allclose(lens.spend_per_customer, [8.5, 15, 0, 0])
    np.testing.assert_allclose(lens.cumulative_spend_per_customer, [8.5, 23.5, 23.5, 23.5])
    np.testing.assert_allclose(lens.bought_again, [1, 0.5, 0, 0])
    # days between purchases; from February 11 and from January 31 to April 30
    assert lens.gap_days.tolist() == [1, 10, 30, 78, 89]
    assert lens.gap_counts.tolist() == [1, 1, 1, 0, 0]
    assert lens.open_counts.tolist() == [0, 0, 0, 1, 1]
    np.testing.assert_allclose(lens.gap_quantiles, [1, 1, 10, 30, 30])
    # of five intervals, three have ended: .2, .4, .6 of all
    np.testing.assert_allclose(lens.gap_quantiles_with_open, [1, 10, 30, np.nan, np.nan])


def test_pandas_comes_to_the_same():
    frame = without_returns(1)
    lens = lens_three(cells(frame))
    bought = purchases(frame)
    own = bought[bought.cohort == lens.place]
    n = own.customer_id.nunique()
    assert lens.customers == n
    age = np.arange(len(lens.ages))
    active = own.groupby("age").customer_id.nunique().reindex(age).fillna(0).to_numpy()
    np.testing.assert_allclose(lens.share_active, active / n)
    spend = own.groupby("age").amount.sum().reindex(age).fillna(0).to_numpy()
    np.testing.assert_allclose(lens.cumulative_spend_per_customer, spend.cumsum() / n)
    last = own.groupby("customer_id").age.max()
    np.testing.assert_allclose(lens.bought_again, [(last >= a).mean() for a in age])
    days = own.timestamp.dt.normalize()
    gaps = (
        own.assign(day=days)
        .drop_duplicates(["customer_id", "day"])
        .sort_values("day")
        .groupby("customer_id")
        .day.diff()
        .dropna()
        .dt.days
    )
    assert lens.gap_counts.sum() == len(gaps)
    np.testing.assert_array_equal(
        lens.gap_quantiles, np.quantile(gaps, lens.shares, method="inverted_cdf")
    )


def test_the_default_is_the_earliest_complete_cohort_with_twenty():
    frame = without_returns(2, n_customers=600, n_rows=3000)
    made = cells(frame)
    lens = lens_three(made)
    sizes = purchases(frame).groupby("cohort").customer_id.nunique()
    assert lens.place == int(sizes[sizes >= 20].index[0])
    # where the log begins within the first period, that one is not complete
    rest = frame[frame.timestamp >= pd.Timestamp("2020-01-09")]
    sizes = purchases(rest).groupby("cohort").customer_id.nunique()
    assert sizes[0] >= 20
    assert lens_three(cells(rest)).place == int(sizes[1:][sizes[1:] >= 20].index[0])
    small = lens_three(hand())
    assert small.cohort == "2011-01"


def test_a_cohort_by_label_or_place():
    by_label, by_place = lens_three(hand(), cohort="2011-02"), lens_three(hand(), cohort=1)
    assert by_label.cohort == by_place.cohort == "2011-02"
    assert by_label.customers == 1
    assert np.isnan(by_label.gap_quantiles).all()  # nobody came back


def test_one_period_and_no_amounts():
    log = ci.TransactionLog.from_frame({"customer_id": [1, 2], "timestamp": ["2011-01-05"] * 2})
    history = log.as_of("2011-01-31")
    made = ci.audit.cells_of(history, ci.audit.read_periods(history, "month", align="calendar"))
    lens = lens_three(made)
    assert lens.share_active.tolist() == [1.0]
    assert np.isnan(lens.spend_per_customer).all()
    assert lens.bought_again.tolist() == [1.0]
    assert lens.gap_days.tolist() == [26]
    assert "not complete" in lens.notes[0]


def test_nobody_in_any_period():
    history = log_of({"customer_id": [1], "timestamp": ["2011-01-05"], "amount": [1.0]}).as_of(
        "2012-01-31"
    )
    periods = ci.audit.read_periods(history, [("2011-06-01", "2011-06-30")])
    lens = lens_three(ci.audit.cells_of(history, periods))
    assert lens.customers == 0
    assert np.isnan(lens.share_active).all()
    assert np.isnan(lens.bought_again).all()
    assert len(lens.gap_days) == 0
    assert lens.notes == ("No customer first bought within the periods, so there is no cohort.",)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_row_order_and_what_must_hold(seed):
    frame = rows(n_customers=10, n_rows=80, seed=seed)
    lens = lens_three(cells(frame))
    other = lens_three(cells(frame.sample(frac=1.0, random_state=seed % 997)))
    for part in lens.parts:
        pd.testing.assert_frame_equal(lens.to_frame(part), other.to_frame(part))
    assert (np.diff(lens.bought_again) <= 0).all()
    assert (lens.bought_again >= lens.share_active - 1e-12).all()
    assert lens.open_counts.sum() == lens.customers
    quantiles, wider = lens.gap_quantiles, lens.gap_quantiles_with_open
    assert (wider[~np.isnan(wider)] >= quantiles[~np.isnan(wider)]).all()


def test_the_product_limit_against_the_estimate_of_churn():
    from customerintel.churn.kaplan_meier import kaplan_meier

    rng = np.random.default_rng(0)
    days, ended = rng.integers(1, 30, 200), rng.random(200) < 0.6
    closed, still = (np.bincount(days[chosen], minlength=31) for chosen in (ended, ~ended))
    curve = left_after(closed[None], still[None])
    known = kaplan_meier(days, ended)
    np.testing.assert_allclose(curve.left[0], known.survival_at(np.arange(31)))
    at = known.time.astype(int)
    inside = known.survival > 0
    np.testing.assert_allclose(
        (curve.left * curve.spread)[0, at][inside], known.standard_error[inside]
    )
    assert quantiles_of(curve.left, np.array([0.5]))[0, 0] == known.time[known.survival <= 0.5][0]


@pytest.mark.parametrize("held", [1, 40, 1 << 18])
def test_shares_left_at_some_days_are_those_of_all_days(monkeypatch, held):
    monkeypatch.setattr("customerintel.audit.purchase_intervals.HELD", held)
    rng = np.random.default_rng(held)
    group, days, ended = rng.integers(0, 7, 300), rng.integers(2, 60, 300), rng.random(300) < 0.7
    group[group == 5] = 4  # nobody is in the sixth group
    at, width = np.array([0, 1, 7, 30, 58, 59, 90]), 91
    counts = [
        np.bincount(group[one] * width + days[one], minlength=7 * width).reshape(7, width)
        for one in (ended, ~ended)
    ]
    every = left_after(*counts)
    found, half = left_at(group, days, ended, 7, at)
    for name in ("left", "spread", "at_risk"):
        np.testing.assert_array_equal(getattr(found, name), getattr(every, name)[:, at], name)
    np.testing.assert_array_equal(half, quantiles_of(every.left, np.array([0.5]))[:, 0])
    assert np.isnan(half[5])
    nobody = np.empty(0, np.int64)
    none, never = left_at(nobody, nobody, nobody.astype(bool), 2, at)
    assert (none.left == 1.0).all()
    assert np.isnan(never).all()


def test_parts_intervals_and_repr():
    lens = lens_three(cells(rows(seed=3)))
    assert lens.parts == ("by_age", "gaps", "gap_quantiles")
    assert list(lens.to_frame().columns)[:3] == ["age", "period", "complete"]
    low, high = lens.interval("share_active")
    assert low is lens.share_active_lower
    assert high is lens.share_active_upper
    assert repr(lens).startswith("LensThree(cohort=2020-")
    assert "<table>" in lens._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        lens.active[0] = 1.0
