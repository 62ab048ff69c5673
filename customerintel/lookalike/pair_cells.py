"""Two traits together: the cells that their bins make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.trait_slots import LabelTrait, NumberTrait

__all__ = ["Bins", "PairTrait", "pair_name"]

Ints = NDArray[np.int64]

#: Of a category with more levels, the commonest have a bin each and the others one.
MOST_LEVELS = 8


@dataclass(frozen=True, eq=False)
class Bins:
    """Few bins of a trait, out of its slots.

    Parameters
    ----------
    edges : ndarray of float64
        Of a number: knot coordinates at which a bin ends; empty for a category.
    slots : ndarray of int64
        Of a category: the bin of each slot; empty for a number.
    """

    edges: NDArray[np.float64]
    slots: Ints

    @classmethod
    def of_number(cls, trait: NumberTrait, at: NDArray[np.float64], n: int) -> Self:
        """Cut a number into n bins of like many people, by its coordinate along the knots."""
        there = at[at < len(trait.knots)]
        cuts = np.unique(np.quantile(there, np.arange(1, n) / n, method="nearest"))
        return cls(cuts[cuts > 0.0], np.empty(0, np.int64))

    @classmethod
    def of_label(cls, trait: LabelTrait, slots: Ints) -> Self:
        """Give the commonest levels a bin each."""
        counts = np.bincount(slots, minlength=trait.size)
        order = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
        found = np.full(trait.size, len(order), np.int64)
        found[order] = np.arange(len(order))
        return cls(np.empty(0), found)

    @property
    def size(self) -> int:
        """Number of bins; a number has one more for a missing value."""
        return int(self.slots.max()) + 1 if len(self.slots) else len(self.edges) + 2

    def of(self, at: NDArray[Any], n_knots: int) -> Ints:
        """Return the bin of each coordinate (of a number) or slot (of a category)."""
        if len(self.slots):
            found: Ints = self.slots[at]
            return found
        found = np.searchsorted(self.edges, at, side="right").astype(np.int64)
        found[at >= n_knots] = len(self.edges) + 1
        return found

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"edges": self.edges, "slots": self.slots}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        return cls(np.asarray(state["edges"], np.float64), np.asarray(state["slots"], np.int64))


@dataclass(frozen=True)
class PairTrait:
    """Which two traits, by their places among all.

    Parameters
    ----------
    first, second : int
        Places: numbers first, then categories.
    """

    first: int
    second: int


def pair_name(first: str, second: str) -> str:
    """Return how two traits together are called."""
    return f"{first} & {second}"
