"""Intervals of Reach: customers and people drawn anew, and what chance alone does."""

from __future__ import annotations

import numpy as np
import pytest
from audit.placed_customers import library
from scipy.stats import binom

from customerintel.audit.measured import cell_draws
from customerintel.audit.reach import reach_of


def test_intervals_of_rates_are_those_of_the_binomial():
    """Drawing people anew makes the number of customers binomial."""
    core, customers, population = library()
    found = reach_of(
        core, customers=customers, population=population, segment="segment", n_boot=2000
    )  # fmt: skip
    n, share = found.population, found.penetration
    exact = binom.ppf([0.025, 0.975], n, share) / n
    np.testing.assert_allclose(found.interval("penetration"), exact, rtol=0.01)
    low, high = found.segments.figures.interval("index")
    index = found.segments.figures["index"]
    assert ((low < index) & (index < high)).all()


def test_draws_do_not_depend_on_chunks(monkeypatch):
    counts = np.arange(12).reshape(2, 3, 2)
    whole = np.concatenate(list(cell_draws(counts, 50, 3, others=7)))
    monkeypatch.setattr("customerintel.audit.measured._BUDGET", 36)
    parts = list(cell_draws(counts, 50, 3, others=7))
    assert len(parts) > 10
    assert np.array_equal(np.concatenate(parts), whole)
    assert (whole.reshape(50, -1).sum(axis=1) <= counts.sum() + 7).all()
    assert (whole[:, 0, 0, 0] == 0).all()


def test_chance_alone_makes_a_small_core_differ():
    core, customers, _ = library()
    rng = np.random.default_rng(5)
    blind = customers.assign(segment=rng.choice(["a", "b", "c", "d"], len(customers)))
    even = {"segment": list("abcd"), "population": [5000] * 4}
    found = reach_of(core, customers=blind, population=even, segment="segment")
    # the mean of half the sum of |deviations| of four shares of n: 4 sqrt(2 p (1-p) / (pi n)) / 2
    expected = 2 * np.sqrt(2 * 0.25 * 0.75 / (np.pi * found.n_core))
    assert found.dissimilarity_by_chance == pytest.approx(expected, rel=0.1)
    assert found.dissimilarity < 3 * found.dissimilarity_by_chance
