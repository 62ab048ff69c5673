"""Bad input to `score_rfm`, with the exact class and message of each."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from rfm.fakes import FakeHistory

from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemeError
from customerintel.rfm import RFMThresholds, SegmentScheme, score_rfm

RFM = FakeHistory(range(1, 7), range(1, 7), range(1, 7))
RF = FakeHistory(range(1, 7), range(1, 7))
CUTS = {"recency": (30, 90), "frequency": (2, 5), "monetary": (10, 100)}
FROZEN = RFMThresholds(
    recency=(30.0, 90.0),
    frequency=(2.0, 5.0),
    monetary=(10.0, 100.0),
    bins=(3, 3, 3),
    method="quantile",
    window=timedelta(days=180),
    period="day",
    frequency_of="periods",
    monetary_of="total",
)


class Log:
    """Has `as_of` and no moment, as a `TransactionLog`."""

    def as_of(self, moment):
        return RFM


INVALID = {
    "a table instead of a log": (
        lambda: score_rfm({"customer_id": [1]}),
        (
            "score_rfm takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(...)."
        ),
    ),
    "a log without as_of": (
        lambda: score_rfm(Log()),
        (
            "as_of is required to score a TransactionLog: the moment that recency is counted from, "
            "such as as_of='2011-12-09' or as_of=log.end."
        ),
    ),
    "two bins": (lambda: score_rfm(RFM, bins=2), "bins must be whole numbers from 3 to 10; got 2."),
    "eleven bins": (
        lambda: score_rfm(RFM, bins=(5, 5, 11)),
        "bins must be whole numbers from 3 to 10; got 11.",
    ),
    "half a bin": (
        lambda: score_rfm(RFM, bins=4.5),
        "bins must be whole numbers from 3 to 10; got 4.5.",
    ),
    "true bins": (
        lambda: score_rfm(RFM, bins=True),
        "bins must be whole numbers from 3 to 10; got True.",
    ),
    "bins of two measures": (
        lambda: score_rfm(RFM, bins=(5, 5)),
        "bins must have 3 values (recency, frequency, monetary); got 2.",
    ),
    "bins by other names": (
        lambda: score_rfm(RFM, bins={"R": 5, "recency": 5, "frequency": 5}),
        "bins must have the keys recency, frequency, monetary; missing: monetary; unknown: R.",
    ),
    "bins of money without amounts": (
        lambda: score_rfm(RF, bins={"recency": 5, "frequency": 5, "monetary": 5}),
        (
            "bins must have the keys recency, frequency (the log has no amounts, so no monetary); "
            "missing: none; unknown: monetary."
        ),
    ),
    "money without amounts": (
        lambda: score_rfm(RF, monetary="total"),
        "monetary= is given and the log has no amounts; leave it out.",
    ),
    "unknown monetary": (
        lambda: score_rfm(RFM, monetary="median"),
        "monetary must be one of total, mean; got 'median'.",
    ),
    "unknown frequency": (
        lambda: score_rfm(RFM, frequency="lines"),
        "frequency must be one of periods, purchases; got 'lines'.",
    ),
    "unknown method": (
        lambda: score_rfm(RFM, method="quintile"),
        "method must be one of quantile, nested, fixed, frozen; got 'quintile'.",
    ),
    "an array as the method": (
        lambda: score_rfm(RFM, method=np.array(["quantile", "nested"])),
        "method must be one of quantile, nested, fixed, frozen; got ndarray.",
    ),
    "an array as the frequency": (
        lambda: score_rfm(RFM, frequency=np.array(["periods", "purchases"])),
        "frequency must be one of periods, purchases; got ndarray.",
    ),
    "an array as the monetary": (
        lambda: score_rfm(RFM, monetary=np.array([1.0, 2.0])),
        "monetary must be one of total, mean; got ndarray.",
    ),
    "a list as the period": (
        lambda: score_rfm(RFM, period=["a"]),
        "period must be one of hour, day, week, month; got list.",
    ),
    "fixed without cut points": (
        lambda: score_rfm(RFM, method="fixed"),
        "method='fixed' needs thresholds=: a dict of cut points.",
    ),
    "frozen without thresholds": (
        lambda: score_rfm(RFM, method="frozen"),
        "method='frozen' needs thresholds=: the .thresholds of a result.",
    ),
    "quantiles with cut points": (
        lambda: score_rfm(RFM, method="quantile", thresholds=CUTS),
        "method='quantile' cannot be used with a dict of cut points; leave method out.",
    ),
    "nested with frozen thresholds": (
        lambda: score_rfm(RFM, method="nested", thresholds=FROZEN),
        "method='nested' cannot be used with thresholds of an earlier result; leave method out.",
    ),
    "thresholds of another type": (
        lambda: score_rfm(RFM, thresholds=[1, 2]),
        (
            "thresholds must be a dict of cut points per measure or the .thresholds of an earlier "
            "result; got list."
        ),
    ),
    "cut points that fall": (
        lambda: score_rfm(RFM, thresholds={**CUTS, "recency": (90, 30)}),
        (
            "The cut points of recency must be finite numbers in increasing order, such as "
            "(30, 90, 180, 365)."
        ),
    ),
    "cut points that are no numbers": (
        lambda: score_rfm(RFM, thresholds={**CUTS, "monetary": 5}),
        (
            "The cut points of monetary must be finite numbers in increasing order, such as "
            "(30, 90, 180, 365)."
        ),
    ),
    "cut points of one measure only": (
        lambda: score_rfm(RFM, thresholds={"recency": (1, 2)}),
        (
            "thresholds must have the keys recency, frequency, monetary; missing: frequency, "
            "monetary; unknown: none."
        ),
    ),
    "cut points for other bins": (
        lambda: score_rfm(RFM, thresholds=CUTS, bins=5),
        "The cut points make 3 x 3 x 3 bins, bins= asks for 5 x 5 x 5. Leave bins out.",
    ),
    "one cut point": (
        lambda: score_rfm(RFM, thresholds={**CUTS, "recency": (30,)}),
        "bins must be whole numbers from 3 to 10; got 2.",
    ),
    "frozen thresholds for other bins": (
        lambda: score_rfm(RFM, window="180d", thresholds=FROZEN, bins=5),
        "The frozen thresholds make 3 x 3 x 3 bins, bins= asks for 5 x 5 x 5. Leave bins out.",
    ),
    "frozen thresholds and another window": (
        lambda: score_rfm(RFM, window="90d", thresholds=FROZEN),
        (
            "The frozen thresholds were measured on a window of 180 days, this call scores a "
            "window of 90 days: frequency and spend grow with the window. Give the same window."
        ),
    ),
    "frozen thresholds and no window": (
        lambda: score_rfm(RFM, thresholds=FROZEN),
        (
            "The frozen thresholds were measured on a window of 180 days, this call scores the "
            "whole history: frequency and spend grow with the window. Give the same window."
        ),
    ),
    "frozen thresholds and another money": (
        lambda: score_rfm(RFM, window="180d", thresholds=FROZEN, monetary="mean"),
        (
            "The frozen thresholds were measured with monetary='total', this call has "
            "monetary='mean': the scores would not mean the same. Leave monetary out or score anew."
        ),
    ),
    "frozen thresholds and another period": (
        lambda: score_rfm(RFM, window="180d", thresholds=FROZEN, period="week"),
        (
            "The frozen thresholds were measured with period='day', this call has period='week': "
            "the scores would not mean the same. Leave period out or score anew."
        ),
    ),
    "frozen thresholds with money, log without": (
        lambda: score_rfm(RF, window="180d", thresholds=FROZEN),
        (
            "The frozen thresholds score 3 measures, this log has 2 (recency, frequency). Score it "
            "anew."
        ),
    ),
    "two weights for three scores": (
        lambda: score_rfm(RFM, weights=(3, 2)),
        "weights must have 3 values (recency, frequency, monetary); got 2.",
    ),
    "negative weight": (
        lambda: score_rfm(RFM, weights=(3, -2, 1)),
        "weights must be finite, not negative, and not all zero.",
    ),
    "weights that are no numbers": (
        lambda: score_rfm(RFM, weights=("a", "b", "c")),
        "weights must be numbers, one per score.",
    ),
    "nobody in the window": (
        lambda: score_rfm(FakeHistory([], [], []), window="30d"),
        (
            "Nobody bought anything up to the moment in the 30 days before, so there is nothing to "
            "rank. Choose a later as_of or a longer window, or give thresholds."
        ),
    ),
    "nobody at all": (
        lambda: score_rfm(FakeHistory([], [])),
        (
            "Nobody bought anything up to the moment, so there is nothing to rank. Choose a later "
            "as_of or a longer window, or give thresholds."
        ),
    ),
}

SCHEMES = {
    "scheme for other bins": (
        lambda: score_rfm(RFM, bins=4, scheme="rfm-11@1"),
        (
            "The scheme rfm-11@1 is made for 5 x 5 x 5 bins, these scores have 4 x 4 x 4. Score "
            "with the bins of the scheme, or give a scheme for these."
        ),
    ),
    "scheme of money without amounts": (
        lambda: score_rfm(RF, scheme="fm-11@1"),
        (
            "The scheme fm-11@1 needs monetary scores and the log has no amounts. Use "
            "scheme='rf-10@1', or one made from R and F."
        ),
    ),
    "scheme without its version": (
        lambda: score_rfm(RFM, scheme="rfm-11"),
        "There is no scheme 'rfm-11'; built in are rfm-11@1, rf-10@1, fm-11@1.",
    ),
    "scheme of another type": (
        lambda: score_rfm(RFM, scheme={"Champions": "555"}),
        (
            "scheme must be a SegmentScheme or the name of a built-in one, such as 'rfm-11@1'; got "
            "dict."
        ),
    ),
    "scheme without a name": (
        lambda: SegmentScheme.named([]),
        "There is no scheme of type list; built in are rfm-11@1, rf-10@1, fm-11@1.",
    ),
    "scheme of a mapping without bins": (
        lambda: SegmentScheme.from_mapping("mine", 1, {"all": "**"}, bins=None),
        (
            "The scheme mine@1 on None cells has 1 fault:\n"
            "- bins: 2 or 3 whole numbers from 3 to 10 are needed, got (None,)."
        ),
    ),
    "scheme of rules with half bins": (
        lambda: SegmentScheme.from_rules("mine", 1, [("all", {})], bins=2.5),
        (
            "The scheme mine@1 on 2.5 cells has 1 fault:\n"
            "- bins: 2 or 3 whole numbers from 3 to 10 are needed, got (2.5,)."
        ),
    ),
    "scheme of nothing": (
        lambda: SegmentScheme(None, None, None, None, None),
        (
            "bins must be a tuple; got NoneType. Build a scheme with SegmentScheme.from_mapping or "
            "SegmentScheme.from_rules."
        ),
    ),
    "scheme with a hole": (
        lambda: SegmentScheme.from_mapping("mine", 1, {"high": "3*", "low": "1*"}, bins=3),
        (
            "The scheme mine@1 on 3 x 3 cells has 1 fault:\n"
            "- hole: cells without a segment: 3 (21, 22, 23)."
        ),
    ),
}


@pytest.mark.parametrize("given", INVALID)
def test_invalid_arguments(given):
    call, message = INVALID[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call()
    assert type(caught.value) is InvalidArgumentError
    assert str(caught.value) == message


@pytest.mark.parametrize("given", SCHEMES)
def test_schemes_that_do_not_fit(given):
    call, message = SCHEMES[given]
    with pytest.raises(SchemeError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("method", ["quantile", "nested"])
def test_more_bins_than_distinct_values(method):
    once = FakeHistory([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 1], [1.0, 2.0, 3.0, 3.0])
    with pytest.warns(DataQualityWarning) as caught:
        rfm = score_rfm(once, bins=4, method=method)
    assert [str(warning.message) for warning in caught] == [
        (
            "frequency has fewer distinct values (1) than bins (4), so some scores stay empty (see "
            "bin_sizes()). Use fewer bins or fixed thresholds."
        ),
        (
            "monetary has fewer distinct values (3) than bins (4), so some scores stay empty (see "
            "bin_sizes()). Use fewer bins or fixed thresholds."
        ),
    ]
    assert {warning.filename for warning in caught} == {__file__}
    assert rfm.frequency_score.tolist() == [3, 3, 3, 3]
    assert rfm.bin_sizes()["frequency"].tolist() == [0, 0, 4, 0]


def test_one_customer_sits_in_the_middle():
    with pytest.warns(DataQualityWarning):
        assert score_rfm(FakeHistory([1.0], [1], [1.0])).cell.tolist() == [333]


def test_cut_points_that_nobody_ranks_by_need_no_warning():
    once = FakeHistory([1.0], [1], [1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score_rfm(once, thresholds=CUTS)
        score_rfm(once, thresholds=replace(FROZEN, window=None))
