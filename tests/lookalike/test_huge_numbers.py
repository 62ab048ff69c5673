"""Traits whose squares are no floats any more."""

from __future__ import annotations

import numpy as np
import pytest
from lookalike.test_bad_lookalike import N, fit, with_


@pytest.mark.parametrize("method", ["logistic", "centroid", "mahalanobis", "knn", "pu_elkan_noto"])
def test_huge_and_tiny_numbers_are_told_of_without_a_warning(method):
    rng = np.random.default_rng(2)
    for size in (1e300, 1e-310):
        people = with_(odd=rng.normal(size=N) * size)
        model = fit(people=people, method=method)
        assert np.isfinite(model.score(people).score).all()
        rows = model.explain()
        place = rows.trait.index("odd")
        plain = fit(people=with_(odd=people["odd"] / size), method=method).explain()
        same = plain.difference[plain.trait.index("odd")]
        assert rows.difference[place] == pytest.approx(same, rel=1e-6)
