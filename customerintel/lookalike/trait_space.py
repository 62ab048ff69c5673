"""Traits as directions in one space: numbers by their spread, levels by how rare they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.lookalike.sparse_rows import Encoder, Rows

__all__ = ["TraitSpace"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TraitSpace:
    """Coordinates whose mean over the population is 0, each trait with a spread of about 1.

    A number becomes its normal score (a missing one the mean); a level a coordinate of its own,
    times √½, so that two unlike levels are as far apart as numbers one spread apart.

    Parameters
    ----------
    encoder : Encoder
        Knots and levels.
    means, spreads : ndarray of float64, shape (n_numbers,)
        Of the normal scores.
    shares : ndarray of float64, shape (n_levels,)
        Of the population in each slot of a category, all categories one after another.
    """

    encoder: Encoder
    means: Floats
    spreads: Floats
    shares: Floats

    @classmethod
    def learn(cls, coded: Coded, others: NDArray[np.bool_]) -> Self:
        """Learn it of people; the means are those of the others than seeds."""
        encoder = Encoder.learn(coded)
        p = len(encoder.numbers)
        bare = cls(encoder, np.zeros(p), np.ones(p), np.empty(0))
        rows = encoder.rows(coded).take(others)
        scores = bare._scores(rows)
        n_slots = int(encoder.firsts[-1] - encoder.firsts[p])
        slots = rows.place[:, p:] - encoder.firsts[p]
        shares = np.bincount(slots.ravel(), minlength=n_slots) / max(len(slots), 1)
        spreads = scores.std(axis=0)
        return cls(encoder, scores.mean(axis=0), np.where(spreads > 0, spreads, 1.0), shares)

    def numbers(self, rows: Rows) -> Floats:
        """Return the coordinates of the numbers, shape (n, n_numbers)."""
        return (self._scores(rows) - self.means) / self.spreads

    def slots(self, rows: Rows) -> NDArray[np.int64]:
        """Return the slot of each category, shape (n, n_labels)."""
        p = len(self.encoder.numbers)
        found: NDArray[np.int64] = rows.place[:, p:] - self.encoder.firsts[p]
        return found

    def level_blocks(self) -> list[slice]:
        """Return the slots of each category."""
        p = len(self.encoder.numbers)
        ends = (self.encoder.firsts[p:] - self.encoder.firsts[p]).tolist()
        return [slice(*ends[j : j + 2]) for j in range(len(ends) - 1)]

    def _scores(self, rows: Rows) -> Floats:
        found = np.empty((len(rows.place), len(self.encoder.numbers)))
        for j, trait in enumerate(self.encoder.numbers):
            # behind the last knot: the place of a missing value
            at = rows.place[:, j] - self.encoder.firsts[j]
            scores = np.append(trait.positions, [self.means[j], 0.0])
            w = rows.weight[:, j]
            found[:, j] = scores[at] * (1.0 - w) + scores[at + 1] * w
        return found

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "encoder": self.encoder.to_state(), "means": self.means, "spreads": self.spreads,
            "shares": self.shares,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        arrays = (np.asarray(state[key], np.float64) for key in ("means", "spreads", "shares"))
        return cls(Encoder.from_state(state["encoder"]), *arrays)
