"""Values of signals as a few bins each, with edges that are frozen once they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MISSING", "Binning"]

Floats = NDArray[np.float64]
Bins = NDArray[np.uint8]

#: Most bins of a signal; as many values as this are told apart one by one.
MOST = 12
#: Bin of a signal that is not known.
MISSING = 255
#: Customers in one piece: the scratch memory of a thread.
PIECE = 65_536


@dataclass(frozen=True, eq=False)
class Binning:
    """Edges between the bins of each signal.

    Parameters
    ----------
    edges : tuple of ndarray of float64
        Per signal, ascending: bin b holds the values above edge b - 1 and up to edge b.
    """

    edges: tuple[Floats, ...]

    @classmethod
    def of(cls, columns: Sequence[Floats]) -> Binning:
        """Choose edges so that bins hold about as many customers each.

        Parameters
        ----------
        columns : sequence of ndarray of float64
            One per signal; NaN where it is not known. A value that many customers have is a
            bin of its own.
        """
        return cls(tuple(map(_edges, columns)))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of bins of each signal."""
        return np.array([len(edge) + 1 for edge in self.edges], np.int64)

    def bins(self, columns: Sequence[Floats]) -> Bins:
        """Return the bin of each value, shape (n_customers, n_signals), `MISSING` for NaN."""
        from customerintel._kernels import threads

        n = len(columns[0]) if columns else 0
        out: Bins = np.empty((n, len(columns)), np.uint8)

        def place(j: int) -> None:
            for start in range(0, n, PIECE):
                values = columns[j][start : start + PIECE]
                found = np.searchsorted(self.edges[j], values).astype(np.uint8)
                found[np.isnan(values)] = MISSING
                out[start : start + PIECE, j] = found

        threads.run(place, [(j,) for j in range(len(columns))])
        return out

    def to_state(self) -> dict[str, Any]:
        """Return the edges as arrays."""
        lengths = np.array([len(edge) for edge in self.edges], np.int64)
        return {"lengths": lengths, "edges": np.concatenate([*self.edges, np.empty(0)])}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Binning:
        """Return what `to_state` gave away."""
        ends = np.cumsum(state["lengths"])
        return cls(tuple(np.split(np.asarray(state["edges"], np.float64), ends)[: len(ends)]))


def _edges(values: Floats) -> Floats:
    """Return the edges of one signal; none where all values are alike."""
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return np.empty(0)
    distinct, counts = np.unique(known, return_counts=True)
    # between two values, so that the last bit of one moves no customer to another bin
    between = 0.5 * (distinct[:-1] + distinct[1:])
    if len(distinct) <= MOST:
        return np.asarray(between, np.float64)
    # what a great many share is its own bin; the others share what is left of the bins
    heavy = counts >= len(known) / MOST
    left = max(2, MOST - int(heavy.sum()))
    rest = np.where(heavy, 0, counts)
    cumulated = np.cumsum(rest)
    wanted = cumulated[-1] * np.arange(1, left) / left
    cuts = set(np.searchsorted(cumulated, wanted).tolist())
    for place in np.flatnonzero(heavy).tolist():
        cuts |= {place - 1, place}
    places = sorted(place for place in cuts if 0 <= place < len(distinct) - 1)
    return np.asarray(between[places], np.float64)
