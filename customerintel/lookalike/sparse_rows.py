"""From traits to the coefficients that each person touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.lookalike.pair_cells import Bins, PairTrait
from customerintel.lookalike.trait_slots import LabelTrait, NumberTrait

__all__ = ["Encoder", "Rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Bins of a number in a pair.
N_BINS = 6


@dataclass(frozen=True, eq=False)
class Rows:
    """Which coefficients each person touches.

    Parameters
    ----------
    place : ndarray of int32, shape (n, n_terms)
        Numbers first, then categories, then pairs.
    weight : ndarray of float64, shape (n, n_numbers)
        Where a number lies between its knot and the next.
    """

    place: NDArray[np.int32]
    weight: Floats

    def take(self, rows: NDArray[Any] | slice) -> Rows:
        """Return some of the people."""
        return Rows(self.place[rows], self.weight[rows])


@dataclass(frozen=True, eq=False)
class Encoder:
    """What was learned of traits: knots, levels and pairs, and where their coefficients are.

    Parameters
    ----------
    numbers : tuple of NumberTrait
    labels : tuple of LabelTrait
    bins : tuple of Bins
        One per trait.
    pairs : tuple of PairTrait
        Traits that act together.
    """

    numbers: tuple[NumberTrait, ...]
    labels: tuple[LabelTrait, ...]
    bins: tuple[Bins, ...] = ()
    pairs: tuple[PairTrait, ...] = field(default=())

    @classmethod
    def learn(cls, coded: Coded) -> Self:
        """Learn the knots of numbers and the levels of categories; what is constant goes."""
        numbers = (NumberTrait.learn(name, values) for name, values in coded.numbers.items())
        labels = (LabelTrait.learn(name, trait) for name, trait in coded.labels.items())
        made = cls(tuple(n for n in numbers if n), tuple(t for t in labels if t))
        rows = made.rows(coded)
        bins = [
            Bins.of_number(trait, made._coordinate(rows, j), N_BINS)
            for j, trait in enumerate(made.numbers)
        ]
        p = len(made.numbers)
        bins += [
            Bins.of_label(trait, rows.place[:, p + j] - made.firsts[p + j])
            for j, trait in enumerate(made.labels)
        ]
        return replace(made, bins=tuple(bins))

    @property
    def traits(self) -> list[NumberTrait | LabelTrait]:
        """The traits, numbers first."""
        return [*self.numbers, *self.labels]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the traits, numbers first."""
        return tuple(trait.name for trait in self.traits)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of coefficients of each trait and pair."""
        traits = [trait.size for trait in self.traits]
        cells = [self.bins[pair.first].size * self.bins[pair.second].size for pair in self.pairs]
        return (*traits, *cells)

    @property
    def firsts(self) -> Ints:
        """First coefficient of each trait and pair, and of none behind the last; 0 is constant."""
        return np.cumsum([1, *self.sizes]).astype(np.int64)

    @property
    def size(self) -> int:
        """Number of coefficients: the constant, and one at the end that is never used."""
        return int(self.firsts[-1]) + 1

    def with_pairs(self, pairs: Sequence[PairTrait]) -> Encoder:
        """Return it with traits that act together."""
        return replace(self, pairs=tuple(pairs))

    def rows(self, coded: Coded) -> Rows:
        """Return which coefficients each person touches."""
        from customerintel._kernels.additive import locate

        p, q = len(self.numbers), len(self.labels)
        place = np.empty((coded.n, p + q + len(self.pairs)), np.int32)
        weight, firsts = np.empty((coded.n, p)), self.firsts
        for j, trait in enumerate(self.numbers):
            values = np.ascontiguousarray(coded.numbers[trait.name])
            locate(values, trait.knots, int(firsts[j]), place[:, j], weight[:, j])
        for j, label in enumerate(self.labels, start=p):
            place[:, j] = firsts[j] + label.slots(coded.labels[label.name])
        rows = Rows(place, weight)
        for j, pair in enumerate(self.pairs, start=p + q):
            a, b = self.binned(rows, pair.first), self.binned(rows, pair.second)
            place[:, j] = firsts[j] + a * self.bins[pair.second].size + b
        return rows

    def binned(self, rows: Rows, j: int) -> Ints:
        """Return the bin of each person in the trait at place j."""
        n_knots = len(self.numbers[j].knots) if j < len(self.numbers) else 0
        return self.bins[j].of(self._coordinate(rows, j), n_knots)

    def _coordinate(self, rows: Rows, j: int) -> NDArray[Any]:
        at: NDArray[Any] = rows.place[:, j] - self.firsts[j]
        return at + rows.weight[:, j] if j < len(self.numbers) else at

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "numbers": [trait.to_state() for trait in self.numbers],
            "labels": [trait.to_state() for trait in self.labels],
            "bins": [bins.to_state() for bins in self.bins],
            "pairs": [[pair.first, pair.second] for pair in self.pairs],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        return cls(
            tuple(NumberTrait.from_state(item) for item in state["numbers"]),
            tuple(LabelTrait.from_state(item) for item in state["labels"]),
            tuple(Bins.from_state(item) for item in state["bins"]),
            tuple(PairTrait(int(a), int(b)) for a, b in state["pairs"]),
        )
