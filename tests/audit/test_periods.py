from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.audit.moments_of import history_of
from customerintel.audit.periods import read_periods
from customerintel.exceptions import InvalidArgumentError


def history(first="2010-12-01", as_of="2011-12-09", zone=None):
    times = np.array([first, "2011-11-20"], "M8[us]")
    if zone is not None:
        import pandas as pd

        times = pd.DatetimeIndex(times).tz_localize(zone)
    return ci.TransactionLog.from_frame({"customer_id": [1, 1], "timestamp": times}).as_of(as_of)


@pytest.mark.parametrize(
    ("value", "n", "first", "last"),
    [
        ("week", 54, "to 2010-12-03", "to 2011-12-09"),
        ("month", 13, "to 2010-12-09", "to 2011-12-09"),
        ("quarter", 5, "to 2010-12-09", "to 2011-12-09"),
        ("year", 2, "to 2010-12-09", "to 2011-12-09"),
        ("90d", 5, "to 2010-12-14", "to 2011-12-09"),
    ],
)
def test_counted_back_from_the_moment(value, n, first, last):
    periods = read_periods(history(), value)
    assert (len(periods), periods.labels[0], periods.labels[-1]) == (n, first, last)
    # side by side, and only the first is partial
    assert (periods.starts[1:] == periods.ends[:-1]).all()
    assert periods.complete.tolist() == [False] + [True] * (n - 1)
    assert periods.ends[-1] == history()._moment


@pytest.mark.parametrize(
    ("value", "labels", "days"),
    [
        ("month", ("2010-12", "2011-12"), (31, 31)),
        ("quarter", ("2010-Q4", "2011-Q4"), (92, 92)),
        ("year", ("2010", "2011"), (365, 365)),
        ("week", ("2010-W48", "2011-W49"), (7, 7)),
    ],
)
def test_of_the_calendar(value, labels, days):
    periods = read_periods(history(), value, align="calendar")
    assert (periods.labels[0], periods.labels[-1]) == labels
    assert (periods.days[0], periods.days[-1]) == days
    assert not periods.complete[-1]


def test_the_last_day_of_a_month_stays_one():
    labels = read_periods(history(as_of="2011-11-30"), "month").labels
    assert labels[:4] == ("to 2010-12-31", "to 2011-01-31", "to 2011-02-28", "to 2011-03-31")
    assert labels[-1] == "to 2011-11-30"


def test_days_are_those_of_the_zone():
    periods = read_periods(history(zone="Europe/Berlin"), "month", align="calendar")
    # clocks go forward in March and back in October
    hours = dict(zip(periods.labels, periods.days * 24, strict=True))
    assert (hours["2011-03"], hours["2011-10"]) == (31 * 24 - 1, 31 * 24 + 1)
    assert periods.start_dates[0] == np.datetime64("2010-12-01")
    assert periods.end_dates[-1] == np.datetime64("2011-12-31")


def test_days_that_a_caller_names():
    pairs = [("2011-01-01", "2011-01-31"), (np.datetime64("2011-03-01"), "2011-03-31")]
    periods = read_periods(history(), pairs)
    assert periods.days.tolist() == [31.0, 31.0]
    assert periods.labels[0] == "2011-01-01 to 2011-01-31"
    assert periods.complete.all()
    assert periods.take([1]).labels == ("2011-03-01 to 2011-03-31",)
    assert repr(periods) == (
        "Periods(name=given, n=2, first=2011-01-01 to 2011-01-31, "
        "last=2011-03-01 to 2011-03-31, complete=2)"
    )
    assert "complete" in periods._repr_html_()


def test_a_log_that_begins_on_the_first_day_makes_it_whole():
    assert read_periods(history("2010-12-10T09:00"), "year").complete.tolist() == [True]
    assert read_periods(history("2010-12-11"), "year").complete.tolist() == [False]


WRONG = {
    "decade": "period must be one of 'week', 'month', 'quarter', 'year', a whole number of days",
    "12h": "period must be one of",
    0: "period must be one of",
    True: "period must be one of",
    (("2011-01-01", "2011-02-28"), ("2011-02-28", "2011-03-31")): (
        "period 1 begins before period 0 has ended. Periods must not overlap"
    ),
    (("2011-02-01", "2011-01-01"),): "period 0 ends before it begins",
    (("2011-02", "2011-03"),): "period 0 must be a pair of days",
    ((1, 2),): "period 0 must be a pair of days",
    (): "period must be one of",
}


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_what_is_no_period(value):
    with pytest.raises(InvalidArgumentError, match=WRONG[value]):
        read_periods(history(), value)


def test_other_errors():
    with pytest.raises(InvalidArgumentError, match="align must be"):
        read_periods(history(), "month", align="end")
    with pytest.raises(InvalidArgumentError, match="more than 5,000 periods"):
        read_periods(history("1990-01-01"), "1d")
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1], "timestamp": ["2011-01-01"], "amount": [-1.0]}
    )
    with pytest.raises(InvalidArgumentError, match="Nothing has been bought"):
        read_periods(log.as_of("2011-01-02"), "month")
    with pytest.raises(InvalidArgumentError, match="audit takes a TransactionLog or a History"):
        history_of([1], caller="audit")
    empty = ci.TransactionLog.from_frame(
        {"customer_id": np.empty(0, int), "timestamp": np.empty(0, "M8[us]")}
    )
    with pytest.raises(InvalidArgumentError, match="the log is empty"):
        history_of(empty, caller="audit")


def test_history_of():
    full = history()
    assert history_of(full, caller="audit") is full
    assert history_of(full, "2011-06-30", caller="audit").moment < full.moment
    # the whole of the last day
    last = np.datetime64("2011-11-20T23:59:59.999999")
    assert history_of(full._log, caller="audit").moment == last
    assert history_of(full._log, "2011-12-09", caller="audit").moment == full.moment
