"""Densities of how customers differ, against SciPy and integrals."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from scipy import stats

from customerintel import models, plot
from customerintel.models.beta_geo_cnbd import BetaGeoCNBD


def curve(ax):
    return ax.lines[0].get_data()


def mean_of(ax):
    return ax.lines[-1].get_xdata()[0]


def test_bg_nbd(bg_nbd):
    rate, dropout = plot.heterogeneity(bg_nbd)
    x, y = curve(rate)
    assert y == pytest.approx(stats.gamma(0.2425967, scale=1 / 4.413659).pdf(x), rel=1e-12)
    assert mean_of(rate) == pytest.approx(0.2425967 / 4.413659)
    x, y = curve(dropout)
    assert y == pytest.approx(stats.beta(0.7929869, 2.426164).pdf(x), rel=1e-12)
    assert np.mean(y) == pytest.approx(1.0, abs=0.01)  # over 0 … 1 in equal steps
    assert mean_of(dropout) == pytest.approx(0.7929869 / (0.7929869 + 2.426164))
    assert dropout.get_xlim() == (0.0, 1.0)


def test_pareto_nbd(pareto_nbd):
    rate, dropout = plot.heterogeneity(pareto_nbd)
    for ax, shape, scale in ((rate, 0.55339714, 10.58019854), (dropout, 0.6060625, 11.65622367)):
        x, y = curve(ax)
        assert y == pytest.approx(stats.gamma(shape, scale=1 / scale).pdf(x), rel=1e-12)
        assert stats.gamma(shape, scale=1 / scale).cdf(x[-1]) == pytest.approx(0.99)
        assert mean_of(ax) == pytest.approx(shape / scale)
    assert dropout.get_xlabel() == "dropouts per week"


def test_nbd_has_one():
    fit = models.NBD.from_params({"r": 3.0, "alpha": 9.0}, unit="month")
    ax = plot.heterogeneity(fit)
    assert isinstance(ax, Axes)
    x, y = curve(ax)
    assert np.trapezoid(y, x) == pytest.approx(0.99, abs=1e-3)
    assert ax.get_ylim()[1] > y.max()
    assert ax.get_xlabel() == "purchases per month"


def test_bg_bb(bg_bb):
    bought, dropout = plot.heterogeneity(bg_bb)
    assert curve(bought)[1] == pytest.approx(
        stats.beta(1.204, 0.750).pdf(curve(bought)[0]), rel=1e-12
    )
    assert curve(dropout)[1] == pytest.approx(
        stats.beta(0.657, 2.783).pdf(curve(dropout)[0]), rel=1e-12
    )


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.ConvergenceWarning")
def test_what_ran_away_has_no_density():
    """Customers who are never lost: Pareto/NBD ends on a boundary, and its NBD remains."""
    truth = models.NBD.from_params({"r": 1.0, "alpha": 4.0}, unit="week")
    summary = truth.simulate(400, 30.0, 8).as_of("2000-07-29").summarize(unit="week")
    fit = models.ParetoNBD().fit(summary)
    assert fit.status_ == "boundary"
    rate, dropout = plot.heterogeneity(fit)
    assert len(curve(rate)[0]) == 1_000
    assert len(dropout.lines) == 1
    words = dropout.texts[0].get_text()
    assert words == f"No density to draw:\n{', '.join(fit.boundary_)}"
    assert mean_of(dropout) == pytest.approx(fit.params_["s"] / fit.params_["beta"])


def test_given_parameters_that_are_as_good_as_infinite():
    fit = models.NBD.from_params({"r": 1e15, "alpha": 4e15}, unit="week")
    ax = plot.heterogeneity(fit)
    assert len(ax.lines) == 1
    assert mean_of(ax) == 0.25
    assert ax.texts[0].get_text() == "No density to draw:\nr = 1e+15, alpha = 4e+15"


def test_regular_buyers_are_drawn_by_purchases():
    """Every third tick is a purchase, so a third of the ticks' rate."""
    fit = BetaGeoCNBD.from_params({"r": 2.0, "alpha": 4.0, "a": 0.8, "b": 2.5}, k=3, unit="week")
    rate, _ = plot.heterogeneity(fit)
    x, y = curve(rate)
    assert y == pytest.approx(stats.gamma(2.0, scale=1 / 12.0).pdf(x), rel=1e-12)
    assert mean_of(rate) == pytest.approx(2.0 / 12.0)
    assert rate.get_title() == "Purchase rate, BG/CNBD-3"
    assert rate.get_legend().get_texts()[0].get_text() == "r = 2, alpha = 4, k = 3"


def test_ends_that_are_infinite_do_not_flatten_the_rest():
    params = {"r": 0.05, "alpha": 1.0, "a": 0.05, "b": 0.05}
    for ax in plot.heterogeneity(models.BetaGeoNBD.from_params(params, unit="week")):
        top, density = ax.get_ylim()[1], curve(ax)[1]
        assert np.isfinite(top)
        assert top < density.max()
        assert top > np.median(density)


def test_axes_that_are_given(bg_nbd):
    _, axes = plt.subplots(2, 1)
    made = plot.heterogeneity(bg_nbd, ax=axes)
    assert made.tolist() == axes.tolist()
