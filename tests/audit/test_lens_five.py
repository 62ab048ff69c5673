"""The whole base: against pandas and numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.cohort_logs import cells, log_of, purchases, rows, without_returns
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.audit.lens_five import lens_five

HAND = {
    "customer_id": [1, 1, 1, 2, 3, 3],
    "timestamp": [
        "2011-01-01", "2011-01-30", "2011-03-02", "2011-01-20", "2011-02-01", "2011-03-05",
    ],
    "amount": [10.0, 6.0, 4.0, 2.0, 8.0, 1.0],
}  # fmt: skip


def hand(period="month", **more):
    history = log_of({**HAND, **more}).as_of("2011-03-31")
    return ci.audit.cells_of(history, ci.audit.read_periods(history, period, align="calendar"))


def test_numbers_by_hand():
    lens = lens_five(hand())
    assert lens.active.tolist() == [2, 1, 2]
    assert lens.new.tolist() == [2, 1, 0]
    assert lens.retained.tolist() == [0, 0, 1]
    assert lens.returned.tolist() == [0, 0, 1]
    assert lens.lapsed.tolist() == [0, 2, 0]
    np.testing.assert_allclose(lens.lapsed_share, [np.nan, 1, 0])
    np.testing.assert_allclose(lens.entered_share, [1, 1, 0.5])
    np.testing.assert_allclose(lens.new_share_of_spend, [1, 1, 0])
    np.testing.assert_allclose(lens.average_age, [0, 0, (2 * 4 + 1 * 1) / 5])
    np.testing.assert_allclose(lens.spend_stack, [[18, 0, 4], [0, 8, 1], [0, 0, 0]])
    assert lens.dependence == pytest.approx(8 / 13)
    assert lens.stack_labels == lens.labels
    assert np.isnan(lens.dependence_trend.slope)
    assert np.isnan(lens.run_off.expected).all()


def test_earlier_customers_have_a_row_of_their_own():
    lens = lens_five(hand([("2011-02-01", "2011-02-28"), ("2011-03-01", "2011-03-31")]))
    assert lens.stack_labels == ("2011-02-01 to 2011-02-28", "2011-03-01 to 2011-03-31", "earlier")
    np.testing.assert_allclose(lens.spend_stack, [[8, 1], [0, 0], [0, 4]])
    # all periods count: who is new in the first is known
    assert lens.dependence == pytest.approx(8 / 13)
    np.testing.assert_allclose(lens.average_age, [0, 1])
    stack = lens.to_frame("stack")
    assert len(stack) == 5
    assert (stack.cohort == "earlier").sum() == 2


def test_pandas_comes_to_the_same():
    frame = without_returns(1)
    lens = lens_five(cells(frame))
    bought = purchases(frame)
    by = bought.groupby("month")
    np.testing.assert_allclose(lens.spend, by.amount.sum())
    np.testing.assert_array_equal(lens.orders, by.size())
    np.testing.assert_array_equal(lens.active, by.customer_id.nunique())
    new = bought[bought.age == 0].groupby("month").amount.sum().reindex(range(12)).fillna(0)
    np.testing.assert_allclose(lens.new_share_of_spend, new / by.amount.sum())
    months = {month: set(own.customer_id) for month, own in by}
    lapsed = [0, *(len(months[k - 1] - months[k]) for k in range(1, 12))]
    assert lens.lapsed.tolist() == lapsed
    age = (bought.age * bought.amount).groupby(bought.month).sum() / by.amount.sum()
    np.testing.assert_allclose(lens.average_age, age)
    later = bought[bought.month > 0]
    assert lens.dependence == pytest.approx(later[later.age == 0].amount.sum() / later.amount.sum())


def test_no_amounts_go_by_orders():
    frame = {name: HAND[name] for name in ("customer_id", "timestamp")}
    history = log_of(frame).as_of("2011-03-31")
    lens = lens_five(
        ci.audit.cells_of(history, ci.audit.read_periods(history, "month", align="calendar"))
    )
    assert np.isnan(lens.spend).all()
    assert np.isnan(lens.new_share_of_spend).all()
    np.testing.assert_allclose(lens.average_age, [0, 0, 1.5])
    assert lens.dependence == pytest.approx(1 / 3)
    assert "by orders" in lens.notes[-1]


def test_negative_spend_has_no_shares():
    lens = lens_five(hand(amount=[10.0, -60.0, 4.0, 2.0, 8.0, 1.0]))
    assert lens.spend[0] == -48.0
    assert np.isnan(lens.new_share_of_spend[0])
    assert np.isnan(lens.average_age[0])
    assert np.isfinite(lens.new_share_of_orders).all()


def test_one_period():
    history = log_of(HAND).as_of("2011-03-31")
    lens = lens_five(
        ci.audit.cells_of(history, ci.audit.read_periods(history, "year", align="calendar"))
    )
    assert lens.new.tolist() == [3]
    assert np.isnan(lens.dependence)
    assert np.isnan(lens.run_off.expected).all()
    for part in lens.parts:
        assert len(lens.to_frame(part)) >= 1


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 4.0]))
def test_row_order_scale_of_money_and_what_must_add_up(seed, scale):
    frame = rows(n_customers=15, n_rows=90, seed=seed)
    lens = lens_five(cells(frame))
    shuffled = frame.sample(frac=1.0, random_state=seed % 997)
    other = lens_five(cells(shuffled.assign(amount=shuffled.amount * scale)))
    assert lens.active.tolist() == (lens.new + lens.retained + lens.returned).tolist()
    assert lens.active[:-1].tolist() == (lens.retained + lens.lapsed)[1:].tolist()
    np.testing.assert_allclose(lens.spend_stack.sum(axis=0), lens.spend, atol=1e-9)
    np.testing.assert_allclose(other.new_share_of_spend, lens.new_share_of_spend)
    np.testing.assert_allclose(other.average_age, lens.average_age)
    np.testing.assert_allclose(other.run_off.expected, lens.run_off.expected * scale)
    np.testing.assert_allclose(other.run_off.share_of_last, lens.run_off.share_of_last)


def test_parts_and_repr():
    lens = lens_five(cells(rows(seed=3)))
    assert lens.parts == ("periods", "stack", "run_off", "run_off_orders")
    assert len(lens.to_frame("stack")) == 12 * 13 / 2
    low, high = lens.interval("lapsed_share")
    assert (low[1:] <= lens.lapsed_share[1:]).all()
    assert (lens.lapsed_share[1:] <= high[1:]).all()
    assert repr(lens).startswith("LensFive(periods=12")
    assert "<table>" in lens._repr_html_()
    pd.testing.assert_frame_equal(lens.to_frame("run_off"), lens.run_off.to_frame())
