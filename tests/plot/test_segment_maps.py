"""Maps and bars of RFM scores: every cell and every bar is a count."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.maps import rfm_map
from customerintel.plot.segment_bars import segments

AS_OF = "1998-06-30"


def test_every_cell_is_a_count(cdnow_log):
    scores = ci.score_rfm(cdnow_log, as_of=AS_OF, bins=4)
    ax = rfm_map(scores)
    grid = np.asarray(ax.collections[0].get_array())
    assert grid.shape == (4, 4)
    assert grid.sum() == len(scores)
    best = (scores.recency_score == 4) & (scores.frequency_score == 4)
    assert grid[3, 3] == best.sum()
    texts = [text.get_text() for text in ax.texts]
    assert texts == [f"{n:,.0f}" for n in grid.ravel()]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("frequency score", "recency score")


def test_every_bar_is_a_share(cdnow_log):
    scores = ci.score_rfm(cdnow_log, as_of=AS_OF)
    ax = segments(scores)
    heads, spend = ([bar.get_width() for bar in bars] for bars in ax.containers)
    counts = scores.counts()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == list(scores.scheme.segments)
    assert heads == pytest.approx((100 * counts["share"]).tolist())
    total = counts["total_monetary"]
    assert spend == pytest.approx((100 * total / total.sum()).tolist())
    low, high = ax.get_ylim()
    assert low > high  # the first on top


def test_without_amounts_there_are_customers_only(cdnow_log):
    table = cdnow_log.to_frame()
    del table["amount"]
    scores = ci.score_rfm(ci.TransactionLog.from_frame(table), as_of=AS_OF)
    ax = segments(scores)
    assert len(ax.containers) == 1
    assert ax.get_legend() is None


CASES = {
    "a map of something else": (
        rfm_map,
        "rfm_map takes RFMScores; got TransactionLog. Make them with score_rfm(…).",
    ),
    "segments of scores without a scheme": (
        lambda log: segments(ci.score_rfm(log, as_of=AS_OF, bins=4)),
        (
            "segments draws named segments, and these scores have no scheme. Give score_rfm one, "
            "or use bins=5."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors_of_scores(given, cdnow_log):
    call, message = CASES[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call(cdnow_log)
    assert str(caught.value) == message
