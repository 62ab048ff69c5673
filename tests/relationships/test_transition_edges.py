"""How far customers moved: still, drift, jump, or nothing to speak of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.transition_edges import CHANGES, moves_of
from customerintel.relationships.type_registry import types

CORE = types("core")


def moved(p, q, x=None, y=None, level=0.95, registry=CORE, states=(0, 1)):
    nothing = np.full((1, len(DIMENSIONS)), np.nan)
    x, y = (nothing if one is None else np.array([one], float) for one in (x, y))
    p, q = (np.array([one], float) for one in (p, q))
    states = tuple(np.array([one]) for one in states)
    return moves_of((p, x), (q, y), states, registry.prototypes, level)


SURE = [0.97, 0.01, 0.01, 0.01, 0, 0]


def change(found):
    return CHANGES[found.change[0]]


def test_a_jump_is_a_change_of_which_both_assessments_are_sure():
    found = moved(SURE, [0.01, 0.97, 0.01, 0.01, 0, 0])
    assert change(found) == "jump"
    assert found.changed[0] == pytest.approx(1 - 2 * 0.97 * 0.01 - 2 * 1e-4)
    assert found.towards[0] == 1
    # as far, but one of the two is not sure
    assert change(moved([0.5, 0.5, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0])) == "unsettled"


@pytest.mark.parametrize("states", [(6, 1), (0, 6), (6, 6), (7, 1), (0, 7), (8, 7)])
def test_without_two_labels_there_is_no_jump(states):
    assert change(moved(SURE, SURE[::-1], states=states)) == "jump unlabelled"


def test_who_keeps_the_label_has_not_jumped():
    assert change(moved(SURE, SURE[::-1], states=(2, 2))) == "unsettled"


def test_the_probability_of_a_change_is_that_of_two_draws_that_differ():
    rng = np.random.default_rng(2)
    p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
    a, b = (rng.choice(6, 200_000, p=one) for one in (p, q))
    assert moved(p, q).changed[0] == pytest.approx((a != b).mean(), abs=0.005)


def test_a_drift_moves_towards_the_type_that_gains():
    x = np.array([0.0, 0.3, 0.0, 0.3, 0.5, 0.4, 0.8, 0.3])
    way = CORE.prototypes[3] - x
    p, q = [0.5, 0, 0, 0.4, 0.1, 0], [0.2, 0, 0, 0.7, 0.1, 0]
    nearer, farther = x + 0.2 * way, x - 0.2 * way
    found = moved(p, q, x, nearer)
    assert (change(found), found.towards[0]) == ("drift", 3)
    assert found.moved[0] > 0.0
    assert change(moved(p, q, x, np.clip(farther, -1, 1))) == "unsettled"
    assert change(moved(p, q)) == "unsettled"
    assert np.isnan(moved(p, q).moved[0])


def test_who_stays_is_still_and_who_is_unknown_is_not_judged():
    found = moved(SURE, SURE)
    assert (change(found), found.distance[0]) == ("still", 0.0)
    found = moved(SURE, [np.nan] * 6)
    assert change(found) == "unknown"
    assert np.isnan(found.distance[0])
    assert found.towards[0] == -1


def test_hellinger_is_one_where_nothing_is_shared_and_symmetric():
    p, q = [1.0, 0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0]
    assert moved(p, q).distance[0] == 1.0
    rng = np.random.default_rng(3)
    a, b = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
    assert moved(a, b).distance[0] == moved(b, a).distance[0]
    assert 0.0 < moved(a, b).distance[0] < 1.0


def naive(p, q):
    """Hellinger distance and probability of a change, one type after the other."""
    shared = same = 0.0
    for one, other in zip(p, q, strict=True):
        shared += (one * other) ** 0.5
        same += one * other
    return (max(0.0, 1.0 - shared)) ** 0.5, 1.0 - same


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_moves_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(6, 0.4), 5), rng.dirichlet(np.full(6, 0.4), 5)
    x, y = (np.where(rng.random((5, 8)) < 0.3, np.nan, rng.uniform(0, 1, (5, 8))) for _ in "xy")
    states = rng.integers(0, 9, (2, 5))
    found = moves_of((p, x), (q, y), tuple(states), CORE.prototypes, 0.95)
    for row in range(5):
        distance, changed = naive(p[row], q[row])
        assert found.distance[row] == pytest.approx(distance, abs=1e-7)
        assert found.changed[row] == pytest.approx(changed, abs=1e-12)
        towards = int(np.argmax(q[row] - p[row]))
        along = 0.0
        for d, span in enumerate((2, 1, 2, 1, 1, 1, 1, 1)):
            step, way = y[row, d] - x[row, d], CORE.prototypes[towards, d] - x[row, d]
            if not np.isnan(step):
                along += step * way / span**2
        if distance < 0.1:
            want = "still"
        elif changed >= 0.95 and states[:, row].max() > 5:
            want = "jump unlabelled"
        elif changed >= 0.95 and states[0, row] != states[1, row]:
            want = "jump"
        else:
            want = "drift" if along > 0 else "unsettled"
        if abs(distance - 0.1) > 1e-6 and abs(along) > 1e-9:
            assert CHANGES[found.change[row]] == want
