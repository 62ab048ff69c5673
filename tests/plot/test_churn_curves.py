"""Pictures of an evaluation hold its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from churn.churn_logs import Half, Silence, simulated
from matplotlib import pyplot as plt

import customerintel as ci
from customerintel import plot
from customerintel.exceptions import InvalidArgumentError


@pytest.fixture(scope="module")
def table():
    return ci.churn.evaluate(
        simulated(), estimators={"half": Half, "silence": Silence}, horizon="60d", origins=2,
        n_bootstrap=0,
    )  # fmt: skip


def lines_of(ax):
    return {line.get_label(): line.get_data() for line in ax.lines}


def test_reliability_holds_the_bins(table):
    ax = plot.reliability(table, "silence", "half", bins=5)
    lines = lines_of(ax)
    for name in ("silence", "half"):
        curve = table.reliability(name, bins=5)
        np.testing.assert_array_equal(lines[name][0], curve.mean_predicted)
        np.testing.assert_array_equal(lines[name][1], curve.observed)
    bars = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
    curve = table.reliability("silence", bins=5)
    assert bars == [list(pair) for pair in zip(curve.low, curve.high, strict=True)]
    assert ax.get_xlabel() == "P(no purchase in 60 days)"


def test_gain_and_lift_hold_the_curves(table):
    gain, lift = lines_of(plot.gain(table, "silence")), lines_of(plot.lift(table, "silence"))
    assert set(gain) == set(lift) == {"foresight", "chance", "silence"}
    np.testing.assert_allclose(gain["silence"][1], 100 * table.gain_curve("silence").reached)
    np.testing.assert_allclose(gain["foresight"][1], 100 * table.gain_curve("silence").ideal)
    np.testing.assert_array_equal(lift["silence"][1], table.lift_curve("silence").lift)


def test_without_names_the_best_is_drawn(table):
    assert table.best() == "silence"
    assert set(lines_of(plot.reliability(table))) == {"as predicted", "silence"}
    for draw in (plot.gain, plot.lift):
        assert set(lines_of(draw(table))) == {"foresight", "chance", "silence", "recency rule"}


@pytest.mark.parametrize("draw", [plot.reliability, plot.gain, plot.lift])
def test_axes_that_are_given_are_drawn_into(table, draw):
    _, ax = plt.subplots()
    assert draw(table, ["silence", "half"], ax=ax) is ax


@pytest.mark.parametrize("draw", [plot.reliability, plot.gain, plot.lift])
def test_errors(table, draw):
    with pytest.raises(InvalidArgumentError) as caught:
        draw({"auc": 0.7})
    assert str(caught.value) == (
        f"{draw.__name__} takes a ChurnEvaluation; got dict. Make one with "
        "customerintel.churn.evaluate(log, …)."
    )
    with pytest.raises(InvalidArgumentError, match="There is no estimator 'nobody'"):
        draw(table, "nobody")
    assert plt.get_fignums() == []
