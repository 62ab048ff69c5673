"""From the rows of a customer, in order of time, to what it bought in each period.

A row's `packed` is its time in microseconds times four, plus two for a further line of an order,
plus one for a return. A period holds what is after its start and not after its end; `bounds` are
the edges of all stretches of time, and `places` say which period each stretch is, -1 for none.
"""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def _stretch_at(bounds, time, guess):
    """Return k with ``bounds[k] < time <= bounds[k + 1]``, looking from `guess` onwards.

    -1 before the first bound, the number of stretches after the last.
    """
    last = len(bounds) - 1
    if time <= bounds[0]:
        return -1
    if time > bounds[last]:
        return last
    k = max(guess, 0)
    steps = 0
    while time > bounds[k + 1]:
        k += 1
        steps += 1
        if steps == 8:
            low, high = k, last - 1
            while low < high:
                middle = (low + high) // 2
                if time > bounds[middle + 1]:
                    low = middle + 1
                else:
                    high = middle
            return low
    return k


@kernel
def count_cells(begin, end, offsets, packed, seen_at, codes, n_groups, until, bounds, places, held):
    """Write how many cells each customer of ``begin … end`` has; -1 without a purchase.

    Parameters
    ----------
    offsets : int64, shape (n_customers + 1,)
        Where each customer's rows begin.
    packed, seen_at, codes : int64, int64 and int32, shape (n_rows,) or (0,)
        Rows; `codes` are groups, -1 for none.
    n_groups : int
        Groups are ``-1 … n_groups - 1``.
    until : int
        The moment; what is seen later is not there.
    held : int64, shape (n_customers,)
        Comes out as the numbers.
    """
    stamp = np.full(n_groups + 1, -1, np.int64)
    stamps = 0
    for c in range(begin, end):
        cells, any_purchase, stretch, now = 0, False, -1, -2
        for i in range(offsets[c], offsets[c + 1]):
            time = packed[i] >> 2
            if time > until:
                break
            if packed[i] & 1 or (len(seen_at) > 0 and seen_at[i] > until):
                continue
            any_purchase = True
            stretch = _stretch_at(bounds, time, stretch)
            place = places[stretch] if 0 <= stretch < len(places) else -1
            if place < 0:
                continue
            if place != now:
                now = place
                stamps += 1
            group = codes[i] + 1 if len(codes) > 0 else 0
            if stamp[group] != stamps:
                stamp[group] = stamps
                cells += 1
        held[c] = cells if any_purchase else -1


#: Powers of ten that are exact.
_TEN = 10.0 ** np.arange(23)


@kernel
def _settled(value):
    """Return a sum to 11 or 12 digits, so that it does not depend on the order of its terms.

    Equal amounts add up to numbers that differ in the last bit; customers with them are tied.
    """
    if value == 0.0 or not np.isfinite(value):
        return value
    # two digits of binary are 0.30103 of decimal
    places = 11 - int(np.floor(math.frexp(abs(value))[1] * 0.30103))
    if places < -22 or places > 22:
        return value
    if places < 0:
        return np.rint(value / _TEN[-places]) * _TEN[-places]
    return np.rint(value * _TEN[places]) / _TEN[places]


@kernel
def _take_off(pending, at, spend):
    """Take a return off the latest purchase, if that is in a period."""
    if at >= 0 and len(spend) > 0:
        spend[at] += pending


