"""How an event moves timers and sequences."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_wheel import put
from customerintel._kernels.live_words import (
    ARMED,
    B_SECOND,
    B_STRIDE,
    BOX_HEAD,
    DONE_AT,
    KEPT,
    LAST_OF,
    M_KEPT,
    M_OFFSET,
    M_SAME,
    M_WITHIN,
    NEVER,
    Q_FILTERS,
    Q_LEAF,
    Q_OFFSET,
    Q_STEPS,
    Q_WITHIN,
    SECOND,
    W_DUE,
    W_TIMER,
)

__all__ = ["arm", "disarm", "step"]


@kernel
def disarm(table, words, base, at, u):
    """Take down an event that the timer `at` waits for."""
    place = base + table[at + M_OFFSET]
    words[place + LAST_OF] = max(words[place + LAST_OF], u)
    armed = words[place + ARMED]
    if armed != NEVER and armed <= u < armed + table[at + M_WITHIN]:
        words[place + ARMED] = NEVER


@kernel
def arm(table, box, words, floats, wheel, values, column, base, row, k, at, u):
    """Arm the timer with an event, unless a later one did or was answered."""
    place = base + table[at + M_OFFSET]
    armed = words[place + ARMED]
    if (armed != NEVER and u < armed) or u <= words[place + DONE_AT]:
        return
    if not table[at + M_SAME] and words[place + LAST_OF] > u:
        return
    words[place + ARMED] = u
    held = table[at + M_KEPT]
    for j in range(table[held]):
        floats[place + KEPT + j] = values[table[held + 1 + j] * box[B_STRIDE] + column]
    deadline = u + table[at + M_WITHIN]
    words[base + W_DUE] = min(words[base + W_DUE], deadline)
    words[base + W_TIMER] = min(words[base + W_TIMER], deadline)
    put(table, words, wheel, row, k, max(deadline, box[B_SECOND] * SECOND))


@kernel
def step(table, box, words, base, at, u):
    """Take an event as any step of a sequence; the last first, so that it moves each by one."""
    starts = base + table[at + Q_OFFSET] - 1
    filters = table[at + Q_FILTERS]
    k = table[at + Q_STEPS]
    for j in range(k, 0, -1):
        if not box[BOX_HEAD + table[filters + j - 1]]:
            continue
        if j == 1:
            words[starts + 1] = max(words[starts + 1], u)
            continue
        start = words[starts + j - 1]
        if start == NEVER or start > u or u - start > table[at + Q_WITHIN]:
            continue
        if j < k:
            words[starts + j] = max(words[starts + j], start)
            continue
        box[BOX_HEAD + table[at + Q_LEAF]] = 1
        for i in range(1, k):
            words[starts + i] = NEVER
        return
