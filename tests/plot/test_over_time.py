"""The tracking picture draws `tracking_data`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.dates import date2num

from customerintel import plot


@pytest.mark.parametrize("cumulative", [False, True])
def test_lines(cdnow_log, bg_nbd, pareto_nbd, cumulative):
    fits = [bg_nbd, pareto_nbd]
    data = plot.tracking_data(fits, cdnow_log, calibration_end="1997-09-30")
    ax = plot.tracking(fits, cdnow_log, calibration_end="1997-09-30", cumulative=cumulative)
    actual, first, second, split = ax.lines
    sums = np.cumsum if cumulative else np.asarray
    assert actual.get_ydata().tolist() == sums(data.actual).tolist()
    assert first.get_ydata().tolist() == sums(data.expected[0]).tolist()
    assert second.get_ydata().tolist() == sums(data.expected[1]).tolist()
    assert np.array_equal(actual.get_xdata(), data.end)
    assert set(date2num(split.get_xdata())) == {date2num(np.datetime64("1997-09-30"))}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "actual", "BG/NBD", "Pareto/NBD", "calibration ends",
    ]  # fmt: skip
    assert ax.get_title() == "Repeat purchases of 2,357 customers"
    assert ax.get_xlabel() == "end of the week"
    assert ax.get_ylabel() == (
        "repeat purchases so far" if cumulative else "repeat purchases per week"
    )


def test_periods_as_long_as_the_unit(bg_bb):
    log = bg_bb.simulate(50, 12, 3)
    ax = plot.tracking(bg_bb, log, calibration_end="2000-06-30")
    assert ax.get_xlabel() == "month"
    assert ax.get_ylabel() == "repeat purchases per month"


def test_dates_do_not_run_into_each_other(cdnow_log, bg_nbd):
    ax = plot.tracking(bg_nbd, cdnow_log, calibration_end="1997-09-30")
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    ends = [(box.x0, box.x1) for box in sorted(boxes, key=lambda box: box.x0)]
    assert all(one[1] < other[0] for one, other in pairwise(ends))
