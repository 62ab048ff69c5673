"""Calendars beside a slow twin that asks zoneinfo about every moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.moments import Calendar
from customerintel.tables.zones import zone_of

EPOCH = datetime(1970, 1, 1)
US = timedelta(microseconds=1)
#: Lord Howe's clocks change by half an hour, São Paulo's changed at midnight.
ZONES = [
    "UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata",
    "America/Havana", "Pacific/Apia", "+05:30", None,
]  # fmt: skip
PERIODS = ["hour", "day", "week", "month"]


def ticks(naive: datetime) -> int:
    return (naive - EPOCH) // US


def wall_clock(moment: int, zone_name: str | None) -> datetime:
    zone = zone_of(zone_name)
    return (EPOCH + moment * US).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def twin_period(moment: int, period: str, zone_name: str | None) -> datetime | int:
    """Return what tells a period from all others: its first day, or the first second in UTC."""
    local = wall_clock(moment, zone_name)
    if period == "day":
        return datetime.combine(local.date(), time(0))
    if period == "week":
        return datetime.combine(local.date() - timedelta(days=local.weekday()), time(0))
    if period == "month":
        return datetime(local.year, local.month, 1)
    start = first_moment_of_day(local.date(), zone_name)
    return start + (moment - start) // ticks_per_hour * ticks_per_hour


ticks_per_hour = 3_600_000_000


def first_moment_of_day(day: date, zone_name: str | None) -> int:
    """Search the first minute that a clock on the wall counts to the day."""
    guess = ticks(datetime.combine(day, time(0)))
    minutes = range(-26 * 60, 26 * 60)
    low, high = 0, len(minutes) - 1
    # dates never go back in these zones, so halving works
    while low < high:
        middle = (low + high) // 2
        if wall_clock(guess + minutes[middle] * 60_000_000, zone_name).date() >= day:
            high = middle
        else:
            low = middle + 1
    return guess + minutes[low] * 60_000_000


MOMENTS = st.one_of(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)),
    # around the changes of the clocks
    st.builds(
        lambda day, offset: day + offset,
        st.sampled_from(
            [
                datetime(2024, 3, 31, 1), datetime(2024, 10, 27, 1), datetime(2018, 2, 18, 2),
                datetime(2018, 11, 4, 3), datetime(2024, 4, 6, 15), datetime(2024, 10, 5, 15, 30),
                datetime(2024, 11, 3, 5), datetime(2011, 12, 30, 10), datetime(2024, 2, 29),
            ]
        ),
        st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
    ),
)  # fmt: skip


@settings(max_examples=120)
@given(st.lists(MOMENTS, min_size=1, max_size=8), st.sampled_from(PERIODS), st.sampled_from(ZONES))
@example([datetime(2024, 10, 27, 22, 30), datetime(2024, 10, 27, 23, 30)], "hour", "Europe/Berlin")
@example([datetime(2018, 2, 18, 1, 30), datetime(2018, 2, 18, 2, 30)], "day", "America/Sao_Paulo")
@example([datetime(2011, 12, 30, 9, 59), datetime(2011, 12, 30, 10)], "day", "Pacific/Apia")
def test_periods_are_those_of_the_wall_clock(moments, period, zone_name):
    at = np.array([ticks(moment) for moment in moments], np.int64)
    calendar = Calendar(period, zone_name)
    edges = calendar.edges(int(at.min()), int(at.max()))
    place = np.searchsorted(edges, at, "right") - 1
    assert (place >= 0).all()
    assert (place < len(edges) - 1).all()
    assert (np.diff(edges) >= 0).all()
    expected = [twin_period(int(moment), period, zone_name) for moment in at]
    for i in range(len(at)):
        for j in range(i):
            assert (place[i] == place[j]) == (expected[i] == expected[j])
    found = calendar.floor(at).tolist()
    assert found == [e if isinstance(e, int) else ticks(e) for e in expected]


@settings(max_examples=100)
@given(MOMENTS, st.sampled_from(PERIODS), st.sampled_from(ZONES))
def test_periods_do_not_depend_on_the_range_that_is_asked_for(moment, period, zone_name):
    at = ticks(moment)
    calendar = Calendar(period, zone_name)
    narrow, wide = calendar.edges(at, at), calendar.edges(at - 10**14, at + 10**14)
    assert narrow[0] <= at < narrow[-1]
    assert set(narrow.tolist()) <= set(wide.tolist())


def test_a_calendar_of_nothing():
    assert Calendar("day", "Europe/Berlin").floor(np.empty(0, np.int64)).tolist() == []


def test_hours_that_are_repeated_are_two():
    """Half past two of 27 October 2024 in Berlin comes twice: two hours, one hour apart."""
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1],
            "timestamp": pd.Series(
                pd.to_datetime(["2024-10-27T00:30Z", "2024-10-27T01:30Z"])
            ).dt.tz_convert("Europe/Berlin"),
        }
    )
    summary = log.as_of("2024-10-27").summarize(period="hour", unit="hour")
    assert (summary.frequency.tolist(), summary.recency.tolist()) == ([1], [1.0])
    assert summary.T.tolist() == [22.0]  # that day has 25 hours; this one is the third
    day = log.as_of("2024-10-28").summarize(unit="day")
    assert day.T.tolist() == [1.0]


@pytest.mark.parametrize("period", ["year", "minute", "", None, "Day"])
def test_an_unknown_period_is_refused(period):
    message = r"^period must be one of 'hour', 'day', 'week', 'month'; got "
    with pytest.raises(InvalidArgumentError, match=message):
        Calendar(period)
