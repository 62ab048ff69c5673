"""Work that is due for customers of whom no event comes: in pieces, so that nothing stalls."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_due import forget_values, wake, work_off
from customerintel._kernels.live_fires import keep_edges, try_level
from customerintel._kernels.live_prefetch import prefetch
from customerintel._kernels.live_program import evaluate
from customerintel._kernels.live_terms import day_of
from customerintel._kernels.live_wheel import NEXT, detach, link_of, put
from customerintel._kernels.live_words import (
    AHEAD,
    ARMED,
    ASKED,
    B_DAY,
    B_DAY_ROW,
    B_LEFT,
    B_LOOKED,
    B_MARKED,
    B_OUT,
    B_ROOM,
    B_ROW,
    B_ROWS,
    B_SECOND,
    B_STRIDE,
    B_TARGET,
    DONE,
    FULL,
    GROUP,
    HELD,
    LOOK,
    M_OFFSET,
    M_WITHIN,
    NEVER,
    PENDING,
    R_EDGE,
    R_EXIT,
    R_WHEN,
    REFRESH,
    RULE_SIZE,
    SECOND,
    SKIP,
    T_DAY_LINES,
    T_DAYS,
    T_DUE_LINES,
    T_EDGES,
    T_HAS_DAYS,
    T_LEVEL_LIST,
    T_PRE_DAYS,
    T_PRE_LIST,
    T_RULE,
    T_RULES,
    T_TIMER,
    T_TIMERS,
    T_WIDTH,
    TIMER_SIZE,
    W_DUE,
    W_FLAGS,
    W_SEEN,
    WHEEL,
)

__all__ = ["catch_up", "catch_up_all", "refresh", "sweep"]


@kernel
def _take_bucket(box, wheel, now):
    """Hold the chain of the next bucket that is not empty; False if none is left up to now."""
    last = now // SECOND
    second = max(box[B_SECOND], last - WHEEL + 1)
    while second <= last:
        slot = second % WHEEL
        if wheel[WHEEL + slot // GROUP] == 0:
            second += GROUP - slot % GROUP
        elif wheel[slot] == 0 or (second == last and box[B_LOOKED] == now):
            second += 1
        else:
            wheel[HELD], wheel[slot] = wheel[slot], 0
            # the second that has begun is looked at again when time has gone on
            box[B_SECOND] = min(second + 1, last)
            if second == last:
                box[B_LOOKED] = now
            return True
    box[B_SECOND] = max(box[B_SECOND], last)
    return False


@kernel
def _ask_for(table, words, entry):
    """Have what a deadline touches brought into the cache."""
    if entry == 0:
        return
    base = (entry - 1) // table[T_TIMERS] * table[T_WIDTH]
    lines = table[T_DUE_LINES]
    for j in range(lines + 1, lines + 1 + table[lines]):
        prefetch(words, base + table[j])


@kernel
def _scout(table, words, wheel, second, now):
    """Ask for the first record of the next bucket that is not empty; return the second after."""
    last = now // SECOND
    while second <= last:
        slot = second % WHEEL
        if wheel[WHEEL + slot // GROUP] == 0:
            second += GROUP - slot % GROUP
            continue
        second += 1
        if wheel[slot] != 0:
            _ask_for(table, words, wheel[slot])
            break
    return second


@kernel
def _sweep_timers(
    table, numbers, box, words, floats, halves, wheel, consent, out, money, kept, now, budget
):
    """Work off customers whose timers are due; returns a status and what is left of the budget."""
    scout = box[B_SECOND]
    for _ in range(AHEAD):
        scout = _scout(table, words, wheel, scout, now)
    while True:
        if wheel[HELD] == 0:
            if not _take_bucket(box, wheel, now):
                return DONE, budget
            scout = _scout(table, words, wheel, scout, now)
        if budget <= 0:
            return DONE, 0
        entry = wheel[HELD] - 1
        _ask_for(table, words, words[link_of(table, entry + 1)] & NEXT)
        row, k = entry // table[T_TIMERS], entry % table[T_TIMERS]
        at = table[T_TIMER] + k * TIMER_SIZE
        place, within = row * table[T_WIDTH] + table[at + M_OFFSET] + ARMED, table[at + M_WITHIN]
        # one that was armed anew goes where it belongs; its customer's others hang themselves
        if words[place] != NEVER and words[place] + within <= now:
            status = work_off(
                table, numbers, box, words, floats, halves, consent, out, money, kept, row, now
            )
            if status != DONE:
                return status, budget
        detach(table, words, wheel)
        budget -= 1
        if words[place] != NEVER:
            put(table, words, wheel, row, k, words[place] + within)


@kernel
def _ask_for_days(table, words, row, n_rows, now):
    """Have what the days of the next customers touch brought into the cache, if they are due."""
    far, near = row + 2 * AHEAD, (row + AHEAD) * table[T_WIDTH]
    if far < n_rows:
        prefetch(words, far * table[T_WIDTH])
        if words[near + W_DUE] <= now:
            lines = table[T_DAY_LINES]
            for j in range(lines + 1, lines + 1 + table[lines]):
                prefetch(words, near + table[j])


@kernel
def _sweep_days(table, numbers, box, words, floats, halves, consent, out, money, kept, now, budget):
    """Work off the customers whose days have ended."""
    today = day_of(table, now)
    while (table[T_HAS_DAYS] or box[B_MARKED]) and box[B_DAY] < today:
        if box[B_DAY_ROW] == 0:
            box[B_TARGET] = today
        while box[B_DAY_ROW] < box[B_ROWS]:
            row = box[B_DAY_ROW]
            _ask_for_days(table, words, row, box[B_ROWS], now)
            if words[row * table[T_WIDTH] + W_DUE] <= now:
                if budget <= 0:
                    return DONE
                status = work_off(
                    table, numbers, box, words, floats, halves, consent, out, money, kept, row, now
                )
                if status != DONE:
                    return status
                budget -= 1
            box[B_DAY_ROW] += 1
        box[B_DAY_ROW], box[B_DAY] = 0, box[B_TARGET]
    box[B_LEFT] = 0
    return DONE


@kernel
def sweep(
    table, numbers, box, words, floats, halves, wheel, consent, out, money, kept, now, budget
):
    """Work off deadlines and day ends up to `now`, at most `budget` customers."""
    table, numbers, box = bare(table), bare(numbers), bare(box)
    words, floats, halves = bare(words), bare(floats), bare(halves)
    consent, out, money, kept = bare(consent), bare(out), bare(money), bare(kept)
    wheel = bare(wheel)
    box[B_LEFT] = 1
    if table[T_TIMERS] > 0:
        status, budget = _sweep_timers(
            table, numbers, box, words, floats, halves, wheel, consent, out, money, kept, now,
            budget,
        )  # fmt: skip
        if status != DONE or budget <= 0:
            return status
    return _sweep_days(
        table, numbers, box, words, floats, halves, consent, out, money, kept, now, budget
    )


@kernel
def catch_up(
    table, numbers, box, words, floats, halves, consent, out, money, kept, row, until, now
):
    """Work off what is due for one customer, and settle her edges."""
    table, numbers, box = bare(table), bare(numbers), bare(box)
    words, floats, halves = bare(words), bare(floats), bare(halves)
    consent, out, money, kept = bare(consent), bare(out), bare(money), bare(kept)
    status = work_off(
        table, numbers, box, words, floats, halves, consent, out, money, kept, row, until
    )
    if status == DONE:
        wake(table, words, row, until)
        _settle_edges(table, numbers, box, words, floats, halves, kept, row, now)
    return status


@kernel
def catch_up_all(table, numbers, box, words, floats, halves, consent, out, money, kept, until):
    """Work off everything that is due and settle all edges; the next customer is in the box."""
    table, numbers, box = bare(table), bare(numbers), bare(box)
    words, floats, halves = bare(words), bare(floats), bare(halves)
    consent, out, money, kept = bare(consent), bare(out), bare(money), bare(kept)
    while box[B_ROW] < box[B_ROWS]:
        status = work_off(
            table, numbers, box, words, floats, halves, consent, out, money, kept, box[B_ROW], until
        )
        if status != DONE:
            return status
        wake(table, words, box[B_ROW], until)
        _settle_edges(table, numbers, box, words, floats, halves, kept, box[B_ROW], until)
        box[B_ROW] += 1
    box[B_ROW] = 0
    return DONE


@kernel
def _settle_edges(table, numbers, box, words, floats, halves, kept, row, now):
    """Re-arm what the last day end has, where nobody looked because nothing could fire by it."""
    base = row * table[T_WIDTH]
    midnight = table[table[T_DAYS] + day_of(table, now)]
    if words[base + W_SEEN] == NEVER or words[base + W_SEEN] >= midnight:
        return 0
    if words[base + W_FLAGS] & LOOK:
        # a merge since then: what was true of the other holds until the next day end
        return 0
    box[B_STRIDE] = 1
    forget_values(table, kept)
    for rules in (table[T_PRE_LIST], table[T_PRE_DAYS]):
        for j in range(table[rules]):
            at = table[T_RULE] + table[rules + 1 + j] * RULE_SIZE
            place, bit = base + table[T_EDGES] + table[at + R_EDGE] // 62, table[at + R_EDGE] % 62
            if table[at + R_EXIT] or not (words[place] >> bit) & 1:
                continue
            if not evaluate(
                table, numbers, box, words, floats, halves, kept, 0, base, table[at + R_WHEN],
                midnight, midnight - 1,
            ):  # fmt: skip
                words[place] &= ~(1 << bit)
    return 0


@kernel
def refresh(table, numbers, box, words, floats, halves, consent, out, money, kept, now, number):
    """Evaluate every rule of levels for every customer, after scores and cut points changed."""
    table, numbers, box = bare(table), bare(numbers), bare(box)
    words, floats, halves = bare(words), bare(floats), bare(halves)
    consent, out, money, kept = bare(consent), bare(out), bare(money), bare(kept)
    while box[B_ROW] < box[B_ROWS]:
        row = box[B_ROW]
        base = row * table[T_WIDTH]
        if words[base + W_FLAGS] & SKIP:
            words[base + W_FLAGS] &= ~SKIP
            box[B_ROW] += 1
            continue
        if words[base + W_FLAGS] & ASKED:
            return PENDING
        if box[B_OUT] + table[T_RULES] > box[B_ROOM]:
            return FULL
        box[B_STRIDE] = 1
        forget_values(table, kept)
        keep_edges(table, box, words, base)
        rules = table[T_LEVEL_LIST]
        for j in range(table[rules]):
            try_level(
                table, numbers, box, words, floats, halves, consent, out, money, kept, 0, base, row,
                table[rules + 1 + j], now, now, now, REFRESH, -1, number,
            )  # fmt: skip
        box[B_ROW] += 1
    box[B_ROW] = 0
    return DONE
