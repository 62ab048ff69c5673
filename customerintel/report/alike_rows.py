"""Rows that look like copies of each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.history import History
from customerintel.tables.visits import visits_of

__all__ = ["count_alike"]

#: Rows that are sorted together; customers are never split.
STRETCH = 4_000_000
_ODD = tuple(np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def count_alike(history: History) -> int | None:
    """Count the rows that repeat another: customer, moment, amount, quantity and category.

    Returns
    -------
    int or None
        Rows beyond the first of each kind. None where copies cannot be told: the log has no
        amounts, or orders of several lines without a category, which may hold two articles of one
        price. Rows are told apart by a hash of 64 bits: a wrong
        one among millions is less probable than one in a million.
    """
    from customerintel.tables.carried import units_of_visits

    visits = visits_of(history._log)
    lines = bool((visits.packed & 2).any())
    if not len(visits.amounts) or (lines and not len(visits.categories)):
        return None
    units = units_of_visits(history._log)
    cuts = np.arange(0, len(visits.packed) + STRETCH, STRETCH)
    edges = np.unique(np.searchsorted(visits.offsets, cuts, "left").clip(0, len(visits.keys)))
    alike = 0
    for low, high in pairwise(edges.tolist()):
        start, stop = int(visits.offsets[low]), int(visits.offsets[high])
        rows = slice(start, stop)
        packed = visits.packed[rows]
        seen = (visits.seen_at[rows] if len(visits.seen_at) else packed >> 2) <= history._moment
        # the mark of a further line is no difference
        mixed = _mix((packed >> 2 << 1) | (packed & 1))
        owner = np.repeat(np.arange(low, high), np.diff(visits.offsets[low : high + 1]))
        mixed = _mix(mixed ^ _mix(owner))
        for column in (visits.amounts, units, visits.categories):
            if len(column):
                mixed = _mix(mixed ^ _mix(_bits(column[rows])))
        mixed = np.sort(mixed[seen])
        alike += int(np.count_nonzero(mixed[1:] == mixed[:-1]))
    return alike


def _bits(column: NDArray[np.generic]) -> NDArray[np.int64]:
    if column.dtype.kind == "f":
        return (column.astype(np.float64) + 0.0).view(np.int64)
    return column.astype(np.int64)


def _mix(values: NDArray[np.int64] | NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all (Steele, Lea and Flood 2014, the finaliser of SplitMix64)."""
    z = values.astype(np.uint64) + _ODD[0]
    z = (z ^ (z >> np.uint64(30))) * _ODD[1]
    z = (z ^ (z >> np.uint64(27))) * _ODD[2]
    found: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return found
