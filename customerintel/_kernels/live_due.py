"""What is due for one customer, in order of time: deadlines and day ends."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_fires import fire, keep_edges, try_level
from customerintel._kernels.live_program import evaluate
from customerintel._kernels.live_terms import day_of, head_of, read_bucket
from customerintel._kernels.live_words import (
    ADDING,
    ARMED,
    ASKED,
    ASLEEP,
    B_OUT,
    B_ROOM,
    B_STRIDE,
    BOX_HEAD,
    C_HEAD,
    C_HELD,
    C_KIND,
    C_RING,
    D_BUCKETS,
    D_COUNTER,
    D_NUMBERS,
    D_RISE,
    DAY_END,
    DONE,
    DONE_AT,
    DROP_SIZE,
    FAR,
    FULL,
    KEPT,
    LOOK,
    M_KEPT,
    M_LEAF,
    M_OFFSET,
    M_RULES,
    M_WITHIN,
    NEVER,
    PENDING,
    R_EDGE,
    R_WHEN,
    RESTLESS,
    RING_COUNT,
    RISING,
    RULE_SIZE,
    T_DAY_LIST,
    T_DAYS,
    T_DROP,
    T_DROPS,
    T_EDGES,
    T_HAS_DAYS,
    T_LEVEL_LIST,
    T_N_DROPS,
    T_PROPERTIES,
    T_QUIET,
    T_RULE,
    T_RULES,
    T_TIMER,
    T_TIMERS,
    T_WIDTH,
    TIMER,
    TIMER_SIZE,
    W_DAY,
    W_DUE,
    W_FLAGS,
    W_SEEN,
    W_TIMER,
)

__all__ = ["forget_values", "look_at_all_trends", "look_at_trends", "wake", "work_off"]


@kernel
def forget_values(table, kept):
    """No property is known."""
    for k in range(table[T_PROPERTIES]):
        kept[k] = np.nan


@kernel
def _earliest(table, words, base):
    """Return the earliest deadline of a customer and its timer; -1 without one."""
    best, which = FAR, -1
    for k in range(table[T_TIMERS]):
        at = table[T_TIMER] + k * TIMER_SIZE
        armed = words[base + table[at + M_OFFSET] + ARMED]
        if armed != NEVER and armed + table[at + M_WITHIN] < best:
            best, which = armed + table[at + M_WITHIN], k
    return best, which


@kernel
def _next(table, words, base, until):
    """Return what is due first and when: a timer, or -2 for the end of a day."""
    day = words[base + W_DAY]
    counts = day >= 0 and not words[base + W_FLAGS] & ASLEEP
    midnight = table[table[T_DAYS] + day + 1] if counts else FAR
    best, which = words[base + W_TIMER], -1
    if best <= min(midnight, until):
        best, which = _earliest(table, words, base)
        words[base + W_TIMER] = best
    return (best, which) if best <= midnight else (midnight, -2)


@kernel
def _reach_deadline(
    table, numbers, box, words, floats, halves, consent, out, money, kept, base, row, k, deadline
):
    """Fire the rules of a timer whose deadline has come."""
    at = table[T_TIMER] + k * TIMER_SIZE
    place = base + table[at + M_OFFSET]
    armed = words[place + ARMED]
    words[place + ARMED], words[place + DONE_AT] = NEVER, armed
    forget_values(table, kept)
    held = table[at + M_KEPT]
    for j in range(table[held]):
        kept[table[held + 1 + j]] = floats[place + KEPT + j]
    leaf = BOX_HEAD + table[at + M_LEAF]
    box[leaf] = 1
    rules = table[at + M_RULES]
    for j in range(table[rules]):
        rule = table[rules + 1 + j]
        when = table[table[T_RULE] + rule * RULE_SIZE + R_WHEN]
        if evaluate(
            table, numbers, box, words, floats, halves, kept, 0, base, when, deadline, deadline
        ):
            fire(
                table, numbers, box, words, floats, halves, consent, out, money, kept, 0, base, row,
                rule, deadline, deadline, deadline, TIMER, -1, armed,
            )  # fmt: skip
    box[leaf] = 0


@kernel
def look_at_trends(table, numbers, words, floats, halves, base, day):
    """Look at drops and rises; tell whether none can change before the next event."""
    quiet = True
    for k in range(table[T_N_DROPS]):
        at = table[T_DROP] + k * DROP_SIZE
        counter, n = table[at + D_COUNTER], table[at + D_BUCKETS]
        now = read_bucket(table, words, floats, halves, base, counter, n, day)
        before = read_bucket(table, words, floats, halves, base, counter, n, day - n)
        by, least = numbers[table[at + D_NUMBERS]], numbers[table[at + D_NUMBERS] + 1]
        if table[at + D_RISE]:
            true = now >= least and now >= (1.0 + by) * before
        else:
            true = before >= least and now <= (1.0 - by) * before
        head = head_of(table, words, halves, base, counter)
        few = table[counter + C_KIND] == RING_COUNT and head <= day and now + before < least
        quiet = quiet and (few or head <= day - 2 * n)
        place = base + table[T_DROPS] + k // 62
        if true:
            words[place] |= 1 << (k % 62)
        else:
            words[place] &= ~(1 << (k % 62))
    return quiet


@kernel
def look_at_all_trends(table, numbers, words, floats, halves, n_rows):
    """Look at what the last day end says of every customer, by counters that were there before."""
    table, numbers, words = bare(table), bare(numbers), bare(words)
    floats, halves = bare(floats), bare(halves)
    for row in range(n_rows):
        base = row * table[T_WIDTH]
        if words[base + W_DAY] > 0:
            look_at_trends(table, numbers, words, floats, halves, base, words[base + W_DAY] - 1)


@kernel
def wake(table, words, row, until):
    """Count the days again of somebody whose days were not looked at, up to a moment."""
    base = row * table[T_WIDTH]
    if words[base + W_FLAGS] & ASLEEP:
        words[base + W_FLAGS] &= ~ASLEEP
        # an event went ahead of a time that waits for late ones
        day = max(words[base + W_DAY], day_of(table, max(until, words[base + W_SEEN])))
        words[base + W_DAY] = day
        words[base + W_DUE] = min(words[base + W_DUE], table[table[T_DAYS] + day + 1])


@kernel
def _stays(table, words, floats, base):
    """Tell whether no day end can turn a rule before the next event, drops and rises apart."""
    rules, quiet = table[T_DAY_LIST], table[T_QUIET]
    for j in range(table[rules]):
        kind = table[quiet + 2 * j]
        if kind == RESTLESS:
            return False
        if kind == RISING:
            edge = table[table[T_RULE] + table[rules + 1 + j] * RULE_SIZE + R_EDGE]
            if not (words[base + table[T_EDGES] + edge // 62] >> (edge % 62)) & 1:
                return False
        elif kind == ADDING:
            at = table[quiet + 2 * j + 1]
            ring = base + table[at + C_RING]
            if words[base + table[at + C_HEAD]] < 0:
                continue
            for k in range(ring, ring + table[at + C_HELD]):
                if not floats[k] >= 0.0:
                    return False
    return True


@kernel
def _end_day(
    table, numbers, box, words, floats, halves, consent, out, money, kept, base, row, midnight
):
    """Look at the day that ended: drops and rises, then the rules that hang on time."""
    day = words[base + W_DAY]
    quiet = look_at_trends(table, numbers, words, floats, halves, base, day)
    forget_values(table, kept)
    keep_edges(table, box, words, base)
    rules = table[T_LEVEL_LIST] if words[base + W_FLAGS] & LOOK else table[T_DAY_LIST]
    words[base + W_FLAGS] &= ~LOOK
    for j in range(table[rules]):
        try_level(
            table, numbers, box, words, floats, halves, consent, out, money, kept, 0, base, row,
            table[rules + 1 + j], midnight, midnight - 1, midnight, DAY_END, -1, day,
        )  # fmt: skip
    # days are counted only where somebody asks for their ends
    words[base + W_DAY] = day + 1 if table[T_HAS_DAYS] else -1
    if table[T_HAS_DAYS] and quiet and _stays(table, words, floats, base):
        words[base + W_FLAGS] |= ASLEEP


@kernel
def work_off(table, numbers, box, words, floats, halves, consent, out, money, kept, row, until):
    """Work off what is due for a customer up to a moment, one piece after the other."""
    base = row * table[T_WIDTH]
    box[B_STRIDE] = 1
    while words[base + W_DUE] <= until:
        best, which = _next(table, words, base, until)
        if best > until:
            words[base + W_DUE] = best
            return DONE
        if words[base + W_FLAGS] & ASKED:
            return PENDING
        if box[B_OUT] + table[T_RULES] > box[B_ROOM]:
            return FULL
        if which >= 0:
            _reach_deadline(
                table, numbers, box, words, floats, halves, consent, out, money, kept, base, row,
                which, best,
            )  # fmt: skip
        else:
            _end_day(
                table, numbers, box, words, floats, halves, consent, out, money, kept, base, row,
                best,
            )  # fmt: skip
    return DONE
