"""From the rows of a partition to one state per customer: look up, merge periods.

The hash table of a partition is an array of positions (0 = free) into its states.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

STATE = np.dtype(
    [
        ("key", "i8"),
        ("first", "i8"),  # microseconds, first and last purchase
        ("last", "i8"),
        ("first_spend", "f8"),  # net spend of the first purchase period
        ("repeat_spend", "f8"),  # net spend of all later ones
        ("unassigned", "f8"),  # returns with no earlier purchase in sight
        ("transactions", "i4"),
        ("returns", "i4"),
        ("periods", "i4"),  # distinct purchase periods
        ("period", "i4"),  # the latest of them
    ]
)
#: Returns of a period in which no purchase has been seen yet.
PENDING = np.dtype([("amount", "f8"), ("period", "i8")])

#: Places in a table per customer, at the least: most keys are found at the first look.
FILL = 4

DONE, STATES_FULL, TABLE_FULL = 0, 1, 2


@kernel
def first_place(key, salt, mask):
    """Return where to look for a key first: the upper bits of a product depend on all of it.

    The salt differs from process to process, so that nobody can choose ids that collide;
    results do not depend on it.
    """
    h = np.uint64(key)
    h ^= h >> np.uint64(32)
    h *= salt
    h ^= h >> np.uint64(32)
    return np.int64(h) & mask


@kernel
def rebuild_table(states, base, used, salt, table):
    """Enter ``states[base … base + used]`` into an empty `table` (its length a power of two)."""
    mask = len(table) - 1
    for c in range(used):
        place = first_place(states[base + c]["key"], salt, mask)
        while table[place] != 0:
            place = (place + 1) & mask
        table[place] = c + 1


@kernel
def _find(key, salt, table, states, base, used):
    """Return the position of `key`, entering it at `used` where it is new."""
    mask = len(table) - 1
    place = first_place(key, salt, mask)
    c = np.int64(table[place])
    while c != 0 and states[base + c - 1]["key"] != key:
        place = (place + 1) & mask
        c = np.int64(table[place])
    if c != 0:
        return c - 1
    table[place] = used + 1
    state = states[base + used]
    state["key"] = key
    state["first"] = 0
    state["last"] = 0
    state["first_spend"] = 0.0
    state["repeat_spend"] = 0.0
    state["unassigned"] = 0.0
    state["transactions"] = 0
    state["returns"] = 0
    state["periods"] = 0
    state["period"] = -1
    return used


@kernel
def _period(time, edges, per_edge):
    """Return the period that `time` falls in: a guess from the mean length, put right."""
    p = np.int64((time - edges[0]) * per_edge)
    p = min(max(p, 0), len(edges) - 2)
    while time < edges[p]:
        p -= 1
    while time >= edges[p + 1]:
        p += 1
    return p


@kernel
def _spend(state, amount):
    """Add to the spend of the latest purchase period."""
    if state["periods"] == 1:
        state["first_spend"] += amount
    else:
        state["repeat_spend"] += amount


@kernel
def _settle(state, pending):
    """Net returns against the latest earlier purchase period, or note that there is none."""
    if state["periods"] == 0:
        state["unassigned"] += pending["amount"]
    else:
        _spend(state, pending["amount"])
    pending["amount"] = 0.0


@kernel
def _add(state, pending, when, amount, p):
    """Let one row of period `p` happen to a customer; rows come in order of time."""
    time = when >> 2
    counted = 1 - ((when >> 1) & 1)
    state["transactions"] += counted
    if when & 1:
        state["returns"] += counted
        if state["periods"] > 0 and state["period"] == p:
            _spend(state, amount)
            return
        # a purchase may still follow in this period, and would be what was returned
        if pending["amount"] != 0.0 and pending["period"] != p:
            _settle(state, pending)
        pending["period"] = p
        pending["amount"] += amount
        return
    back = 0.0
    if pending["amount"] != 0.0:
        if pending["period"] != p:
            _settle(state, pending)
        back = pending["amount"]
        pending["amount"] = 0.0
    # no branches from here, since they would be mispredicted
    before = state["periods"]
    state["first"] = time if before == 0 else state["first"]
    state["last"] = time
    state["periods"] = before + np.int32(state["period"] != p)
    state["period"] = p
    once = state["periods"] == 1
    state["first_spend"] += amount + back if once else 0.0
    state["repeat_spend"] += 0.0 if once else amount + back


@kernel
def fold_ordered(rows, stop, edges, per_edge, salt, table, states, base, pending, progress):
    """Fold time-ordered rows into states; `progress` holds the next row and the customers so far.

    Returns `DONE`, or what must be enlarged first. `pending` has one place per state where
    there are returns, else one in all.
    """
    i, used = progress[0], progress[1]
    several = len(pending) > 1
    p = _period(rows[i]["when"] >> 2, edges, per_edge) if i < stop else 0
    while i < stop:
        if base + used >= len(states) or (several and used >= len(pending)):
            progress[0], progress[1] = i, used
            return STATES_FULL
        if FILL * used >= len(table):
            progress[0], progress[1] = i, used
            return TABLE_FULL
        row = rows[i]
        c = _find(row["key"], salt, table, states, base, used)
        hold = pending[c if several else 0]
        if c == used:
            used += 1
            hold["amount"] = 0.0
        while row["when"] >> 2 >= edges[p + 1]:
            p += 1
        _add(states[base + c], hold, row["when"], row["amount"], p)
        i += 1
    for c in range(used if several else 0):
        _settle(states[base + c], pending[c])
    progress[0], progress[1] = i, used
    return DONE


@kernel
def name_rows(rows, start, stop, salt, table, states, base, codes, progress):
    """Write each row's customer, as a position from `base`, to `codes`; see `fold_ordered`."""
    i, used = progress[0], progress[1]
    while i < stop:
        if base + used >= len(states):
            progress[0], progress[1] = i, used
            return STATES_FULL
        if FILL * used >= len(table):
            progress[0], progress[1] = i, used
            return TABLE_FULL
        c = _find(rows[i]["key"], salt, table, states, base, used)
        used += c == used
        codes[i - start] = c
        i += 1
    progress[0], progress[1] = i, used
    return DONE


