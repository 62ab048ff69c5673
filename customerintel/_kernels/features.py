"""From the rows of a customer, in order of time, to what estimators look at.

All looks at the rows end at the moment: the arrays know what comes later. Days are whole
numbers; sums of them are exact. Each customer's result depends on its own rows alone.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

#: Places in `rows` of `describe`: then come the counts and the amounts of the windows.
GAP_STD, REGULARITY, CLUMPINESS, FREQUENCY_TREND, SPEND_TREND = 0, 1, 2, 3, 4
BREADTH, WEEKEND_SHARE, SEASON_SHARE, WINDOWS = 5, 6, 7, 8


@kernel
def _collect(start, stop, packed, seen_at, days, amounts, until, found, spend):
    """Write the purchase days to `found` and their net spend to `spend`; return how many.

    A return is taken off the latest purchase day that is not after its own.
    """
    n = 0
    pending, pending_day = 0.0, np.int64(0)
    for i in range(start, stop):
        if packed[i] >> 2 > until:
            break
        if len(seen_at) > 0 and seen_at[i] > until:
            continue
        day = np.int64(days[i])
        amount = amounts[i] if len(amounts) > 0 else 0.0
        same = n > 0 and found[n - 1] == day
        if packed[i] & 1 and same:
            spend[n - 1] += amount
            continue
        if pending != 0.0 and pending_day != day:
            if n > 0:
                spend[n - 1] += pending
            pending = 0.0
        if packed[i] & 1:
            # a purchase may still follow on this day
            pending_day = day
            pending += amount
            continue
        if not same:
            found[n], spend[n] = day, 0.0
            n += 1
        spend[n - 1] += amount + pending
        pending = 0.0
    if n > 0:
        spend[n - 1] += pending
    return n


@kernel
def _look_back(start, stop, packed, seen_at, days, amounts, until, after, counted, rows, out, at):
    """Count purchase days and add up amounts since each moment of `after`."""
    lowest = until
    for w in range(len(after)):
        lowest = min(lowest, after[w])
        counted[w] = -(1 << 40)
        out[rows[WINDOWS + w], at] = 0.0
        out[rows[WINDOWS + len(after) + w], at] = 0.0 if len(amounts) > 0 else np.nan
    for i in range(start, stop):
        time = packed[i] >> 2
        if time > until:
            break
        if time <= lowest or (len(seen_at) > 0 and seen_at[i] > until):
            continue
        amount = amounts[i] if len(amounts) > 0 else 0.0
        for w in range(len(after)):
            if time > after[w]:
                out[rows[WINDOWS + len(after) + w], at] += amount
                if packed[i] & 1 == 0 and counted[w] != days[i]:
                    counted[w] = days[i]
                    out[rows[WINDOWS + w], at] += 1.0


@kernel
def _breadth(start, stop, packed, seen_at, categories, until, stamp, number):
    """Return how many distinct categories the purchases have; NaN where none has one."""
    distinct = 0
    if len(categories) == 0:
        return np.nan
    for i in range(start, stop):
        if packed[i] >> 2 > until:
            break
        if packed[i] & 1 or (len(seen_at) > 0 and seen_at[i] > until):
            continue
        category = categories[i]
        if category >= 0 and stamp[category] != number:
            stamp[category] = number
            distinct += 1
    return np.float64(distinct) if distinct > 0 else np.nan


@kernel
def _spread_of_gaps(found, n):
    """Return standard deviation and regularity of the gaps; at least three days."""
    total, squares = np.int64(0), np.int64(0)
    unlike = 1.0 / 3.0
    for i in range(1, n):
        gap = found[i] - found[i - 1]
        total += gap
        squares += gap * gap
        if i > 1:
            before = found[i - 1] - found[i - 2]
            ratio = (gap - before) / np.float64(gap + before)
            unlike += ratio * ratio
    m = n - 1
    deviation = np.sqrt((m * squares - total * total) / np.float64(m * (m - 1)))
    # m - 1 pairs, and the one of a random buyer
    return deviation, 0.5 * (m / unlike - 1.0)


@kernel
def _clumpiness(found, n, now):
    """Return 1 less the entropy of the gaps, over its greatest; both ends have a gap.

    The customer's life are the days from the first purchase to the moment: the gap before the
    first purchase is 1, as is that after a purchase of the last day.
    """
    length = np.float64(now - found[0] + 2)
    last = np.float64(now - found[n - 1] + 1)
    total = last * np.log(last)
    for i in range(1, n):
        gap = np.float64(found[i] - found[i - 1])
        total += gap * np.log(gap)
    entropy = np.log(length) - total / length
    return min(1.0, max(0.0, 1.0 - entropy / np.log(n + 1.0)))


@kernel
def _trends(found, spend, n, now):
    """Return the log ratios of later to earlier repeat purchase days and spend."""
    life = now - found[0]
    days_before, days_after, spent_before, spent_after = 0.0, 0.0, 0.0, 0.0
    for i in range(1, n):
        # day d of a life of T days lasts from d - 1 to d: the middle one is in both halves
        place = 2 * (found[i] - found[0]) - 1 - life
        after = 0.5 if place == 0 else np.float64(place > 0)
        days_after += after
        days_before += 1.0 - after
        spent_after += after * spend[i]
        spent_before += (1.0 - after) * spend[i]
    usual = (spent_before + spent_after) / (n - 1)
    of_days = np.log((days_after + 0.5) / (days_before + 0.5))
    if not usual > 0.0:
        return of_days, np.nan
    spent_before, spent_after = max(0.0, spent_before), max(0.0, spent_after)
    return of_days, np.log((spent_after / usual + 0.5) / (spent_before / usual + 0.5))


@kernel
def _shares(found, n, now, in_season):
    """Return the shares of purchase days at weekends and in the season."""
    weekend, season = 0, 0
    for i in range(n):
        weekend += (found[i] + 3) % 7 >= 5  # day 0 was a Thursday
        season += in_season[now - found[i]]
    return weekend / np.float64(n), season / np.float64(n)


@kernel
def _write(found, spend, n, now, in_season, least_age, rows, out, at):
    """Write all that the purchase days and their spend tell."""
    deviation, regularity, of_days, of_spend = np.nan, np.nan, np.nan, np.nan
    if n > 1:
        of_days, of_spend = _trends(found, spend, n, now)
    if n > 2:
        deviation, regularity = _spread_of_gaps(found, n)
    weekend, season = _shares(found, n, now, in_season)
    out[rows[GAP_STD], at] = deviation
    out[rows[REGULARITY], at] = regularity
    out[rows[CLUMPINESS], at] = _clumpiness(found, n, now)
    out[rows[FREQUENCY_TREND], at] = of_days
    out[rows[SPEND_TREND], at] = of_spend
    out[rows[WEEKEND_SHARE], at] = weekend
    out[rows[SEASON_SHARE], at] = season if now - found[0] >= least_age else np.nan


@kernel
def describe(
    first, last, places, offsets, packed, seen_at, days, amounts, categories, n_categories,
    until, now, after, in_season, least_age, rows, out,
):  # fmt: skip
    """Write the features of the customers ``first … last - 1`` to the columns of `out`.

    Parameters
    ----------
    places : int64, shape (n_customers,)
        Where each customer is in `offsets`; each has a visible purchase.
    offsets, packed, seen_at, days, amounts, categories
        The rows by customer; `seen_at`, `amounts` and `categories` may be empty.
    until, now : int
        The moment, and its day.
    after : int64
        Starts of the windows.
    in_season : bool
        By age in days: whether a purchase then lay in the coming season of its year.
    least_age : int
        Customers younger than this have seen no such season.
    rows : int64, shape (WINDOWS + 2 · n_windows,)
        Which row of `out` each feature is.
    """
    longest = 0
    for c in range(first, last):
        longest = max(longest, offsets[places[c] + 1] - offsets[places[c]])
    found, spend = np.empty(longest, np.int64), np.empty(longest, np.float64)
    counted = np.empty(len(after), np.int64)
    stamp = np.full(n_categories, -1, np.int64)
    for c in range(first, last):
        start, stop = offsets[places[c]], offsets[places[c] + 1]
        n = _collect(start, stop, packed, seen_at, days, amounts, until, found, spend)
        _look_back(start, stop, packed, seen_at, days, amounts, until, after, counted, rows, out, c)
        breadth = _breadth(start, stop, packed, seen_at, categories, until, stamp, c)
        out[rows[BREADTH], c] = breadth
        _write(found, spend, n, now, in_season, least_age, rows, out, c)
