"""Profit of a campaign: published numbers, and the integral done numerically."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution

from customerintel.churn.metrics import measures
from customerintel.churn.profit import ProfitModel

CHURNED = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 0], bool)
SCORES = np.array([0.9, 0.8, 0.75, 0.7, 0.6, 0.5, 0.45, 0.3, 0.2, 0.1])


def by_cut(churned, scores, model):
    """Return accepted-share to profit of the best cut and the share that it reaches."""
    cuts = np.append(np.inf, np.unique(scores)[::-1])
    reached = [scores >= cut for cut in cuts]
    left = np.array([(one & churned).mean() for one in reached])
    stayed = np.array([(one & ~churned).mean() for one in reached])

    def best(share):
        gain = share * (model.clv - model.offer) - model.contact
        profits = gain * left - (model.offer + model.contact) * stayed
        k = int(np.argmax(profits))
        return profits[k], left[k] + stayed[k]

    return best


def integrate(best, model, which):
    density = beta_distribution(model.alpha, model.beta).pdf
    # the best cut changes in kinks: within small cells there is at most one
    edges = np.linspace(0.0, 1.0, 101)
    return sum(
        quad(lambda g: best(g)[which] * density(g), a, b, epsabs=1e-12, epsrel=1e-10)[0]
        for a, b in pairwise(edges)
    )


def test_golden_values():
    """EMPC and MPC of ten customers, as empulse 0.13.1 has them for the same defaults."""
    found = measures(CHURNED, SCORES)
    assert found["empc"] == pytest.approx(19.108393763, abs=1e-9)
    assert found["mpc"] == pytest.approx(19.1, abs=1e-9)
    assert found["targeted"] == pytest.approx(0.69368, abs=1e-5)


def test_empc_is_the_integral():
    model = ProfitModel()
    found = measures(CHURNED, SCORES, profit=model)
    best = by_cut(CHURNED, SCORES, model)
    assert found["empc"] == pytest.approx(integrate(best, model, 0), rel=1e-9)
    assert found["targeted"] == pytest.approx(integrate(best, model, 1), abs=1e-5)
    assert found["mpc"] == pytest.approx(best(0.3)[0], rel=1e-12)


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=25),
    st.sampled_from([
        ProfitModel(),
        ProfitModel(clv=50.0, offer=20.0, contact=0.0, alpha=2.0, beta=2.0),
        ProfitModel(clv=30.0, offer=0.0, contact=5.0, alpha=3.0, beta=1.5),
    ]),
)  # fmt: skip
def test_any_ranking_and_any_costs(rows, model):
    churned = np.array([left for left, _ in rows])
    scores = np.array([score for _, score in rows]) / 10.0
    found = measures(churned, scores, profit=model)
    best = by_cut(churned, scores, model)
    assert found["empc"] == pytest.approx(integrate(best, model, 0), rel=1e-6, abs=1e-8)
    mean = model.alpha / (model.alpha + model.beta)
    assert found["mpc"] == pytest.approx(best(mean)[0], rel=1e-9, abs=1e-12)
    # an expectation of a maximum is no less than the maximum at the expectation (Jensen)
    assert found["empc"] >= found["mpc"] - 1e-9


def test_who_says_the_same_of_everybody_targets_all_or_none():
    model = ProfitModel()
    found = measures(CHURNED, np.full(10, 0.4), profit=model)
    from_here = (1.0 * 0.4 + 11.0 * 0.6) / (190.0 * 0.4)
    law = beta_distribution(6, 14)
    assert found["targeted"] == pytest.approx(law.sf(from_here), rel=1e-9)
    assert found["mpc"] == pytest.approx(0.4 * (0.3 * 190 - 1) - 0.6 * 11, rel=1e-12)


def test_profit_is_in_the_currency_of_the_model():
    once = measures(CHURNED, SCORES)
    cents = measures(CHURNED, SCORES, profit=ProfitModel(clv=20_000, offer=1000, contact=100))
    assert cents["empc"] == pytest.approx(100 * once["empc"], rel=1e-12)
    assert cents["targeted"] == pytest.approx(once["targeted"], rel=1e-12)


def test_a_campaign_that_cannot_pay_reaches_nobody():
    found = measures(CHURNED, SCORES, profit=ProfitModel(clv=20.0, offer=10.0, contact=15.0))
    assert (found["empc"], found["mpc"], found["targeted"]) == (0.0, 0.0, 0.0)
