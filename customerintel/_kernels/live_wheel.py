"""A wheel of seconds that knows which timers of which customers may be due.

A bucket is a chain of timers through the records themselves, so that a timer takes no other
memory. An entry may lie in too early a bucket (its timer was armed anew since): it is looked at
when its bucket comes, and put where it belongs.
"""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_words import (
    ARMED,
    GROUP,
    HELD,
    LINK,
    M_OFFSET,
    M_WITHIN,
    NEVER,
    SECOND,
    T_TIMER,
    T_TIMERS,
    T_WIDTH,
    TIMER_SIZE,
    WHEEL,
)

__all__ = ["NEXT", "detach", "hang_all", "link_of", "put", "take_off"]

#: A link holds the next entry plus one, and above these bits its own bucket plus one.
_BITS = 40
NEXT = (1 << _BITS) - 1


@kernel
def put(table, words, wheel, row, k, deadline):
    """Hang a timer into the bucket of its deadline, unless it hangs somewhere."""
    link = row * table[T_WIDTH] + table[table[T_TIMER] + k * TIMER_SIZE + M_OFFSET] + LINK
    if words[link] != 0:
        return
    slot = (deadline // SECOND) % WHEEL
    words[link] = ((slot + 1) << _BITS) | wheel[slot]
    wheel[slot] = row * table[T_TIMERS] + k + 1
    wheel[WHEEL + slot // GROUP] += 1


@kernel
def take_off(table, words, wheel, row, k):
    """Take a timer off its chain."""
    link = row * table[T_WIDTH] + table[table[T_TIMER] + k * TIMER_SIZE + M_OFFSET] + LINK
    if words[link] == 0:
        return
    slot = (words[link] >> _BITS) - 1
    own = row * table[T_TIMERS] + k + 1
    if not _cut(table, words, wheel, slot, own, words[link] & NEXT):
        _cut(table, words, wheel, HELD, own, words[link] & NEXT)
    words[link] = 0
    wheel[WHEEL + slot // GROUP] -= 1


@kernel
def _cut(table, words, wheel, head, own, after):
    """Close the chain over an entry; False if it is not in this one."""
    at = wheel[head]
    if at == own:
        wheel[head] = after
        return True
    while at != 0:
        place = link_of(table, at)
        at = words[place] & NEXT
        if at == own:
            words[place] = (words[place] & ~NEXT) | after
            return True
    return False


@kernel
def link_of(table, entry):
    """Return the place of the link of an entry."""
    row, k = (entry - 1) // table[T_TIMERS], (entry - 1) % table[T_TIMERS]
    return row * table[T_WIDTH] + table[table[T_TIMER] + k * TIMER_SIZE + M_OFFSET] + LINK


@kernel
def detach(table, words, wheel):
    """Take the first entry off the chain that is being looked at; 0 if there is none."""
    entry = wheel[HELD]
    if entry == 0:
        return 0
    link = link_of(table, entry)
    wheel[HELD] = words[link] & NEXT
    slot = (words[link] >> _BITS) - 1
    words[link] = 0
    wheel[WHEEL + slot // GROUP] -= 1
    return entry


@kernel
def hang_all(table, words, wheel, n_rows, now):
    """Hang every armed timer anew; the wheel is empty and the links mean nothing."""
    table, words, wheel = bare(table), bare(words), bare(wheel)
    for row in range(n_rows):
        for k in range(table[T_TIMERS]):
            at = table[T_TIMER] + k * TIMER_SIZE
            place = row * table[T_WIDTH] + table[at + M_OFFSET]
            words[place + LINK] = 0
            if words[place + ARMED] != NEVER:
                deadline = words[place + ARMED] + table[at + M_WITHIN]
                put(table, words, wheel, row, k, max(deadline, now))
