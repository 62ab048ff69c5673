"""Messages that were delivered already, remembered for a day of the engine's time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.lengths import DAY_US

__all__ = ["MEMORY", "SeenMessages"]

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: For how long a message is remembered, microseconds.
MEMORY: Final = DAY_US
_SMALLEST: Final = 1024


class SeenMessages:
    """Keys of messages and the time at which each came; at most half of the table is in use."""

    def __init__(self, keys: Keys | None = None, times: Ints | None = None) -> None:
        self._used = 0
        self._make(0)
        if keys is not None and times is not None and len(keys):
            self._fill(keys, times, 0)

    def _make(self, n: int) -> None:
        slots = max(_SMALLEST, 1 << (2 * n).bit_length())
        self._table = np.zeros((slots, 2), np.uint64)
        self._held = np.zeros(slots, np.int64)

    def _fill(self, keys: Keys, times: Ints, more: int) -> None:
        from customerintel._kernels.live_seen import refill

        self._make(len(keys) + more)
        refill(keys, times, self._table, self._held)
        self._used = len(keys)

    def __len__(self) -> int:
        return self._used

    def state(self) -> tuple[Keys, Ints]:
        """Return keys and times in an order that hangs on nothing but them."""
        keys, times = self._in_use()
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        return keys[order], times[order]

    def _in_use(self) -> tuple[Keys, Ints]:
        """Return keys and times as they lie."""
        there = np.flatnonzero((self._table[:, 0] | self._table[:, 1]) != 0)
        return self._table[there], self._held[there]

    def mark(
        self, keys: Keys, times: Ints, lateness: int, moment: int
    ) -> tuple[NDArray[np.bool_], Ints]:
        """Tell which events are no duplicates, and the engine's time at each.

        Parameters
        ----------
        keys : ndarray of uint64, shape (n, 2)
            (0, 0) where a message has no id.
        times : ndarray of int64, shape (n,)
            Timestamps, microseconds UTC.
        lateness, moment : int
            How much later an event may come, and the time so far, microseconds.

        Returns
        -------
        fresh : ndarray of bool, shape (n,)
        clock : ndarray of int64, shape (n,)
        """
        from customerintel._kernels.live_seen import mark_fresh

        n: int = len(times)
        if 2 * (self._used + n) > len(self._held):
            self._make_room(n, moment)
        fresh, clock = np.empty(n, bool), np.empty(n, np.int64)
        self._used = mark_fresh(
            keys, times, lateness, moment, MEMORY, self._table, self._held, fresh, clock, self._used
        )
        return fresh, clock

    def _make_room(self, n: int, moment: int) -> None:
        """Forget what is older than a day, and take a table that the rest and `n` more fit in."""
        keys, times = self._in_use()
        young = moment - times <= MEMORY
        # room for as many again, so that this does not come with every batch
        self._fill(keys[young], times[young], int(young.sum()) + n)
