"""`sum_log_gaps` against a slow twin, over returns, windows, periods, zones and kinds of table."""

from __future__ import annotations

import math
import sys
import warnings
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError

EPOCH = datetime(2024, 1, 1)
SECONDS = {"hour": 3600.0, "day": 86_400.0, "week": 604_800.0}

rows = st.lists(
    st.tuples(
        st.integers(1, 4),  # customer
        st.integers(0, 120 * 24),  # hours since the epoch
        st.integers(-10, 20),  # amount
        st.integers(0, 6),  # order
    ),
    min_size=1,
    max_size=40,
)


def make_log(found, **options):
    return ci.TransactionLog.from_frame(
        {
            "customer_id": np.array([row[0] for row in found]),
            "timestamp": np.array([EPOCH + timedelta(hours=row[1]) for row in found], "M8[us]"),
            "amount": np.array([float(row[2]) for row in found]),
            "order": np.array([row[3] for row in found]),
        },
        **options,
    )


def period_start(moment, period):
    day = moment.replace(hour=0, minute=0)
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day if period == "day" else moment.replace(minute=0)


def twin(found, period, unit, *, until, after=None, orders=False, returns="net"):
    """Σ log gap per customer, from sets of period starts."""
    starts = defaultdict(set)
    for customer, hour, amount, order in found:
        is_return = amount < 0 and returns != "keep"
        if is_return or hour > until:
            continue
        when = hour
        if orders:
            when = min(
                h
                for c, h, a, o in found
                if (c, o) == (customer, order) and not (returns == "drop" and a < 0)
            )
        if after is None or when > after:
            starts[customer].add(period_start(EPOCH + timedelta(hours=when), period))
    return {
        customer: math.fsum(
            math.log((b - a).total_seconds() / SECONDS[unit])
            for a, b in zip(sorted(own), sorted(own)[1:], strict=False)
        )
        for customer, own in starts.items()
    }


def agree(summary, wanted):
    assert summary.customer_id.tolist() == sorted(wanted)
    values = [wanted[key] for key in sorted(wanted)]
    np.testing.assert_allclose(summary.sum_log_gaps, values, rtol=1e-12, atol=1e-12)
    assert (summary.sum_log_gaps[summary.frequency == 0] == 0).all()


@settings(deadline=None)
@given(
    found=rows,
    hour=st.integers(0, 130 * 24),
    period=st.sampled_from(["hour", "day", "week", "month"]),
    unit=st.sampled_from(["hour", "day", "week"]),
    days=st.none() | st.integers(1, 90),
    returns=st.sampled_from(["net", "drop", "keep"]),
    orders=st.booleans(),
)
def test_matches_the_twin(found, hour, period, unit, days, returns, orders):
    log = make_log(found, returns=returns, order_id="order" if orders else False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)
        history = log.as_of(EPOCH + timedelta(hours=hour))
    window = None if days is None else f"{days}d"
    summary = history.summarize(unit=unit, period=period, window=window)
    after = None if days is None else hour - 24 * days
    wanted = twin(found, period, unit, until=hour, after=after, orders=orders, returns=returns)
    agree(summary, wanted)


@settings(deadline=None, max_examples=30)
@given(found=rows, seed=st.integers(0, 9), chunk=st.integers(1, 5))
def test_row_order_and_memory_do_not_matter(found, seed, chunk):
    whole = make_log(found).as_of("2025-01-01").summarize(unit="week").sum_log_gaps
    order = np.random.default_rng(seed).permutation(len(found))
    shuffled = make_log([found[i] for i in order]).as_of("2025-01-01").summarize(unit="week")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("customerintel.tables.gaps.CHUNK_ROWS", chunk)
        assert (shuffled.sum_log_gaps == whole).all()


@pytest.mark.parametrize("period", ["hour", "day", "week", "month"])
def test_periods_are_those_of_the_time_zone(period):
    """Over the change of clocks in Berlin, as recency counts them."""
    zone = ZoneInfo("Europe/Berlin")
    hours = np.cumsum(np.random.default_rng(0).integers(1, 40, 60))
    first = datetime(2024, 3, 1, tzinfo=zone)
    pd = pytest.importorskip("pandas")
    when = pd.Series(pd.Timestamp(first) + pd.to_timedelta(hours, unit="h"))
    log = ci.TransactionLog.from_frame({"customer_id": np.ones(60, int), "timestamp": when})
    summary = log.as_of("2024-12-31").summarize(unit="day", period=period)
    if period == "hour":  # an hour that is repeated is another one
        first_hour = int(when[0].timestamp()) // 3600
        starts = sorted({(int(at.timestamp()) // 3600 - first_hour) / 24 for at in when})
    else:
        starts = sorted({period_start(at.replace(tzinfo=None), period) for at in when})
        starts = [(at - EPOCH) / timedelta(days=1) for at in starts]
    assert summary.frequency[0] == len(starts) - 1
    assert summary.recency[0] == pytest.approx(starts[-1] - starts[0], rel=1e-12)
    assert summary.sum_log_gaps[0] == pytest.approx(np.log(np.diff(starts)).sum(), rel=1e-12)


@pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning:modin",
    "ignore:.*has fewer distinct values:UserWarning",
)
def test_every_kind_of_table(table_kind):
    found = [(1, 0, 5, 0), (2, 30, 5, 1), (1, 50, 3, 2), (1, 200, 8, 3), (2, 31, 5, 4)]
    frame = table_kind.make(
        {
            "customer_id": [row[0] for row in found],
            "timestamp": [EPOCH + timedelta(hours=row[1]) for row in found],
        }
    )
    summary = ci.TransactionLog.from_frame(frame).as_of("2024-06-01").summarize()
    np.testing.assert_allclose(summary.sum_log_gaps, [math.log(2) + math.log(6), 0.0])


def test_it_is_read_only_and_made_once():
    summary = make_log([(1, 0, 1, 0), (1, 100, 1, 1)]).as_of("2024-06-01").summarize()
    gaps = summary.sum_log_gaps
    assert gaps is summary.sum_log_gaps
    assert gaps.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        gaps[0] = 1.0
    assert "sum_log_gaps" not in summary.to_frame()
    assert "rows" not in repr(summary)


def test_a_summary_without_customers():
    log = make_log([(1, 100, -5, 0)])
    assert log.as_of("2024-06-01").summarize().sum_log_gaps.shape == (0,)


def test_floored_ages_have_none():
    summary = make_log([(1, 0, 1, 0)]).as_of("2024-06-01").summarize(floor=True)
    with pytest.raises(InvalidArgumentError, match="Summarise with floor=False"):
        _ = summary.sum_log_gaps


def test_summarising_does_not_look_for_gaps(monkeypatch):
    monkeypatch.delitem(sys.modules, "customerintel.tables.gaps", raising=False)
    make_log([(1, 0, 1, 0), (1, 100, 1, 1)]).as_of("2024-06-01").summarize().to_frame()
    assert "customerintel.tables.gaps" not in sys.modules
