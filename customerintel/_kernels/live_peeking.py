"""What comes next, without doing it: what an event will touch, whom due work may change."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_prefetch import prefetch
from customerintel._kernels.live_terms import day_of
from customerintel._kernels.live_wheel import NEXT, link_of
from customerintel._kernels.live_words import (
    B_DAY,
    B_DAY_ROW,
    B_ROWS,
    B_SECOND,
    CODE_SIZE,
    GROUP,
    HELD,
    K_LINES,
    SECOND,
    T_CODES,
    T_TIMERS,
    T_WIDTH,
    W_DUE,
    WHEEL,
)

__all__ = ["ask_for", "list_due"]


@kernel
def ask_for(table, words, row, number):
    """Have what an event will touch brought into the cache."""
    if row < 0:
        return
    base = np.int64(row) * table[T_WIDTH]
    prefetch(words, base)
    if number < 0:
        return
    lines = table[table[T_CODES] + number * CODE_SIZE + K_LINES]
    for j in range(lines + 1, lines + 1 + table[lines]):
        prefetch(words, base + table[j])


@kernel
def _walk(table, words, entry, budget, rows, n):
    """List the customers of a chain, at most `budget`; return how many there are now."""
    while entry != 0 and n < budget:
        rows[n] = (entry - 1) // table[T_TIMERS]
        n += 1
        entry = words[link_of(table, entry)] & NEXT
    return n


@kernel
def _list_days(table, words, start, stop, now, most, rows, n):
    """List those of whom something is due, until there are `most`."""
    for row in range(start, stop):
        if n >= most:
            break
        if words[row * table[T_WIDTH] + W_DUE] <= now:
            rows[n] = row
            n += 1
    return n


@kernel
def list_due(table, box, words, wheel, now, budget, rows):
    """List everybody whom a sweep with this budget may touch, and some more.

    Parameters
    ----------
    table, box, words, wheel : ndarray of int64
        As for `sweep`; nothing is changed.
    now, budget : int
        As for `sweep`.
    rows : ndarray of int64, shape (2 * budget,)
        Filled; somebody may be there twice.

    Returns
    -------
    int
        How many are listed.
    """
    table, box, words, wheel = bare(table), bare(box), bare(words), bare(wheel)
    n = 0
    if table[T_TIMERS] > 0:
        n = _walk(table, words, wheel[HELD], budget, rows, 0)
        last = now // SECOND
        second = max(box[B_SECOND], last - WHEEL + 1)
        while second <= last and n < budget:
            slot = second % WHEEL
            if wheel[WHEEL + slot // GROUP] == 0:
                second += GROUP - slot % GROUP
                continue
            n = _walk(table, words, wheel[slot], budget, rows, n)
            second += 1
    if box[B_DAY] < day_of(table, now):
        most, row = n + budget, box[B_DAY_ROW]
        n = _list_days(table, words, row, box[B_ROWS], now, most, rows, n)
        n = _list_days(table, words, 0, row, now, most, rows, n)
    return n
