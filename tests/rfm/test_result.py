"""`RFMScores` as tables and as text."""

from __future__ import annotations

import numpy as np
import pytest
from rfm.fakes import FakeHistory

from customerintel.rfm import SegmentScheme, score_rfm

pytestmark = pytest.mark.filterwarnings("ignore:.*has fewer distinct values")


def history(rows, **facts):
    return FakeHistory(*map(list, zip(*rows, strict=True)), **facts)


def test_counts_hold_every_segment_in_scheme_order():
    rows = [(1.0, 4, 80.0), (2.0, 3, 20.0), (40.0, 1, 10.0)]
    cuts = {"recency": (5, 50), "frequency": (2, 4), "monetary": (10, 50)}
    ladder = SegmentScheme.from_mapping("l", 1, {"a": "3**", "b": "1**", "c": "2**"}, bins=3)
    counts = score_rfm(history(rows), thresholds=cuts, scheme=ladder, monetary="mean").counts()
    assert counts["segment"].tolist() == ["a", "b", "c"]
    assert counts["customers"].tolist() == [2, 0, 1]
    assert counts["share"].tolist() == [2 / 3, 0.0, 1 / 3]
    np.testing.assert_array_equal(counts["mean_time_since_last"], [1.5, np.nan, 40.0])
    np.testing.assert_array_equal(counts["mean_frequency"], [3.5, np.nan, 1.0])
    # the fake counts two purchases per period
    np.testing.assert_allclose(counts["mean_monetary"], [(10 + 20 / 6) / 2, np.nan, 5.0])
    assert counts["total_monetary"].tolist() == [100.0, 0.0, 10.0]


def test_one_row_per_customer():
    frame = score_rfm(history([(1.0, 4, 80.0), (40.0, 1, 10.0)] * 3, ids=range(6))).to_frame()
    assert list(frame) == [
        "customer_id",
        "time_since_last",
        "frequency",
        "monetary",
        "recency_score",
        "frequency_score",
        "monetary_score",
        "cell",
        "weighted_score",
        "segment",
    ]
    assert {len(column) for column in frame.values()} == {6}
    plain = score_rfm(FakeHistory([1.0], [1]), bins=3).to_frame()
    assert {"monetary", "monetary_score", "segment"}.isdisjoint(plain)


def test_how_it_shows_itself():
    rfm = score_rfm(history([(1.0, 4, 80.0)]), window="90d")
    assert repr(rfm) == (
        "RFMScores(customers=1, moment=2024-01-31T00:00:00.000000, window=90 days, "
        "bins=5 x 5 x 5, scheme=rfm-11@1)"
    )
    evil = SegmentScheme.from_mapping("x", 1, {"<b>": "**"}, bins=5)
    page = score_rfm(history([(1.0, 4, 80.0)]), scheme=evil)._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
