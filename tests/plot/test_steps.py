"""The numbers behind the tracking picture."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel import models, plot

NBD = models.NBD.from_params({"r": 0.5, "alpha": 6.0}, unit="week")


def test_published_weeks(cdnow_log, bg_nbd):
    """BTYD walkthrough: repeat purchases of the CDNOW sample in weeks 20 to 25."""
    data = plot.tracking_data(bg_nbd, cdnow_log, calibration_end="1997-09-30")
    assert data.actual[19:25].tolist() == [73, 55, 70, 33, 56, 99]
    assert data.cumulative_actual[19:25].tolist() == [1359, 1414, 1484, 1517, 1573, 1672]
    assert data.end[[0, 38, 77]].astype("M8[D]").astype(str).tolist() == [
        "1997-01-07",
        "1997-09-30",
        "1998-06-30",
    ]


@pytest.mark.reference_data
def test_published_weeks_all(cdnow_log, bg_nbd, reference_data):
    """BTYD: all 78 weeks of the CDNOW sample."""
    file = reference_data / "cdnow_cum_repeat_weekly_btyd.csv"
    published = np.loadtxt(file, delimiter=",", skiprows=1)[:, 1]
    data = plot.tracking_data(bg_nbd, cdnow_log, calibration_end="1997-09-30")
    assert data.cumulative_actual.tolist() == published.tolist()


def test_published_expectations(cdnow_log, bg_nbd, pareto_nbd):
    """BTYD walkthrough: what both models expect in weeks 20 to 25, and by their ends.

    BTYD takes customers to be a day older than their T says, so its weeks are those that end
    a day later here.
    """
    data = plot.tracking_data([pareto_nbd, bg_nbd], cdnow_log, calibration_end="1997-10-01")
    assert str(data.end[19].astype("M8[D]")) == "1997-05-21"
    assert data.expected[0, 19:25] == pytest.approx(
        [78.308, 76.419, 74.648, 72.983, 71.414, 69.933], rel=1e-3
    )
    assert data.expected[1, 19:25] == pytest.approx(
        [76.86531, 74.88843, 73.04554, 71.32166, 69.70412, 68.18213], rel=1e-6
    )
    assert data.cumulative_expected[0, 19:25] == pytest.approx(
        [1308.856, 1385.275, 1459.923, 1532.906, 1604.320, 1674.253], rel=1e-3
    )
    assert data.cumulative_expected[1, 19:25] == pytest.approx(
        [1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.600], abs=1e-3
    )


def test_the_calibration_ends_with_the_customers_own_ages(cdnow_log, cdnow_summary, pareto_nbd):
    data = plot.tracking_data(pareto_nbd, cdnow_log, calibration_end="1997-09-30")
    ages = cdnow_summary.T
    expected = sum(pareto_nbd.expected_purchases_new(age) for age in ages.tolist())
    assert data.cumulative_expected[0, 38] == pytest.approx(expected, rel=1e-12)
    assert data.cumulative_actual[38] == cdnow_summary.frequency.sum()
    assert data.n_customers == 2_357


ROWS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(0, 60 * 24),
        st.sampled_from([10.0, 0.0, -4.0]),
        st.sampled_from([None, "a", "b"]),
    ),
    min_size=1,
    max_size=40,
)
CALENDARS = st.sampled_from(
    [
        ("day", "day"),
        ("week", "day"),
        ("month", "day"),
        ("week", "week"),
        ("day", "hour"),
        ("month", "month"),
        ("day", "week"),
        ("quarter", "month"),
    ]
)


@settings(max_examples=40)
@given(
    rows=ROWS, calendar=CALENDARS, split=st.integers(20, 50),
    zone=st.sampled_from([None, "Europe/Berlin", "Asia/Kolkata"]),
    returns=st.sampled_from(["net", "keep", "drop"]),
)  # fmt: skip
def test_every_step_is_a_summary_of_its_own(rows, calendar, split, zone, returns):
    """Naive twin: the cohort's frequencies, and sums of expectations, as of each step's end."""
    unit, period = calendar
    start = pd.Timestamp("2024-03-01", tz=zone)  # over the change to summer time
    customers = [7, *(row[0] for row in rows)]
    hours = [0, *(row[1] for row in rows)]
    frame = pd.DataFrame({"customer_id": customers})
    frame["timestamp"] = [start + pd.Timedelta(hours=hour) for hour in hours]
    frame["amount"] = [1.0, *(row[2] for row in rows)]
    # what an order with a first line that is a return has bought is known later only
    frame["order_id"] = [None, *(None if row[2] < 0 else row[3] for row in rows)]
    log = ci.TransactionLog.from_frame(frame, returns=returns)
    fit = models.NBD.from_params({"r": 0.5, "alpha": 6.0}, unit=unit)
    day = (start + pd.Timedelta(days=split)).date()
    if period == "hour":  # a day is no hour: the picture ends with its last one
        day = pd.Timestamp(day) + pd.Timedelta(hours=23)
    elif period != "day":  # nor is it a week: the cohort has to be that of whole periods
        day = (pd.Timestamp(day).to_period(period[0].upper()).end_time).date()
    last = (start + pd.Timedelta(days=120)).date()
    data = plot.tracking_data(fit, log, calibration_end=day, end=last, period=period)
    cohort = log.as_of(day).customer_id
    assert data.n_customers == len(cohort)
    for k, moment in enumerate(data.end):
        naive = moment.astype("M8[us]").item()
        if period == "hour":
            local = pd.Timestamp(naive, tz="UTC").tz_convert(zone or "UTC")
            if not zone:
                local = local.tz_localize(None)
            end = (local + pd.Timedelta(minutes=59)).to_pydatetime()
        elif period == "day":
            end = naive.date()
        else:
            end = pd.Timestamp(naive).to_period(period[0].upper()).end_time.date()
        summary = ci.summarize(log, as_of=end, unit=unit, period=period)
        kept = np.isin(summary.customer_id, cohort)
        assert data.cumulative_actual[k] == summary.frequency[kept].sum()
        ages = summary.T[kept]
        expected = sum(fit.expected_purchases_new(age) for age in ages[ages > 0].tolist())
        assert data.cumulative_expected[0, k] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_steps_meet_at_the_end_of_the_calibration(cdnow_log):
    fit = models.NBD.from_params({"r": 0.4, "alpha": 2.8}, unit="month")
    data = plot.tracking_data(fit, cdnow_log, calibration_end="1997-09-30")
    days = data.end.astype("M8[D]")
    assert np.datetime64("1997-09-30") in days
    assert data.calibration_end == np.datetime64("1997-09-30")
    assert set(np.diff(days).astype(int).tolist()) == {30, 31}


def test_whole_steps_only(cdnow_log, pareto_nbd):
    whole = plot.tracking_data(pareto_nbd, cdnow_log, calibration_end="1997-09-30")
    less = plot.tracking_data(pareto_nbd, cdnow_log, calibration_end="1997-09-30", end="1998-06-29")
    assert len(whole.actual) == 78
    assert len(less.actual) == 77
    assert np.array_equal(less.actual, whole.actual[:77])


def test_a_history_ends_at_its_moment(cdnow_log, pareto_nbd):
    history = cdnow_log.as_of("1998-01-06")
    data = plot.tracking_data(pareto_nbd, history, calibration_end="1997-09-30")
    assert str(data.end[-1].astype("M8[D]")) == "1998-01-06"


def test_customers_who_come_later_are_none_of_the_cohort():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1, 2, 2],
            "timestamp": ["2024-01-01", "2024-01-20", "2024-01-10", "2024-01-21"],
        }
    )
    data = plot.tracking_data(NBD, log, calibration_end="2024-01-08", end="2024-01-22")
    assert (data.n_customers, data.actual.tolist()) == (1, [0, 0, 1])


def test_opportunities_are_whole_months(bg_bb):
    log = bg_bb.simulate(400, 24, 3)
    data = plot.tracking_data(bg_bb, log, calibration_end="2000-12-31", end="2001-12-31")
    assert data.period == "month"
    assert data.end.astype("M8[M]").astype(str).tolist()[:2] == ["2000-02", "2000-03"]
    months = [400 * bg_bb.expected_purchases_new(k) for k in range(1, 24)]
    assert data.cumulative_expected[0] == pytest.approx(months, rel=1e-12)
    summary = ci.summarize(log, as_of="2001-12-31", unit="month", period="month")
    assert data.cumulative_actual[-1] == summary.frequency.sum()


def test_ids_far_apart_are_counted_all_the_same():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": np.array([-(2**62), 2**62, 2**62, 2**62], np.int64),
            "timestamp": ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-05"],
        }
    )
    data = plot.tracking_data(NBD, log, calibration_end="2024-01-08")
    assert (data.n_customers, data.actual.tolist()) == (2, [1])


def test_result_is_a_table_and_cannot_be_changed(cdnow_log, pareto_nbd):
    data = plot.tracking_data([pareto_nbd, pareto_nbd], cdnow_log, calibration_end="1997-09-30")
    assert list(data.to_frame()) == ["end", "actual", "Pareto/NBD (1)", "Pareto/NBD (2)"]
    with pytest.raises(ValueError, match="read-only"):
        data.actual[0] = 1
    assert repr(data) == (
        "TrackingData(customers=2,357, steps=78, unit=week, calibration_end=1997-09-30T00:00:00, "
        "models=Pareto/NBD (1), Pareto/NBD (2))"
    )
    assert "<caption>Tracking data</caption>" in data._repr_html_()
