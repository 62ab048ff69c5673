"""Sums over stretches of rows."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.models.row_sums import sum_stretches


@pytest.fixture
def restore_threads():
    yield
    ci.set_threads(None)


@pytest.mark.parametrize("n", [0, 1, 6, 7, 8, 100])
def test_every_row_counts_once(n):
    rows, seen = np.arange(n, dtype=float), []

    def add(part, out):
        seen.append(part)
        out += [rows[part].sum(), len(rows[part])]

    found = sum_stretches(add, n, stretch=7, width=2)
    assert found.tolist() == [rows.sum(), n]
    assert len(seen) == -(-n // 7)


def test_threads_do_not_change_a_bit(restore_threads):
    """Of numbers of very different size the sum depends on the order."""
    rows = np.random.default_rng(1).lognormal(0.0, 20.0, 1_000)

    def add(part, out):
        out[0] += rows[part].sum()

    found = []
    for n in (1, 2, 5):
        ci.set_threads(n)
        found.append(sum_stretches(add, len(rows), stretch=7, width=1)[0])
    assert found[0] == found[1] == found[2]
    assert found[0] == pytest.approx(rows.sum(), rel=1e-12)