@kernel
def _sort_run(when, amounts, start, stop):
    """Sort a few rows by time; rows of one moment stay in order."""
    for i in range(start + 1, stop):
        key, amount = when[i], amounts[i]
        j = i - 1
        while j >= start and when[j] >> 2 > key >> 2:
            when[j + 1] = when[j]
            amounts[j + 1] = amounts[j]
            j -= 1
        when[j + 1] = key
        amounts[j + 1] = amount


@kernel
def _sort(when, amounts, start, stop, spare_when, spare_amounts):
    """Sort by time, rows of one moment staying in order: runs of 32, merged pair by pair."""
    width = 32
    for low in range(start, stop, width):
        _sort_run(when, amounts, low, min(low + width, stop))
    while width < stop - start:
        for low in range(start, stop, 2 * width):
            middle, high = min(low + width, stop), min(low + 2 * width, stop)
            i, j = low, middle
            for k in range(low, high):
                left = i < middle and (j >= high or when[i] >> 2 <= when[j] >> 2)
                at = i if left else j
                spare_when[k] = when[at]
                spare_amounts[k] = amounts[at]
                i += left
                j += not left
        for k in range(start, stop):
            when[k] = spare_when[k]
            amounts[k] = spare_amounts[k]
        width *= 2


@kernel
def fold_unordered(
    rows,
    start,
    codes,
    starts,
    when,
    amounts,
    spare_when,
    spare_amounts,
    edges,
    per_edge,
    pending,
    states,
    base,
):
    """Bring each customer's rows together, sort them by time and fold them.

    `starts` is scratch of one place more than there are customers; `when`, `amounts` and
    their spares of one place per row; `pending` of one.
    """
    n, used = len(codes), len(starts) - 1
    starts[:] = 0
    for i in range(n):
        starts[codes[i] + 1] += 1
    for c in range(used):
        starts[c + 1] += starts[c]
    for i in range(n):
        at = starts[codes[i]]
        starts[codes[i]] += 1
        when[at] = rows[start + i]["when"]
        amounts[at] = rows[start + i]["amount"]
    left = 0
    for c in range(used):
        right = starts[c]  # the scatter has moved each start to its end
        _sort(when, amounts, left, right, spare_when, spare_amounts)
        for i in range(left, right):
            p = _period(when[i] >> 2, edges, per_edge)
            _add(states[base + c], pending[0], when[i], amounts[i], p)
        _settle(states[base + c], pending[0])
        left = right
