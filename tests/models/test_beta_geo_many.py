"""Sums of purchases to come, where many customers share a frequency: read off polynomials."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.models import BetaGeoNBD, ModifiedBetaGeoNBD

NAMES = ("r", "alpha", "a", "b")
PARAMS = [
    (0.2425945, 4.4136024, 0.7929221, 2.4259073),
    (2.0, 1e-3, 3.0, 0.01),
    (1e-9, 1e6, 1e-9, 1.0),
    (50.0, 100.0, 1e7, 1e8),
]
SUMS = [
    ("expected_purchases", {"horizon": 52.0}),
    ("expected_purchases", {"horizon": 1e-3}),
    ("discounted_expected_purchases", {"horizon": 52.0, "discount_rate": 0.01}),
    ("discounted_expected_residual", {"discount_rate": 0.0027}),
]


def crowd(n=3_000, seed=0):
    """Return customers who share few frequencies, of all ages from hours to a century."""
    rng = np.random.default_rng(seed)
    age = np.exp(rng.uniform(np.log(0.01), np.log(5_000.0), n))
    x = rng.choice([0.0, 1.0, 7.0, 300.0], n)
    return {"frequency": x, "recency": np.where(x > 0, age * (1 - rng.random(n) / 50), 0), "T": age}


@pytest.mark.parametrize("model", [BetaGeoNBD, ModifiedBetaGeoNBD])
@pytest.mark.parametrize("params", PARAMS, ids=str)
@pytest.mark.parametrize(("name", "arguments"), SUMS, ids=str)
def test_a_crowd_is_as_its_members(model, params, name, arguments):
    fit = model.from_params(dict(zip(NAMES, params, strict=True)))
    rows = crowd()
    together = getattr(fit, name)(rows, **arguments)
    assert np.isfinite(together).all()
    for i in range(0, 3_000, 100):
        alone = {key: column[i : i + 1] for key, column in rows.items()}
        assert together[i] == pytest.approx(getattr(fit, name)(alone, **arguments)[0], rel=1e-12)


def test_the_order_of_the_crowd_does_not_matter():
    fit, rows = BetaGeoNBD.from_params(dict(zip(NAMES, PARAMS[0], strict=True))), crowd()
    order = np.random.default_rng(1).permutation(3_000)
    shuffled = {key: column[order] for key, column in rows.items()}
    one, other = fit.expected_purchases(rows, 9.0), fit.expected_purchases(shuffled, 9.0)
    assert (one[order] == other).all()
