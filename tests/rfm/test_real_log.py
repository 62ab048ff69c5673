"""`score_rfm` and `migration` from a log to the caller's own kind of table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError

DATA = Path(__file__).parents[3] / "shared" / "data"

ROWS = {
    "customer_id": ["ann", "ann", "bob", "cy", "cy", "cy", "cy", "bob"],
    "timestamp": [
        "2024-01-02 10:00",
        "2024-01-09 09:00",
        "2024-01-05 12:00",
        "2024-01-06 08:00",
        "2024-01-08 08:00",
        "2024-01-08 18:00",
        "2024-01-10 23:59",
        "2024-02-03 12:00",
    ],
    "amount": [10.0, 15.0, 20.0, 40.0, 5.0, 5.0, 50.0, 30.0],
}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "dict": dict}


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_of_the_callers_kind(kind):
    made = KINDS[kind](ROWS)
    log = ci.TransactionLog.from_frame(made)
    rfm = ci.score_rfm(log, as_of="2024-01-10", bins=3, window="30d")
    assert type(rfm.to_frame()) is type(made)
    later = ci.score_rfm(log, as_of="2024-02-10", window="30d", thresholds=rfm.thresholds)
    with pytest.raises(ci.exceptions.SchemeError, match="needs one scheme"):
        ci.migration(rfm, later)
    scheme = ci.SegmentScheme.from_mapping("s", 1, {"a": "3**", "b": "[1-2]**"}, bins=3)
    rfm = ci.score_rfm(log, as_of="2024-01-10", bins=3, window="30d", scheme=scheme)
    later = ci.score_rfm(
        log, as_of="2024-02-10", window="30d", thresholds=rfm.thresholds, scheme=scheme
    )
    moves = ci.migration(rfm, later)
    for table in (rfm.counts(), moves.to_frame(), moves.matrix(), moves.summary()):
        assert type(table) is type(made)
    assert list(rfm.to_frame()["segment"]) == rfm.segment.tolist()
    assert list(rfm.to_frame()["customer_id"]) == ["ann", "bob", "cy"]
    assert (moves.left, moves.entered) == (2, 0)


def test_the_measures_of_a_log():
    log = ci.TransactionLog.from_frame(ROWS)
    rfm = ci.score_rfm(log, as_of="2024-01-10", bins=3)
    assert rfm.time_since_last.tolist() == [1.0, 5.0, 0.0]
    assert rfm.frequency.tolist() == [2, 1, 3]
    assert rfm.monetary.tolist() == [25.0, 20.0, 100.0]
    per_purchase = ci.score_rfm(
        log.as_of("2024-01-10"), bins=3, frequency="purchases", monetary="mean"
    )
    assert per_purchase.frequency.tolist() == [2, 1, 4]
    assert per_purchase.monetary.tolist() == [12.5, 20.0, 25.0]
    assert (per_purchase.recency_score == rfm.recency_score).all()


def test_a_log_needs_a_moment():
    log = ci.TransactionLog.from_frame(ROWS)
    with pytest.raises(InvalidArgumentError, match="as_of is required to score a TransactionLog"):
        ci.score_rfm(log)


@settings(deadline=None, max_examples=25)  # the first call compiles
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.floats(0, 99)), min_size=3),
    st.integers(-2_000, 2_000),
)
@pytest.mark.filterwarnings("ignore:.*has fewer distinct values")
def test_a_shift_of_time_is_irrelevant(rows, shift):
    customers, days, amounts = map(np.array, zip(*rows, strict=True))

    def cells(offset):
        start = np.datetime64("2020-01-01") + offset
        log = ci.TransactionLog.from_frame(
            {"customer_id": customers, "timestamp": start + days, "amount": amounts}
        )
        return ci.score_rfm(log, as_of=str(start + 60), window="61d").cell.tolist()

    assert cells(0) == cells(shift)


@pytest.fixture(scope="module")
def online_retail():
    path = DATA / "online_retail.csv.gz"
    if not path.exists():
        pytest.skip("needs online_retail.csv.gz of the reference data")
    frame = pd.read_csv(path, parse_dates=["InvoiceDate"])
    return ci.TransactionLog.from_frame(
        frame,
        customer_id="CustomerID",
        timestamp="InvoiceDate",
        quantity="Quantity",
        unit_price="UnitPrice",
        order_id="InvoiceNo",
        on_invalid="quarantine",
    )


@pytest.mark.reference_data
@pytest.mark.slow
def test_whole_history_frequency_can_only_rise(online_retail):
    """Purchase days of the customers seen by both dates, counted with pandas: 1,921 rises."""
    first = ci.score_rfm(online_retail, as_of="2011-09-09")
    later = ci.score_rfm(online_retail, as_of="2011-12-09", thresholds=first.thresholds)
    here, there = first.ids.match(later.ids)
    change = later.frequency[there] - first.frequency[here]
    assert ((change > 0).sum(), (change < 0).sum()) == (1_921, 0)
    with pytest.raises(InvalidArgumentError, match="over the whole history frequency can only"):
        ci.migration(first, later)


@pytest.mark.reference_data
@pytest.mark.slow
def test_in_a_window_frequency_rises_and_falls(online_retail):
    """Purchase days of the customers in both windows, counted with pandas: 918 up, 489 down."""
    first = ci.score_rfm(online_retail, as_of="2011-09-09", window="180d")
    later = ci.score_rfm(
        online_retail, as_of="2011-12-09", window="180d", thresholds=first.thresholds
    )
    moves = ci.migration(first, later, value="monetary")
    assert moves.value_changes["frequency"][:2] == (918, 489)
    assert moves.counts[:-1].sum() == len(first)
    assert moves.counts[:, :-1].sum() == len(later)
    assert moves.value.sum() == pytest.approx(first.monetary.sum())
