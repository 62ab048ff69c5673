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
from customerintel.audit.reach_measures import SegmentTable

__all__ = ["between_locations", "relevance_figures", "shares_by"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def shares_by(table: SegmentTable, counts: Ints, *, by_location: bool) -> tuple[Floats, Floats]:
    """Return the shares of core and base in each segment, of shape (…, S)."""
    active, core = table.split(counts, by_location=by_location)
    c = shares_of(core.astype(np.float64))
    p = shares_of(table.compared(active, by_location=by_location))
    return c, np.broadcast_to(p, c.shape)


def relevance_figures(
    table: SegmentTable, counts: Ints, *, top: int, persistence: float, by_location: bool
) -> dict[str, Floats]:
    """Return the figures of everything or of each location.

    Counts are of shape (…, 1 + n_locations, S, 2), as those of the table.
    """
    c, p = shares_by(table, counts, by_location=by_location)
    unknown = np.isnan(c).any(axis=-1) | np.isnan(p).any(axis=-1)
    return {
        "overlap": np.where(unknown, np.nan, overlap_of_top(c, p, top)),
        "rank_biased_overlap": rank_biased_overlap(c, p, persistence),
        "spearman": spearman(c, p),
        "alignment": 1.0 - dissimilarity(c, p),
        "jensen_shannon": jensen_shannon(c, p),
    }


def between_locations(table: SegmentTable) -> Floats:
    """Return the Jensen-Shannon distances between the cores of all pairs of locations."""
    _, core = table.split(table.counts, by_location=True)
    c = shares_of(core.astype(np.float64))
    found = np.full((len(c), len(c)), np.nan)
    for i, row in enumerate(c):
        found[i] = jensen_shannon(row, c)
    return found
