"""Bars and points of the pictures by frequency, against sums over the customers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import customerintel as ci
from customerintel import models, plot
from customerintel.models.holdout import split_holdout
from customerintel.plot import frequencies


def heights(ax, place):
    return np.array([bar.get_height() for bar in ax.containers[place]])


@pytest.fixture(scope="module")
def split(cdnow_log):
    return split_holdout(cdnow_log, calibration_end="1997-09-30")


def test_bars_are_customers(cdnow_summary, bg_nbd):
    """Actual: the sizes of the bins of BTYD's walkthrough."""
    ax = plot.calibration_histogram(bg_nbd, cdnow_summary)
    assert heights(ax, 0).tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    expected = np.sum([bg_nbd.pmf_new(age, 6) for age in cdnow_summary.T.tolist()], axis=0)
    assert heights(ax, 1) == pytest.approx(expected, rel=1e-12)
    assert heights(ax, 1).sum() == pytest.approx(2_357, rel=1e-12)
    assert [label.get_text() for label in ax.get_xticklabels()] == [*"0123456", "7+"]


def test_models_stand_side_by_side(cdnow_summary, bg_nbd, pareto_nbd):
    ax = plot.calibration_histogram([bg_nbd, pareto_nbd], cdnow_summary, max_frequency=3)
    spans = sorted(
        (bar.get_x(), bar.get_x() + bar.get_width()) for group in ax.containers for bar in group
    )
    assert len(spans) == 12
    assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(spans))
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["actual", "BG/NBD", "Pareto/NBD"]
    alone = plot.calibration_histogram(pareto_nbd, cdnow_summary, max_frequency=3)
    assert np.array_equal(heights(ax, 2), heights(alone, 1))


def test_weights_count_as_customers(bg_nbd):
    rows = {"frequency": [0, 2, 9], "recency": [0.0, 3.0, 8.0], "T": [10.0, 10.0, 20.0]}
    ax = plot.calibration_histogram(bg_nbd, {**rows, "weight": [5.0, 2.0, 1.0]}, max_frequency=4)
    assert heights(ax, 0).tolist() == [5, 0, 2, 0, 1]
    expected = 7 * bg_nbd.pmf_new(10.0, 3) + bg_nbd.pmf_new(20.0, 3)
    assert heights(ax, 1) == pytest.approx(expected, rel=1e-12)


def test_who_has_just_come_has_bought_once(pareto_nbd):
    rows = {"frequency": [0, 0], "recency": [0.0, 0.0], "T": [0.0, 5.0]}
    ax = plot.calibration_histogram(pareto_nbd, rows, max_frequency=1)
    assert heights(ax, 1) == pytest.approx(np.array([1.0, 0.0]) + pareto_nbd.pmf_new(5.0, 0))


def test_many_ages_are_grouped(monkeypatch, pareto_nbd):
    rng = np.random.default_rng(2)
    rows = {
        "frequency": np.zeros(3_000),
        "recency": np.zeros(3_000),
        "T": rng.uniform(0, 99, 3_000),
    }
    _, grouped = frequencies.count_customers([pareto_nbd], rows, 5)
    monkeypatch.setattr(frequencies, "MOST_AGES", 10_000)
    _, exact = frequencies.count_customers([pareto_nbd], rows, 5)
    assert not np.array_equal(grouped, exact)
    assert grouped == pytest.approx(exact, rel=1e-4)
    assert grouped.sum() == pytest.approx(3_000, rel=1e-12)


def test_opportunities(bg_bb):
    rows = {"frequency": [0, 3], "recency": [0, 5], "T": [6, 6], "weight": [10, 4]}
    ax = plot.calibration_histogram(bg_bb, rows, max_frequency=5)
    assert heights(ax, 1) == pytest.approx(14 * bg_bb.pmf_new(6, 4), rel=1e-12)


def test_holdout_of_the_cdnow_sample(split, bg_nbd, pareto_nbd):
    """BTYD walkthrough: mean purchases in 39 weeks by frequency, actual and of both models."""
    ax = plot.holdout_by_frequency([pareto_nbd, bg_nbd], split)
    actual, pareto, bg = (line.get_ydata() for line in ax.lines)
    assert actual == pytest.approx(
        [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=6e-4
    )
    assert pareto == pytest.approx(
        [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], rel=1e-3, abs=6e-4
    )
    assert bg == pytest.approx(
        [0.2250893, 0.5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036],
        rel=1e-5,
    )
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels[0] == "0\n(1,411)"
    assert labels[7] == "7+\n(64)"
    assert ax.get_ylabel() == "mean purchases in 39 weeks"


def test_a_frequency_without_customers_leaves_a_gap(pareto_nbd):
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 2, 2, 2, 2],
            "timestamp": ["2024-01-01", "2024-01-01", "2024-01-05", "2024-01-09", "2024-03-01"],
        }
    )
    found = split_holdout(log, calibration_end="2024-02-01", holdout_end="2024-03-07")
    ax = plot.holdout_by_frequency(pareto_nbd, found, max_frequency=3)
    actual, expected = (line.get_ydata() for line in ax.lines)
    assert actual == pytest.approx([0.0, np.nan, 1.0, np.nan], nan_ok=True)
    own = pareto_nbd.expected_purchases(found.calibration, 5.0)
    assert expected == pytest.approx([own[0], np.nan, own[1], np.nan], nan_ok=True)


def test_holdout_of_opportunities(bg_bb):
    log = bg_bb.simulate(200, 24, 5)
    found = split_holdout(
        log, calibration_end="2000-12-31", holdout_end="2001-12-31", unit="month", period="month"
    )
    ax = plot.holdout_by_frequency(bg_bb, found, max_frequency=2)
    own = bg_bb.expected_purchases(found.calibration, 12)
    often = found.calibration.frequency
    assert ax.lines[1].get_ydata() == pytest.approx(
        [own[often == 0].mean(), own[often == 1].mean(), own[often >= 2].mean()]
    )
    assert ax.get_ylabel() == "mean purchases in 12 months"


def test_a_fit_is_close_to_its_own_customers(cdnow_summary):
    fit = models.ModifiedBetaGeoNBD().fit(cdnow_summary)
    ax = plot.calibration_histogram(fit, cdnow_summary)
    assert heights(ax, 1) == pytest.approx(heights(ax, 0), rel=0.15)
