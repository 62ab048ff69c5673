"""Hashes that collide cost time, never a wrong number."""

from __future__ import annotations

import numpy as np

from customerintel._kernels import scan
from customerintel.tables import orders


def test_pairs_that_share_a_hash_stay_apart(monkeypatch):
    def same_for_all(left, right, seed, out):
        out[:] = 7

    monkeypatch.setattr(scan, "hash_pairs", same_for_all)
    keys = np.array([1, 2, 1, 1, 2], np.int64)
    numbers = np.array([5, 5, 5, 6, -(2**63)], np.int64)
    codes, n = orders._number_orders(keys, numbers)
    assert n == 4
    pairs = list(zip(keys.tolist(), numbers.tolist(), strict=True))
    for i, one in enumerate(pairs):
        for j, other in enumerate(pairs):
            assert (codes[i] == codes[j]) == (one == other)
