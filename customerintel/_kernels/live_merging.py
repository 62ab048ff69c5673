"""Two customers that are one; and one who is forgotten."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_due import look_at_trends, wake
from customerintel._kernels.live_purchases import moved
from customerintel._kernels.live_terms import advance, day_of, head_of
from customerintel._kernels.live_wheel import put, take_off
from customerintel._kernels.live_words import (
    ARMED,
    B_MARKED,
    B_SECOND,
    C_HEAD,
    C_HELD,
    C_KIND,
    C_RING,
    COUNTER_SIZE,
    DONE_AT,
    EVER_COUNT,
    EVER_SUM,
    KEPT,
    LAST_OF,
    LOOK,
    M_KEPT,
    M_OFFSET,
    M_SAME,
    M_WITHIN,
    NEVER,
    RING_COUNT,
    SECOND,
    T_COUNTER,
    T_DAYS,
    T_DROPS,
    T_EDGE_WORDS,
    T_EDGES,
    T_FILL_LIST,
    T_LEVEL_LIST,
    T_MAX_LIST,
    T_N_COUNTERS,
    T_N_DROPS,
    T_TIMER,
    T_TIMERS,
    T_WIDTH,
    TIMER_SIZE,
    W_BOUGHT,
    W_DAY,
    W_DUE,
    W_FIRST,
    W_FLAGS,
    W_FREQUENCY,
    W_LABEL,
    W_LAST,
    W_MONETARY,
    W_SEEN,
    W_TIMER,
)

__all__ = ["clear", "merge"]


@kernel
def clear(table, words, wheel, empty, row):
    """Make the record of a customer that of somebody new."""
    _forget(bare(table), bare(words), bare(wheel), bare(empty), row)
    return 0


@kernel
def _forget(table, words, wheel, empty, row):
    for k in range(table[T_TIMERS]):
        take_off(table, words, wheel, row, k)
    width = table[T_WIDTH]
    for k in range(width):
        words[row * width + k] = empty[k]


@kernel
def _add_counter(table, words, floats, halves, here, there, at):
    """Add a counter of the record `there` to that of `here`, bucket by bucket."""
    kind, head_at = table[at + C_KIND], table[at + C_HEAD]
    if kind == EVER_COUNT:
        words[here + head_at] += words[there + head_at]
        return
    if kind == EVER_SUM:
        floats[here + head_at] += floats[there + head_at]
        return
    head, held = head_of(table, words, halves, there, at), table[at + C_HELD]
    if head < 0:
        return
    advance(table, words, floats, halves, here, at, head)
    newest = head_of(table, words, halves, here, at)
    for b in range(max(head, newest, held - 1) - held + 1, head + 1):
        place = table[at + C_RING] + b % held
        if kind == RING_COUNT:
            both = np.int64(halves[here * 4 + place]) + np.int64(halves[there * 4 + place])
            halves[here * 4 + place] = min(both, 65535)
        else:
            floats[here + place] += floats[there + place]


@kernel
def _join_timer(table, box, words, floats, wheel, base, other, row, k):
    """Keep the later arming, which only what the other customer did can still answer."""
    at = table[T_TIMER] + k * TIMER_SIZE
    here, there = base + table[at + M_OFFSET], other + table[at + M_OFFSET]
    answer = words[there + LAST_OF] if words[here + ARMED] > words[there + ARMED] else NEVER
    if words[there + ARMED] > words[here + ARMED]:
        answer = words[here + LAST_OF]
        words[here + ARMED] = words[there + ARMED]
        for j in range(table[table[at + M_KEPT]]):
            floats[here + KEPT + j] = floats[there + KEPT + j]
    words[here + LAST_OF] = max(words[here + LAST_OF], words[there + LAST_OF])
    words[here + DONE_AT] = max(words[here + DONE_AT], words[there + DONE_AT])
    armed = words[here + ARMED]
    if armed == NEVER:
        return
    deadline = armed + table[at + M_WITHIN]
    if not table[at + M_SAME] and armed <= answer < deadline:
        words[here + ARMED] = NEVER
        return
    # it may hang in a bucket that comes too late
    take_off(table, words, wheel, row, k)
    words[base + W_DUE] = min(words[base + W_DUE], deadline)
    words[base + W_TIMER] = min(words[base + W_TIMER], deadline)
    put(table, words, wheel, row, k, max(deadline, box[B_SECOND] * SECOND))


@kernel
def _join_days(table, words, here, there):
    """Join the days with a purchase that are counted."""
    mine, other = words[here + W_LAST], words[there + W_LAST]
    if other == NEVER:
        return
    later = day_of(table, other) - day_of(table, mine) if mine != NEVER else 0
    words[here + W_BOUGHT] = moved(words[here + W_BOUGHT], max(later, 0)) | moved(
        words[there + W_BOUGHT], max(-later, 0)
    )


@kernel
def _join_facts(table, words, floats, here, there):
    """Join purchases, times, bits, scores and labels."""
    words[here + W_FREQUENCY] += words[there + W_FREQUENCY]
    _join_days(table, words, here, there)
    floats[here + W_MONETARY] += floats[there + W_MONETARY]
    first, other = words[here + W_FIRST], words[there + W_FIRST]
    if first == NEVER or (other != NEVER and other < first):
        words[here + W_FIRST] = other
    for word in (W_LAST, W_SEEN, W_DAY):
        words[here + word] = max(words[here + word], words[there + word])
    for word in (W_DUE, W_TIMER):
        words[here + word] = min(words[here + word], words[there + word])
    for k in range(table[T_EDGE_WORDS]):
        words[here + table[T_EDGES] + k] |= words[there + table[T_EDGES] + k]
    for k in range((table[T_N_DROPS] + 61) // 62):
        words[here + table[T_DROPS] + k] |= words[there + table[T_DROPS] + k]
    latest = table[T_MAX_LIST]
    for k in range(table[latest]):
        word = table[latest + 1 + k]
        words[here + word] = max(words[here + word], words[there + word])
    given = table[T_FILL_LIST]
    for k in range(table[given]):
        word = table[given + 1 + k]
        if floats[here + word] != floats[here + word]:
            floats[here + word] = floats[there + word]
    if words[here + W_LABEL] < 0:
        words[here + W_LABEL] = words[there + W_LABEL]


@kernel
def _look_again(table, box, words, here, now):
    """Let the next day end find what is true of both together."""
    words[here + W_FLAGS] |= LOOK
    box[B_MARKED] = 1
    seen = words[here + W_SEEN]
    if seen == NEVER:
        return
    day = max(words[here + W_DAY], day_of(table, max(seen, now)))
    words[here + W_DAY] = day
    words[here + W_DUE] = min(words[here + W_DUE], table[table[T_DAYS] + day + 1])


@kernel
def merge(table, numbers, box, words, floats, halves, wheel, empty, source, into, now):
    """Add one customer to another and forget the first."""
    table, box, wheel, empty = bare(table), bare(box), bare(wheel), bare(empty)
    words, floats, halves, numbers = bare(words), bare(floats), bare(halves), bare(numbers)
    for row in (source, into):
        wake(table, words, row, now)
    here, there = into * table[T_WIDTH], source * table[T_WIDTH]
    _join_facts(table, words, floats, here, there)
    for k in range(table[T_N_COUNTERS]):
        at = table[T_COUNTER] + k * COUNTER_SIZE
        _add_counter(table, words, floats, halves, here, there, at)
    if words[here + W_DAY] > 0:
        # what the last day end says of both together
        look_at_trends(table, numbers, words, floats, halves, here, words[here + W_DAY] - 1)
    for k in range(table[T_TIMERS]):
        _join_timer(table, box, words, floats, wheel, here, there, into, k)
    if table[table[T_LEVEL_LIST]]:
        _look_again(table, box, words, here, now)
    _forget(table, words, wheel, empty, source)
    return 0
