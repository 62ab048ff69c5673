"""From what customers bought in each period to sums per cohort, and the days between purchases.

Counts are whole numbers, and sums of money are added up in stretches of customers that do not
depend on the number of threads. Days are those of `tables.visits`; a row's time is packed as in
`customerintel._kernels.partition`.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def sum_cohorts(
    begin, end, offsets, period, orders, units, spend, first, starts, ends, cohort, sizes,
    active, bought, unit_sums, spend_sums, retained,
):  # fmt: skip
    """Add the cells of the customers ``begin … end`` up by cohort and period.

    Parameters
    ----------
    offsets, period, orders, units, spend, first
        As in `Cells`; `spend` may be empty.
    starts, ends : int64, shape (n_periods,)
        A period holds what is after its start and not after its end.
    cohort : int32, shape (n_customers,)
        Comes out as the period of the first purchase; -1 where no period holds it.
    sizes : int64, shape (n_periods + 1,)
        Come out as numbers of customers; the first place is of those without a cohort.
    active, bought : int64, shape (n_periods + 1, n_periods)
        Come out as customers with a purchase, and as purchases.
    unit_sums, spend_sums : float64, of the same shape
    retained : int64, shape (n_periods,)
        Comes out as customers with a purchase in this period and in the one before.
    """
    n_periods = len(starts)
    for i in range(begin, end):
        place = np.searchsorted(starts, first[i]) - 1
        if place >= 0 and first[i] > ends[place]:
            place = -1
        cohort[i] = place
        sizes[place + 1] += 1
        before = -2
        for j in range(offsets[i], offsets[i + 1]):
            k = period[j]
            if k < 0 or k >= n_periods:
                continue
            active[place + 1, k] += 1
            bought[place + 1, k] += orders[j]
            unit_sums[place + 1, k] += units[j]
            if len(spend) > 0:
                spend_sums[place + 1, k] += spend[j]
            if k == before + 1:
                retained[k] += 1
            before = k


@kernel
def second_days(begin, end, places, offsets, packed, seen_at, days, until, out):
    """Write the days from each customer's first day with a purchase to the second; -1 without.

    Parameters
    ----------
    places : int64, shape (n_customers,)
        Of each customer among the visits.
    offsets, packed, seen_at, days
        As in `Visits`.
    until : int64
        Last visible microsecond.
    out : int32, shape (n_customers,)
    """
    for i in range(begin, end):
        first, second = np.int64(0), np.int64(-1)
        some = False
        for j in range(offsets[places[i]], offsets[places[i] + 1]):
            if packed[j] >> 2 > until:
                break
            if packed[j] & 1 or (len(seen_at) > 0 and seen_at[j] > until):
                continue
            if not some:
                first, some = np.int64(days[j]), True
            elif days[j] != first:
                second = days[j] - first
                break
        out[i] = second


@kernel
def count_gaps(begin, end, places, offsets, packed, seen_at, days, until, today, closed, still):
    """Count the days between purchase days, and from the last one to today.

    Parameters
    ----------
    places, offsets, packed, seen_at, days, until
        As for `second_days`.
    today : int
        Day of the moment.
    closed, still : int64, shape (longest + 1,)
        Come out as how many intervals of each length ended with a purchase, and have not ended.
    """
    for i in range(begin, end):
        last = np.int64(0)
        some = False
        for j in range(offsets[places[i]], offsets[places[i] + 1]):
            if packed[j] >> 2 > until:
                break
            if packed[j] & 1 or (len(seen_at) > 0 and seen_at[j] > until):
                continue
            if some and days[j] != last:
                closed[days[j] - last] += 1
            last, some = np.int64(days[j]), True
        if some:
            still[today - last] += 1
