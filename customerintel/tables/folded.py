"""What the summary kernels leave: one column per field, customers in ascending order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import ordering, summary, threads

__all__ = ["Folded", "Output", "Piece"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Columns of `Folded` and the fields of a state that they hold, in the kernel's order.
COLUMNS = {
    "keys": "key",
    "first": "first",
    "last": "last",
    "first_spend": "first_spend",
    "repeat_spend": "repeat_spend",
    "unassigned": "unassigned",
    "transactions": "transactions",
    "returns": "returns",
    "periods": "periods",
}
#: Fields that are mostly zero; the kernel writes only what is not.
SPARSE = ("unassigned", "returns")


@dataclass(frozen=True)
class Folded:
    """One entry per customer with a purchase, ascending by key."""

    keys: Ints
    first: Ints
    last: Ints
    first_spend: Floats
    repeat_spend: Floats
    unassigned: Floats
    transactions: NDArray[np.int32]
    returns: NDArray[np.int32]
    periods: NDArray[np.int32]
    n_returns_only: int

    @property
    def total(self) -> Floats:
        """Everything, net."""
        return self.first_spend + self.repeat_spend + self.unassigned


@dataclass(frozen=True)
class Piece:
    """The customers of one partition: where their states are, in the order of their keys."""

    number: int
    states: NDArray[Any]
    order: Ints
    n_returns_only: int

    @classmethod
    def of(cls, number: int, states: NDArray[Any], start: int, stop: int) -> Piece:
        """Order the customers with a purchase among ``states[start … stop]``."""
        size = stop - start
        keys, places = np.empty(size, np.int64), np.empty(size, np.int64)
        found = ordering.select_buyers(states, start, stop, keys, places)
        return cls(number, states, sort_keys(keys[:found], places[:found]), size - found)


class Output:
    """Columns that grow by one group of partitions after the other.

    Parameters
    ----------
    n_rows : int
        Rows of all groups; tells how many customers there may be in the end.
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._rows_seen = 0
        self._used = 0
        self._n_returns_only = 0
        self._columns = self._empty(0)

    @staticmethod
    def _empty(size: int) -> dict[str, Any]:
        # zeros that are never written to cost nothing: without returns two columns have only such
        columns = {name: np.empty(size, summary.STATE[of]) for name, of in COLUMNS.items()}
        return columns | {name: np.zeros(size, summary.STATE[name]) for name in SPARSE}

    def _make_room(self, needed: int) -> None:
        if needed <= len(self._columns["keys"]):
            return
        # memory that is never written to costs nothing
        likely = int(needed * 1.05 * self._n_rows / max(1, self._rows_seen))
        larger = self._empty(max(needed, likely))
        for name, column in larger.items():
            column[: self._used] = self._columns[name][: self._used]
        self._columns = larger

    def append(self, pieces: Sequence[Piece], n_rows: int) -> None:
        """Add the customers of a group, made from `n_rows` rows; their keys follow the former."""
        ends = self._used + np.cumsum([len(piece.order) for piece in pieces], dtype=np.int64)
        self._rows_seen += n_rows
        self._make_room(int(ends[-1]))
        columns = tuple(self._columns.values())
        threads.run(
            ordering.take_states,
            [
                (piece.states, piece.order, end - len(piece.order), *columns)
                for piece, end in zip(pieces, ends.tolist(), strict=True)
            ],
        )
        self._used = int(ends[-1])
        self._n_returns_only += sum(piece.n_returns_only for piece in pieces)

    def folded(self) -> Folded:
        """Return what was appended, read-only."""
        for column in self._columns.values():
            column.flags.writeable = False
        columns = {name: column[: self._used] for name, column in self._columns.items()}
        return Folded(**columns, n_returns_only=self._n_returns_only)


def sort_keys(keys: Ints, places: Ints) -> Ints:
    """Return `places` in ascending order of the keys; both arrays serve as scratch."""
    if len(keys) < 2:
        return places
    low = keys.min()
    span = int(keys.max()) - int(low)
    spare_keys, spare_places = np.empty_like(keys), np.empty_like(places)
    for shift in range(0, span.bit_length(), ordering.DIGIT):
        if ordering.sort_pass(keys, places, spare_keys, spare_places, low, shift):
            keys, spare_keys = spare_keys, keys
            places, spare_places = spare_places, places
    return places
