"""Priors of rates: what they were drawn from comes back, and what cannot be fitted is weak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relationships import oracle_signals as oracle

from customerintel.relationships.shrinkage import (
    LEAST,
    MOST,
    beta_prior,
    gamma_prior,
    mean_prior,
)

N = 40_000


def test_the_beta_prior_that_counts_were_drawn_with_comes_back():
    rng = np.random.default_rng(1)
    n = rng.integers(1, 30, N)
    made = beta_prior(rng.binomial(n, rng.beta(2.0, 6.0, N)), n)
    assert made.mean == pytest.approx(0.25, abs=0.005)
    assert made.strength == pytest.approx(8.0, rel=0.05)


def test_the_gamma_prior_that_counts_were_drawn_with_comes_back():
    rng = np.random.default_rng(2)
    years = rng.uniform(0.1, 4.0, N)
    made = gamma_prior(rng.poisson(rng.gamma(1.5, 1 / 0.5, N) * years), years)
    assert made.mean == pytest.approx(3.0, rel=0.02)
    assert made.strength == pytest.approx(0.5, rel=0.05)


def test_the_variances_that_means_were_drawn_with_come_back():
    rng = np.random.default_rng(3)
    n = rng.integers(1, 9, N)
    own = np.repeat(rng.normal(0.3, 0.2, N), n)
    seen = own + rng.normal(0.0, 0.4, n.sum())
    ends = np.cumsum(n)[:-1]
    total, squares = (np.array([p.sum() for p in np.split(v, ends)]) for v in (seen, seen**2))
    made = mean_prior(total, squares, n)
    assert made.mean == pytest.approx(0.3, abs=0.01)
    assert made.strength == pytest.approx(4.0, rel=0.1)


def test_customers_who_differ_by_chance_alone_are_pulled_together():
    rng = np.random.default_rng(4)
    n = rng.integers(5, 30, N)
    assert beta_prior(rng.binomial(n, 0.3), n).strength > 300
    assert gamma_prior(rng.poisson(2.0 * n), n).strength > 300


counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(counts)
def test_priors_are_as_by_plain_loops(pairs):
    x = np.array([min(pair) for pair in pairs], np.int32)
    n = np.array([max(pair) for pair in pairs], np.int32)
    both = list(zip(x.tolist(), n.tolist(), strict=True))
    for made, expected in (
        (beta_prior(x, n), oracle.beta_prior(both)),
        (gamma_prior(x, n), oracle.gamma_prior(both)),
    ):
        np.testing.assert_allclose(made, expected, rtol=1e-6, atol=1e-9)
        assert LEAST <= made.strength <= MOST


@pytest.mark.parametrize(
    ("x", "n"), [([], []), ([0], [0]), ([0, 0], [3, 2]), ([3, 2], [3, 2]), ([1], [3])]
)
def test_bases_that_tell_nothing_of_how_customers_differ(x, n):
    made = beta_prior(np.array(x, float), np.array(n, float), weak=3.0)
    assert made.strength == 3.0
    assert made.mean == (sum(x) / sum(n) if sum(n) else 0.0)
    squares = np.array(x, float)
    assert mean_prior(squares, squares, np.array(n, float), weak=3.0).strength >= LEAST
