"""Timestamps as texts: ISO 8601, or a format; many at once as one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from moment_logs import EPOCH, MOMENT, TICKS, log_of, moments_of

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import Transaction, columns_of
from customerintel.tables import times
from customerintel.tables.columns import Raw
from customerintel.tables.text import Text

COLUMN = columns_of(Transaction)["timestamp"]


ISO = {
    "2024-01-05": 1_704_412_800_000_000,
    "20240105": 1_704_412_800_000_000,
    "2024-W01-5": 1_704_412_800_000_000,
    "  2024-01-05 ": 1_704_412_800_000_000,
    "2024-01-05T12:30:15": TICKS,
    "2024-01-05 12:30:15": TICKS,
    "20240105T123015": TICKS,
    "2024-01-05T12:30:15.5": TICKS + 500_000,
    "2024-01-05T12:30:15,5": TICKS + 500_000,
    "2024-01-05T12:30:15.000001": TICKS + 1,
    "2024-01-05T12:30:15.0000019": TICKS + 1,
    "2024-01-05T12:30": TICKS - 15_000_000,
    "2024-01-05T12:30:15Z": TICKS,
    "2024-01-05T14:30:15+02:00": TICKS,
    "2024-01-05 07:00:15-0530": TICKS,
    "1969-12-31T23:59:59.999999": -1,
}


@pytest.mark.parametrize("text", ISO)
@pytest.mark.parametrize("few", [0, 50_000])
def test_iso_texts(text, few, monkeypatch):
    monkeypatch.setattr(times, "FEW", few)
    assert moments_of(log_of([text])) == [ISO[text]]


@pytest.mark.parametrize(
    "text",
    ["soon", "", " ", "2024", "2024-01", "2024-1-5", "05.01.2024", "01/05/2024", "2024-13-01",
     "2024-02-30", "2024-01-05T25:00", "1704457815", "now", "today", "NaT", "nan", "None"],
)  # fmt: skip
@pytest.mark.parametrize("few", [0, 50_000])
def test_other_texts_are_not_guessed_at(text, few, monkeypatch):
    monkeypatch.setattr(times, "FEW", few)
    log = log_of([text, "2024-01-05"])
    assert log.rejected.counts() == {"unparseable_timestamp": 1}
    assert log.rejected.rows.tolist() == [0]


def reading(values, timestamp_format, *, few):
    before, times.FEW = times.FEW, few
    try:
        return times.read_times(COLUMN, Raw(Text.of(values)), timestamp_format)
    finally:
        times.FEW = before


_PARTS = st.tuples(
    st.sampled_from(["0000", "0001", "1677", "1678", "1969", "2024", "2262", "2263", "9999", "24"]),
    st.sampled_from(["-01-05", "-02-29", "-02-30", "-13-01", "-12-31", "0105", "-1-5", "-01", ""]),
    st.sampled_from(["", "T", " ", "t", "  "]),
    st.sampled_from(
        ["", "00:00", "23:59:59", "24:00", "24:00:00", "12:60", "7:05", "235959", "12"]
    ),
    st.sampled_from(["", ".5", ".123456", ".1234567", ".123456789", ",5", "."]),
    st.sampled_from(["", "Z", "z", "+01:00", "-0530", "+24:00", "+23:59", "+05", " Z", "-00:00"]),
)
ISO_LIKE = st.one_of(
    _PARTS.map("".join),
    st.datetimes(min_value=datetime(1600, 1, 1), max_value=datetime(2400, 1, 1)).map(str),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.text("0123456789-T: Z+.", max_size=30),
)


@settings(max_examples=150)
@given(st.lists(ISO_LIKE, min_size=1, max_size=20))
@example(["2024-01-05T24:00:00", "2262-04-11T23:47:16.854775", "2262-04-11T23:47:16.854776"])
@example(["0000-01-05T00:00+01:00", "2000-01-01 00:00:00"])
@example(["2024-02-30T00:00+01:00", "2000-01-01"])
@example(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_many_texts_are_read_as_few_are(texts):
    """pandas, which reads many at once, must agree with reading one by one."""
    few, many = reading(texts, None, few=10**9), reading(texts, None, few=0)
    assert few.zone == many.zone
    assert few.broken.keys() == many.broken.keys()
    bad = np.zeros(len(texts), bool)
    for rule, mask in few.broken.items():
        assert np.array_equal(mask, many.broken[rule])
        bad |= mask
    assert np.array_equal(few.values[~bad], many.values[~bad])


FORMATS = [
    "%d/%m/%Y %H:%M",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%Y%m%d%H%M%S",
    "%d.%m.%Y %H:%M %z",
    "%H:%M:%S.%f %d %m %Y",
]


@settings(max_examples=60)
@given(
    st.sampled_from(FORMATS),
    st.lists(
        st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31), timezones=st.just(UTC)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from(["now", "today", "", "NaT", "31/02/2024 10:00", "x"]), max_size=3),
)
def test_formatted_texts_are_read_alike_too(timestamp_format, moments, dirt):
    texts = [moment.strftime(timestamp_format) for moment in moments] + dirt
    expected = [
        datetime.strptime(text, timestamp_format).replace(tzinfo=UTC)
        for text in texts[: len(moments)]
    ]
    ticks = [
        (moment.replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1) for moment in expected
    ]
    for few in (0, 10**9):
        found = reading(texts, timestamp_format, few=few)
        assert found.values[: len(moments)].tolist() == ticks
        assert found.zone == ("UTC" if "%z" in timestamp_format else None)
        bad = found.broken.get("unparseable_timestamp", np.zeros(len(texts), bool))
        assert bad.tolist() == [False] * len(moments) + [True] * len(dirt)


def test_more_than_fifty_thousand_distinct_texts():
    ticks = TICKS + np.arange(60_000) * 61_000_001
    texts = [str(t) for t in ticks.view("M8[us]")]
    texts[5] = "2024-W02-1"  # pandas cannot read this one
    texts[70] = "soon"
    log = log_of(texts)
    assert log.rejected.counts() == {"unparseable_timestamp": 1}
    expected = ticks.tolist()
    expected[5] = 1_704_672_000_000_000
    del expected[70]
    assert moments_of(log) == expected


def test_a_format_is_needed_and_used_for_other_texts():
    log = log_of(["31/01/2024", "15/02/2024", "02/31/2024"], timestamp_format="%d/%m/%Y")
    assert str(log.start) == "2024-01-31T00:00:00.000000"
    assert log.rejected.counts() == {"unparseable_timestamp": 1}


def test_a_minus_in_a_format_is_no_time_zone():
    assert log_of(["10:00 05-01-24"], timestamp_format="%H:%M %d-%m-%y").time_zone is None


def test_a_format_leaves_datetimes_among_the_texts_alone():
    log = log_of([MOMENT, "05.01.2024 12:30:15"], timestamp_format="%d.%m.%Y %H:%M:%S")
    assert moments_of(log) == [TICKS, TICKS]


@pytest.mark.parametrize("bad", ["mixed", "ISO8601", "dayfirst", "%q", "%d %d", "", 5, ["%d"]])
def test_a_format_that_is_none_is_refused(bad):
    message = (
        r"^timestamp_format must be a format as of datetime\.strptime, such as '%d/%m/%Y %H:%M', "
        r"or 's', 'ms', 'us' or 'ns' for numbers since 1970; got "
    )
    with pytest.raises(InvalidArgumentError, match=message):
        log_of(["05.01.2024"], timestamp_format=bad)
