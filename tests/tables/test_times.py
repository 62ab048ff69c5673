"""Timestamps of every type: the same moments, to the microsecond, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import moment_logs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moment_logs import EPOCH, INDIA, MOMENT, TICKS, log_of, moments_of

from customerintel.exceptions import DataQualityWarning, SchemaError
from customerintel.schema import Transaction, columns_of
from customerintel.tables import times
from customerintel.tables.columns import Raw, from_objects
from customerintel.tables.text import Text

COLUMN = columns_of(Transaction)["timestamp"]


def test_the_constant_is_right():
    assert (MOMENT - EPOCH) // timedelta(microseconds=1) == TICKS


TYPED = {
    **{f"NumPy {u}": np.array([MOMENT, None], f"M8[{u}]") for u in ("s", "ms", "us", "ns")},
    "NumPy big-endian": np.array([MOMENT, None], ">M8[ms]"),
    **{
        f"pandas {u}": pd.Series(np.array([MOMENT, None], f"M8[{u}]"))
        for u in ("s", "ms", "us", "ns")
    },
    **{
        f"pandas Arrow {u}": pd.Series([MOMENT, None], dtype=f"timestamp[{u}][pyarrow]")
        for u in ("s", "ms", "us", "ns")
    },
    "pandas objects": pd.Series([MOMENT, None], dtype=object),
    "pandas Timestamps": pd.Series([pd.Timestamp(MOMENT), pd.NaT], dtype=object),
    "pandas category": pd.Series([MOMENT, None], dtype="category"),
    **{f"polars {u}": pl.Series([MOMENT, None], dtype=pl.Datetime(u)) for u in ("ms", "us", "ns")},
    **{f"Arrow {u}": pa.array([MOMENT, None], pa.timestamp(u)) for u in ("s", "ms", "us", "ns")},
    "datetimes": [MOMENT, None],
    "datetime64 scalars": [np.datetime64(MOMENT), np.datetime64("NaT")],
    "texts": [MOMENT.isoformat(), None],
    "polars texts": pl.Series([MOMENT.isoformat(), None], dtype=pl.Categorical),
}


@pytest.mark.parametrize("name", TYPED)
def test_every_resolution_gives_the_same_microsecond(name):
    log = log_of(TYPED[name])
    assert moments_of(log) == [TICKS]
    assert log.time_zone is None
    assert log.rejected.counts() == {"null_timestamp": 1}


DAY = date(2024, 1, 5)
DATES = {
    "NumPy": np.array([DAY, None], "M8[D]"),
    "dates": [DAY, None],
    "pandas objects": pd.Series([DAY, None], dtype=object),
    "pandas Arrow": pd.Series([DAY, None], dtype=pd.ArrowDtype(pa.date32())),
    "polars": pl.Series([DAY, None]),
    "Arrow date32": pa.array([DAY, None], pa.date32()),
    "Arrow date64": pa.array([DAY, None], pa.date64()),
    "texts": ["2024-01-05", None],
}


@pytest.mark.parametrize("name", DATES)
def test_a_date_is_its_midnight(name):
    log = log_of(DATES[name])
    assert moments_of(log) == [1_704_412_800_000_000]
    assert log.rejected.counts() == {"null_timestamp": 1}


ZONED = {
    **{
        f"pandas {u} {zone}": pd.Series(np.array([MOMENT, None], f"M8[{u}]"))
        .dt.tz_localize("UTC")
        .dt.tz_convert(zone)
        for u in ("s", "ns")
        for zone in ("America/New_York", "Europe/Berlin")
    },
    **{
        f"{name} {u} {zone}": make(u, zone)
        for zone in ("America/New_York", "Asia/Kolkata")
        for u in ("ms", "us", "ns")
        for name, make in {
            "polars": lambda u, z: (
                pl.Series([TICKS * 1000, None])
                .cast(pl.Datetime("ns"))
                .dt.replace_time_zone("UTC")
                .dt.convert_time_zone(z)
                .dt.cast_time_unit(u)
            ),
            "Arrow": lambda u, z: pa.array([MOMENT, None], pa.timestamp(u, z)),
            "pandas Arrow": lambda u, z: pd.Series(
                pa.array([MOMENT, None], pa.timestamp(u, z)),
                dtype=pd.ArrowDtype(pa.timestamp(u, z)),
            ),
            "datetimes": lambda u, z: [MOMENT.replace(tzinfo=UTC).astimezone(ZoneInfo(z)), None],
        }.items()
    },
}


@pytest.mark.parametrize("name", ZONED)
def test_a_zone_is_converted_and_remembered(name):
    log = log_of(ZONED[name])
    assert moments_of(log) == [TICKS]
    assert log.time_zone == name.split()[-1]
    assert log.rejected.counts() == {"null_timestamp": 1}


OFFSETS = {
    "pandas": pd.Series(pd.to_datetime(["2024-01-05T02:00+05:30"])),
    "Arrow": pa.array([datetime(2024, 1, 4, 20, 30)], pa.timestamp("us", "+05:30")),
    "datetimes": [datetime(2024, 1, 5, 2, tzinfo=INDIA)],
    "texts": ["2024-01-05T02:00:00+05:30"],
    "compact texts": ["20240105T02+0530"],
}


@pytest.mark.parametrize("name", OFFSETS)
def test_a_fixed_offset_has_its_own_days(name):
    log = log_of(OFFSETS[name])
    assert log.time_zone == "+05:30"
    assert str(log.start) == "2024-01-04T20:30:00.000000"
    with pytest.warns(DataQualityWarning, match="before its first row"):
        assert log.as_of("2024-01-04").n_customers == 0
    history = log.as_of("2024-01-05")
    assert history.n_customers == 1
    assert str(history.moment) == "2024-01-05T18:29:59.999999"
    assert history.summarize(period="month").to_frame() is not None


def test_polars_shows_a_fixed_offset_in_utc():
    log = log_of(pl.Series(["2024-01-05T02:00:00+05:30"]))
    assert log.to_frame()["timestamp"].to_list() == [
        datetime(2024, 1, 4, 20, 30, tzinfo=ZoneInfo("UTC"))
    ]


def test_daylight_saving_is_resolved_by_the_column():
    """At the end of summer time in Berlin, half past two comes twice."""
    twice = pd.Series(pd.to_datetime(["2024-10-27T00:30Z", "2024-10-27T01:30Z"])).dt.tz_convert(
        "Europe/Berlin"
    )
    assert [str(t)[11:16] for t in twice] == ["02:30", "02:30"]
    for moments in (twice, list(twice), pl.from_pandas(twice), pa.array(twice)):
        found = moments_of(log_of(moments))
        assert np.diff(found).tolist() == [3_600_000_000]


def test_an_unknown_zone_is_refused_when_it_is_read():
    message = r"^The time zone 'Mars/Phobos' is not known here\. Use an IANA name such as"
    with pytest.raises(SchemaError, match=message):
        log_of(pa.array([0], pa.timestamp("us", "Mars/Phobos")))


FAR = {
    "texts": ["1677-12-31", "2262-04-12", "0001-01-01", "9999-12-31"],
    "dates": [date(1677, 12, 31), date(2262, 4, 12), date.min, date.max],
    "datetimes": [datetime(1677, 12, 31), datetime(2262, 4, 12), datetime.min, datetime.max],
    "aware": [datetime.min.replace(tzinfo=INDIA), datetime.max.replace(tzinfo=UTC)],
    "NumPy s": np.array([2**62, -(2**62), 9223372037], "M8[s]"),
    "NumPy D": np.array(["1677-12-31", "2262-04-12"], "M8[D]"),
    "pandas s": pd.Series(np.array(["0001-01-01", "9999-12-31"], "M8[s]")),
    "polars Date": pl.Series([2**31 - 1, -(2**31)], dtype=pl.Int32).cast(pl.Date),
    "polars zoned": pl.Series([2**62, -(2**62)]).cast(pl.Datetime("ms", "UTC")),
    "Arrow date32": pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32()),
    "Arrow s": pa.array([2**62, -(2**62)], pa.timestamp("s", "Asia/Kolkata")),
}


@pytest.mark.parametrize("name", FAR)
def test_dates_before_1678_and_after_2262_are_rejected(name):
    with pytest.warns(DataQualityWarning, match="^All . rows were rejected, so the log is empty"):
        log = log_of(FAR[name])
    assert log.rejected.counts() == {"timestamp_out_of_range": len(FAR[name])}


def test_the_first_and_the_last_microsecond_are_accepted():
    log = log_of(["1678-01-01", "2262-04-11T23:47:16.854775"])
    assert str(log.start) == "1678-01-01T00:00:00.000000"
    assert str(log.end) == "2262-04-11T23:47:16.854775"
    assert len(log_of(np.array([2**63 - 1], "M8[ns]")).rejected) == 0


@pytest.mark.parametrize(
    "moments",
    [
        ["2024-01-05T00:00Z", "2024-01-05"],
        [datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 1, 5)],
        ["2024-01-05T00:00+01:00", datetime(2024, 1, 5)],
    ],
)
def test_some_zones_and_some_none_are_warned_of(moments):
    message = (
        r"^Some timestamps have a time zone and others have none\. Those without were taken as "
        r"UTC; give all of them a zone, or none\.$"
    )
    with pytest.warns(DataQualityWarning, match=message):
        log = log_of(moments)
    assert log.n_rows == 2
    assert moments_of(log)[1] == 1_704_412_800_000_000


@pytest.mark.parametrize(
    "moments",
    [
        [
            datetime(2024, 1, 5, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2024, 1, 5, tzinfo=ZoneInfo("Asia/Tokyo")),
        ],
        ["2024-01-05T00:00+01:00", "2024-01-05T00:00+09:00"],
        [datetime(2024, 1, 5, tzinfo=timezone(timedelta(hours=1))), "2024-01-05T00:00+09:00"],
    ],
)
def test_several_zones_become_utc_with_a_warning(moments):
    message = (
        r"^Timestamps have several time zones or offsets\. All were converted to UTC, and a day is "
        r"a day in UTC; convert the column to one time zone to have its days\.$"
    )
    with pytest.warns(DataQualityWarning, match=message) as caught:
        log = log_of(moments)
    assert caught[0].filename == moment_logs.__file__
    assert log.time_zone == "UTC"
    assert moments_of(log) == [1_704_409_200_000_000, 1_704_380_400_000_000]


@pytest.mark.parametrize("few", [0, 50_000])
def test_objects_of_many_types_are_read_one_by_one(few, monkeypatch):
    monkeypatch.setattr(times, "FEW", few)
    values = [
        MOMENT,
        DAY,
        "2024-01-05",
        pd.Timestamp(MOMENT),
        np.datetime64(MOMENT),
        5,
        None,
        pd.NaT,
        "x",
        [1],
    ]
    log = log_of(pd.Series(values, dtype=object))
    day = 1_704_412_800_000_000
    assert moments_of(log) == [TICKS, day, day, TICKS, TICKS]
    assert log.rejected.counts() == {"unparseable_timestamp": 3, "null_timestamp": 2}


@pytest.mark.parametrize(
    "moments",
    [
        pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
        pd.Series(pd.to_timedelta([1, 2], unit="D")),
        pa.array([timedelta(1), timedelta(2)]),
        pl.Series([b"2024-01-05", b"2024-01-06"]),
    ],
)
def test_other_types_are_rejected(moments):
    with pytest.warns(DataQualityWarning, match="^All 2 rows were rejected"):
        log = log_of(moments)
    assert log.rejected.counts() == {"unparseable_timestamp": 2}


@given(st.lists(st.datetimes(datetime(1678, 1, 1), datetime(2262, 4, 11)), min_size=1, max_size=10))
def test_objects_arrays_and_texts_agree(moments):
    expected = [(moment - EPOCH) // timedelta(microseconds=1) for moment in moments]
    objects = np.fromiter(moments, object, len(moments))
    for raw in (
        from_objects(objects),
        Raw(np.array(moments, "M8[us]")),
        Raw(Text.of(moment.isoformat() for moment in moments)),
    ):
        found = times.read_times(COLUMN, raw, None)
        assert found.values.tolist() == expected
        assert not found.broken
