"""What rules read of one customer: counters, days, segment, P(alive)."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.beta_geo import alive_now
from customerintel._kernels.live_words import (
    C_GRAIN,
    C_HEAD,
    C_HELD,
    C_KIND,
    C_RING,
    DAY,
    EVER_COUNT,
    EVER_SUM,
    HOUR,
    MINUTE,
    NEVER,
    R_BUCKETS,
    R_COUNTER,
    R_ENOUGH,
    RING_COUNT,
    T_DAYS,
    T_N_DAYS,
    T_RFM,
    T_TODAY,
    W_FIRST,
    W_FREQUENCY,
    W_LAST,
    W_MONETARY,
)

__all__ = [
    "add_count",
    "advance",
    "bucket_of",
    "day_of",
    "days_since",
    "head_of",
    "is_enough",
    "probability",
    "read",
    "read_bucket",
    "segment_of",
]


@kernel
def day_of(table, t):
    """Return the local day of a moment: its place among the midnights."""
    start = table[T_DAYS]
    # nearly always the day that was asked for before
    day = table[T_TODAY]
    if table[start + day] <= t < table[start + day + 1]:
        return day
    last = table[T_N_DAYS] - 2
    day = min(max((t - table[start]) // DAY, 0), last)
    # clocks that change move a midnight by hours, so the guess is off by one at most
    while day < last and table[start + day + 1] <= t:
        day += 1
    while day > 0 and table[start + day] > t:
        day -= 1
    table[T_TODAY] = day
    return day


@kernel
def bucket_of(table, counter, t):
    """Return the bucket of a moment; those of a day are local days."""
    grain = table[counter + C_GRAIN]
    if grain == HOUR:  # to divide by what the compiler knows is much faster
        return t // HOUR
    return t // MINUTE if grain == MINUTE else day_of(table, t)


@kernel
def head_of(table, words, halves, base, counter):
    """Return the number of the newest bucket of a ring; -1 where it never counted."""
    at = table[counter + C_HEAD]
    if table[counter + C_KIND] != RING_COUNT:
        return words[base + at]
    # it is kept plus one, so that zeros are a ring without anything
    low, high = np.int64(halves[base * 4 + at]), np.int64(halves[base * 4 + at + 1])
    return low + (high << 16) - 1


@kernel
def _set_head(table, words, halves, base, counter, b):
    """Write the number of the newest bucket of a ring."""
    at = table[counter + C_HEAD]
    if table[counter + C_KIND] != RING_COUNT:
        words[base + at] = b
    else:
        halves[base * 4 + at] = (b + 1) & 65535
        halves[base * 4 + at + 1] = (b + 1) >> 16


@kernel
def add_count(table, words, floats, halves, base, counter, u, value):
    """Add one event, or its value, to a counter; one older than what is held is dropped."""
    kind = table[counter + C_KIND]
    if kind == EVER_COUNT:
        words[base + table[counter + C_HEAD]] += 1
        return
    if kind == EVER_SUM:
        floats[base + table[counter + C_HEAD]] += value
        return
    held = table[counter + C_HELD]
    counts = kind == RING_COUNT
    ring = (base * 4 if counts else base) + table[counter + C_RING]
    b = bucket_of(table, counter, u)
    advance(table, words, floats, halves, base, counter, b)
    if b <= head_of(table, words, halves, base, counter) - held:
        return
    at = ring + b % held
    if not counts:
        floats[at] += value
    elif halves[at] < 65535:
        halves[at] += 1


@kernel
def advance(table, words, floats, halves, base, counter, b):
    """Make a bucket the newest, unless a later one is; what falls out of the ring is gone."""
    head, held = head_of(table, words, halves, base, counter), table[counter + C_HELD]
    if b <= head:
        return
    counts = table[counter + C_KIND] == RING_COUNT
    ring = (base * 4 if counts else base) + table[counter + C_RING]
    at = b % held
    for _ in range(min(b - head, held)):
        if counts:
            halves[ring + at] = 0
        else:
            floats[ring + at] = 0.0
        at = at - 1 if at > 0 else held - 1
    _set_head(table, words, halves, base, counter, b)


@kernel
def read(table, words, floats, halves, base, counter, buckets, t, back):
    """Return what a counter counts in the `buckets` up to that of `t`, after `back` of them."""
    kind = table[counter + C_KIND]
    if kind == EVER_COUNT:
        return float(words[base + table[counter + C_HEAD]])
    if kind == EVER_SUM:
        return floats[base + table[counter + C_HEAD]]
    if head_of(table, words, halves, base, counter) < 0:
        return 0.0
    b = bucket_of(table, counter, t) - back
    return read_bucket(table, words, floats, halves, base, counter, buckets, b)


@kernel
def read_bucket(table, words, floats, halves, base, counter, buckets, b):
    """Return what a counter with a window counts in the `buckets` up to number `b`."""
    head, held = head_of(table, words, halves, base, counter), table[counter + C_HELD]
    if head < 0:
        return 0.0
    low = max(b - buckets + 1, head - held + 1, 0)
    n = min(b, head) - low + 1
    if n <= 0:
        return 0.0
    at = low % held
    first = min(n, held - at)
    if table[counter + C_KIND] == RING_COUNT:
        return float(_counted(halves, base * 4 + table[counter + C_RING], at, first, n - first))
    ring = base + table[counter + C_RING]
    total = 0.0
    for k in range(ring + at, ring + at + first):
        total += floats[k]
    for k in range(ring, ring + n - first):
        total += floats[k]
    return total


@kernel
def _counted(halves, ring, at, first, rest):
    """Return the sum of some buckets from `at` on, and of the `rest` from the first on."""
    whole = 0
    for k in range(ring + at, ring + at + first):
        whole += np.int64(halves[k])
    for k in range(ring, ring + rest):
        whole += np.int64(halves[k])
    return whole


@kernel
def is_enough(table, words, floats, halves, base, rule, t):
    """Tell whether the count that a rule asks for has come to its number."""
    counter = table[rule + R_COUNTER]
    b = bucket_of(table, counter, t)
    buckets = table[rule + R_BUCKETS]
    counted = read_bucket(table, words, floats, halves, base, counter, buckets, b)
    return counted >= table[rule + R_ENOUGH]


@kernel
def days_since(table, words, base, t):
    """Return the local days from that of the last purchase to that of `t`; NaN without one."""
    last = words[base + W_LAST]
    return float(day_of(table, t) - day_of(table, last)) if last != NEVER else np.nan


@kernel
def segment_of(table, numbers, words, floats, base, t):
    """Return the code of the segment by the cut points of the last refresh; -1 without one."""
    at = table[T_RFM]
    method = numbers[at]
    if method == 0.0 or words[base + W_LAST] == NEVER:
        return -1
    age = days_since(table, words, base, t)
    n_r, n_f, n_m = int(numbers[at + 1]), int(numbers[at + 2]), int(numbers[at + 3])
    count, spend = float(words[base + W_FREQUENCY]), floats[base + W_MONETARY]
    if spend != spend and n_m > 1:
        return -1
    nested = method == 2.0
    cuts = at + 8
    r = 0
    for k in range(n_r - 1):
        r += age <= numbers[cuts + k]
    cuts += n_r - 1
    start = cuts + (r * (n_f - 1) if nested else 0)
    f = 0
    for k in range(n_f - 1):
        f += count >= numbers[start + k]
    cuts += (n_f - 1) * (n_r if nested else 1)
    start = cuts + ((r * n_f + f) * (n_m - 1) if nested else 0)
    m = 0
    for k in range(n_m - 1):
        m += spend >= numbers[start + k]
    cuts += (n_m - 1) * (n_r * n_f if nested else 1)
    return int(numbers[cuts + (r * n_f + f) * n_m + m])


@kernel
def probability(table, numbers, words, base, t):
    """Return P(alive) of MBG/NBD, in local days; NaN without a purchase or parameters."""
    at = table[T_RFM] + 4
    first = words[base + W_FIRST]
    if first == NEVER or numbers[at] != numbers[at]:
        return np.nan
    x = float(words[base + W_FREQUENCY] - 1)
    start, last = day_of(table, first), day_of(table, words[base + W_LAST])
    recency, age = float(last - start), float(max(day_of(table, t), last) - start)
    params = (numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3])
    return alive_now(params, max(x, 0.0), recency, age, 1.0)
