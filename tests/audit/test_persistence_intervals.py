"""Intervals of a core: they hold 0 where nobody changes, the figure itself, and chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audit.steady_shop import orders_of

from customerintel.audit.core_alive import CoreAlive
from customerintel.audit.core_persistence import NAMES, persistence_of
from customerintel.audit.persistence_intervals import excess_of_share, widened
from customerintel.audit.score_intervals import score_interval
from customerintel.audit.steady_buyers import SteadyBuyers, core_of_steady
from customerintel.audit.two_periods import TwoPeriods


def found(orders, *, by="frequency", value=None, **options):
    orders = np.asarray(orders, float)
    orders = orders[:, orders.any(axis=0)]
    spend = np.full(orders.shape, np.nan) if value is None else orders * value[: orders.shape[1]]
    pair = TwoPeriods(orders, orders, spend, np.arange(orders.shape[1]), 1.0)
    options = {"n_boot": 40, "n_simulations": 4_000, "seed": 0} | options
    return persistence_of(pair, by, 0.2, **options)


@pytest.mark.parametrize("mean", [4.0, 12.0])
def test_a_shop_where_nobody_changes_has_no_excess(mean):
    n = 16
    shops = [found(orders_of(600, mean=mean, seed=50 + k)) for k in range(n)]
    for name in ("persistence", "persistence_known", "still_active"):
        inside = 0
        for shop in shops:
            low, high = shop.interval(name, "excess", 0.95)
            inside += low <= 0.0 <= high
            assert low <= shop.observed[name] - shop.expected[name] <= high
        assert inside >= n - 3, name


def test_a_share_near_one_is_not_known_for_sure():
    """Nobody of the core went, so that customers drawn anew never go either."""
    shop = found(orders_of(600, mean=12.0, seed=1))
    assert shop.observed["still_active"] == 1.0
    assert np.ptp(shop.drawn[:, 0, NAMES.index("still_active")]) == 0.0
    low, high = shop.interval("still_active", "observed", 0.95)
    assert (low, high) == pytest.approx(score_interval(1.0 * shop.size, shop.size, 0.95))
    low, high = shop.interval("still_active", "excess", 0.95)
    assert -0.05 < low < -0.01
    assert high >= shop.observed["still_active"] - shop.expected["still_active"] > 0.0


def test_every_figure_is_in_its_interval():
    """Also where customers drawn anew differ from all of them by more than a tie here and there."""
    counts = 1 + np.arange(400) % 20
    for orders in (np.stack([counts, counts]), orders_of(120, seed=3, gone=0.5)):
        shop = found(orders)
        for name in NAMES[:-1]:
            figures = {"observed": shop.observed[name], "expected": shop.expected[name]}
            figures["excess"] = figures["observed"] - figures["expected"]
            for which, figure in figures.items():
                low, high = shop.interval(name, which, 0.9)
                # what the core bought is known: there, nothing is expected and nothing varies
                assert low <= figure <= high or (name, which) == ("share_before", "excess")


def test_customers_who_are_all_alike_tell_nothing_of_the_error():
    shop = found(np.full((2, 200), 5))
    for which in ("observed", "expected", "excess"):
        assert all(math.isnan(end) for end in shop.interval("persistence", which, 0.95))


def test_the_error_of_the_simulation_is_in_the_interval():
    rng = np.random.default_rng(2)
    value = rng.gamma(4.0, 1.0, 3_000)
    orders = orders_of(3_000, seed=2)
    few, many = (
        found(orders, by="spend", value=value, n_boot=40, n_simulations=n) for n in (50, 40_000)
    )
    assert few.errors["persistence"] > 10.0 * many.errors["persistence"] > 0.0
    for name in ("persistence", "share_after"):
        assert few.errors[name] > 0.01
        low, high = few.interval(name, "expected", 0.95)
        assert high - low > 2.0 * 1.9 * few.errors[name]
        # far off by few simulations, and the interval says so
        assert low < many.expected[name] < high
    # no chance is needed for who buys at all
    assert few.errors["still_active"] == 0.0
    assert few.expected["still_active"] == many.expected["still_active"]


def test_the_error_by_simulation_is_that_of_repeated_ones():
    value = np.random.default_rng(2).gamma(4.0, 1.0, 800)
    orders = orders_of(800, seed=4)
    runs = [
        found(orders, by="spend", value=value, n_boot=1, n_simulations=800, seed=seed)
        for seed in range(40)
    ]
    for name in ("persistence", "persistence_known", "share_after"):
        spread = np.std([run.expected[name] for run in runs])
        told = np.mean([run.errors[name] for run in runs])
        # as if customers were drawn anew, too: no less than it is
        assert 0.4 * told < spread < 1.2 * told, name


def test_the_two_parts_of_an_interval():
    drawn = 0.5 + 0.03 * np.linspace(-1.0, 1.0, 401)
    low, high = widened(0.5, drawn, 0.02, 0.95)
    half = math.hypot(0.03 * 0.95, 1.959964 * 0.02)
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-6)
    assert widened(0.6, drawn, 0.0, 0.95) == pytest.approx((0.4715, 0.6))
    assert all(math.isnan(end) for end in widened(0.5, np.full(9, 0.5), 0.0, 0.95))
    # Zou and Donner (2008): the ends of one share, and of what it is compared with
    low, high = excess_of_share(0.9, 50.0, (0.8, (0.7, 0.95)), 0.95)
    wilson = score_interval(45.0, 50.0, 0.95)
    assert low == pytest.approx(0.1 - math.hypot(0.9 - wilson[0], 0.15))
    assert high == pytest.approx(0.1 + math.hypot(wilson[1] - 0.9, 0.1))
    lone = excess_of_share(0.9, 50.0, (0.8, (math.nan, math.nan)), 0.95)
    assert lone == pytest.approx((wilson[0] - 0.8, wilson[1] - 0.8))


def test_small_results_show_themselves():
    buyers = SteadyBuyers(0.5665627174541665, 4.0, "interior")
    assert repr(buyers) == "SteadyBuyers(shape=0.566563, mean=4, status=interior)"
    assert "<td>interior</td>" in buyers._repr_html_()
    steady = core_of_steady(1.0, 4.0)
    assert repr(steady).startswith(f"SteadyCore(persistence={steady.persistence:.6g}, ")
    alive = CoreAlive(math.nan, math.nan, "ModifiedBetaGeoNBD", "a < b")
    assert repr(alive) == (
        "CoreAlive(customers=nan, share=nan, model=ModifiedBetaGeoNBD, reason=a < b)"
    )
    assert "a &lt; b" in alive._repr_html_()
