"""Traits of people as arrays: numbers, and codes of levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.traits import Traits

__all__ = ["Coded", "Labelled"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labelled:
    """A categorical trait.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        Places in `levels`; -1 where there is none, ``len(levels)`` where it is no level.
    levels : tuple of str
        Distinct levels.
    """

    codes: NDArray[np.int32]
    levels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Coded:
    """The traits of n people, in one order.

    Parameters
    ----------
    n : int
        People.
    numbers : mapping of str to ndarray of float64
        NaN where there is none.
    labels : mapping of str to Labelled
        The categorical traits.
    """

    n: int
    numbers: Mapping[str, Floats]
    labels: Mapping[str, Labelled]

    @classmethod
    def of(cls, traits: Traits, names: Collection[str]) -> Self:
        """Return some of the traits of a table."""
        numbers = {k: values for k, values in traits.numeric.items() if k in names}
        labels = {k: Labelled(*held) for k, held in traits.categorical.items() if k in names}
        return cls(traits.n_rows, numbers, labels)

    def take(self, rows: NDArray[np.generic] | slice) -> Coded:
        """Return the people at some places (or of a mask, or a slice)."""
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        labels = {
            name: Labelled(trait.codes[rows], trait.levels) for name, trait in self.labels.items()
        }
        n = len(np.arange(self.n)[rows]) if isinstance(rows, slice) else _count(rows)
        return Coded(n, numbers, labels)


def _count(rows: NDArray[np.generic]) -> int:
    return int(np.count_nonzero(rows)) if rows.dtype == bool else len(rows)
