"""One look at a column before it is used: its range, its order, what is wrong with it."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def scan_times(times, start, stop):
    """Return the least and the greatest value, and whether they never fall."""
    falls = 0
    for i in range(start + 1, stop):
        falls += times[i] < times[i - 1]
    if falls == 0:
        return times[start], times[stop - 1], True
    low = high = times[start]
    for i in range(start, stop):
        low = min(low, times[i])
        high = max(high, times[i])
    return low, high, False


@kernel
def scan_amounts(amounts, start, stop):
    """Return how many values are not finite, and how many are negative."""
    strange = 0
    negative = 0
    for i in range(start, stop):
        # inf - inf and nan - nan are nan: the cheapest test that compilers vectorise
        strange += not (amounts[i] - amounts[i] == 0.0)
        negative += amounts[i] < 0.0
    return strange, negative


@kernel
def first_lines(codes, times, is_return, earliest, line):
    """Find each order's first moment, and the line that counts for it: the first one.

    A later line may not count, since it is not seen at the time of the first. Of lines of
    one moment a sale counts before a return. `earliest` and `line` come filled with the
    greatest int64 and -1.
    """
    for i in range(len(codes)):
        c = codes[i]
        at = line[c]
        sooner = at < 0 or times[i] < times[at]
        if sooner or (times[i] == times[at] and is_return[at] and not is_return[i]):
            line[c] = i
            earliest[c] = times[i]


@kernel
def hash_pairs(left, right, seed, out):
    """Write a 64-bit hash of each pair of integers to `out`."""
    for i in range(len(left)):
        h = np.uint64(seed)
        for value in (left[i], right[i]):
            h ^= np.uint64(value)
            h *= np.uint64(0x9E3779B97F4A7C15)
            h ^= h >> np.uint64(32)
            h *= np.uint64(0xD6E8FEB86659FD93)
            h ^= h >> np.uint64(29)
        out[i] = np.int64(h)


@kernel
def same_pairs(left, right, codes, first):
    """Tell whether each pair is the one that its code stands for."""
    for i in range(len(codes)):
        j = first[codes[i]]
        if left[i] != left[j] or right[i] != right[j]:
            return False
    return True
