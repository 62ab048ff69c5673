"""What Relevance is reckoned from: how the order and the shares of segments agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.distribution_distances import (
    dissimilarity,
    jensen_shannon,
    overlap_of_top,
    rank_biased_overlap,
    shares_of,
    spearman,
)
from customerintel.audit.told_segments import ToldTable

__all__ = ["between_locations", "relevance_figures", "shares_by", "shares_in_order"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def shares_by(told: ToldTable, counts: Ints) -> tuple[Floats, Floats]:
    """Return the shares of core and base, of shape (…, S), hidden segments together."""
    active, core = told.split(counts)
    c = shares_of(core.astype(np.float64))
    return c, np.broadcast_to(shares_of(told.compared(active)), c.shape)


def shares_in_order(told: ToldTable, c: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Return shares of which to take ranks: hidden segments share what they have together."""
    base = told.apart(p) if told.ranked is None else shares_of(told.ranked)
    return told.apart(c), np.broadcast_to(base, c.shape)


def relevance_figures(
    told: ToldTable, counts: Ints, *, top: int, persistence: float
) -> dict[str, Floats]:
    """Return the figures of everything or of each location.

    Counts are of shape (…, S, 2), as those of the table.
    """
    c, p = shares_by(told, counts)
    x, y = shares_in_order(told, c, p)
    unknown = np.isnan(x).any(axis=-1) | np.isnan(y).any(axis=-1)
    # where all segments of a place are among the first, they are so in every list
    unknown |= ((x > 0.0) | (y > 0.0)).sum(axis=-1) <= top
    found = {
        "overlap": np.where(unknown, np.nan, overlap_of_top(x, y, top)),
        "rank_biased_overlap": rank_biased_overlap(x, y, persistence),
        "spearman": spearman(x, y),
        "alignment": 1.0 - dissimilarity(c, p),
        "jensen_shannon": jensen_shannon(c, p),
    }
    return {name: np.where(told.lumped, np.nan, values) for name, values in found.items()}


def between_locations(core: Ints, hidden: Mask) -> Floats:
    """Return the Jensen-Shannon distances between the cores of all pairs of locations.

    Segments that are hidden in either are put together.

    Parameters
    ----------
    core : ndarray of int64, shape (n_locations, n_segments)
        Core customers.
    hidden : ndarray of bool, shape (n_locations, n_segments)
        Which of them must not be shown.
    """
    found = np.full((len(core), len(core)), np.nan)
    for i, row in enumerate(core):
        both = hidden[i] | hidden
        pair = [_with_one(np.broadcast_to(row, core.shape), both), _with_one(core, both)]
        found[i] = jensen_shannon(*pair)
    return found


def _with_one(core: Ints, hidden: Mask) -> Floats:
    """Return shares, those of hidden segments as one more at the end."""
    rest = np.where(hidden, core, 0).sum(axis=-1, keepdims=True)
    shares = shares_of(np.append(np.where(hidden, 0, core), rest, axis=-1).astype(np.float64))
    # with all segments hidden, any two are alike
    return np.where(hidden.all(axis=-1, keepdims=True), np.nan, shares)
