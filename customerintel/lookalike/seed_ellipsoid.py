"""The method "mahalanobis": who lies near the seeds' mean, in the seeds' own spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training, in_chunks
from customerintel.lookalike.trait_space import TraitSpace

__all__ = ["SeedEllipsoid"]

Floats = NDArray[np.float64]

#: Smoothing of the share of a level among the seeds: so many people of the population's shares.
PRIOR = 20.0


@dataclass(frozen=True, eq=False)
class SeedEllipsoid:
    """Squared distance from the seeds' mean by Mahalanobis (1936), of the numbers.

    The covariance is shrunk towards the spread of the population by the number of seeds. A
    category adds −2 log of its level's share among the seeds, as the density of the seeds does if
    it were normal in the numbers and independent in the categories.

    Parameters
    ----------
    space : TraitSpace
        Where people are.
    centre : ndarray of float64, shape (n_numbers,)
        The seeds' mean.
    root : ndarray of float64, shape (n_numbers, n_numbers)
        ``root @ (x − centre)`` has the identity as covariance among the seeds.
    levels : ndarray of float64, shape (n_levels,)
        −2 log share of each level.
    """

    space: TraitSpace
    centre: Floats
    root: Floats
    levels: Floats
    name: str = "mahalanobis"
    unit: str = "likeness"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Find the seeds' mean and spread."""
        seeds = training.take(training.is_seed)
        space = TraitSpace.learn(training.coded, ~training.is_seed)
        rows, w = space.encoder.rows(seeds.coded), seeds.weights
        x = space.numbers(rows)
        centre = w @ x / w.sum()
        p, n = x.shape[1], float(w.sum()) ** 2 / float((w * w).sum())
        spread = (x - centre).T @ ((x - centre) * w[:, None]) / w.sum()
        spread = (n * spread + (p + 2.0) * np.eye(p)) / (n + p + 2.0)
        root = np.linalg.inv(np.linalg.cholesky(spread)) if p else np.empty((0, 0))
        levels = np.zeros(len(space.shares))
        slots = space.slots(rows)
        for j, block in enumerate(space.level_blocks()):
            size = block.stop - block.start
            counts = np.bincount(slots[:, j] - block.start, w, minlength=size)
            prior = space.shares[block] + 1.0 / (len(training.is_seed) + size)
            share = (counts + PRIOR * prior) / (counts + PRIOR * prior).sum()
            levels[block] = -2.0 * np.log(share)
        return cls(space, centre, root, levels)

    def margin(self, coded: Coded) -> Floats:
        """Return minus the squared distance, shape (n,)."""
        return in_chunks(self._nearness, coded)

    def _nearness(self, coded: Coded) -> Floats:
        rows = self.space.encoder.rows(coded)
        apart, slots = self.space.numbers(rows) - self.centre, self.space.slots(rows)
        found = np.zeros(len(apart))
        for j in range(apart.shape[1]):
            along = np.zeros(len(apart))
            for k in range(j + 1):
                along += self.root[j, k] * apart[:, k]
            found -= along * along
        for j in range(slots.shape[1]):
            found -= self.levels[slots[:, j]]
        return found

    def chance(self, margin: Floats) -> Floats:
        """Return 1 / (1 + distance / traits): a likeness, not a chance."""
        n = max(1, len(self.space.encoder.names))
        found: Floats = 1.0 / (1.0 + np.maximum(-margin, 0.0) / n)
        return found

    def parts(self, _coded: Coded, /) -> None:
        """Return nothing: numbers count together."""
        return

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "space": self.space.to_state(), "centre": self.centre, "root": self.root,
            "levels": self.levels,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        keys = ("centre", "root", "levels")
        arrays = [np.asarray(state[key], np.float64) for key in keys]
        p = len(arrays[0])
        return cls(
            TraitSpace.from_state(state["space"]), arrays[0], arrays[1].reshape(p, p), arrays[2]
        )
