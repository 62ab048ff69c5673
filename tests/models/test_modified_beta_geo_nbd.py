"""MBG/NBD against what was published about it."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.models import ModifiedBetaGeoNBD
from customerintel.models.statistics import read_statistics


def given(**params):
    return ModifiedBetaGeoNBD.from_params(params, unit="week")


def one(x, last, age):
    return {"frequency": [float(x)], "recency": [float(last)], "T": [float(age)]}


@pytest.mark.reference_data
def test_cdnow(reference_data):
    """BTYDplus' parameters by way of lifetimes' tests; the rest recomputed from its likelihood."""
    columns = np.loadtxt(
        reference_data / "cdnow_summary_btyd_weeks.csv", delimiter=",", skiprows=1
    ).T
    rows = {"frequency": columns[1], "recency": columns[2], "T": columns[3]}
    fit = ModifiedBetaGeoNBD().fit(rows, unit="week")
    assert fit.status_ == "interior"
    values = list(fit.params_.values())
    assert values == pytest.approx([0.5248432, 6.1830856, 0.8913594, 1.6140021], rel=1e-4)
    assert values == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=5e-4)
    errors = list(fit.standard_errors_.values())
    assert errors == pytest.approx([0.08327, 0.69562, 0.15479, 0.53749], rel=1e-3)
    assert fit.log_likelihood_ == pytest.approx(-9582.1357, abs=1e-3)
    assert fit.expected_purchases_new(52.0) == pytest.approx(1.4188849, rel=1e-6)
    assert fit.expected_purchases(one(2, 30.43, 38.86), 39.0)[0] == pytest.approx(1.26267, rel=1e-4)
    assert fit.probability_alive(rows).mean() == pytest.approx(0.44872, abs=1e-5)
    expected = fit.expected_purchases(rows, 39.0)
    assert expected.sum() == pytest.approx(1576.73, abs=0.01)
    error = expected - columns[4]
    assert np.abs(error).mean() == pytest.approx(0.76478, abs=2e-5)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.60718, abs=2e-5)


def test_expectation_of_new_customers():
    """pymc-marketing's tests."""
    fit = given(r=0.525, alpha=6.183, a=0.891, b=1.614)
    wanted = [0.053084795263698685, 0.15086328860664794, 0.28136022398301175]
    assert [fit.expected_purchases_new(t) for t in (1, 3, 6)] == pytest.approx(wanted, rel=1e-6)


def test_likelihood_of_single_customers():
    """pymc-marketing's tests."""
    fit = given(r=0.25, alpha=4.0, a=0.8, b=2.5)
    published = {(0, 0, 40): -0.41792826, (200, 38, 40): 100.78690976}
    for history, wanted in published.items():
        value, _ = fit._likelihood(fit._values, read_statistics(one(*history)))
        assert value == pytest.approx(wanted, abs=1e-7)


def test_who_bought_once_fades():
    fit = given(r=0.525, alpha=6.183, a=0.891, b=1.614)
    alive = [fit.probability_alive(one(0, 0, age))[0] for age in (0.0, 1.0, 40.0, 1e6)]
    assert alive[0] == pytest.approx(1.614 / (0.891 + 1.614), rel=1e-14)
    assert alive == sorted(alive, reverse=True)
    assert alive[-1] < 0.01
