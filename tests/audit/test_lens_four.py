"""Cohorts side by side: against pandas, churn's estimates and scipy, and numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.cohort_logs import cells, purchases, rows, without_returns
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import customerintel as ci
from customerintel.audit.cohort_trends import QUALITY
from customerintel.audit.lens_four import HORIZONS, lens_four
from customerintel.audit.robust_slope import robust_slope
from customerintel.churn.kaplan_meier import kaplan_meier


def test_the_first_period_against_pandas():
    frame = without_returns(1)
    lens = lens_four(cells(frame))
    bought = purchases(frame)
    own = bought[bought.age == 0].groupby(["cohort", "customer_id"]).amount.agg(["sum", "size"])
    for name, column in (("spend", "sum"), ("orders", "size")):
        by = own[column].groupby("cohort")
        for end, values in {
            "mean": by.mean(), "q25": by.quantile(0.25), "median": by.median(),
            "q75": by.quantile(0.75),
        }.items():  # fmt: skip
            found = getattr(lens, f"first_{name}_{end}")
            np.testing.assert_allclose(found, values.reindex(range(len(found))), err_msg=name)


def test_second_purchases_against_the_estimate_of_churn():
    frame = without_returns(2, n_customers=150)
    as_of = "2020-11-15"
    lens = lens_four(cells(frame, as_of=as_of))
    bought = purchases(frame, as_of)
    bought["day"] = bought.timestamp.dt.normalize()
    per = bought.groupby("customer_id")
    first, cohort = per.day.min(), per.cohort.first()
    second = bought[bought.day > bought.customer_id.map(first)].groupby("customer_id").day.min()
    days = (second.reindex(first.index) - first).dt.days
    waited = (pd.Timestamp(as_of) - first).dt.days
    for c in sorted(cohort.unique()):
        own = cohort[cohort == c].index
        came = days[own].notna().to_numpy()
        curve = kaplan_meier(np.where(came, days[own], waited[own]), came)
        seen = waited[own].max() >= HORIZONS
        expected = np.where(seen, 1.0 - curve.survival_at(HORIZONS), np.nan)
        np.testing.assert_allclose(lens.second_within[c], expected)
        half = curve.time[curve.survival <= 0.5 + 1e-12]
        np.testing.assert_equal(lens.median_days_to_second[c], half[0] if len(half) else np.nan)
        # at days on which somebody came, the interval is the estimate's own
        for k, at in enumerate(HORIZONS):
            exact = np.flatnonzero(curve.time == at)
            if len(exact) and seen[k] and 0 < curve.survival[exact[0]] < 1:
                upper = 1.0 - curve.lower_95[exact[0]]
                assert lens.second_within_upper[c, k] == pytest.approx(upper)


def test_without_open_intervals_it_is_the_plain_share():
    frame = without_returns(3)
    lens = lens_four(cells(frame, as_of="2022-12-31"))
    bought = purchases(frame, "2022-12-31")
    bought["day"] = bought.timestamp.dt.normalize()
    days = bought.drop_duplicates(["customer_id", "day"]).sort_values("day")
    place = days.groupby("customer_id").cumcount()
    gap = days.groupby("customer_id").day.diff().dt.days[place == 1]
    within = gap.groupby(days.cohort[place == 1]).apply(lambda own: (own <= 90).sum())
    share = within.reindex(range(24)).fillna(0) / np.where(lens.customers[:24] > 0, lens.customers[:24], np.nan)  # fmt: skip # noqa: E501
    np.testing.assert_allclose(lens.second_within[:24, 4], share)


@pytest.mark.parametrize("seed", range(4))
def test_the_slope_against_scipy(seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.choice(40, 12, replace=False))
    y = rng.normal(0, 1, 12) + 0.1 * x
    if seed == 3:
        y = np.round(y)  # ties
    found = robust_slope(x, np.append(y, np.nan)[:12], 0.9)
    known = stats.theilslopes(y, x, alpha=0.9)
    assert found.slope == pytest.approx(known.slope)
    assert (found.lower, found.upper) == pytest.approx((known.low_slope, known.high_slope))


def test_a_slope_of_few_values_has_no_interval_or_is_none():
    assert np.isnan(robust_slope(np.arange(3), np.arange(3.0), 0.95).slope)
    few = robust_slope(np.arange(4), np.array([0.0, 1.0, 1.5, 9.0]), 0.999)
    assert few.n == 4
    assert few.slope > 0
    assert np.isnan(few.lower)


def test_a_trend_that_is_there_is_found():
    # each cohort spends 2 more than the one before it, at any age
    rows_ = [
        (100 * c + k, np.datetime64("2020-01-03") + np.timedelta64(31 * m, "D"), 50.0 + 2.0 * c)
        for c in range(10) for k in range(3) for m in range(c, 11)
    ]  # fmt: skip
    frame = pd.DataFrame(rows_, columns=["customer_id", "timestamp", "amount"])
    lens = lens_four(cells(frame))
    assert lens.trend("average_order_value", 0).slope == pytest.approx(2.0)
    assert lens.trend("average_order_value", 3)[:3] == pytest.approx((2.0, 2.0, 2.0))
    assert lens.trend("retention", 1).slope == 0.0
    assert lens.trend("cumulative_spend_per_customer", 1).slope == pytest.approx(4.0)
    table = lens.to_frame("trends")
    assert set(table.measure) == set(QUALITY)
    assert not ((table.measure == "retention") & (table.age == 0)).any()


def test_one_cohort_and_no_amounts():
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1, 2, 2], "timestamp": ["2011-01-01", "2011-01-02", "2011-01-20"]}
    )
    history = log.as_of("2011-01-31")
    lens = lens_four(
        ci.audit.cells_of(history, ci.audit.read_periods(history, "month", align="calendar"))
    )
    assert np.isnan(lens.first_spend_mean).all()
    assert lens.first_orders_mean.tolist() == [1.5]
    np.testing.assert_allclose(lens.second_within[0, :3], [0.0, 0.0, 0.5])
    assert lens.second_within_lower[0, 0] == 0.0
    assert 0.5 < lens.second_within_upper[0, 0] < 1.0
    assert len(lens.trends) == 0
    assert len(lens.to_frame("trends")["age"]) == 0
    assert "one cohort only" in lens.notes[0]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_row_order_and_what_must_hold(seed):
    frame = rows(n_customers=15, n_rows=90, seed=seed)
    lens = lens_four(cells(frame))
    other = lens_four(cells(frame.sample(frac=1.0, random_state=seed % 997)))
    for part in lens.parts:
        pd.testing.assert_frame_equal(lens.to_frame(part), other.to_frame(part))
    seen = ~np.isnan(lens.second_within)
    low, high = lens.interval("second_within")
    assert (np.diff(lens.second_within, axis=1)[seen[:, 1:]] >= -1e-12).all()
    assert (low[seen] <= lens.second_within[seen] + 1e-12).all()
    assert (high[seen] >= lens.second_within[seen] - 1e-12).all()


def test_parts_and_repr():
    lens = lens_four(cells(rows(seed=3)))
    assert lens.parts == ("cohorts", "same_age", "mean", "second_purchase", "trends")
    assert "second_within_90d" in lens.to_frame().columns
    assert len(lens.to_frame("second_purchase")) == 12 * len(HORIZONS)
    np.testing.assert_array_equal(
        lens.to_frame("mean")["retention"], lens.same_age("retention").mean
    )
    assert repr(lens).startswith("LensFour(cohorts=")
    assert "<table>" in lens._repr_html_()
