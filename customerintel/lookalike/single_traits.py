"""One trait alone as a ranking: the yardstick that any look-alike model has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded

__all__ = ["SingleTrait", "best_trait"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Groups of alike many people that a number is cut into.
GROUPS = 20
#: Each group's rate is pulled towards that of all by so many people.
PRIOR = 100.0


@dataclass(frozen=True, eq=False)
class SingleTrait:
    """The share of seeds by group of one trait.

    Attributes
    ----------
    name : str
        Of the trait.
    edges : ndarray of float64
        Between the groups of a number; empty for a categorical trait.
    rates : ndarray of float64
        Of each group, and last of people without a known value.
    """

    name: str
    edges: Floats
    rates: Floats

    def score(self, people: Coded) -> Floats:
        """Return the rate of each person's group."""
        return self.rates[_groups(people, self.name, self.edges, len(self.rates) - 1)]

    def to_state(self) -> dict[str, Any]:
        """Return what a file holds."""
        return {"name": self.name, "edges": self.edges.tolist(), "rates": self.rates.tolist()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the trait of a file."""
        edges, rates = (np.array(state[part], np.float64) for part in ("edges", "rates"))
        return cls(str(state["name"]), edges, rates)


def _groups(people: Coded, name: str, edges: Floats, size: int) -> Ints:
    """Return the group of each person; `size` where the value is missing or unknown."""
    if name in people.labels:
        codes = people.labels[name].codes.astype(np.int64)
        return np.where((codes < 0) | (codes >= size), size, codes)
    values = people.numbers[name]
    return np.where(np.isnan(values), size, np.searchsorted(edges, values, "right"))


def best_trait(people: Coded, is_seed: Mask) -> tuple[SingleTrait, float]:
    """Return the trait whose groups alone put seeds highest, and the AUC of doing so.

    Both are of the people it was counted on.
    """
    names = (*people.numbers, *people.labels)
    return max((_count(people, name, is_seed) for name in names), key=lambda pair: pair[1])


def _count(people: Coded, name: str, is_seed: Mask) -> tuple[SingleTrait, float]:
    """Return the rates of one trait, and the AUC of a ranking by them."""
    edges = np.empty(0)
    if name in people.labels:
        size = len(people.labels[name].levels)
    else:
        values = people.numbers[name]
        some = values[~np.isnan(values)]
        if len(some):
            edges = np.unique(np.quantile(some, np.arange(1, GROUPS) / GROUPS))
        size = len(edges) + 1
    groups = _groups(people, name, edges, size)
    held = np.bincount(groups, minlength=size + 1)
    seeds = np.bincount(groups, weights=is_seed, minlength=size + 1)
    rates = (seeds + PRIOR * is_seed.mean()) / (held + PRIOR)
    order = np.argsort(rates, kind="stable")
    own, others = seeds[order], (held - seeds)[order]
    below = np.cumsum(others) - others / 2.0
    pairs = own.sum() * others.sum()
    return SingleTrait(name, edges, rates), float(own @ below / pairs) if pairs else 0.5
