"""Ranks, and the base that they are taken against."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from relationships.oracle_signals import mid_rank
from relationships.signal_shops import Shop, small_shop

from customerintel.relationships.collecting import signals
from customerintel.relationships.ranks import KNOTS, Reference, Scale
from customerintel.relationships.signal_definitions import NAMES

AT = "2024-01-16"
SHOP = small_shop(5)


def made(shop=SHOP, at=AT, **more):
    return signals(shop.log().as_of(at), interactions=shop.interactions(), **more)


def same(left, right):
    for part in ("to_numpy", "weights", "ranks"):
        np.testing.assert_array_equal(getattr(left, part)(), getattr(right, part)())


def test_a_customer_does_not_move_because_others_do():
    reference = made(at="2023-10-01").reference
    rows = [row for row in SHOP.purchases if row[0] < 6]
    # the first row of all says since when contacts are written down
    contacts = [row for k, row in enumerate(SHOP.contacts) if row[0] < 6 or k == 0]
    left = made(reference=reference)
    right = made(Shop(rows, contacts), reference=reference)
    few = np.flatnonzero(left.customer_id < 6)
    np.testing.assert_array_equal(left.ranks()[few], right.ranks())
    np.testing.assert_array_equal(left.to_numpy()[few], right.to_numpy())
    alone = made(Shop(rows, contacts))
    assert (alone.to_numpy() != right.to_numpy()).any()


def test_parts_keep_the_reference():
    found = made()
    some = np.array([1, 4, 5])
    same_ranks = found.take(some).ranks()
    np.testing.assert_array_equal(same_ranks, found.ranks()[some])
    mask = np.random.default_rng(2).random((len(found), len(NAMES))) < 0.5
    np.testing.assert_array_equal(found.masked(mask).ranks(), np.where(mask, np.nan, found.ranks()))
    np.testing.assert_array_equal(found.masked(mask).weights()[mask], 0.0)
    less = found.without("tenure", "interactions")
    assert np.isnan(less["tenure"]).all()
    assert np.isnan(less["inbound_rate"]).all()
    np.testing.assert_array_equal(less.rank("breadth"), found.rank("breadth"))
    assert np.isnan(found.against(less.reference)["lock_in"]).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-4, 4) | st.just(None), max_size=30),
    st.lists(st.floats(-6, 6), max_size=10),
)
def test_mid_ranks(values, others):
    held = np.array([np.nan if v is None else v for v in values], float)
    asked = np.concatenate([held, others])
    expected = [mid_rank(held.tolist(), value) for value in asked.tolist()]
    np.testing.assert_allclose(Scale.of(held).rank(asked), expected, rtol=1e-14)


def test_ranks_among_many_values_come_from_quantiles():
    rng = np.random.default_rng(4)
    values = np.concatenate([np.zeros(20_000), rng.gamma(0.3, 1.0, 40_000)])
    scale = Scale.of(values)
    assert len(scale.knots) <= KNOTS
    order = np.sort(values)
    exact = (np.searchsorted(order, values) + np.searchsorted(order, values, "right")) / 2
    ranks = scale.rank(values)
    assert np.abs(ranks - exact / len(values)).max() < 1 / (KNOTS - 1)
    assert (ranks[:20_000] == 1 / 6).all()


def test_a_reference_goes_through_arrays_and_json(tmp_path):
    found = made()
    state = found.reference.to_state()
    arrays = {name: part for name, part in state.items() if isinstance(part, np.ndarray)}
    rest = {name: part for name, part in state.items() if name not in arrays}
    np.savez(tmp_path / "state.npz", **arrays)
    with np.load(tmp_path / "state.npz") as held:
        again = Reference.from_state({**json.loads(json.dumps(rest)), **held})
    same(found, found.against(again))
    shop = small_shop(8)
    same(made(shop, reference=found.reference), made(shop, reference=again))
