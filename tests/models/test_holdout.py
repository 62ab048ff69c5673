"""Holdout splits: what was known, and what the same customers bought after it."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models.cdnow_log import read_cdnow_log
from table_kinds import contents

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.models.holdout import split_holdout

#: Days of January and February 2024; the first of January is a Monday.
PURCHASES = [
    ("a", "2024-01-01"),
    ("a", "2024-01-15"),
    ("a", "2024-01-15"),
    ("a", "2024-01-17"),
    ("b", "2024-01-16"),
    ("c", "2024-01-02"),
    ("c", "2024-01-18"),
    ("c", "2024-02-01"),
    ("d", "2024-01-20"),
    ("d", "2024-02-04"),
]


def log_of(purchases=PURCHASES, make=dict, **options):
    customer, when = zip(*purchases, strict=True)
    columns = {
        "customer_id": list(customer), "timestamp": list(when), "amount": [10.0] * len(when),
    }  # fmt: skip
    return ci.TransactionLog.from_frame(make(columns), **options)


# -- published --------------------------------------------------------------------------------


@pytest.mark.reference_data
@pytest.mark.parametrize("holdout_end", ["1998-06-30", None])
def test_cdnow(reference_data, holdout_end):
    """BTYD 2.4.3, ``cdnowSummary``: x.star of all 2,357 customers, 1,882 orders in 39 weeks."""
    split = split_holdout(
        read_cdnow_log(reference_data), calibration_end="1997-09-30", holdout_end=holdout_end
    )
    published = np.loadtxt(
        reference_data / "cdnow_summary_btyd_weeks.csv", delimiter=",", skiprows=1
    ).T
    np.testing.assert_array_equal(split.customer_id, published[0])
    np.testing.assert_array_equal(split.calibration.frequency, published[1])
    np.testing.assert_array_equal(split.purchases, published[4])
    assert (len(split), split.purchases.sum(), split.horizon) == (2357, 1882, 39.0)
    assert (split.n_new, split.purchases.dtype) == (0, np.int64)


# -- what counts ------------------------------------------------------------------------------


def test_purchase_days_of_each_customer():
    split = split_holdout(log_of(), calibration_end="2024-01-16", holdout_end="2024-02-06")
    assert split.customer_id.tolist() == ["a", "b", "c"]
    assert split.calibration.frequency.tolist() == [1, 0, 0]
    assert split.purchases.tolist() == [1, 0, 2]
    assert (split.horizon, split.n_new) == (3.0, 1)
    assert str(split.calibration_end) == "2024-01-16T23:59:59.999999"
    assert str(split.holdout_end) == "2024-02-06T23:59:59.999999"


def test_a_week_that_straddles_the_calibration_end():
    """Who has bought in its first part has had that week; who has not, buys in the holdout."""
    split = split_holdout(log_of(), calibration_end="2024-01-16", unit="week", period="week")
    assert split.calibration.frequency.tolist() == [1, 0, 0]
    assert split.purchases.tolist() == [0, 0, 2]
    # from the week of 15 January to that of the last row, 4 February
    assert split.horizon == 2.0


def test_both_parts_add_up_to_the_whole():
    log = log_of()
    for period in ("hour", "day", "week", "month"):
        split = split_holdout(
            log, calibration_end="2024-01-16", holdout_end="2024-02-04", period=period, unit="day"
        )
        whole = ci.summarize(log, as_of="2024-02-04", period=period, unit="day")
        both = np.isin(whole.customer_id, split.customer_id)
        np.testing.assert_array_equal(
            whole.frequency[both], split.calibration.frequency + split.purchases
        )
        np.testing.assert_allclose(whole.T[both], split.calibration.T + split.horizon)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60)), min_size=2, max_size=40),
    st.integers(0, 59),
    st.sampled_from(["day", "week"]),
)
def test_splitting_is_counting_twice(rows, end, period):
    """Counted by hand: distinct periods in the whole, less those until the end."""
    start = np.datetime64("2024-01-01")
    log = log_of([(who, str(start + day)) for who, day in rows])
    length = 7 if period == "week" else 1
    known = {who for who, day in rows if day <= end}
    if not known or 60 // length == end // length:
        return
    split = split_holdout(
        log, calibration_end=start + end, holdout_end=start + 60, unit="day", period=period
    )
    expected = [
        len({d // length for w, d in rows if w == who})
        - len({d // length for w, d in rows if w == who and d <= end})
        for who in sorted(known)
    ]
    assert split.purchases.tolist() == expected
    assert split.n_new == len({who for who, _ in rows}) - len(known)
    assert split.horizon == (60 // length - end // length) * length


@pytest.mark.parametrize(
    ("returns", "purchases", "spend"), [("net", 1, 5.0), ("drop", 1, 30.0), ("keep", 3, 30.0)]
)
def test_returns_are_no_purchases(returns, purchases, spend):
    """A return by the end lowers the spend of the calibration; later ones cannot."""
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1] * 6,
            "timestamp": [
                "2024-01-01", "2024-01-02", "2024-01-10", "2024-01-20", "2024-01-21", "2024-01-25",
            ],
            "amount": [8.0, 30.0, -25.0, -5.0, 12.0, -3.0],
        },
        returns=returns,
    )  # fmt: skip
    split = split_holdout(log, calibration_end="2024-01-15", holdout_end="2024-01-31")
    assert split.purchases.tolist() == [purchases]
    kept = {"keep": (30.0 - 25.0) / 2}.get(returns, spend)
    assert split.calibration.monetary_value.tolist() == [kept]


def test_an_end_after_the_last_row_is_time_without_purchases():
    short, long = (
        split_holdout(log_of(), calibration_end="2024-01-16", holdout_end=end)
        for end in ("2024-02-13", "2024-12-31")
    )
    np.testing.assert_array_equal(short.purchases, long.purchases)
    assert (short.horizon, long.horizon) == (4.0, 50.0)


def test_a_time_zone_decides_which_day_it_is():
    """23:30 in New York on the 16th is the 17th in UTC."""
    zone = "America/New_York"
    when = np.array(["2024-01-10T12:00", "2024-01-17T04:30", "2024-01-18T12:00"], "M8[us]")
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"customer_id": 1, "timestamp": when, "amount": 1.0})
    table["timestamp"] = table["timestamp"].dt.tz_localize("UTC").dt.tz_convert(zone)
    split = split_holdout(
        ci.TransactionLog.from_frame(table), calibration_end="2024-01-16", unit="day"
    )
    assert split.calibration.frequency.tolist() == [1]
    assert split.purchases.tolist() == [1]
    assert split.horizon == 2.0


# -- the result -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_to_frame_is_of_the_callers_kind(table_kind):
    split = split_holdout(log_of(make=table_kind.make), calibration_end="2024-01-16")
    frame = split.to_frame()
    assert table_kind.is_kind(frame)
    found = contents(frame)
    assert list(found) == [
        "customer_id", "frequency", "recency", "T", "monetary_value", "holdout_purchases",
    ]  # fmt: skip
    assert found["customer_id"] == ["a", "b", "c"]
    assert found["holdout_purchases"] == [1, 0, 2]


def test_the_result_is_closed():
    split = split_holdout(log_of(), calibration_end="2024-01-16")
    with pytest.raises(ValueError, match="read-only"):
        split.purchases[0] = 9
    with pytest.raises(dataclasses.FrozenInstanceError):
        split.horizon = 1.0


def test_how_it_shows_itself():
    split = split_holdout(log_of(), calibration_end="2024-01-16", holdout_end="2024-02-06")
    assert repr(split) == (
        "HoldoutSplit(customers=3, purchases=3, horizon=3, unit=week, "
        "calibration_end=2024-01-16T23:59:59.999999, holdout_end=2024-02-06T23:59:59.999999, "
        "new_customers=1)"
    )
    assert split._repr_html_().startswith("<table><caption>Holdout split</caption>")


# -- bad input --------------------------------------------------------------------------------

EMPTY = {
    "customer_id": np.array([], np.int64),
    "timestamp": np.array([], "M8[us]"),
    "amount": np.array([], np.float64),
}
CALLS = {
    "a summary in place of a log": (
        lambda: split_holdout(
            ci.summarize(log_of(), as_of="2024-02-04"), calibration_end="2024-01-16"
        ),
        (
            "A holdout is cut from a TransactionLog; got CustomerSummary. Make one with "
            "TransactionLog.from_frame(); a history or a summary does not know what came later."
        ),
    ),
    "a log without rows": (
        lambda: split_holdout(
            ci.TransactionLog.from_frame(EMPTY), calibration_end="2024-01-16"
        ),
        "The log has no rows, so there is nothing to split.",
    ),
    "ends in the wrong order": (
        lambda: split_holdout(
            log_of(), calibration_end="2024-02-01", holdout_end="2024-01-01"
        ),
        "calibration_end must come before holdout_end. Give an earlier one.",
    ),
    "a calibration until after the last row": (
        lambda: split_holdout(log_of(), calibration_end="2024-02-04"),
        "calibration_end must come before the last row of the log. Give an earlier one.",
    ),
    "a holdout within one week": (
        lambda: split_holdout(
            log_of(), calibration_end="2024-01-16", holdout_end="2024-01-20", period="week"
        ),
        (
            "The holdout must last until a later week than the calibration, and both end in the "
            "same. Give an earlier calibration_end, or a later holdout_end."
        ),
    ),
    "a calibration before the first row": (
        lambda: split_holdout(log_of(), calibration_end="2023-12-31"),
        (
            "Nobody had bought by calibration_end, so there is nothing to learn from. Give a later "
            "one."
        ),
    ),
    "an end of the calibration that is no moment": (
        lambda: split_holdout(log_of(), calibration_end=16),
        (
            "calibration_end must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; got int."
        ),
    ),
    "an unknown unit of a holdout": (
        lambda: split_holdout(log_of(), calibration_end="2024-01-16", unit="fortnight"),
        "unit must be one of 'hour', 'day', 'week', 'month', 'quarter', 'year'; got 'fortnight'.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, message = CALLS[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call()
    assert str(caught.value) == message


def test_a_midnight_that_leaves_its_day_out():
    with pytest.warns(DataQualityWarning, match="calibration_end is a datetime at midnight"):
        split = split_holdout(log_of(), calibration_end=datetime(2024, 1, 17))
    assert str(split.calibration_end) == "2024-01-17T00:00:00.000000"
