"""Numbering the distinct values of a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import lookup, summary, threads
from customerintel.tables import grouping

__all__ = ["codes_of", "count_distinct"]

Ints = NDArray[np.int64]


def _fold(values: Ints) -> grouping.Folded:
    """Group equal values; the moment of a row is its number."""
    n = len(values)
    rows = np.arange(n, dtype=np.int64)
    nothing = np.empty(0, np.float64), np.empty(0, np.uint8)
    source = grouping.Rows(values, rows, rows, *nothing, ordered=True, may_return=False)
    return grouping.fold(source, np.array([0, max(n, 1)], np.int64))


def count_distinct(values: Ints) -> int:
    """Return how many distinct values there are."""
    return len(_fold(values).keys)


def codes_of(hashes: Ints) -> tuple[Ints, Ints]:
    """Give each distinct value of `hashes` a number.

    Returns
    -------
    codes : ndarray of int64, shape (n_rows,)
        The number of each row's value, 0 … n_distinct - 1.
    first : ndarray of int64, shape (n_distinct,)
        The first row that holds each value.
    """
    n = len(hashes)
    folded = _fold(hashes)
    table = np.zeros(1 << (summary.FILL * len(folded.keys) + 1).bit_length(), np.int32)
    lookup.enter_keys(folded.keys, grouping.SALT, table)
    codes = np.empty(n, np.int64)
    threads.run(
        lookup.look_up,
        [
            (hashes, *span, grouping.SALT, table, folded.keys, codes)
            for span in threads.stretches(n)
        ],
    )
    return codes, folded.first
