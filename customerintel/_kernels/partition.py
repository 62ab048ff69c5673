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
def name_partitions(
    keys, seen_at, when, after, until, all_seen, start, stop, splitters, guide, low, shift,
    parts, counts,
):  # fmt: skip
    """Write the partition of each row of ``start … stop`` to `parts` and count it in `counts`.

    Rows outside the window get one that does not exist: ``len(counts)``.
    """
    nowhere = len(counts)
    for i in range(start, stop):
        part = np.int64(nowhere)
        if all_seen or _seen(i, seen_at, when, after, until):
            part = _partition(keys[i], splitters, guide, low, shift)
            counts[part] += 1
        parts[i] = part


@kernel
def spread_rows(
    parts, keys, when, amounts, marks, first, last, start, stop, cursor, rows, pick
):  # fmt: skip
    """Copy the rows of the partitions ``first … last - 1`` to where the `cursor` of each says.

    `marks` holds 1 for a return and 2 for a further line of an order; without it (length 0)
    a negative amount is a return. `pick` is scratch of one place more than are looked at together.
    """
    block = len(pick) - 1
    has_marks = len(marks) > 0
    has_amounts = len(amounts) > 0
    for base in range(start, stop, block):
        n = 0
        for i in range(base, min(base + block, stop)):
            pick[n] = i
            # no branch, since it would be mispredicted
            n += (parts[i] >= first) & (parts[i] < last)
        for j in range(n):
            i = pick[j]
            part = parts[i]
            amount = amounts[i] if has_amounts else 0.0
            mark = np.int64(marks[i]) if has_marks else np.int64(amount < 0.0)
            row = rows[cursor[part]]
            cursor[part] += 1
            row["key"] = keys[i]
            row["when"] = when[i] * 4 + mark
            row["amount"] = amount
