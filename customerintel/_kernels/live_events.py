"""The fold: one event after the other, each after what was due before it.

`run` returns early where no room is left in `out`, and before the next event of a customer of whom
a predicate is still to be asked; called again, it goes on there. A late event may arm what is
overdue already: that is worked off at once.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_due import look_at_trends, wake, work_off
from customerintel._kernels.live_fires import fire, keep_edges, rearm, try_level
from customerintel._kernels.live_peeking import ask_for
from customerintel._kernels.live_program import evaluate
from customerintel._kernels.live_purchases import note_kind
from customerintel._kernels.live_terms import add_count, day_of, is_enough
from customerintel._kernels.live_timers import arm, disarm, step
from customerintel._kernels.live_words import (
    ACT_SIZE,
    ADD,
    AHEAD,
    ARM,
    ASKED,
    ASLEEP,
    B_OUT,
    B_PHASE,
    B_POSITION,
    B_ROOM,
    B_STRIDE,
    BOX_HEAD,
    C_SLOT,
    CODE_SIZE,
    DISARM,
    DONE,
    EVENT,
    FIRE,
    FULL,
    K_ACTS,
    K_FILTERS,
    K_KIND,
    K_WAKES,
    LEVEL,
    LOOK,
    NEVER,
    NOTE,
    PENDING,
    Q_LEAF,
    R_COUNTER,
    R_EDGE,
    R_WHEN,
    RULE_SIZE,
    STEP,
    T_CODES,
    T_DAYS,
    T_DOZES,
    T_EDGES,
    T_FILTER,
    T_HAS_DAYS,
    T_LEVEL_LIST,
    T_N_DROPS,
    T_PRE_DAYS,
    T_PRE_LIST,
    T_RULE,
    T_RULES,
    T_TIMER,
    T_WIDTH,
    TIMER_SIZE,
    W_DAY,
    W_DUE,
    W_FLAGS,
    W_SEEN,
)

__all__ = ["run"]


@kernel
def _is_hit(table, box, act):
    """Tell whether an act is one for this event."""
    leaf = table[act + 1]
    if leaf >= 0:
        return box[BOX_HEAD + leaf] != 0
    if leaf == -1:
        return True
    several = table[act + 3]
    for j in range(table[several]):
        if box[BOX_HEAD + table[several + 1 + j]]:
            return True
    return False


@kernel
def _match(table, numbers, box, words, floats, halves, values, column, base, filters, t):
    """Mark the filters that the event passes."""
    for j in range(table[filters]):
        f = table[filters + 1 + j]
        where = table[table[T_FILTER] + f]
        box[BOX_HEAD + f] = where < 0 or evaluate(
            table, numbers, box, words, floats, halves, values, column, base, where, t, t
        )


@kernel
def _add(table, box, words, floats, halves, values, i, base, counter, u):
    """Count an event, or add its value if it has one."""
    slot = table[counter + C_SLOT]
    value = values[slot * box[B_STRIDE] + i] if slot >= 0 else 1.0
    if value == value:
        add_count(table, words, floats, halves, base, counter, u, value)


@kernel
def _act(
    table, numbers, box, words, floats, halves, wheel, consent, out, money, values, i, base, row,
    code, u, t,
):  # fmt: skip
    """Do what an event of this class does: timers, sequences, counters, then the rules."""
    acts = table[code + K_ACTS]
    looked = False
    day = words[base + W_DAY]
    late = table[T_N_DROPS] > 0 and day > 0 and u < table[table[T_DAYS] + day]
    for act in range(acts + 1, acts + 1 + table[acts] * ACT_SIZE, ACT_SIZE):
        if not _is_hit(table, box, act):
            continue
        op, arg = table[act], table[act + 2]
        if op == ADD:
            _add(table, box, words, floats, halves, values, i, base, arg, u)
            if late:
                # the day that ended is another one now
                look_at_trends(table, numbers, words, floats, halves, base, day - 1)
                words[base + W_FLAGS] |= LOOK
        elif op == FIRE:
            when = table[table[T_RULE] + arg * RULE_SIZE + R_WHEN]
            if evaluate(table, numbers, box, words, floats, halves, values, i, base, when, t, t):
                fire(
                    table, numbers, box, words, floats, halves, consent, out, money, values, i,
                    base, row, arg, t, t, u, EVENT, i, 0,
                )  # fmt: skip
        elif op == LEVEL:
            rule = table[T_RULE] + arg * RULE_SIZE
            if table[rule + R_COUNTER] >= 0:
                # what was true before one event more is true; it was looked at before the event
                edge = table[rule + R_EDGE]
                if (words[base + table[T_EDGES] + edge // 62] >> (edge % 62)) & 1 == 0:
                    if not is_enough(table, words, floats, halves, base, rule, t):
                        continue
                elif not looked:
                    continue
            if not looked:
                keep_edges(table, box, words, base)
                looked = True
            try_level(
                table, numbers, box, words, floats, halves, consent, out, money, values, i, base,
                row, arg, t, t, u, EVENT, i, 0,
            )  # fmt: skip
        elif op == NOTE:
            words[base + arg] = max(words[base + arg], u)
        elif op == STEP:
            step(table, box, words, base, arg, u)
        else:
            at = table[T_TIMER] + arg * TIMER_SIZE
            if op != ARM:
                disarm(table, words, base, at, u)
            if op != DISARM:
                arm(table, box, words, floats, wheel, values, i, base, row, arg, at, u)


@kernel
def _clear_hits(table, box, code):
    """No leaf is true any more."""
    filters = table[code + K_FILTERS]
    for j in range(table[filters]):
        box[BOX_HEAD + table[filters + 1 + j]] = 0
    acts = table[code + K_ACTS]
    for act in range(acts + 1, acts + 1 + table[acts] * ACT_SIZE, ACT_SIZE):
        if table[act] == STEP:
            box[BOX_HEAD + table[table[act + 2] + Q_LEAF]] = 0


@kernel
def _wakes(table, number):
    """Tell whether an event of this class changes what the end of a day looks at."""
    return number >= 0 and table[table[T_CODES] + number * CODE_SIZE + K_WAKES] != 0


@kernel
def _apply(
    table, numbers, box, words, floats, halves, wheel, consent, out, money, values, i, base, row,
    number, u, t,
):  # fmt: skip
    """Apply one event."""
    if words[base + W_DAY] < 0 and (table[T_HAS_DAYS] or words[base + W_FLAGS] & LOOK):
        day = day_of(table, t)
        words[base + W_DAY] = day
        if table[T_DOZES] and not words[base + W_FLAGS] & LOOK and not _wakes(table, number):
            words[base + W_FLAGS] |= ASLEEP
        else:
            words[base + W_DUE] = min(words[base + W_DUE], table[table[T_DAYS] + day + 1])
    seen = words[base + W_SEEN]
    if words[base + W_FLAGS] & LOOK and table[table[T_LEVEL_LIST]]:
        # any of them may be untrue by now, even of the day that ended
        every = table[T_LEVEL_LIST]
        rearm(table, numbers, box, words, floats, halves, values, i, base, every, t)
    elif table[table[T_PRE_DAYS]] and (seen == NEVER or day_of(table, seen) != day_of(table, t)):
        # what hangs on days alone is as it was for as long as the day lasts
        slow = table[T_PRE_DAYS]
        rearm(table, numbers, box, words, floats, halves, values, i, base, slow, t)
    if table[table[T_PRE_LIST]]:
        quick = table[T_PRE_LIST]
        rearm(table, numbers, box, words, floats, halves, values, i, base, quick, t)
    words[base + W_SEEN] = max(words[base + W_SEEN], u)
    if number < 0:
        return
    code = table[T_CODES] + number * CODE_SIZE
    note_kind(table, words, floats, consent, values, i, base, row, table[code + K_KIND], u)
    filters = table[code + K_FILTERS]
    _match(table, numbers, box, words, floats, halves, values, i, base, filters, t)
    _act(
        table, numbers, box, words, floats, halves, wheel, consent, out, money, values, i, base,
        row, code, u, t,
    )  # fmt: skip
    _clear_hits(table, box, code)


@kernel
def _make_ready(
    table, numbers, box, words, floats, halves, consent, out, money, kept, row, number, t
):  # fmt: skip
    """Work off what is due before an event; not done where that, or the event, has to wait."""
    base = row * table[T_WIDTH]
    if words[base + W_DUE] <= t:
        status = work_off(
            table, numbers, box, words, floats, halves, consent, out, money, kept, row, t
        )
        if status != DONE:
            return status
    if _wakes(table, number):
        wake(table, words, row, t)
    if words[base + W_FLAGS] & ASKED:
        return PENDING
    return FULL if box[B_OUT] + table[T_RULES] > box[B_ROOM] else DONE


@kernel
def run(
    table, numbers, box, words, floats, halves, wheel, consent, out, money, kept, rows, times,
    codes, values, clock, stop,
):  # fmt: skip
    """Fold the events from the position in the box up to `stop`."""
    table, numbers, box, wheel = bare(table), bare(numbers), bare(box), bare(wheel)
    words, floats, halves, values = bare(words), bare(floats), bare(halves), bare(values)
    consent, out, money, kept = bare(consent), bare(out), bare(money), bare(kept)
    stride = len(rows)
    rows, times, codes, clock = bare(rows), bare(times), bare(codes), bare(clock)
    for i in range(box[B_POSITION], stop):
        box[B_POSITION] = i
        if i + AHEAD < stop:
            ask_for(table, words, rows[i + AHEAD], codes[i + AHEAD])
        row = np.int64(rows[i])
        if row < 0:
            continue
        base, now = row * table[T_WIDTH], clock[i]
        t = max(now, times[i])
        if box[B_PHASE] == 0:
            status = _make_ready(
                table, numbers, box, words, floats, halves, consent, out, money, kept, row,
                codes[i], t,
            )  # fmt: skip
            if status != DONE:
                return status
            box[B_STRIDE] = stride
            _apply(
                table, numbers, box, words, floats, halves, wheel, consent, out, money, values, i,
                base, row, codes[i], times[i], t,
            )  # fmt: skip
            box[B_PHASE] = 1
        if words[base + W_DUE] <= now:
            status = work_off(
                table, numbers, box, words, floats, halves, consent, out, money, kept, row, now
            )
            if status != DONE:
                return status
        box[B_PHASE] = 0
    box[B_POSITION] = stop
    return DONE
