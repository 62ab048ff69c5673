"""Bringing the rows of a range of customers together.

Rows travel as ``ROW`` records. A row's ``when`` is its time in microseconds times four,
plus two for a further line of an order, plus one for a return, so that one integer sorts
and tells everything. Partitions are ranges of keys, so what comes out of them is in order.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

ROW = np.dtype([("key", "i8"), ("when", "i8"), ("amount", "f8")])


@kernel
def _seen(i, seen_at, when, after, until):
    return (seen_at[i] <= until) & (when[i] > after)


@kernel
def _partition(key, splitters, guide, low, shift):
    """Return how many splitters are at most `key`: a guess by leading bits, then bisection."""
    bucket = np.int64(0)
    if key > low:
        # the distance may need all 64 bits: it becomes signed only once it is small
        far = (np.uint64(key) - np.uint64(low)) >> np.uint64(shift)
        bucket = np.int64(min(far, np.uint64(len(guide) - 2)))
    left, right = np.int64(guide[bucket]), np.int64(guide[bucket + 1])
    while left < right:
        middle = (left + right) >> 1
        if key >= splitters[middle]:
            left = middle + 1
        else:
            right = middle
    return left


@kernel
def count_rows(
    keys, seen_at, when, after, until, all_seen, start, stop, splitters, guide, low, shift, counts
):
    """Add to ``counts[partition]`` the rows of ``start … stop`` that are in the window."""
    for i in range(start, stop):
        if all_seen or _seen(i, seen_at, when, after, until):
            counts[_partition(keys[i], splitters, guide, low, shift)] += 1


@kernel
def spread_rows(
    keys,
    seen_at,
    when,
    after,
    until,
    all_seen,
    start,
    stop,
    splitters,
    guide,
    low,
    shift,
    amounts,
    marks,
    least,
    most,
    cursor,
    rows,
    pick,
):
    """Copy the rows with ``least <= key <= most`` to where the `cursor` of their partition says.

    `marks` holds 1 for a return and 2 for a further line of an order; without it (length 0)
    a negative amount is a return. `pick` is scratch of one place more than are looked at together.
    """
    block = len(pick) - 1
    has_marks = len(marks) > 0
    has_amounts = len(amounts) > 0
    width = np.uint64(most) - np.uint64(least)
    for base in range(start, stop, block):
        n = 0
        for i in range(base, min(base + block, stop)):
            pick[n] = i
            # one comparison, since what lies below wraps around; a branch would be mispredicted
            n += (np.uint64(keys[i]) - np.uint64(least)) <= width
        for j in range(n):
            i = pick[j]
            if not (all_seen or _seen(i, seen_at, when, after, until)):
                continue
            part = _partition(keys[i], splitters, guide, low, shift)
            amount = amounts[i] if has_amounts else 0.0
            mark = np.int64(marks[i]) if has_marks else np.int64(amount < 0.0)
            row = rows[cursor[part]]
            cursor[part] += 1
            row["key"] = keys[i]
            row["when"] = when[i] * 4 + mark
            row["amount"] = amount
