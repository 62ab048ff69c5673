"""Putting customers in order of their ids, and their states into columns."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

DIGIT = 11  # bits per pass; 2048 counters stay in the first-level cache


@kernel
def sort_pass(keys, order, keys_out, order_out, low, shift):
    """Sort stably by eleven bits of ``key - low``; False if that would move nothing."""
    counts = np.zeros((1 << DIGIT) + 1, np.int64)
    mask = np.uint64((1 << DIGIT) - 1)
    n = len(keys)
    for i in range(n):
        digit = np.int64(((np.uint64(keys[i]) - np.uint64(low)) >> np.uint64(shift)) & mask)
        counts[digit + 1] += 1
    if counts.max() == n:
        return False
    for d in range(1 << DIGIT):
        counts[d + 1] += counts[d]
    for i in range(n):
        digit = np.int64(((np.uint64(keys[i]) - np.uint64(low)) >> np.uint64(shift)) & mask)
        at = counts[digit]
        counts[digit] += 1
        keys_out[at] = keys[i]
        order_out[at] = order[i]
    return True


@kernel
def select_buyers(states, start, stop, keys, places):
    """List key and place of the states with a purchase; return how many there are."""
    found = 0
    for i in range(start, stop):
        if states[i]["periods"] > 0:
            keys[found] = states[i]["key"]
            places[found] = i
            found += 1
    return found


@kernel
def take_states(
    states,
    order,
    at,
    key,
    first,
    last,
    first_spend,
    repeat_spend,
    unassigned,
    transactions,
    returns,
    periods,
):
    """Spread ``states[order]`` over one column per field, from place `at` on.

    `unassigned` and `returns` come filled with zeros.
    """
    for i in range(len(order)):
        state = states[order[i]]
        key[at + i] = state["key"]
        first[at + i] = state["first"]
        last[at + i] = state["last"]
        first_spend[at + i] = state["first_spend"]
        repeat_spend[at + i] = state["repeat_spend"]
        transactions[at + i] = state["transactions"]
        periods[at + i] = state["periods"]
        if state["returns"] != 0:
            returns[at + i] = state["returns"]
        if state["unassigned"] != 0.0:
            unassigned[at + i] = state["unassigned"]
