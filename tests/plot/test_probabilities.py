"""Shares of buyers by the probability that they would buy."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel import models, plot
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.holdout import split_holdout
from customerintel.plot.probabilities import share_who_bought


@pytest.fixture(scope="module")
def split(cdnow_log):
    return split_holdout(cdnow_log, calibration_end="1997-09-30")


def test_points_are_groups_of_customers(split, pareto_nbd):
    ax = plot.calibration_by_probability(pareto_nbd, split, groups=4)
    likely = pareto_nbd.probability_of_purchase(split.calibration, 39.0)
    x, y = ax.lines[1].get_data()
    below = np.zeros(len(likely), bool)
    for mean, share, edge in zip(x, y, [*np.quantile(likely, [0.25, 0.5, 0.75]), 1.0], strict=True):
        group = (likely <= edge) & ~below
        assert mean == pytest.approx(likely[group].mean(), rel=1e-12)
        assert share == pytest.approx(np.mean(split.purchases[group] > 0), rel=1e-12)
        below |= group
    assert ax.get_xlabel() == "P(a purchase in 39 weeks)"
    assert ax.lines[0].get_label() == "as predicted"


def test_customers_of_equal_probability_stay_together():
    """NBD knows the frequency and the age only: one age leaves few probabilities."""
    fit = models.NBD.from_params({"r": 0.5, "alpha": 6.0}, unit="week")
    log = fit.simulate(300, 30.0, 4)
    found = split_holdout(log, calibration_end="2000-04-01", holdout_end="2000-07-01")
    mean, _, customers = share_who_bought(fit, found, 50)
    likely = fit.probability_of_purchase(found.calibration, 13.0)
    _, alike = np.unique(likely, return_counts=True)
    assert 1 < len(customers) < 50
    assert set(np.cumsum(customers)) <= set(np.cumsum(alike))
    assert mean @ customers == pytest.approx(likely.sum())


def test_the_truth_is_close_to_the_line():
    params = {"r": 0.6, "alpha": 6.0, "s": 0.7, "beta": 9.0}
    truth = models.ParetoNBD.from_params(params, unit="week")
    log = truth.simulate(20_000, 52.0, 7)
    found = split_holdout(log, calibration_end="2000-06-30", holdout_end="2000-12-29")
    x, y = plot.calibration_by_probability(truth, found).lines[1].get_data()
    assert np.ptp(x) > 0.5
    assert y == pytest.approx(x, abs=0.03)


def test_opportunities(bg_bb):
    log = bg_bb.simulate(200, 24, 5)
    found = split_holdout(
        log, calibration_end="2000-12-31", holdout_end="2001-12-31", unit="month", period="month"
    )
    ax = plot.calibration_by_probability(bg_bb, found, groups=1)
    x, y = ax.lines[1].get_data()
    assert x == pytest.approx([bg_bb.probability_of_purchase(found.calibration, 12).mean()])
    assert y == pytest.approx([np.mean(found.purchases > 0)])
    assert ax.get_xlabel() == "P(a purchase in 12 months)"


def test_errors(cdnow_summary, pareto_nbd, split):
    with pytest.raises(InvalidArgumentError) as caught:
        plot.calibration_by_probability(pareto_nbd, cdnow_summary)
    assert str(caught.value) == (
        "calibration_by_probability takes a HoldoutSplit; got CustomerSummary. Make one with "
        "split_holdout(log, calibration_end=…)."
    )
    with pytest.raises(InvalidArgumentError) as caught:
        plot.calibration_by_probability(pareto_nbd, split, groups=0)
    assert str(caught.value) == (
        "groups must be a whole number of customer groups, at least 1; got 0."
    )
