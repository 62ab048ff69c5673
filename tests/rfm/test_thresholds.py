"""`RFMThresholds`: what they refuse, and that they survive JSON."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, replace
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
        ({"method": "banana"}, "method must be one of quantile, nested, fixed; got 'banana'"),
        ({"method": "frozen"}, "method must be one of quantile, nested, fixed; got 'frozen'"),
        ({"method": None}, "method must be one of .*; got NoneType"),
        ({"period": "fortnight"}, "period must be one of hour, day, week, month; got 'fortnight'"),
        ({"frequency_of": "lines"}, "frequency_of must be one of periods, purchases"),
        ({"monetary_of": None}, "monetary_of must be one of total, mean; got NoneType"),
        ({"monetary": None, "bins": (3, 3)}, "monetary_of must be None where monetary is None"),
        ({"window": timedelta(0)}, "window must be None .* longer than zero"),
        ({"window": 30}, "window must be None .* longer than zero"),
        ({"bins": (2, 3, 3)}, "bins must be a tuple of whole numbers from 3 to 10"),
        ({"bins": None}, "bins must be a tuple of whole numbers from 3 to 10"),
        ({"bins": (True, 3, 3)}, "bins must be a tuple of whole numbers from 3 to 10"),
        ({"frequency": ("2", "3")}, "The cut points of frequency must be numbers"),
        ({"recency": "12"}, "The cut points of recency must be numbers"),
        ({"recency": ((1.0,), (1.0, 2.0))}, "The cut points of recency must be numbers"),
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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "banana"}, "method must be one of"),
        ({"window_us": -5}, "window must be None .* longer than zero"),
        ({"window_us": "30"}, "window_us must be None or a whole number"),
        ({"window_us": 10**30}, "window_us must be None or a whole number"),
        ({"period": ["day"]}, "period must be one of .*; got list"),
        ({"bins": [2, 3, 3]}, "bins must be a tuple"),
        ({"bins": None}, "bins must be a tuple"),
        ({"recency": "ab"}, "The cut points of recency must be numbers"),
        ({"recency": ["a", "b"]}, "The cut points of recency must be numbers"),
        ({"recency": None}, r"The cut points of recency have the shape \(\)"),
        ({"frequency": {"a": 1}}, "The cut points of frequency must be numbers"),
    ],
)
def test_a_spoilt_dict_is_refused(change, message):
    with pytest.raises(InvalidArgumentError, match=message):
        RFMThresholds.from_dict({**GOOD.to_dict(), **change})


@pytest.mark.parametrize("data", [None, [], "{}"])
def test_what_is_no_dict_is_refused(data):
    with pytest.raises(InvalidArgumentError, match=r"from_dict takes what .* gave, a dict"):
        RFMThresholds.from_dict(data)


def test_lists_of_cut_points_become_tuples():
    lists = replace(GOOD, recency=[1, 2], bins=[3, 3, 3])
    assert lists == GOOD
    assert hash(lists) == hash(GOOD)
    assert RFMThresholds.from_dict(lists.to_dict()) == GOOD


@pytest.mark.parametrize("name", ["method", "anything"])
def test_they_are_frozen(name):
    with pytest.raises(FrozenInstanceError):
        setattr(GOOD, name, "fixed")


def test_they_show_themselves_as_a_table():
    page = GOOD._repr_html_()
    assert "<th>recency (days)</th><td>(1.0, 2.0)</td>" in page
    assert "<td>whole history</td>" in page
