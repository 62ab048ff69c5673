"""The method "centroid": who lies in the direction of the seeds' mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training, in_chunks
from customerintel.lookalike.trait_space import TraitSpace

__all__ = ["CentroidCosine"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CentroidCosine:
    """Cosine of the angle between a person and the mean of the seeds, seen from the population's.

    Parameters
    ----------
    space : TraitSpace
        Where people are.
    numbers : ndarray of float64, shape (n_numbers,)
        Direction of the seeds' mean, of length 1 with `levels`.
    levels : ndarray of float64, shape (n_levels,)
        The same, of levels.
    """

    space: TraitSpace
    numbers: Floats
    levels: Floats
    name: str = "centroid"
    unit: str = "likeness"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Find the seeds' mean."""
        seeds = training.take(training.is_seed)
        space = TraitSpace.learn(training.coded, ~training.is_seed)
        rows = space.encoder.rows(seeds.coded)
        share = seeds.weights / seeds.weights.sum()
        numbers = share @ space.numbers(rows)
        slots = space.slots(rows)
        there = np.bincount(
            slots.ravel(), np.repeat(share, slots.shape[1]), minlength=len(space.shares)
        )
        levels = np.sqrt(0.5) * (there - space.shares)
        length = float(np.sqrt(numbers @ numbers + levels @ levels)) or 1.0
        return cls(space, numbers / length, levels / length)

    def margin(self, coded: Coded) -> Floats:
        """Return the cosine, from −1 to 1, shape (n,)."""
        return in_chunks(self._cosine, coded)

    def _cosine(self, coded: Coded) -> Floats:
        rows = self.space.encoder.rows(coded)
        numbers, slots = self.space.numbers(rows), self.space.slots(rows)
        along, square = self._products(numbers, slots)
        found: Floats = along / np.sqrt(np.maximum(square, 1e-12))
        return np.clip(found, -1.0, 1.0)

    def _products(self, numbers: Floats, slots: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Return the product with the seeds' direction, and the squared length."""
        # sums by column: the same for each row, however many there are
        along, square = np.zeros(len(numbers)), np.zeros(len(numbers))
        for j in range(numbers.shape[1]):
            along += numbers[:, j] * self.numbers[j]
            square += numbers[:, j] ** 2
        shares = self.space.shares
        for j, block in enumerate(self.space.level_blocks()):
            mean = float(self.levels[block] @ shares[block])
            rest = float(shares[block] @ shares[block])
            at = slots[:, j]
            along += np.sqrt(0.5) * (self.levels[at] - mean)
            square += 0.5 * (1.0 - 2.0 * shares[at] + rest)
        return along, square

    def chance(self, margin: Floats) -> Floats:
        """Return (1 + cosine) / 2: a likeness, not a chance."""
        found: Floats = 0.5 * (1.0 + margin)
        return found

    def parts(self, _coded: Coded, /) -> None:
        """Return nothing: the length of a person's own traits divides all of them."""
        return

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"space": self.space.to_state(), "numbers": self.numbers, "levels": self.levels}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        numbers, levels = (np.asarray(state[key], np.float64) for key in ("numbers", "levels"))
        return cls(TraitSpace.from_state(state["space"]), numbers, levels)
