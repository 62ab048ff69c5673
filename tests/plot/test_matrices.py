"""Every cell of an image is a prediction for one history."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel import models, plot


def image(ax):
    """Return the values, with NaN where a cell is grey, and the edges of the cells."""
    mesh = ax.collections[0]
    corners = mesh.get_coordinates()
    values = np.ma.filled(mesh.get_array(), np.nan)
    return values, np.asarray(corners[0, :, 0]), np.asarray(corners[:, 0, 1])


def test_cells_are_predictions(pareto_nbd):
    ax = plot.probability_alive_matrix(pareto_nbd, T=40.0, max_frequency=5)
    values, x, y = image(ax)
    assert values.shape == (50, 6)
    assert x == pytest.approx(np.arange(7) - 0.5)
    assert y == pytest.approx(np.linspace(0.0, 40.0, 51))
    own = {"frequency": [0.0, 1.0, 5.0], "recency": [0.0, 0.4, 39.6], "T": [40.0] * 3}
    found = [values[0, 0], values[0, 1], values[49, 5]]
    assert found == pytest.approx(pareto_nbd.probability_alive(own).tolist(), rel=1e-12)
    assert np.isnan(values[1:, 0]).all()  # who has bought once only has no recency
    assert np.isfinite(values[:, 1:]).all()
    assert ax.collections[0].get_clim() == (0.0, 1.0)


def test_expected_purchases(bg_nbd):
    ax = plot.expected_purchases_matrix(bg_nbd, horizon=13.0, T=40.0, max_frequency=3)
    values, _, _ = image(ax)
    own = {"frequency": [0.0, 2.0], "recency": [0.0, 20.4], "T": [40.0] * 2}
    expected = bg_nbd.expected_purchases(own, 13.0)
    assert [values[0, 0], values[25, 2]] == pytest.approx(expected.tolist(), rel=1e-12)
    low, high = ax.collections[0].get_clim()
    assert (low, high) == (0.0, np.nanmax(values))
    assert ax.get_title() == "Expected purchases in 13 weeks, BG/NBD, T = 40 weeks"


def test_opportunities_have_whole_cells(bg_bb):
    values, x, y = image(plot.probability_alive_matrix(bg_bb, T=6))
    assert x == pytest.approx(np.arange(8) - 0.5)
    assert y == pytest.approx(np.arange(8) - 0.5)
    for x_, t_x in np.ndindex(7, 7):
        if x_ == t_x == 0 or 0 < x_ <= t_x:
            own = bg_bb.probability_alive({"frequency": [x_], "recency": [t_x], "T": [6]})[0]
            assert values[t_x, x_] == pytest.approx(own, rel=1e-12)
        else:
            assert np.isnan(values[t_x, x_])


def test_what_was_fitted_says_how_far(cdnow_summary):
    fit = models.NBD().fit(cdnow_summary)
    values, x, y = image(plot.probability_alive_matrix(fit))
    assert x[-1] == cdnow_summary.frequency.max() + 0.5
    assert y[-1] == cdnow_summary.T.max()
    assert np.nanmin(values) == 1.0


def test_axes_that_are_given_hold_the_image(pareto_nbd):
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2)
    assert plot.probability_alive_matrix(pareto_nbd, T=9.0, max_frequency=2, ax=right) is right
    assert not left.has_data()
    colour_bar = figure.axes[2]
    assert colour_bar.get_ylabel() == "P(alive)"


@pytest.mark.parametrize("unit", ["day", None])
def test_units_are_named(unit):
    fit = models.NBD.from_params({"r": 1.0, "alpha": 9.0}, unit=unit)
    ax = plot.probability_alive_matrix(fit, T=9.0, max_frequency=2)
    length = "days" if unit else "units of the fit"
    assert ax.get_ylabel() == f"recency (age at the last purchase, {length})"
