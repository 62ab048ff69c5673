"""From the purchases of a customer, in order of time, to what they say of the relationship.

All looks at the rows end at the moment: the arrays know what comes later. Each customer's
result depends on its own rows alone.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.features import _breadth, _clumpiness, _collect, _trends
from customerintel._kernels.summary import first_place

#: Rows of `out` of `describe`.
FIRST_DAY, LAST_DAY, N_DAYS, MEDIAN_GAP, UNEVENNESS, LAST_PAIR, CLUMPINESS = 0, 1, 2, 3, 4, 5, 6
MOST_AT_ONCE, TREND, BREADTH, EFFECTIVE, NAMED_ROWS, LATER_ROWS, NEW_ROWS = 7, 8, 9, 10, 11, 12, 13
N_ROWS = 14

#: Days of `MOST_AT_ONCE`.
BURST = 30


@kernel
def _gaps(found, n, gaps):
    """Return the median gap, (m - 1)·CV², and the share of the last gap in the last two."""
    if n < 2:
        return np.nan, np.nan, np.nan
    m = n - 1
    total, squares = np.int64(0), np.int64(0)
    for i in range(m):
        gap = found[i + 1] - found[i]
        gaps[i] = gap
        total += gap
        squares += gap * gap
    pair = gaps[m - 1] / np.float64(gaps[m - 1] + gaps[m - 2]) if m > 1 else np.nan
    # (m - 1)·s²/mean², all of it whole numbers until the last step
    uneven = (m * squares - total * total) * np.float64(m) / (np.float64(total) * total)
    ordered = np.sort(gaps[:m])
    median = 0.5 * (ordered[(m - 1) // 2] + ordered[m // 2])
    return median, uneven if m > 1 else np.nan, pair


@kernel
def _most_at_once(found, n):
    """Return the greatest number of purchase days within `BURST` successive days."""
    most, begin = 0, 0
    for i in range(n):
        while found[i] - found[begin] >= BURST:
            begin += 1
        most = max(most, i - begin + 1)
    return most


@kernel
def _categories(
    start, stop, packed, seen_at, days, categories, until, number, owner, since, counts, touched
):
    """Return exp(entropy), rows with a category, those after the first such day, and new ones.

    A row is new if its category was not bought on an earlier day.
    """
    distinct, rows, later, new = 0, 0, 0, 0
    first_day = np.int64(0)
    for i in range(start, stop):
        if packed[i] >> 2 > until:
            break
        if packed[i] & 1 or (len(seen_at) > 0 and seen_at[i] > until):
            continue
        category = categories[i]
        if category < 0:
            continue
        if rows == 0:
            first_day = np.int64(days[i])
        if owner[category] != number:
            owner[category], since[category], counts[category] = number, days[i], 0
            touched[distinct] = category
            distinct += 1
        counts[category] += 1
        rows += 1
        if days[i] != first_day:
            later += 1
            new += since[category] == days[i]
    if rows == 0:
        return np.nan, 0, 0, 0
    entropy = np.log(np.float64(rows))
    for d in range(distinct):
        held = np.float64(counts[touched[d]])
        entropy -= held * np.log(held) / rows
    return np.exp(max(0.0, entropy)), rows, later, new


@kernel
def describe(
    first, last, places, offsets, packed, seen_at, days, amounts, categories, n_categories,
    until, now, out,
):  # fmt: skip
    """Write what the purchases of the customers ``first … last - 1`` say to columns of `out`.

    Parameters
    ----------
    places : int64, shape (n_customers,)
        Where each customer is in `offsets`; each has a visible purchase.
    offsets, packed, seen_at, days, amounts, categories
        The rows by customer; `seen_at`, `amounts` and `categories` may be empty.
    until, now : int
        The moment, and its day.
    out : float64, shape (N_ROWS, n_customers)
    """
    longest = 0
    for c in range(first, last):
        longest = max(longest, offsets[places[c] + 1] - offsets[places[c]])
    found, spend = np.empty(longest, np.int64), np.empty(longest, np.float64)
    gaps = np.empty(longest, np.int64)
    owner, since = np.full(n_categories, -1, np.int64), np.empty(n_categories, np.int64)
    stamp = np.full(n_categories, -1, np.int64)
    counts = np.empty(n_categories, np.int64)
    touched = np.empty(min(longest, n_categories), np.int64)
    for c in range(first, last):
        start, stop = offsets[places[c]], offsets[places[c] + 1]
        n = _collect(start, stop, packed, seen_at, days, amounts, until, found, spend)
        median, uneven, pair = _gaps(found, n, gaps)
        out[FIRST_DAY, c], out[LAST_DAY, c], out[N_DAYS, c] = found[0], found[n - 1], n
        out[MEDIAN_GAP, c], out[UNEVENNESS, c], out[LAST_PAIR, c] = median, uneven, pair
        out[CLUMPINESS, c] = _clumpiness(found, n, now)
        out[MOST_AT_ONCE, c] = _most_at_once(found, n)
        out[TREND, c] = _trends(found, spend, n, now)[0] if n > 1 else np.nan
        out[BREADTH, c] = _breadth(start, stop, packed, seen_at, categories, until, stamp, c)
        out[EFFECTIVE, c], out[NAMED_ROWS, c] = np.nan, 0.0
        out[LATER_ROWS, c], out[NEW_ROWS, c] = 0.0, 0.0
        if len(categories) > 0:
            effective, rows, later, new = _categories(
                start, stop, packed, seen_at, days, categories, until, c, owner, since, counts,
                touched,
            )  # fmt: skip
            out[EFFECTIVE, c], out[NAMED_ROWS, c] = effective, rows
            out[LATER_ROWS, c], out[NEW_ROWS, c] = later, new


@kernel
def count_orders(first, last, places, offsets, packed, seen_at, days, until, begin, out):
    """Write how many orders each customer gave since its own day `begin`.

    An order counts at its first line; returns are none.
    """
    for c in range(first, last):
        n = 0
        for i in range(offsets[places[c]], offsets[places[c] + 1]):
            if packed[i] >> 2 > until:
                break
            if days[i] < begin[c] or packed[i] & 3 or (len(seen_at) > 0 and seen_at[i] > until):
                continue
            n += 1
        out[c] = n


@kernel
def add_money(start, stop, homes, when, seen_at, marks, amounts, promoted, until, out):
    """Add up the gross sales, those on promotion and the returns of the rows ``start … stop``.

    Parameters
    ----------
    homes : int64, shape (n_rows,)
        Column of `out` of each row's customer; -1 where it has none.
    when, seen_at : int64, shape (n_rows,)
        A row whose `when` is the least integer never counts.
    marks, amounts, promoted
        May be empty. Without amounts each row is 1.
    out : float64, shape (4, n_customers)
        Sales, sales on promotion, money given back, and purchase rows.
    """
    for i in range(start, stop):
        home = homes[i]
        if home < 0 or seen_at[i] > until or when[i] == np.iinfo(np.int64).min:
            continue
        amount = amounts[i] if len(amounts) > 0 else 1.0
        returned = amount < 0.0 if len(marks) == 0 else marks[i] & 1 != 0
        if returned:
            out[2, home] += abs(amount)
        else:
            paid = max(0.0, amount)  # returns="keep" leaves negative amounts among the sales
            out[0, home] += paid
            out[3, home] += 1.0
            if len(promoted) > 0 and promoted[i]:
                out[1, home] += paid


@kernel
def find_keys(values, start, stop, salt, table, keys, out):
    """Write where the values ``start … stop`` are among `keys`; -1 where they are not.

    Parameters
    ----------
    salt, table
        As `customerintel._kernels.lookup.enter_keys` filled it with `keys`.
    """
    mask = len(table) - 1
    for i in range(start, stop):
        place = first_place(values[i], salt, mask)
        c = table[place]
        while c != 0 and keys[c - 1] != values[i]:
            place = (place + 1) & mask
            c = table[place]
        out[i] = c - 1


@kernel
def are_named(offsets, data, start, stop, word_offsets, words, out):
    """Write which texts of ``start … stop`` are none of some words, whatever case they are in.

    Parameters
    ----------
    offsets, data : int64 and uint8
        The texts; blanks around them do not count.
    word_offsets, words : int64 and uint8
        Words in lower case.
    out : bool
    """
    for i in range(start, stop):
        low, high = offsets[i], offsets[i + 1]
        while low < high and data[low] <= 32:
            low += 1
        while low < high and data[high - 1] <= 32:
            high -= 1
        named = high > low
        for w in range(len(word_offsets) - 1):
            begin = word_offsets[w]
            if not named or word_offsets[w + 1] - begin != high - low:
                continue
            same = True
            for k in range(high - low):
                letter = data[low + k]
                if 65 <= letter <= 90:
                    letter += 32
                same = same and letter == words[begin + k]
            named = not same
        out[i] = named
