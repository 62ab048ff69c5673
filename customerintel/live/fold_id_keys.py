"""Rows by keys of ids: what is known is found without making a text of it."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from customerintel.live.message_keys import message_keys
from customerintel.live.spans import Spans

__all__ = ["KeyedRows", "RowsByKey"]

Rows = NDArray[np.int32]
Keys = NDArray[np.uint64]

_SMALLEST: Final = 1024


class RowsByKey:
    """Remembers the rows of ids by 96 bits of a keyed hash.

    The key is drawn anew for each of these, so that nobody can choose ids that collide; among a
    hundred million ids two would do so by chance once in some ten million million tries.

    Examples
    --------
    >>> known = RowsByKey()
    >>> ids = Spans(b"c1c2", np.array([0, 2]), np.array([2, 4]))
    >>> keys, rows, missing = known.find(ids)
    >>> known.put(keys[:1], np.array([7], np.int32))
    >>> known.find(ids)[1].tolist()
    [7, -1]
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._table = np.zeros((_SMALLEST, 2), np.uint64)
        self._used = 0

    def find(self, ids: Spans) -> tuple[Keys, Rows, NDArray[np.int64]]:
        """Return the keys of ids, their rows (-1: not known), and the places of the unknown."""
        from customerintel._kernels.live_spans import find_rows

        keys, rows = ids.keys("", self._secret), np.empty(len(ids), np.int32)
        n_missing = find_rows(keys, self._table, rows)
        return keys, rows, np.flatnonzero(rows < 0) if n_missing else np.zeros(0, np.int64)

    def put(self, keys: Keys, rows: Rows) -> None:
        """Remember rows."""
        from customerintel._kernels.live_spans import move_rows, put_rows

        if 2 * (self._used + len(keys)) > len(self._table):
            table = np.zeros((1 << (2 * (self._used + len(keys))).bit_length(), 2), np.uint64)
            move_rows(self._table, table)
            self._table = table
        self._used += int(put_rows(keys, rows, self._table))

    def forget(self, ids: Iterable[str]) -> None:
        """Forget ids that lead elsewhere from now on, or nowhere."""
        texts = list(ids)
        if self._used and texts:
            keys = message_keys(texts, "", self._secret)
            self.put(keys, np.full(len(texts), -1, np.int32))


class KeyedRows(ABC):
    """Finds the rows of ids that lie within lines; `CustomerRows` keeps the ids."""

    names: list[str | None]
    _places: dict[str, int]
    _free: list[int]
    _user: NDArray[np.uint8]

    def __init__(self) -> None:
        self._by_key = RowsByKey()

    @abstractmethod
    def of(self, ids: Sequence[str]) -> Rows:
        """Return the row of each id; unknown ones get one."""

    @abstractmethod
    def _fit(self) -> None:
        """Make room for the mark of each row."""

    def of_spans(self, ids: Spans, users: NDArray[np.bool_]) -> Rows:
        """Return the row of each id; unknown ones get one.

        Parameters
        ----------
        ids : Spans
            Ids within lines.
        users : ndarray of bool, shape (n,)
            Which of them are user ids; somebody new by such an id is marked as known by it.
        """
        keys, rows, missing = self._by_key.find(ids)
        if len(missing):
            height = len(self.names)
            found = self._of_new(cast("list[str]", ids.take(missing).to_list()))
            rows[missing] = found
            self._by_key.put(keys[missing], found)
            self._fit()
            self._user[found[(found >= height) & users[missing]]] = 1
        return rows

    def _of_new(self, ids: Sequence[str]) -> Rows:
        """Do what `of` does for ids of which most are unknown."""
        if not self._free:
            places, height = self._places, len(self.names)
            new = dict.fromkeys([one for one in ids if one not in places])
            places.update(zip(new, range(height, height + len(new)), strict=True))
            self.names.extend(new)
        return self.of(ids)