@kernel
def _fill_customer(
    start, stop, packed, seen_at, days, amounts, units, codes, until, bounds, places, stamp, where,
    stamps, at, period, orders, counted, spend, group_of,
):  # fmt: skip
    """Write one customer's cells from place `at` on.

    Returns the next place, the next stamp, the first and the last purchase, and what returns
    without an earlier purchase amount to.
    """
    stretch, now, current = -1, -2, -1
    first, last, last_day = np.int64(0), np.int64(0), np.int64(0)
    any_purchase = False
    pending, pending_day, any_pending = 0.0, np.int64(0), False
    lost, begin, counted_at, loose = 0.0, at, np.int64(-(1 << 62)), False
    for i in range(start, stop):
        time = packed[i] >> 2
        if time > until:
            break
        if len(seen_at) > 0 and seen_at[i] > until:
            continue
        amount = amounts[i] if len(amounts) > 0 else 0.0
        day = np.int64(days[i])
        if any_pending and pending_day != day:
            if any_purchase:
                _take_off(pending, current, spend)
            else:
                lost += pending
            pending, any_pending = 0.0, False
        if packed[i] & 1:
            if any_purchase and last_day == day:
                _take_off(amount, current, spend)
            else:
                # a purchase may still follow on this day
                pending += amount
                pending_day, any_pending = day, True
            continue
        if not any_purchase:
            first = time
        any_purchase, last, last_day = True, time, day
        stretch = _stretch_at(bounds, time, stretch)
        place = places[stretch] if 0 <= stretch < len(places) else -1
        if place < 0:
            current, now = -1, -2
        else:
            if place != now:
                now = place
                stamps += 1
            group = codes[i] + 1 if len(codes) > 0 else 0
            if stamp[group] != stamps:
                stamp[group], where[group] = stamps, at
                period[at], orders[at], counted[at] = place, 0, 0.0
                if len(spend) > 0:
                    spend[at] = 0.0
                if len(group_of) > 0:
                    group_of[at] = group - 1
                at += 1
            current = where[group]
            # of an order whose first line is a return, the first sale counts; lines of one
            # moment may come in any order
            if packed[i] & 2 == 0:
                orders[current] += np.int32(counted_at != time or not loose)
                counted_at, loose = time, False
            elif counted_at != time:
                orders[current] += 1
                counted_at, loose = time, True
            counted[current] += units[i] if len(units) > 0 else 1.0
            if len(spend) > 0:
                spend[current] += amount
        if any_pending:
            _take_off(pending, current, spend)
            pending, any_pending = 0.0, False
    if any_pending and any_purchase:
        _take_off(pending, current, spend)
    elif any_pending:
        lost += pending
    for k in range(begin, at if len(spend) > 0 else begin):
        spend[k] = _settled(spend[k])
    return at, stamps, first, last, lost


@kernel
def fill_cells(
    begin, end, offsets, packed, seen_at, days, amounts, units, codes, n_groups, until, bounds,
    places, starts, period, orders, counted, spend, group_of, first, last, lost,
):  # fmt: skip
    """Write the cells of the customers ``begin … end``.

    Parameters
    ----------
    days : int32, shape (n_rows,)
        Days since 1970 in the calendar of the log's zone.
    amounts, units : float64, shape (n_rows,) or (0,)
        Without units, each row is one.
    starts : int64, shape (n_customers,)
        Where each customer's cells begin, as the numbers of `count_cells` add up.
    period, orders, counted, spend, group_of : int32, int32, float64, float64, int32
        Come out as the cells; `spend` and `group_of` may be empty.
    first, last, lost : int64, int64 and float64, shape (n_customers,)
        Come out as the first and the last purchase (0 where there is none), and as the sum of
        returns without an earlier purchase.
    """
    stamp = np.full(n_groups + 1, -1, np.int64)
    where = np.zeros(n_groups + 1, np.int64)
    stamps = 0
    for c in range(begin, end):
        _, stamps, first[c], last[c], lost[c] = _fill_customer(
            offsets[c], offsets[c + 1], packed, seen_at, days, amounts, units, codes, until,
            bounds, places, stamp, where, stamps, starts[c], period, orders, counted, spend,
            group_of,
        )  # fmt: skip


@kernel
def add_up(begin, end, offsets, values, out):
    """Write each customer's sum of `values` over its cells, as of `_settled`."""
    for c in range(begin, end):
        total = 0.0
        for i in range(offsets[c], offsets[c + 1]):
            total += values[i]
        out[c] = _settled(total)


@kernel
def settle(begin, end, values, out):
    """Write `values` as of `_settled`."""
    for i in range(begin, end):
        out[i] = _settled(values[i])
