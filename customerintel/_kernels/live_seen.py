"""Messages that came already: an open-addressing table of 128-bit keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel._kernels._jit import kernel

__all__ = ["mark_fresh", "refill"]


@kernel
def _slot(low: Any, high: Any, table: Any) -> Any:
    """Return where a key is, or the empty slot where it belongs."""
    mask = np.uint64(table.shape[0] - 1)
    place = low & mask
    while True:
        first, second = table[place, 0], table[place, 1]
        if (first == low and second == high) or (first == 0 and second == 0):
            return place
        place = (place + np.uint64(1)) & mask


@kernel
def mark_fresh(
    keys: Any, times: Any, lateness: Any, moment: Any, memory: Any, table: Any, held: Any,
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
    table : ndarray of uint64, shape (2**k, 2)
        Keys held; (0, 0) is empty. Changed. There is room for n more.
    held : ndarray of int64, shape (2**k,)
        The time at which each came last. Changed.
    fresh : ndarray of bool, shape (n,)
        Filled.
    clock : ndarray of int64, shape (n,)
        Filled: never falls; for a duplicate the time as it was.
    used : int
        Slots in use.

    Returns
    -------
    int
        Slots in use afterwards.
    """
    for i in range(keys.shape[0]):
        low, high = keys[i, 0], keys[i, 1]
        known = low != 0 or high != 0
        place = np.uint64(0)
        raised = max(moment, times[i] - lateness)
        fresh[i] = True
        if known:
            place = _slot(low, high, table)
            if table[place, 0] == 0 and table[place, 1] == 0:
                table[place, 0], table[place, 1] = low, high
                used += 1
            elif raised - held[place] <= memory:
                fresh[i] = False
        if fresh[i]:
            moment = raised
            if known:
                held[place] = moment
        clock[i] = moment
    return used


@kernel
def refill(keys: Any, times: Any, table: Any, held: Any) -> None:
    """Put keys and their times into an empty table that has room for them."""
    for i in range(keys.shape[0]):
        place = _slot(keys[i, 0], keys[i, 1], table)
        table[place, 0], table[place, 1] = keys[i, 0], keys[i, 1]
        held[place] = times[i]
