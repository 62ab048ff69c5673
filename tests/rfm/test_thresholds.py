"""`RFMThresholds`: what they refuse, and that they survive JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta

import pytest
from rfm.fakes import FakeHistory

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm import RFMThresholds, score_rfm

pytestmark = pytest.mark.filterwarnings("ignore:.*has fewer distinct values")

ROWS = FakeHistory([1.0, 2.5, 9.0, 9.0], [4, 1, 1, 2], [0.1 + 0.2, 10.0, 3.0, 3.0])


@pytest.mark.parametrize("method", ["quantile", "nested"])
@pytest.mark.parametrize("source", [ROWS, FakeHistory([3.0, 3.0], [1, 1])], ids=["RFM", "RF"])
def test_json_round_trip(method, source):
    before = score_rfm(source, method=method, window="30d", bins=4).thresholds
    text = json.dumps(before.to_dict(), allow_nan=False)
    after = RFMThresholds.from_dict(json.loads(text))
    assert after == before
    assert (after.window, after.method) == (timedelta(days=30), method)


def test_one_distinct_value_has_infinite_cut_points():
    cuts = score_rfm(FakeHistory([3.0, 3.0], [1, 1])).thresholds
    assert cuts.recency == (-math.inf, -math.inf, 3.0, 3.0)
    assert cuts.frequency == (1.0, 1.0, math.inf, math.inf)
    assert cuts.to_dict()["recency"] == [None, None, 3.0, 3.0]


def test_nested_thresholds_are_trees():
    cuts = score_rfm(ROWS, method="nested", bins=(3, 4, 5)).thresholds
    assert len(cuts.recency) == 2
    assert [len(group) for group in cuts.frequency] == [3] * 3
    assert [[len(leaf) for leaf in group] for group in cuts.monetary] == [[4] * 4] * 3


def test_frozen_thresholds_bring_how_they_were_measured():
    first = score_rfm(
        ROWS, bins=4, window="30d", monetary="mean", frequency="purchases", period="week"
    )
    later = FakeHistory([5.0], [3], [20.0], moment="2024-03-01")
    again = score_rfm(later, window="30d", thresholds=first.thresholds)
    assert later.asked["period"] == "week"
    assert again.bins == (4, 4, 4)
    assert again.frequency.tolist() == [6]
    assert again.monetary.tolist() == [20 / 6]


GOOD = RFMThresholds(
    recency=(1.0, 2.0),
    frequency=(2.0, 3.0),
    monetary=(1.0, 5.0),
    bins=(3, 3, 3),
    method="fixed",
    window=None,
    period="day",
    frequency_of="periods",
    monetary_of="total",
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recency": (2.0, 1.0)}, "The cut points of recency must increase and hold no NaN."),
        ({"monetary": (1.0, math.nan)}, "The cut points of monetary must increase"),
        ({"frequency": (1.0,)}, r"of frequency have the shape \(1,\); these bins need \(2,\)"),
        ({"frequency": ("a", "b")}, "The cut points of frequency must be numbers"),
        ({"bins": (3, 3)}, "recency, frequency and monetary need 3 bins; got 2"),
        ({"method": "nested"}, r"of frequency have the shape \(2,\); these bins need \(3, 2\)"),
    ],
)
def test_thresholds_that_cannot_be(change, message):
    with pytest.raises(InvalidArgumentError, match=message):
        replace(GOOD, **change)


def test_only_its_own_format_is_read():
    data = GOOD.to_dict()
    with pytest.raises(InvalidArgumentError, match=r"not customerintel\.rfm_thresholds version 1"):
        RFMThresholds.from_dict({**data, "format_version": 2})
    with pytest.raises(InvalidArgumentError, match=r"not customerintel\.rfm_thresholds"):
        RFMThresholds.from_dict({})
    del data["period"]
    with pytest.raises(InvalidArgumentError, match="lack the key 'period'"):
        RFMThresholds.from_dict(data)
