"""Types by their description: expected bins, overlap of signals, and statements."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from customerintel.relationships.binning import MISSING
from customerintel.relationships.description import (
    Known,
    belonging,
    counted,
    describe,
    observed_sizes,
)
from customerintel.relationships.expectations import (
    NAMED,
    Levels,
    bin_shares,
    confusion,
    levels_of,
)
from customerintel.relationships.reliance import RELIANCE, USUAL, reliance_of
from customerintel.relationships.signal_definitions import NAMES
from customerintel.relationships.statements import learn_from_statements
from customerintel.relationships.type_registry import types


def test_types_make_up_the_base_that_is_observed():
    levels = Levels(np.array([[0.2, 0.5, 0.8]]), np.full((1, 3), NAMED))
    mix = np.array([0.5, 0.3, 0.2])
    size = np.array([0.4, 0.1, 0.3, 0.2])
    found = bin_shares(levels, mix, [size])[0]
    np.testing.assert_allclose(found.sum(axis=0), 1.0)
    np.testing.assert_allclose(found @ mix, size, atol=2e-3)
    assert found[0, 0] > found[0, 1] > found[0, 2]


def test_expected_bins_against_the_distribution_itself():
    levels = Levels(np.array([[0.3, 0.7]]), np.ones((1, 2)))
    size = np.full(10, 0.1)
    middle = np.arange(10) / 10 + 0.05
    spread = np.sqrt(((middle - 0.5) ** 2).mean())
    found = bin_shares(levels, np.array([0.5, 0.5]), [size])[0]
    cut = 0.5  # half of the base, by symmetry
    below = norm.cdf((cut - np.array([0.3, 0.7])) / spread)
    np.testing.assert_allclose(found[:5].sum(axis=0), below, atol=1e-3)


def test_signatures_come_before_prototypes():
    core = types("core")
    found = levels_of(core, ["clumpiness", "idea_rate"])
    fling = core.labels.index("fling")
    assert found.center[0, fling] == core["fling"].signature["clumpiness"]
    assert (found.spread == NAMED).all()


def test_without_signatures_the_prototypes_speak():
    bare = [
        {"key": key, "definition": "a type", "coarse": "steady",
         "prototype": {"valence": valence, "duration": 0.5, "commitment": 0.5}}
        for key, valence in (("happy", 0.9), ("cross", -0.9))
    ]  # fmt: skip
    own = type(types("core"))("acme", 1, bare)
    levels = levels_of(own, ["complaint_rate", "satisfaction", "tenure"]).center
    assert levels[0, 0] < 0.5 < levels[0, 1]
    assert levels[1, 0] > 0.5 > levels[1, 1]
    assert levels[2, 0] == levels[2, 1]


@pytest.mark.parametrize("name", ["core", "extended"])
def test_confusion_is_a_distribution_of_statements(name):
    stated = confusion(types(name))
    np.testing.assert_allclose(stated.sum(axis=0), 1.0)
    assert (np.diag(stated) == stated.max(axis=0)).all()
    assert (stated > 0.0).all()


def known_of(n, columns, seed=0):
    rng = np.random.default_rng(seed)
    bins = rng.integers(0, 4, (n, columns + 1)).astype(np.uint8)
    bins[:, -1] = MISSING
    return Known(bins, np.ones(bins.shape, np.float32), 6)


def test_every_signal_has_a_reliance():
    assert tuple(RELIANCE) == NAMES
    found = reliance_of(["tenure", "a_signal_of_tomorrow"])
    assert found.tolist() == [RELIANCE["tenure"], USUAL, 1.0]
    assert min(RELIANCE.values()) > 0.0


def test_reliance_is_the_factor_on_the_logs():
    levels, stated = levels_of(types("core"), NAMES[:3]), confusion(types("core"))
    known = known_of(50, 3)
    one = describe(known, levels, stated, np.ones(4))
    half = describe(known, levels, stated, np.array([0.5, 0.5, 0.5, 1.0]))
    np.testing.assert_allclose(half.table[:3], one.table[:3] / 2)
    np.testing.assert_array_equal(half.table[3], one.table[3])


def test_nobody_and_nothing_known():
    nobody = known_of(0, 3)
    assert observed_sizes(nobody)[0].tolist() == [0.0]
    nothing = known_of(5, 2)
    nothing.bins[:] = MISSING
    levels = levels_of(types("core"), ["tenure", "breadth"])
    found = describe(nothing, levels, confusion(types("core")), np.ones(3))
    np.testing.assert_allclose(belonging(nothing, found), 1 / 6)


def test_statements_tell_apart_what_the_description_does_not():
    rng = np.random.default_rng(3)
    n, core = 4_000, types("core")
    truth = rng.integers(0, 6, n)
    center = rng.permuted(np.tile(np.linspace(0.1, 0.9, 6), (8, 1)), axis=1)
    value = center[:, truth].T + rng.normal(0.0, 0.15, (n, 8))
    edges = np.quantile(value, np.arange(1, 6) / 6, axis=0)
    bins = np.full((n, 9), MISSING, np.uint8)
    bins[:, :8] = (value[:, :, None] > edges.T).sum(axis=2)
    stated = rng.random(n) < 0.3
    bins[stated, -1] = truth[stated]
    known = Known(bins, np.ones(bins.shape, np.float32), 6)
    center[:, :2] = center[:, :2].mean(axis=1, keepdims=True)  # two types are described alike
    levels = Levels(center, np.full((8, 6), NAMED))
    described = describe(known, levels, confusion(core), np.ones(9))
    learned = learn_from_statements(known, described)
    silent = np.flatnonzero(~stated)

    def right(found):
        return (belonging(known.take(silent), found).argmax(axis=1) == truth[silent]).mean()

    assert right(described) < 0.85
    assert right(learned) > 0.95


def test_few_statements_change_nothing():
    known = known_of(200, 3)
    known.bins[:20, -1] = 0
    described = describe(
        known, levels_of(types("core"), NAMES[:3]), confusion(types("core")), np.ones(4)
    )
    assert learn_from_statements(known, described) is described


def test_counts_go_by_weight():
    known = known_of(10, 1)
    half = Known(known.bins, known.weights * np.float32(0.5), 6)
    belongs = np.full((10, 2), 0.5)
    np.testing.assert_allclose(counted(half, belongs), counted(known, belongs) / 2)
