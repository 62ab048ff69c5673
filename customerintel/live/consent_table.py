"""The intervals of consent as one array that the kernels read, and cut where somebody opts out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.consent_intervals import ConsentLines, intervals_of
from customerintel.schema import Purpose

__all__ = ["ConsentTable"]

Ints = NDArray[np.int64]

_WIDTH: Final = 3
_HEAD: Final = 2


class ConsentTable:
    """Chains of intervals: one head per purpose and row, then triples of from, until and next.

    Parameters
    ----------
    purposes : sequence of str
        Those that rules require, in the order of the plan.

    Notes
    -----
    Entry 0 is the number of rows that there is room for, entry 1 is 0. The head of purpose `p`
    and a row stands at ``2 + p * stride + row``: the place of the first triple, 0 for none.
    """

    def __init__(self, purposes: Sequence[str]) -> None:
        self._purposes = [list(Purpose).index(Purpose(one)) for one in purposes]
        self.array: Ints = np.zeros(_HEAD, np.int64)
        self._used = _HEAD

    @property
    def _stride(self) -> int:
        return int(self.array[0])

    def fit(self, height: int) -> None:
        """Make room for so many rows; what the kernels have cut stays cut."""
        old, n = self._stride, len(self._purposes)
        if not n or height <= old:
            return
        stride = max(64, 2 * height)
        moved = n * (stride - old)
        spare = max(64, self._used // 2) * _WIDTH
        made = np.zeros(self._used + moved + spare, np.int64)
        made[0] = stride
        heads = made[_HEAD : _HEAD + n * stride].reshape(n, stride)
        before = self.array[_HEAD : _HEAD + n * old].reshape(n, old)
        heads[:, :old] = np.where(before > 0, before + moved, 0)
        triples = self.array[_HEAD + n * old : self._used].copy()
        nexts = triples[2::_WIDTH]
        triples[2::_WIDTH] = np.where(nexts > 0, nexts + moved, 0)
        self._used += moved
        made[self._used - len(triples) : self._used] = triples
        self.array = made

    def clear(self, row: int) -> None:
        """Forget a row."""
        for place in range(len(self._purposes)):
            if row < self._stride:
                self.array[_HEAD + place * self._stride + row] = 0

    def put(self, rows: Ints, lines: ConsentLines) -> None:
        """Replace the chains of some rows by what their entries mean."""
        if not self._purposes or not len(rows):
            return
        for place in range(len(self._purposes)):
            self.array[_HEAD + place * self._stride + rows] = 0
        row, purpose, start, end = intervals_of(lines)
        for place, code in enumerate(self._purposes):
            mine = np.flatnonzero(purpose == code)
            self._chain(place, row[mine], start[mine], end[mine])

    def _chain(self, place: int, row: Ints, start: Ints, end: Ints) -> None:
        """Add intervals that are ordered by row."""
        n = len(row)
        if self._used + n * _WIDTH > len(self.array):
            room = np.zeros(2 * self._used + n * _WIDTH, np.int64)
            room[: self._used] = self.array[: self._used]
            self.array = room
        at = self._used + _WIDTH * np.arange(n)
        triples = self.array[self._used : self._used + n * _WIDTH].reshape(n, _WIDTH)
        triples[:, 0], triples[:, 1] = start, end
        same = row[1:] == row[:-1]
        triples[:-1, 2] = np.where(same, at[1:], 0)
        first = np.append(True, ~same)[:n]
        self.array[_HEAD + place * self._stride + row[first]] = at[first]
        self._used += n * _WIDTH
