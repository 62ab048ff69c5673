"""Messages that came already: an open-addressing table of 128-bit keys.

A row of the table is a key (two words; both 0: empty) and the time at which it came last. A key
belongs where the upper bits of its first word say, times an odd number that spreads them. So keys
lie in the same order in a table of any size: going through one asks for the places of another one
after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_prefetch import prefetch
from customerintel._kernels.live_words import AHEAD, SPREAD

__all__ = ["mark_fresh", "move_seen", "refill"]


@kernel
def _slot(low: Any, high: Any, slots: Any, shift: Any) -> Any:
    """Return where the row of a key begins, or the empty one where it belongs."""
    mask = ~np.uint64(0) >> shift
    place = (low * SPREAD) >> shift
    while True:
        at = np.int64(place) * 3
        first, second = slots[at], slots[at + 1]
        if (first == low and second == high) or (first == 0 and second == 0):
            return at
        place = (place + np.uint64(1)) & mask


@kernel
def _shift(table: Any) -> Any:
    """Return how many lower bits of a key do not say where it belongs."""
    shift, slots = 64, table.shape[0]
    while slots > 1:
        slots >>= 1
        shift -= 1
    return np.uint64(shift)


@kernel
def _is_empty(slots: Any, at: Any) -> Any:
    return slots[at] == 0 and slots[at + 1] == 0


@kernel
def mark_fresh(
    keys: Any, times: Any, lateness: Any, moment: Any, memory: Any, table: Any, former: Any,
    fresh: Any, clock: Any, used: Any,
) -> Any:  # fmt: skip
    """Tell which events are no duplicates, and the engine's time when each of them is applied.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n, 2)
        Of the messages; (0, 0) is never a duplicate.
    times : ndarray of int64, shape (n,)
        Timestamps in microseconds UTC.
    lateness, moment, memory : int
        How much later events may come, the time before the first of them, and for how long a
        message is remembered, microseconds.
    table : ndarray of uint64, shape (2**k, 3), k > 0
        Keys held, and when each came last. Changed. There is room for n more.
    former : ndarray of uint64, shape (2**j, 3), j > 0
        A table that counts for keys which are not in `table`; all empty where there is none.
    fresh : ndarray of bool, shape (n,)
        Filled.
    clock : ndarray of int64, shape (n,)
        Filled: never falls; for a duplicate the time as it was.
    used : int
        Slots of `table` in use.

    Returns
    -------
    int
        Slots in use afterwards.
    """
    shift, before, n = _shift(table), _shift(former), keys.shape[0]
    slots, olds = bare(table.reshape(-1)), bare(former.reshape(-1))
    for i in range(n):
        if i + AHEAD < n:
            prefetch(slots, np.int64((keys[i + AHEAD, 0] * SPREAD) >> shift) * 3)
        low, high = keys[i, 0], keys[i, 1]
        known = low != 0 or high != 0
        place = np.int64(0)
        raised = max(moment, times[i] - lateness)
        fresh[i] = True
        if known:
            place = _slot(low, high, slots, shift)
            if not _is_empty(slots, place):
                fresh[i] = raised - np.int64(slots[place + 2]) > memory
            else:
                old = _slot(low, high, olds, before)
                if not _is_empty(olds, old):
                    fresh[i] = raised - np.int64(olds[old + 2]) > memory
        if fresh[i]:
            moment = raised
            if known:
                if _is_empty(slots, place):
                    slots[place], slots[place + 1] = low, high
                    used += 1
                slots[place + 2] = np.uint64(moment)
        clock[i] = moment
    return used


@kernel
def move_seen(former: Any, table: Any, start: Any, stop: Any, oldest: Any) -> Any:
    """Put what came since `oldest` and lies in some slots of a former table into a table.

    What is in the table already came later, and stays. Returns how many were put in.
    """
    shift, n = _shift(table), 0
    slots, olds = bare(table.reshape(-1)), bare(former.reshape(-1))
    for old in range(3 * start, 3 * stop, 3):
        if _is_empty(olds, old) or np.int64(olds[old + 2]) < oldest:
            continue
        at = _slot(olds[old], olds[old + 1], slots, shift)
        if _is_empty(slots, at):
            for j in range(3):
                slots[at + j] = olds[old + j]
            n += 1
    return n


@kernel
def refill(keys: Any, times: Any, table: Any) -> None:
    """Put keys and their times into an empty table that has room for them."""
    shift, slots = _shift(table), bare(table.reshape(-1))
    for i in range(keys.shape[0]):
        at = _slot(keys[i, 0], keys[i, 1], slots, shift)
        slots[at], slots[at + 1] = keys[i, 0], keys[i, 1]
        slots[at + 2] = np.uint64(times[i])
