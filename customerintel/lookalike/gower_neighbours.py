"""The method "knn": who is near some of the seeds, over traits of mixed kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training, in_chunks

__all__ = ["GowerNeighbours"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

#: Seeds that people are compared with, at most; of more, some are drawn, by weight.
MOST_SEEDS = 2_000
#: Nearest seeds that count.
NEAREST = 10
#: Shares of the population between which a number's range lies: one giant would make all equal.
RANGE = (0.005, 0.995)


@dataclass(frozen=True, eq=False)
class GowerNeighbours:
    """1 − mean distance to the nearest seeds, by Gower (1971), A general coefficient of similarity.

    A number counts by its difference over its range (at most 1), a category by whether it is the
    same; a trait that either lacks does not count.

    Parameters
    ----------
    low, width : mapping of str to float
        Of each number.
    levels : mapping of str to tuple of str
        Of each category.
    numbers : ndarray of float64, shape (n_seeds, n_numbers)
        Of the seeds, over their ranges.
    codes : ndarray of int64, shape (n_seeds, n_labels)
        Of the seeds; -1 where there is none.
    k : int
        Nearest seeds that count.
    """

    low: Mapping[str, float]
    width: Mapping[str, float]
    levels: Mapping[str, tuple[str, ...]]
    numbers: Floats
    codes: Codes
    k: int
    name: str = "knn"
    unit: str = "likeness"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Keep the seeds, or so many of them."""
        low, width = {}, {}
        for trait, values in training.coded.numbers.items():
            ends = np.nanquantile(values, RANGE) if not np.isnan(values).all() else [0.0, 0.0]
            if ends[1] <= ends[0]:
                ends = [np.nanmin(values), np.nanmax(values)]
            low[trait], width[trait] = float(ends[0]), float(ends[1] - ends[0]) or 1.0
        levels = {trait: one.levels for trait, one in training.coded.labels.items()}
        seeds = training.take(training.is_seed)
        rng = np.random.default_rng([training.seed, 2])
        n = min(seeds.coded.n, MOST_SEEDS)
        share = seeds.weights / seeds.weights.sum()
        drawn = np.sort(rng.choice(seeds.coded.n, n, replace=False, p=share))
        bare = cls(low, width, levels, np.empty((0, 0)), np.empty((0, 0), np.int64), 0)
        numbers, codes = bare._matrices(seeds.coded.take(drawn))
        return cls(low, width, levels, numbers, codes, min(NEAREST, n))

    def _matrices(self, coded: Coded) -> tuple[Floats, Codes]:
        numbers = np.empty((coded.n, len(self.low)))
        for j, (trait, low) in enumerate(self.low.items()):
            numbers[:, j] = (coded.numbers[trait] - low) / self.width[trait]
        codes = np.empty((coded.n, len(self.levels)), np.int64)
        for j, (trait, levels) in enumerate(self.levels.items()):
            place = {level: k for k, level in enumerate(levels)}
            one = coded.labels[trait]
            # a level that no seed can have is unlike all of them
            known = [place.get(level, len(levels)) for level in one.levels]
            codes[:, j] = np.array([*known, len(levels), -1], np.int64)[one.codes]
        return numbers, codes

    def margin(self, coded: Coded) -> Floats:
        """Return minus the mean distance to the nearest seeds, shape (n,)."""
        return in_chunks(self._nearness, coded)

    def _nearness(self, coded: Coded) -> Floats:
        from customerintel._kernels.gower import nearest_mean

        out = np.empty(coded.n)
        numbers, codes = self._matrices(coded)
        nearest_mean(numbers, codes, self.numbers, self.codes, self.k, out)
        return -out

    def chance(self, margin: Floats) -> Floats:
        """Return 1 − distance: a likeness, not a chance."""
        return 1.0 + margin

    def parts(self, _coded: Coded, /) -> None:
        """Return nothing: who is nearest depends on all traits together."""
        return

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of: the traits of the seeds, without their ids."""
        return {
            "low": dict(self.low), "width": dict(self.width), "k": self.k,
            "levels": {name: list(levels) for name, levels in self.levels.items()},
            "numbers": self.numbers, "codes": self.codes,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        levels = {str(name): tuple(map(str, held)) for name, held in state["levels"].items()}
        low, width = ({str(k): float(v) for k, v in state[key].items()} for key in ("low", "width"))
        numbers = np.array(state["numbers"], np.float64).reshape(-1, len(low))
        codes = np.array(state["codes"], np.int64).reshape(-1, len(levels))
        k = int(state["k"])
        if len(low) + len(levels) == 0 or not 1 <= k <= max(len(numbers), len(codes)):
            raise ValueError("the seeds are not complete")
        return cls(low, width, levels, numbers, codes, k)
