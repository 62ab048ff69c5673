"""Moments, windows and calendars, beside a slow twin that asks zoneinfo about every moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemaError
from customerintel.tables.moments import local_time, read_moment, read_window, window_start
from customerintel.tables.zones import offset_name, zone_of

LAST_OF_DAY = "2011-12-09T23:59:59.999999"


@pytest.mark.parametrize(
    "given_date",
    [
        "2011-12-09",
        " 2011-12-09 ",
        "20111209",
        "2011-W49-5",
        date(2011, 12, 9),
        np.datetime64("2011-12-09"),
        np.datetime64("2011-12-09", "D"),
    ],
)
def test_a_date_is_its_last_microsecond(given_date):
    assert str(np.datetime64(read_moment(given_date, None), "us")) == LAST_OF_DAY
    berlin = read_moment(given_date, "Europe/Berlin")
    assert str(np.datetime64(berlin, "us")) == "2011-12-09T22:59:59.999999"


@pytest.mark.parametrize(
    "exact",
    [
        "2011-12-09T12:30", "2011-12-09 12:30:00", datetime(2011, 12, 9, 12, 30),
        np.datetime64("2011-12-09T12:30", "m"), np.datetime64("2011-12-09T12:30", "ns"),
        pd.Timestamp("2011-12-09 12:30"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_exact(exact):
    assert str(np.datetime64(read_moment(exact, None), "us")) == "2011-12-09T12:30:00.000000"
    berlin = read_moment(exact, "Europe/Berlin")
    assert str(np.datetime64(berlin, "us")) == "2011-12-09T11:30:00.000000"


@pytest.mark.parametrize(
    "aware",
    [
        "2011-12-09T12:30Z",
        "2011-12-09T18:00+05:30",
        datetime(2011, 12, 9, 12, 30, tzinfo=UTC),
        datetime(2011, 12, 9, 13, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        pd.Timestamp("2011-12-09 12:30", tz="UTC"),
    ],
)
@pytest.mark.parametrize("zone_name", [None, "Asia/Tokyo", "-03:00"])
def test_a_zone_of_its_own_comes_before_that_of_the_log(aware, zone_name):
    assert str(np.datetime64(read_moment(aware, zone_name), "us")) == "2011-12-09T12:30:00.000000"


@pytest.mark.parametrize(
    "midnight",
    [
        "2011-12-09T00:00",
        datetime(2011, 12, 9),
        pd.Timestamp("2011-12-09"),
        np.datetime64("2011-12-09T00", "h"),
    ],
)
def test_a_datetime_at_midnight_is_warned_of(midnight):
    message = (
        r"^as_of is a datetime at midnight, so nothing of that day is seen\. Give a date to see "
        r"the whole day\.$"
    )
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": ["2011-12-08"]})
    for read in (log.as_of, lambda m: ci.summarize(log, as_of=m), log.as_of("2012-01-01").as_of):
        with pytest.warns(DataQualityWarning, match=message) as caught:
            read(midnight)
        assert [warning.filename for warning in caught] == [__file__]


HINT = (
    r"^as_of must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
    r"'2011-12-09T14:30'; "
)


@pytest.mark.parametrize(
    ("given_moment", "why"),
    [
        ("09.12.2011", r"this one cannot be read\.$"),
        ("2011-12", r"this one cannot be read\.$"),
        ("", r"this one cannot be read\.$"),
        ("2011-13-01", r"this one cannot be read\.$"),
        ("the end of the year", r"this one cannot be read\.$"),
        (None, r"got NoneType\.$"),
        (20111209, r"got int\.$"),
        (time(12), r"got time\.$"),
        (timedelta(1), r"got timedelta\.$"),
        (np.datetime64("NaT"), r"got a missing value \(NaT\)\.$"),
        (pd.NaT, r"got a missing value \(NaT\)\.$"),
        (float("nan"), r"got a missing value \(NaT\)\.$"),
        ([date(2011, 12, 9)], r"got list\.$"),
    ],
)
def test_what_is_no_moment_is_refused(given_moment, why):
    with pytest.raises(InvalidArgumentError, match=HINT + why):
        read_moment(given_moment, None)


@pytest.mark.parametrize(
    "far",
    [
        "9999-12-31",
        date.max,
        datetime.max,
        "0001-01-01",
        date.min,
        datetime.min.replace(tzinfo=timezone(timedelta(hours=3))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-3))),
        "1677-12-31",
        "2262-04-12",
        np.datetime64(2**40, "D"),
        np.datetime64(2**62, "s"),
        np.datetime64(-(2**62), "us"),
    ],
)
@pytest.mark.parametrize("zone_name", [None, "Europe/Berlin", "Asia/Tokyo"])
def test_a_moment_that_no_log_can_hold_is_refused(far, zone_name):
    message = (
        r"^as_of lies outside 1678-01-01 … 2262-04-11, within which all timestamps of a log are\.$"
    )
    with pytest.raises(InvalidArgumentError, match=message):
        read_moment(far, zone_name)


@pytest.mark.parametrize("edge", ["1678-01-02", "2262-04-11"])
@pytest.mark.parametrize("zone_name", [None, "Asia/Tokyo", "America/Sao_Paulo"])
def test_the_edges_of_the_range_work_all_the_way(edge, zone_name):
    first = pa.array([datetime(1678, 1, 1, 12)], pa.timestamp("us", zone_name))
    log = ci.TransactionLog.from_frame({"customer_id": [1], "timestamp": first})
    assert log.time_zone == zone_name
    for period in ("day", "week", "month"):
        assert log.as_of(edge).summarize(period=period, window="1d").T.shape in ((0,), (1,))
        assert log.as_of(edge).summarize(period=period).n_transactions.tolist() == [1]


DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("window", "length"),
    [
        (None, None), ("180d", 180 * DAY), (" 2 Weeks ", 14 * DAY), ("26w", 182 * DAY),
        ("12h", DAY // 2), ("1 hour", DAY // 24), (30, 30 * DAY), (np.int32(30), 30 * DAY),
        (timedelta(days=1, hours=12), DAY * 3 // 2), (pd.Timedelta("1.5D"), DAY * 3 // 2),
        (np.timedelta64(36, "h"), DAY * 3 // 2), (np.timedelta64(2, "W"), 14 * DAY),
    ],
)  # fmt: skip
def test_windows(window, length):
    assert read_window(window) == length


@pytest.mark.parametrize(
    "window",
    [
        "6 months",
        "1y",
        "180",
        "d",
        "-3d",
        "",
        0,
        -1,
        True,
        1.5,
        timedelta(0),
        timedelta(-1),
        pd.NaT,
        np.timedelta64("NaT"),
        np.timedelta64(3, "M"),
        np.timedelta64(1, "Y"),
        np.timedelta64(5),
        "9" * 30 + "d",
    ],
)
def test_what_is_no_window_is_refused(window):
    message = (
        r"^window must be a positive length such as '180d', '26w', '12h', a timedelta or a number "
        r"of days\. Months and years differ in length and are not taken\.$"
    )
    with pytest.raises(InvalidArgumentError, match=message):
        read_window(window)


def test_whole_days_of_a_window_are_days_of_the_calendar():
    """From the end of 31 March 2024 in Berlin, which had 23 hours, back to its beginning."""
    end = read_moment("2024-03-31", "Europe/Berlin")
    start = window_start(end, DAY, "Europe/Berlin")
    assert local_time(start, zone_of("Europe/Berlin")) == datetime(2024, 3, 30, 23, 59, 59, 999999)
    assert end - start == 23 * 3_600_000_000
    assert window_start(end, DAY // 2, "Europe/Berlin") == end - DAY // 2
    assert window_start(end, DAY, None) == end - DAY


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Z", "UTC"), ("UTC", "UTC"), ("Etc/UTC", "UTC"), ("+00:00", "UTC"), ("-0000", "UTC"),
        ("UTC+05:30", "+05:30"), ("+0530", "+05:30"), ("-03", "-03:00"), ("GMT-01:00", "-01:00"),
        ("+05:53:28", "+05:53:28"), ("Europe/Berlin", None), ("+24:00", None), ("+05:99", None),
        ("", None),
    ],
)  # fmt: skip
def test_names_of_offsets(name, expected):
    assert offset_name(name) == expected


def test_offsets_are_zones():
    at = datetime(2024, 1, 1, tzinfo=UTC)
    assert at.astimezone(zone_of("-03:30")).utcoffset() == timedelta(hours=-3, minutes=-30)
    assert at.astimezone(zone_of("+05:53:28")).utcoffset() == timedelta(
        hours=5, minutes=53, seconds=28
    )
    assert zone_of(None) is UTC


@pytest.mark.parametrize("name", ["Mars/Phobos", "../etc/passwd", "Europe/Berlin\0", "+24:00"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(
        SchemaError, match=r"is not known here\. Use an IANA name such as 'Europe/Ber"
    ):
        zone_of(name)
