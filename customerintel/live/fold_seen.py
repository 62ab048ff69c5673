"""Messages that were delivered already, remembered for a day of the engine's time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import SPREAD
from customerintel.live.growing import Growing
from customerintel.live.lengths import DAY_US

__all__ = ["MEMORY", "SeenMessages"]

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: For how long a message is remembered, microseconds.
MEMORY: Final = DAY_US
_SMALLEST: Final = 1024
_WIDTH: Final = 3
#: Slots of a former table that are moved beside each new message: a table that is an eighth of
#: the former one has all of it before it is full.
_MOVED: Final = 32
_LEAST: Final = 4096
#: How often the number of messages is written down, to know how many are young; microseconds.
_EVERY: Final = DAY_US // 24
#: Slots of a piece of a snapshot.
_PIECE: Final = 1 << 15
_EVERYTHING: Final = int(np.iinfo(np.int64).min)
_NONE: Final[Keys] = np.zeros((2, _WIDTH), np.uint64)


def _table_for(n: int, least: int = _SMALLEST) -> Keys:
    """Return an empty table of which `n` keys fill at most half."""
    slots = max(least, 1 << max(2 * n - 1, 0).bit_length())
    table: Keys = Growing(slots * _WIDTH, np.uint64).array.reshape(slots, _WIDTH)
    return table


def _cut(table: Keys, moment: int) -> Iterator[tuple[Keys, Ints]]:
    """Yield what is remembered at a moment, from some slots at a time; keys in one dimension."""
    for start in range(0, len(table), _PIECE):
        part = table[start : start + _PIECE]
        used = (part[:, 0] | part[:, 1]) != 0
        found = part[used & (part[:, 2].view(np.int64) >= moment - MEMORY)]
        yield found[:, :2].reshape(-1), found[:, 2].view(np.int64)


class SeenMessages:
    """Keys of messages and the time at which each came; at most half of the table is in use.

    When it is full, a larger one takes its place, and what is young enough moves over bit by bit
    beside the messages that come, so that none of them waits for all.
    """

    def __init__(self, keys: Keys | None = None, times: Ints | None = None) -> None:
        n = 0 if keys is None else len(keys)
        self._table = _table_for(n + n // 2)
        self._used = self._total = n
        self._former, self._moved, self._waiting = _NONE, 0, 0
        #: How many messages there had been at some moments.
        self._marks: list[tuple[int, int]] = []
        if keys is not None and times is not None and n:
            from customerintel._kernels.live_seen import refill

            refill(keys, times, self._table)
            hours, counts = np.unique(times // _EVERY, return_counts=True)
            ends = ((hours + 1) * _EVERY).tolist()
            self._marks = list(zip(ends, np.cumsum(counts).tolist(), strict=True))

    def __len__(self) -> int:
        return self._used + self._waiting

    def state(self, moment: int | None = None) -> tuple[Keys, Ints]:
        """Return keys and times in an order that hangs on nothing but them.

        What is forgotten at a moment is left out.
        """
        self._move(len(self._former), _EVERYTHING)
        used = (self._table[:, 0] | self._table[:, 1]) != 0
        if moment is not None:
            used &= self._table[:, 2].view(np.int64) >= moment - MEMORY
        found = self._table[used]
        # nearly in this order already, which makes it cheap
        found = found[np.argsort(found[:, 0] * SPREAD, kind="stable")]
        if (found[1:, 0] == found[:-1, 0]).any():
            found = found[np.lexsort((found[:, 1], found[:, 0]))]
        return found[:, :2].copy(), found[:, 2].view(np.int64).copy()

    def pieces(self, moment: int) -> tuple[Iterator[Keys], Iterator[Ints]]:
        """Return keys and times as they are now, made when asked for, whatever comes meanwhile.

        What is forgotten at a moment is left out. Nothing is copied: a new table takes what
        comes from now on, and this one stays as it is.
        """
        self._make_room(0, moment)
        table = self._former
        return (one[0] for one in _cut(table, moment)), (one[1] for one in _cut(table, moment))

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
        self._count(n, moment)
        if 2 * (self._used + self._waiting + n) > len(self._table):
            self._make_room(n, moment)
        self._move(_MOVED * n + _LEAST, moment - MEMORY)
        fresh, clock = np.empty(n, bool), np.empty(n, np.int64)
        self._used = mark_fresh(
            keys, times, lateness, moment, MEMORY, self._table, self._former, fresh, clock,
            self._used,
        )  # fmt: skip
        return fresh, clock

    def _count(self, n: int, moment: int) -> None:
        """Write down how many messages there had been, about every hour."""
        if not self._marks or moment >= self._marks[-1][0] + _EVERY:
            old = sum(at < moment - MEMORY for at, _ in self._marks)
            self._marks = [*self._marks[max(old - 1, 0) :], (moment, self._total)]
        self._total += n

    def _make_room(self, n: int, moment: int) -> None:
        """Take a table for what is young, half as much again, and `n` more."""
        self._move(len(self._former), moment - MEMORY)
        old = [total for at, total in self._marks if at < moment - MEMORY]
        young = min(self._used, self._total - max(old, default=0))
        self._former, self._moved, self._waiting = self._table, 0, young
        self._table = _table_for(young + young // 2 + n, max(_SMALLEST, len(self._former) // 8))
        self._used = 0

    def _move(self, slots: int, oldest: int) -> None:
        """Take over what came since `oldest` and lies in some slots of the former table."""
        from customerintel._kernels.live_seen import move_seen

        if self._former is _NONE:
            return
        start, stop = self._moved, min(self._moved + slots, len(self._former))
        n = move_seen(self._former, self._table, start, stop, oldest)
        self._used, self._moved = self._used + n, stop
        self._waiting = max(self._waiting - n, 0)
        if stop == len(self._former):
            self._former, self._moved, self._waiting = _NONE, 0, 0
