"""Bridges whose parts add up: by customer (Bennet) and by factor (log mean Divisia, Shapley)."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.audit.growth_factors import growth_factors, log_mean
from customerintel.audit.revenue_bridge import STEPS, retained_effects, revenue_bridge

MONEY = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2))
CUSTOMER = st.tuples(st.integers(0, 20), MONEY, st.integers(0, 20), MONEY, st.booleans())
POSITIVE = st.floats(1e-3, 1e6)


def groups_of(orders, old):
    before, now = (one > 0 for one in orders)
    return {
        "retained": before & now,
        "lapsed": before & ~now,
        "returned": now & ~before & old,
        "new": now & ~before & ~old,
    }


def bridge_of(rows, level=0.95):
    table = np.array([row[:4] for row in rows], np.float64).reshape(-1, 4)
    old = np.array([row[4] for row in rows], bool)
    orders, money = (table[:, 0], table[:, 2]), (table[:, 1], table[:, 3])
    money = tuple(np.where(q > 0, m, 0.0) for q, m in zip(orders, money, strict=True))
    groups = groups_of(orders, old)
    return revenue_bridge("spend", groups, orders, money, len(rows), level), orders, money


@given(st.lists(CUSTOMER, max_size=30))
def test_the_parts_add_up(rows):
    found, _, money = bridge_of(rows)
    scale = sum(abs(one).sum() for one in money) + 1.0
    # a change of one order in 20 multiplies a value of up to the whole
    assert abs(found.amount[:-1].sum() - found.amount[-1]) <= 1e-11 * scale
    assert found["before"] == pytest.approx(money[0].sum())
    assert found["now"] == pytest.approx(money[1].sum())
    assert found.change == pytest.approx(found.amount[1:-1].sum(), abs=1e-11 * scale)
    np.testing.assert_allclose(found.end[:-2], found.start[1:-1])


@given(st.lists(CUSTOMER, min_size=1, max_size=20))
def test_each_part_is_what_a_loop_over_customers_finds(rows):
    found, orders, money = bridge_of(rows)
    parts = dict.fromkeys(STEPS, 0.0)
    for k, row in enumerate(rows):
        q0, q1, s0, s1 = orders[0][k], orders[1][k], money[0][k], money[1][k]
        parts["before"] += s0
        parts["now"] += s1
        if q0 and q1:
            parts["retained_orders"] += (q1 - q0) * (s0 / q0 + s1 / q1) / 2
            parts["retained_order_value"] += (s1 / q1 - s0 / q0) * (q0 + q1) / 2
        elif q0:
            parts["lapsed"] -= s0
        elif q1:
            parts["returned" if row[4] else "new"] += s1
    np.testing.assert_allclose(found.amount, [parts[step] for step in STEPS], rtol=1e-9, atol=1e-5)


def test_a_bridge_by_hand():
    # retained: 2 orders for 20 → 3 orders for 45: value 10 → 15
    rows = [(2, 20.0, 3, 45.0, True), (1, 7.0, 0, 0.0, True), (0, 0.0, 1, 4.0, True),
            (0, 0.0, 2, 6.0, False)]  # fmt: skip
    found, _, _ = bridge_of(rows)
    assert found.steps == STEPS
    np.testing.assert_allclose(found.amount, [27.0, -7.0, 12.5, 12.5, 4.0, 6.0, 55.0])
    np.testing.assert_allclose(found.start, [0.0, 27.0, 20.0, 32.5, 45.0, 49.0, 0.0])
    np.testing.assert_allclose(found.end, [27.0, 20.0, 32.5, 45.0, 49.0, 55.0, 55.0])
    assert found.change == 28.0


def test_swapping_the_periods_turns_the_signs():
    rng = np.random.default_rng(1)
    q, s = rng.integers(1, 9, (2, 50)).astype(float), rng.normal(5.0, 9.0, (2, 50))
    forth, back = retained_effects(*q, *s), retained_effects(*q[::-1], *s[::-1])
    for one, other in zip(forth, back, strict=True):
        np.testing.assert_allclose(one, -other, atol=1e-12)


def test_intervals_are_those_of_customers_drawn_anew():
    rng = np.random.default_rng(2)
    n = 400
    q = rng.poisson(1.2, (2, n)).astype(float)
    s = q * rng.gamma(2.0, 10.0, (2, n))
    groups = groups_of(tuple(q), rng.random(n) < 0.5)
    found = revenue_bridge("spend", groups, tuple(q), tuple(s), n, 0.95)
    weights = rng.multinomial(n, np.full(n, 1 / n), 4000)
    for step, values in (
        ("lapsed", np.where(groups["lapsed"], -s[0], 0.0)),
        ("new", np.where(groups["new"], s[1], 0.0)),
        ("now", s[1]),
    ):
        at = STEPS.index(step)
        half = 1.959964 * (weights @ values).std()
        assert (found.upper[at] - found.lower[at]) / 2 == pytest.approx(half, rel=0.05)
        assert (found.upper[at] + found.lower[at]) / 2 == pytest.approx(found.amount[at])


def test_one_customer_has_no_interval_and_nobody_no_change():
    one, _, _ = bridge_of([(1, 5.0, 1, 8.0, True)])
    assert one["retained_order_value"] == 3.0
    assert np.isnan(one.lower).all()
    nobody, _, _ = bridge_of([])
    np.testing.assert_array_equal(nobody.amount, 0.0)


@given(st.lists(POSITIVE, min_size=6, max_size=8))
def test_factors_add_up_and_multiply(totals):
    size = len(totals) // 2
    before, now = np.array(totals[:size]), np.array(totals[size : 2 * size])
    found = growth_factors("spend", before, now)
    assert found.method == "lmdi"
    scale = max(before[-1], now[-1]) * (1 + abs(np.log(found.ratio)).max())
    assert found.contribution.sum() == pytest.approx(now[-1] - before[-1], abs=1e-10 * scale)
    assert found.ratio.prod() == pytest.approx(now[-1] / before[-1], rel=1e-9)
    assert found.before.prod() == pytest.approx(before[-1], rel=1e-9)


def test_factors_by_hand():
    # 100 customers × 2 orders × 10 → 150 × 2 × 12
    found = growth_factors("spend", np.array([100.0, 200, 2000]), np.array([150.0, 300, 3600]))
    weight = 1600 / math.log(1.8)
    np.testing.assert_allclose(found.ratio, [1.5, 1.0, 1.2])
    np.testing.assert_allclose(
        found.contribution, [weight * math.log(1.5), 0.0, weight * math.log(1.2)]
    )
    assert found["customers"] == found.contribution[0]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50), MONEY), min_size=2, max_size=2))
def test_what_is_not_positive_is_split_by_shapley(rows):
    before, now = (np.array([n, n * q, s]) for n, q, s in rows)
    found = growth_factors("spend", before, now)
    assert found.method == ("lmdi" if min(before[2], now[2]) > 0 else "shapley")
    scale = 50.0 * (abs(before[2]) + abs(now[2]) + 1.0)
    assert found.contribution.sum() == pytest.approx(now[2] - before[2], abs=1e-10 * scale)
    if found.method == "shapley":
        expected = np.zeros(3)
        for order in permutations(range(3)):
            at = list(found.before)
            for k in order:
                old = math.prod(at)
                at[k] = found.now[k]
                expected[k] += (math.prod(at) - old) / 6
        np.testing.assert_allclose(found.contribution, expected, atol=1e-9 * scale)


@pytest.mark.parametrize(
    ("before", "now"), [([0.0, 0, 0], [3.0, 6, 60]), ([3.0, 6, 60], [0.0, 0, 0])]
)
def test_where_nobody_bought_all_is_due_to_the_customers(before, now):
    found = growth_factors("spend", np.array(before), np.array(now))
    assert found.method == "customers"
    np.testing.assert_array_equal(found.contribution, [now[2] - before[2], 0.0, 0.0])


def test_the_logarithmic_mean():
    assert log_mean(4.0, 4.0) == 4.0
    assert log_mean(math.e, 1.0) == pytest.approx(math.e - 1.0)
    assert log_mean(1.0 + 1e-9, 1.0) == pytest.approx(1.0 + 0.5e-9, rel=1e-15)
    assert log_mean(1e-200, 1.0) == pytest.approx(1.0 / (200 * math.log(10)))
    assert log_mean(3.0, 7.0) == log_mean(7.0, 3.0)


@pytest.mark.parametrize("spend", [np.nan, 0.0])
def test_what_is_not_known_has_no_contribution(spend):
    before, now = np.array([2.0, 3, spend, 1]), np.array([2.0, 4, 9, 2])
    found = growth_factors("profit", before, now)
    assert found.method == "unknown"
    assert np.isnan(found.contribution).all()
