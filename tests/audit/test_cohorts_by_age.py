"""The cohort table against pandas and numbers by hand, and what must not move it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.cohort_logs import cells, log_of, purchases, rows, without_returns
from hypothesis import given, settings
from hypothesis import strategies as st
from table_kinds import contents

import customerintel as ci
from customerintel.audit.cohort_table_result import MEASURES, table_of
from customerintel.audit.cohorts_by_age import cohort_table

#: Three customers: two begin in January, one in February.
HAND = {
    "customer_id": [1, 1, 1, 2, 3, 3],
    "timestamp": [
        "2011-01-01", "2011-01-30", "2011-03-02", "2011-01-20", "2011-02-01", "2011-03-05",
    ],
    "amount": [10.0, 6.0, 4.0, 2.0, 8.0, 1.0],
}  # fmt: skip


def test_numbers_by_hand():
    table = cohort_table(log_of(HAND), as_of="2011-03-31")
    nan = np.nan
    expected = {
        "active": [[2, 0, 1], [1, 1, nan], [0, nan, nan]],
        "retention": [[1, 0, 0.5], [1, 1, nan], [nan, nan, nan]],
        "orders": [[3, 0, 1], [1, 1, nan], [0, nan, nan]],
        "orders_per_active": [[1.5, nan, 1], [1, 1, nan], [nan, nan, nan]],
        "spend": [[18, 0, 4], [8, 1, nan], [0, nan, nan]],
        "average_order_value": [[6, nan, 4], [8, 1, nan], [nan, nan, nan]],
        "spend_per_customer": [[9, 0, 2], [8, 1, nan], [nan, nan, nan]],
        "cumulative_spend_per_customer": [[9, 9, 11], [8, 9, nan], [nan, nan, nan]],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(table, name), np.array(values, float), err_msg=name)
    assert table.labels == ("2011-01", "2011-02", "2011-03")
    assert table.customers.tolist() == [2, 1, 0]
    assert table.complete.sum() == 6
    curve = table.same_age("retention")
    np.testing.assert_allclose(curve.mean, [1, 1 / 3, 0.5])
    assert curve.n_cohorts.tolist() == [2, 2, 1]
    np.testing.assert_allclose(table.same_age("average_order_value").mean, [26 / 4, 1, 4])


def test_one_order_of_two_lines_counts_once():
    frame = {
        "customer_id": [1, 1, 1], "order_id": ["a", "a", "b"], "quantity": [2, 3, 5],
        "timestamp": ["2011-01-01", "2011-01-01", "2011-01-02"], "amount": [1.0, 2.0, 4.0],
    }  # fmt: skip
    log = ci.TransactionLog.from_frame(frame, order_id="order_id", quantity="quantity")
    table = cohort_table(log)
    assert (table.orders[0, 0], table.spend[0, 0]) == (2, 7)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("as_of", ["2020-12-31", "2020-11-10"])
def test_pandas_comes_to_the_same(seed, as_of):
    frame = without_returns(seed)
    table = cohort_table(log_of(frame), as_of=as_of)
    bought = purchases(frame, as_of)
    p = len(table)
    key = [bought.cohort, bought.age]
    wide = {
        "active": bought.groupby(key).customer_id.nunique(),
        "orders": bought.groupby(key).size(),
        "spend": bought.groupby(key).amount.sum(),
    }
    inside = np.add.outer(np.arange(p), np.arange(p)) < p
    for name, long in wide.items():
        full = long.unstack().reindex(index=range(p), columns=range(p)).fillna(0.0).to_numpy()
        np.testing.assert_allclose(getattr(table, name), np.where(inside, full, np.nan))
    sizes = bought.groupby("cohort").customer_id.nunique().reindex(range(p)).fillna(0)
    assert table.customers.tolist() == sizes.tolist()
    np.testing.assert_array_equal(
        table.complete, inside & (np.add.outer(np.arange(p), np.arange(p)) < p - (p == 11))
    )


def test_returns_are_taken_off_the_period_of_the_purchase():
    frame = {
        "customer_id": [1, 1], "timestamp": ["2011-01-05", "2011-03-05"], "amount": [10.0, -4.0],
    }  # fmt: skip
    table = cohort_table(log_of(frame), as_of="2011-03-31")
    np.testing.assert_allclose(table.spend[0], [6, 0, 0])
    assert table.orders[0].tolist() == [1, 0, 0]


def test_all_money_is_in_the_table():
    frame = rows(seed=3)
    log = log_of(frame)
    table = cohort_table(log, as_of="2020-12-31")
    whole = log.as_of("2020-12-31").summarize().total_amount.sum()
    unmatched = cells(frame).unmatched
    assert unmatched < 0
    np.testing.assert_allclose(np.nansum(table.spend), whole - unmatched)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.25, 3.0, 128.0]))
def test_row_order_and_scale_of_money(seed, scale):
    frame = rows(n_customers=12, n_rows=60, seed=seed)
    shuffled = frame.sample(frac=1.0, random_state=seed % 1000)
    one = cohort_table(log_of(frame), as_of="2020-12-31")
    other = cohort_table(
        log_of(shuffled.assign(amount=shuffled.amount * scale)), as_of="2020-12-31"
    )
    for name in MEASURES:
        money = scale if "spend" in name or "value" in name else 1.0
        np.testing.assert_allclose(getattr(other, name), getattr(one, name) * money, rtol=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_a_shift_by_whole_periods(seed, weeks):
    frame = rows(n_customers=12, n_rows=60, seed=seed)
    later = frame.assign(timestamp=frame.timestamp + pd.Timedelta(weeks=weeks))
    end = np.datetime64("2020-12-31")
    one = cohort_table(log_of(frame), as_of=end, period="week")
    other = cohort_table(log_of(later), as_of=end + 7 * weeks, period="week")
    for name in ("customers", "complete", *MEASURES):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_what_must_add_up(seed):
    table = cohort_table(log_of(rows(n_customers=15, n_rows=80, seed=seed)), as_of="2020-12-31")
    some = table.customers > 0
    assert (table.retention[some, 0] == 1.0).all()
    inside = ~np.isnan(table.retention)
    low, value, high = table.retention_lower, table.retention, table.retention_upper
    assert (low[inside] <= value[inside]).all()
    assert (value[inside] <= high[inside]).all()
    assert (table.active[inside] <= table.orders[inside]).all()


def test_periods_that_begin_late_leave_earlier_customers_out():
    log = log_of(HAND)
    table = cohort_table(
        log, as_of="2011-03-31", period=[("2011-02-01", "2011-02-28"), ("2011-03-01", "2011-03-31")]
    )
    assert table.customers.tolist() == [1, 0]
    assert table.n_without_cohort == 2
    assert "2 customers first bought outside" in table.notes[0]


def test_a_gap_between_periods_makes_no_cohort():
    log = log_of(HAND)
    table = cohort_table(
        log, as_of="2011-03-31", period=[("2011-01-01", "2011-01-10"), ("2011-03-01", "2011-03-31")]
    )
    assert table.customers.tolist() == [1, 0]
    assert table.n_without_cohort == 2
    np.testing.assert_array_equal(table.active[0], [1, 1])


def test_partial_periods_are_in_the_table_and_not_in_curves():
    table = cohort_table(log_of(HAND), as_of="2011-03-10")
    assert not table.complete[0, 2]
    assert table.active[0, 2] == 1.0
    assert np.isnan(table.same_age("retention").curves[0, 2])
    late = cohort_table(log_of({**HAND, "timestamp": ["2011-01-05", *HAND["timestamp"][1:]]}))
    late_2 = cohort_table(
        log_of({"customer_id": [1, 1], "timestamp": ["2011-01-05", "2011-02-05"]}),
        as_of="2011-02-28",
    )
    assert not late.complete[0, 0]
    assert np.isnan(late_2.same_age("cumulative_spend_per_customer").curves[0]).all()
    assert late_2.same_age("retention").n_cohorts.tolist() == [0, 1]


def test_one_cohort_and_no_amounts():
    log = log_of({"customer_id": [1, 2], "timestamp": ["2011-01-01", "2011-01-20"]})
    table = cohort_table(log)
    assert table.retention.tolist() == [[1.0]]
    assert np.isnan(table.spend).all()
    assert np.isnan(table.same_age("spend").mean).all()
    assert table.notes == (
        "There is one cohort only, so there is nothing to compare it with.",
        "The log has no amounts, so all that is money is NaN.",
    )


def test_mean_and_interval_of_same_age_curves():
    table = cohort_table(log_of(without_returns(8)), as_of="2020-12-31")
    curve = table.same_age("retention")
    known = ~np.isnan(curve.curves[:, 2])
    active, own = table.active[known, 2], table.customers[known]
    mean = active.sum() / own.sum()
    left = active - mean * own
    n = known.sum()
    half = 1.959963984540054 * np.sqrt((left**2).sum() * n / (n - 1)) / own.sum()
    assert curve.mean[2] == pytest.approx(mean)
    assert curve.mean_lower[2] == pytest.approx(mean - half)
    assert curve.mean_upper[2] == pytest.approx(mean + half)
    assert curve.n_cohorts[2] == n
    frame = curve.to_frame()
    assert list(frame.columns) == ["cohort", "age", "retention"]
    assert len(curve.to_frame("mean")) == len(table)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_frames(table_kind):
    log = ci.TransactionLog.from_frame(table_kind.make(HAND))
    table = cohort_table(log, as_of="2011-03-31")
    long = contents(table.to_frame())
    assert list(long)[:5] == ["cohort", "age", "period", "complete", "customers"]
    assert len(long["cohort"]) == 6
    assert [str(one) for one in long["period"]][:3] == ["2011-01", "2011-02", "2011-03"]
    wide = contents(table.to_frame("retention"))
    assert list(wide) == ["cohort", "customers", "age_0", "age_1", "age_2"]


def test_results_cannot_be_changed_and_show_themselves():
    table = table_of(cells(rows(seed=9)))
    with pytest.raises(ValueError, match="read-only"):
        table.retention[0, 0] = 2.0
    assert repr(table).startswith("CohortTable(cohorts=")
    assert table.interval("retention")[0] is table.retention_lower
    curve = table.same_age()
    assert curve.interval("mean")[1] is curve.mean_upper
    assert "<table>" in table._repr_html_()
    assert repr(table.same_age()).startswith("SameAge(measure=retention")
    assert "<table>" in table.same_age()._repr_html_()
