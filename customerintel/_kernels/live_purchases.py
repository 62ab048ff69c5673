"""What purchases, returns and opt-outs change."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_terms import day_of
from customerintel._kernels.live_words import (
    ALL_BOUGHT,
    BOUGHT_DAYS,
    NEVER,
    OPT_OUT,
    PURCHASE,
    RETURN,
    T_EMAIL,
    W_BOUGHT,
    W_FIRST,
    W_FREQUENCY,
    W_LAST,
    W_MONETARY,
)

__all__ = ["moved", "note_kind", "opt_out"]


@kernel
def opt_out(consent, purpose, row, u):
    """End the interval in which the customer allows a use at that moment."""
    at = consent[2 + purpose * consent[0] + row] if consent[0] > row else 0
    while at > 0:
        if consent[at] <= u < consent[at + 1]:
            consent[at + 1] = u
        at = consent[at + 2]


@kernel
def moved(bits, days):
    """Return the bits of the days with a purchase, the last one so many days later."""
    return (bits << days) & ALL_BOUGHT if days < BOUGHT_DAYS else 0


@kernel
def _count_day(table, words, base, last, u):
    """Count the day of a purchase once; one too long before the last purchase is not counted."""
    later = day_of(table, u) - day_of(table, last) if last != NEVER else BOUGHT_DAYS
    if later > 0:
        words[base + W_BOUGHT] = moved(words[base + W_BOUGHT], later) | 1
        words[base + W_FREQUENCY] += 1
    elif -later < BOUGHT_DAYS and not (words[base + W_BOUGHT] >> -later) & 1:
        words[base + W_BOUGHT] |= 1 << -later
        words[base + W_FREQUENCY] += 1


@kernel
def note_kind(table, words, floats, consent, values, column, base, row, kind, u):
    """Take down what an event of a special kind says; money is the first property."""
    if kind == 0:
        return
    if kind == OPT_OUT:
        if table[T_EMAIL] >= 0:
            opt_out(consent, table[T_EMAIL], row, u)
        return
    amount = values[column]
    if amount != amount:
        amount = 0.0
    if kind == RETURN:
        floats[base + W_MONETARY] -= amount
    elif kind == PURCHASE:
        floats[base + W_MONETARY] += amount
        last = words[base + W_LAST]
        _count_day(table, words, base, last, u)
        words[base + W_LAST] = max(last, u)
        first = words[base + W_FIRST]
        words[base + W_FIRST] = u if first == NEVER else min(first, u)
