"""How one trait becomes coefficients: knots of a number, levels of a category, cells of a pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Labelled

__all__ = ["LabelTrait", "NumberTrait"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Shares of the population at or below each knot; beyond the outer ones an effect is level.
QUANTILES = (0.001, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999)
#: A level of fewer people in the sample goes to the bucket of rare ones.
RARE = 10


@dataclass(frozen=True, eq=False)
class NumberTrait:
    """A number, whose effect is a line between knots; one more slot is for a missing value.

    Parameters
    ----------
    name : str
        The column.
    knots : ndarray of float64, shape (n_knots,)
        Ascending, at least two.
    positions : ndarray of float64, shape (n_knots,)
        Normal scores of the knots: between them an effect is held straight.
    """

    name: str
    knots: Floats
    positions: Floats

    @classmethod
    def learn(cls, name: str, values: Floats) -> Self | None:
        """Learn the knots; None where there are not two values to tell apart."""
        from scipy.special import ndtri

        seen = np.sort(values[~np.isnan(values)])
        if not len(seen) or seen[0] == seen[-1]:
            return None
        knots = np.unique(np.quantile(seen, QUANTILES, method="nearest"))
        if len(knots) < 2:  # all but a few are equal
            knots = seen[[0, -1]]
        below, upto = np.searchsorted(seen, knots), np.searchsorted(seen, knots, "right")
        shares = (0.5 * (below + upto) + 0.5) / (len(seen) + 1.0)
        return cls(name, knots, np.asarray(ndtri(shares)))

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return len(self.knots) + 1

    def penalties(self) -> tuple[Floats, Floats]:
        """Return what is penalised: bends of the line, and the size of its values."""
        m, t = len(self.knots), self.positions
        bends = np.zeros((max(m - 2, 0), m + 1))
        for k in range(m - 2):
            left, right = 1.0 / (t[k + 1] - t[k]), 1.0 / (t[k + 2] - t[k + 1])
            bends[k, k : k + 3] = left, -left - right, right
        return bends.T @ bends, np.eye(m + 1)

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"name": self.name, "knots": self.knots, "positions": self.positions}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        knots, positions = (np.asarray(state[k], np.float64) for k in ("knots", "positions"))
        if len(knots) < 2 or len(knots) != len(positions) or not (np.diff(knots) > 0).all():
            raise ValueError(f"the knots of {state['name']!r} do not ascend")
        return cls(str(state["name"]), knots, positions)


@dataclass(frozen=True, eq=False)
class LabelTrait:
    """A category: a slot for each level, then rare ones, never seen ones, and none at all.

    Parameters
    ----------
    name : str
        The column.
    levels : tuple of str
        Levels with a slot of their own.
    rare : tuple of str
        Levels that share one.
    """

    name: str
    levels: tuple[str, ...]
    rare: tuple[str, ...] = ()

    @classmethod
    def learn(cls, name: str, trait: Labelled) -> Self | None:
        """Learn the levels; None where all people have the same."""
        counts = np.bincount(trait.codes[trait.codes >= 0], minlength=len(trait.levels))
        there = [level for level, n in zip(trait.levels, counts, strict=True) if n]
        if not there or (len(there) == 1 and not (trait.codes < 0).any()):
            return None
        pairs = list(zip(trait.levels, counts.tolist(), strict=True))
        kept = sorted(level for level, n in pairs if n >= RARE)
        return cls(name, tuple(kept), tuple(sorted(level for level, n in pairs if 0 < n < RARE)))

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return len(self.levels) + 3

    def slots(self, trait: Labelled) -> Ints:
        """Return the slot of each person, shape (n,)."""
        place = {level: k for k, level in enumerate(self.levels)}
        place |= dict.fromkeys(self.rare, len(self.levels))
        unseen = len(self.levels) + 1
        known = [place.get(level, unseen) for level in trait.levels]
        # a code behind the levels is a new one, and -1 takes the last place
        return np.array([*known, unseen, unseen + 1], np.int64)[trait.codes]

    def penalties(self) -> tuple[Floats]:
        """Return what is penalised: the size of each level's effect."""
        return (np.eye(self.size),)

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"name": self.name, "levels": list(self.levels), "rare": list(self.rare)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        levels, rare = (tuple(map(str, state[k])) for k in ("levels", "rare"))
        return cls(str(state["name"]), levels, rare)
