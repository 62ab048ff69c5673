"""Texts that lie within longer ones: which are equal, and the rows that their keys stand for."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_letters import is_same
from customerintel._kernels.live_prefetch import prefetch
from customerintel._kernels.live_words import AHEAD


@kernel
def number_pairs(data, starts, stops, kinds, slots, codes, firsts):
    """Give each distinct pair of a text and a kind a number, from zero on; return how many.

    Parameters
    ----------
    data : uint8 array
        Where the texts are.
    starts, stops, kinds : int64 arrays, shape (n,)
        Where each begins and ends, and what it goes with.
    slots : int64 array, shape (2**k,)
        Of −1; more than `n`. Changed.
    codes : int32 array, shape (n,)
        Filled.
    firsts : int64 array, shape (n,)
        Filled with the first place of each pair.
    """
    mask, count, letters = len(slots) - 1, 0, bare(data)
    for i in range(len(starts)):
        start, stop = starts[i], max(stops[i], starts[i])
        place = np.int64(kinds[i])
        for k in range(start, stop):
            place = (place * 31 + np.int64(letters[k])) & 0xFFFFFFFF
        place &= mask
        while slots[place] >= 0:
            first = firsts[slots[place]]
            if kinds[first] == kinds[i] and is_same(
                letters, start, stop, letters, starts[first], stops[first]
            ):
                break
            place = (place + 1) & mask
        if slots[place] < 0:
            slots[place] = count
            firsts[count] = i
            count += 1
        codes[i] = slots[place]
    return count


@kernel
def _place(low, high, memory, mask):
    """Return where a key is, or the empty slot where it belongs: the first of two numbers."""
    place, tag = low & mask, high >> np.uint64(32)
    at = np.int64(place) * 2
    while memory[at + 1] != np.uint64(0):
        if memory[at] == low and memory[at + 1] >> np.uint64(32) == tag:
            return at
        place = (place + np.uint64(1)) & mask
        at = np.int64(place) * 2
    return at


@kernel
def find_rows(keys, table, rows):
    """Write the row of each key, -1 for a key that is not there; return how many are not.

    A slot of the table holds half of a key, then a quarter of it and the row, counted from one.
    """
    missing, n = 0, len(keys)
    memory, mask = bare(table.reshape(-1)), np.uint64(len(table) - 1)
    for i in range(n):
        if i + AHEAD < n:
            prefetch(memory, np.int64(keys[i + AHEAD, 0] & mask) * 2)
        held = memory[_place(keys[i, 0], keys[i, 1], memory, mask) + 1]
        rows[i] = np.int32(np.int64(held & np.uint64(0xFFFFFFFF)) - 1)
        missing += rows[i] < 0
    return missing


@kernel
def put_rows(keys, rows, table):
    """Keep the row of each key, -1 to forget it; return how many slots came into use."""
    used = 0
    memory, mask = bare(table.reshape(-1)), np.uint64(len(table) - 1)
    n = len(keys)
    for i in range(n):
        if i + AHEAD < n:
            prefetch(memory, np.int64(keys[i + AHEAD, 0] & mask) * 2)
        at = _place(keys[i, 0], keys[i, 1], memory, mask)
        used += memory[at + 1] == np.uint64(0)
        tag = (keys[i, 1] >> np.uint64(32)) << np.uint64(32)
        memory[at] = keys[i, 0]
        memory[at + 1] = tag | np.uint64(np.int64(rows[i]) + 1)
    return used


@kernel
def move_rows(old, table):
    """Put what is in one table into another one, which is empty."""
    memory, mask = bare(table.reshape(-1)), np.uint64(len(table) - 1)
    for i in range(len(old)):
        low, held = old[i, 0], old[i, 1]
        if held & np.uint64(0xFFFFFFFF):
            at = _place(low, held, memory, mask)
            memory[at], memory[at + 1] = low, held
