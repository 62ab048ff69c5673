"""The null model: published values, slow twins, and what is expected of customers drawn from it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.audit.steady_buyers import (
    SteadyBuyers,
    core_of_steady,
    expect_core,
    fit_steady,
)
from customerintel.audit.steady_spend import SteadySpend, draw_orders, draw_unseen, fit_spend
from customerintel.audit.top_share import top_membership, top_of_counts

#: Gamma shape, mean per year, core's share in the year and the next, persistence: steady
#: gamma-Poisson customers, the top 20 % of each year's buyers, ties at random.
TABLE = [
    (0.5, 1.0, 0.47, 0.34, 0.51),
    (0.5, 4.0, 0.54, 0.50, 0.74),
    (1.0, 1.0, 0.42, 0.26, 0.38),
    (1.0, 4.0, 0.49, 0.42, 0.65),
    (1.0, 12.0, 0.51, 0.48, 0.79),
    (2.0, 4.0, 0.44, 0.35, 0.55),
]


def counted(values):
    counts, weights = np.unique(values[values > 0], return_counts=True)
    return counts.astype(float), weights.astype(float)


def core_by_lot(orders, rng):
    """The 20 % of the buyers who bought most, ties by lot: the obvious way."""
    buyers = np.flatnonzero(orders > 0)
    shuffled = rng.permutation(buyers)
    chosen = shuffled[np.argsort(-orders[shuffled], kind="stable")][: round(0.2 * len(buyers))]
    core = np.zeros(len(orders), bool)
    core[chosen] = True
    return core


@pytest.mark.parametrize(("shape", "mean", "before", "after", "persistence"), TABLE)
def test_the_table_is_met(shape, mean, before, after, persistence):
    found = core_of_steady(shape, mean)
    assert found.share_before == pytest.approx(before, abs=0.01)
    assert found.share_after == pytest.approx(after, abs=0.01)
    assert found.persistence == pytest.approx(persistence, abs=0.01)


@pytest.mark.parametrize(("shape", "mean", "before", "after", "persistence"), TABLE)
def test_the_table_is_met_by_simulation(shape, mean, before, after, persistence):
    rng = np.random.default_rng(1)
    rates = rng.gamma(shape, mean / shape, 300_000)
    first, second = rng.poisson(rates), rng.poisson(rates)
    core, again = core_by_lot(first, rng), core_by_lot(second, rng)
    assert first[core].sum() / first.sum() == pytest.approx(before, abs=0.01)
    assert second[core].sum() / second.sum() == pytest.approx(after, abs=0.01)
    drawn = again[core].mean()
    assert drawn == pytest.approx(persistence, abs=0.01)
    # and what is computed from the first year alone agrees closer
    counts, weights = counted(first)
    fit = fit_steady(counts, weights)
    found = expect_core(counts, weights, fit, 0.2)
    assert found.persistence == pytest.approx(drawn, abs=0.006)
    assert found.still_active == pytest.approx((second[core] > 0).mean(), abs=0.006)
    assert fit.shape == pytest.approx(shape, rel=0.05)
    assert fit.mean == pytest.approx(mean, rel=0.03)


def test_a_later_period_of_other_length_and_known_customers():
    rng = np.random.default_rng(3)
    rates = rng.gamma(0.8, 3.0 / 0.8, 300_000)
    first, second = rng.poisson(rates), rng.poisson(rates * 0.25)
    counts, weights = counted(first)
    found = expect_core(counts, weights, fit_steady(counts, weights), 0.1, ratio=0.25)
    once = top_membership(first[first > 0].astype(float), 0.1)
    core = np.zeros(len(first))
    core[first > 0] = once
    for pool, expected in ((second > 0, found.persistence),
                           ((first > 0) & (second > 0), found.persistence_known)):  # fmt: skip
        again = np.zeros(len(first))
        again[pool] = top_membership(second[pool].astype(float), 0.1)
        assert core @ again / core.sum() == pytest.approx(expected, abs=0.006)


def test_expectation_is_that_of_the_mixture_added_up():
    """The slow twin: probabilities of scipy, a cut found by walking."""
    from scipy.stats import nbinom

    counts, weights = np.array([1.0, 2.0, 5.0, 9.0]), np.array([40.0, 20.0, 6.0, 2.0])
    r, m, share, ratio = 0.7, 1.4, 0.25, 1.5
    p0 = (1.0 + m / r) ** -r
    people = np.array([weights.sum() * p0 / (1.0 - p0), *weights])
    chance = (r / m + 1.0) / (r / m + 1.0 + ratio)
    k = np.arange(400)
    table = np.stack([nbinom.pmf(k, r + x, chance) for x in (0.0, *counts)])
    mass = people @ table
    size = share * mass[1:].sum()
    cut = len(k) - 1
    while mass[cut:].sum() < size:
        cut -= 1
    part = (size - mass[cut + 1 :].sum()) / mass[cut]
    inside = table[:, cut + 1 :].sum(axis=1) + part * table[:, cut]
    core = weights * np.array([0.0, (0.25 * 68 - 8.0) / 20.0, 1.0, 1.0])
    found = expect_core(counts, weights, SteadyBuyers(r, m, "interior"), share, ratio=ratio)
    assert found.persistence == pytest.approx(core @ inside[1:] / core.sum(), rel=1e-9)
    total = people @ (r + np.array([0.0, *counts]))
    assert found.share_after == pytest.approx(core @ (r + counts) / total, rel=1e-12)


def test_the_fit_is_the_maximum_over_both_parameters():
    """The slow twin: both parameters of the zero-truncated NBD searched at once."""
    from scipy.optimize import minimize
    from scipy.stats import nbinom

    rng = np.random.default_rng(5)
    counts, weights = counted(rng.poisson(rng.gamma(0.6, 2.0 / 0.6, 3_000)))

    def loss(logs):
        r, m = np.exp(logs)
        p = r / (r + m)
        log_pmf = nbinom.logpmf(counts, r, p) - np.log1p(-nbinom.pmf(0, r, p))
        return -(weights @ log_pmf) / weights.sum()

    slow = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14})
    found = fit_steady(counts, weights)
    assert found.status == "interior"
    assert [found.shape, found.mean] == pytest.approx(np.exp(slow.x), rel=1e-4)
    near = fit_steady(counts, weights, near=found.shape * 1.3)
    far = fit_steady(counts, weights, near=found.shape * 40.0)
    for again in (near, far):
        assert again.shape == pytest.approx(found.shape, rel=1e-4)


def test_fits_at_the_ends():
    one = fit_steady(np.array([1.0]), np.array([30.0]))
    assert one.status == "degenerate"
    assert math.isnan(expect_core(np.array([1.0]), np.array([30.0]), one, 0.2).persistence)
    # all alike: a Poisson, so that a fifth of the buyers is core again by chance
    alike = fit_steady(np.array([20.0]), np.array([50.0]))
    assert alike.status == "boundary"
    found = expect_core(np.array([20.0]), np.array([50.0]), alike, 0.2)
    assert found.persistence == pytest.approx(0.2, abs=0.001)
    assert fit_steady(np.array([1.0, 500.0]), np.array([900.0, 1.0])).shape < 0.0011


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=40),
    st.floats(0.01, 0.99),
)
@settings(max_examples=60, deadline=None)
def test_membership_adds_up_and_grows_with_the_value(values, share):
    values = np.array(values, float)
    inside = top_membership(values, share)
    assert inside.sum() == pytest.approx(share * len(values))
    order = np.argsort(values)
    assert (np.diff(inside[order]) >= -1e-12).all()
    assert ((inside >= 0.0) & (inside <= 1.0 + 1e-12)).all()
    counts, weights = np.unique(values, return_counts=True)
    each = top_of_counts(weights.astype(float), share)
    np.testing.assert_allclose(each[np.searchsorted(counts, values)], inside, atol=1e-9)


def test_membership_is_the_mean_over_lots():
    values = np.array([3, 1, 1, 2, 1, 3, 2, 1, 1, 2] * 3, float)
    rng = np.random.default_rng(1)
    drawn = np.mean([core_by_lot(values, rng) for _ in range(4_000)], axis=0)
    np.testing.assert_allclose(top_membership(values, 0.2), drawn, atol=0.03)


def test_later_orders_are_drawn_as_expected():
    rng = np.random.default_rng(2)
    buyers = SteadyBuyers(0.8, 3.0, "interior")
    beta = 0.8 / 3.0 + 1.0
    for seen in (0.0, 4.0):
        drawn = draw_orders(rng, buyers, np.full(200_000, seen), 0.5)
        assert drawn.mean() == pytest.approx((0.8 + seen) / beta * 0.5, rel=0.02)
    none = (1.0 + 3.0 / 0.8) ** -0.8
    n_unseen = 50_000 * none / (1.0 - none)
    new = draw_unseen(rng, buyers, 50_000.0, 0.5)
    assert new.min() == 1.0
    assert new.sum() == pytest.approx(n_unseen * 0.8 / beta * 0.5, rel=0.05)
    assert len(new) == pytest.approx(n_unseen * (1.0 - (1.0 + 0.5 / beta) ** -0.8), rel=0.03)


def test_large_numbers_of_orders_are_drawn_without_a_table(monkeypatch):
    buyers = SteadyBuyers(0.8, 3.0, "interior")
    tabled = draw_unseen(np.random.default_rng(2), buyers, 3_000.0, 0.5)
    monkeypatch.setattr("customerintel.audit.steady_spend.TABLE", 1)
    one_by_one = draw_unseen(np.random.default_rng(2), buyers, 3_000.0, 0.5)
    assert len(one_by_one) == len(tabled)
    assert one_by_one.min() == 1.0
    assert one_by_one.mean() == pytest.approx(tabled.mean(), rel=0.08)


def test_spend_goes_on_as_fitted():
    rng = np.random.default_rng(4)
    orders = rng.integers(1, 9, 20_000).astype(float)
    level = 1.0 / rng.gamma(4.0, 1.0 / 15.0, len(orders))
    values = rng.gamma(6.0 * orders) * level
    fit = fit_spend(orders, values, rng)
    assert fit.params == pytest.approx((6.0, 4.0, 15.0), rel=0.15)
    later = rng.gamma(6.0 * 3.0, 1.0, len(orders)) * level
    top = values / orders > np.quantile(values / orders, 0.9)
    expected = 3.0 * fit.expect(orders, values)
    drawn = fit.draw(rng, orders, values, np.full(len(orders), 3.0))
    assert later[top].mean() == pytest.approx(expected[top].mean(), rel=0.04)
    assert drawn[top].mean() == pytest.approx(expected[top].mean(), rel=0.04)
    # the mean so far would be too much: it was a good period
    assert later[top].mean() < 0.96 * (3.0 * values / orders)[top].mean()


def test_spend_of_which_every_purchase_costs_the_same():
    rng = np.random.default_rng(4)
    orders = np.array([1.0, 2.0, 3.0, 4.0])
    fit = fit_spend(orders, 5.0 * orders, rng)
    assert fit.params is None
    np.testing.assert_array_equal(fit.expect(orders, 5.0 * orders), np.full(4, 5.0))
    drawn = fit.draw(rng, np.array([2.0, 0.0]), np.array([10.0, 0.0]), np.array([3.0, 2.0]))
    np.testing.assert_array_equal(drawn, [15.0, 10.0])


def test_whole_units_are_drawn_whole():
    rng = np.random.default_rng(4)
    orders = rng.integers(1, 9, 3_000).astype(float)
    units = orders + rng.binomial(3 * orders.astype(int), 0.5)
    fit = fit_spend(orders, units, rng)
    assert isinstance(fit, SteadySpend)
    assert fit.whole
    # binomial numbers differ by less than a Gamma-Gamma can say: where its fit ends, far away,
    # hangs on the processor; with parameters or without, things are whole
    for one in (fit, replace(fit, params=None), replace(fit, params=(6.0, 9.0, 3.0))):
        drawn = one.draw(rng, orders, units, np.ones(len(orders)))
        assert (drawn == np.rint(drawn)).all()
        assert drawn.min() >= 1.0


def test_whole_units_keep_their_mean():
    rng = np.random.default_rng(5)
    orders = rng.integers(1, 9, 30_000).astype(float)
    units = orders + rng.binomial(3 * orders.astype(int), 0.5)
    fit = replace(fit_spend(orders, units, rng), params=None)
    drawn = fit.draw(rng, orders, units, np.full(len(orders), 1.5))
    assert drawn.mean() == pytest.approx(1.5 * (units / orders).mean(), rel=0.01)
