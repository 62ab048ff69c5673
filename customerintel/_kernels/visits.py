"""Bringing the rows of each customer together, in order of time.

A row's ``when`` is packed as in `customerintel._kernels.partition`: its time in microseconds
times four, plus two for a further line of an order, plus one for a return.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.summary import _period, _sort


@kernel
def arrange_partition(
    rows, start, order, ordered, edges, first_day, packed, days, payload, keys, counts
):
    """Lay the rows of a partition out by customer and time; return how many customers it has.

    Parameters
    ----------
    rows : ROW
        Those of the partition are at ``start … start + len(order)``.
    order : int64, shape (n_rows,)
        Places from `start`, customers ascending, each one's rows as they came.
    ordered : bool
        Whether the rows came in order of time.
    edges : int64
        Starts of the days, of which the first is `first_day`.
    packed, days, payload : int64, int32 and float64, shape (n_rows,)
        Come out as time and marks, as days, and as what the rows carry as amount.
    keys, counts : int64
        Come out as the customers and how many rows each has.
    """
    size = 0 if ordered else len(order)
    spare, spare_payload = np.empty(size, np.int64), np.empty(size, np.float64)
    per_edge = (len(edges) - 1) / np.float64(edges[-1] - edges[0])
    found = 0
    for k in range(len(order)):
        row = rows[start + order[k]]
        packed[k], payload[k] = row["when"], row["amount"]
        if found == 0 or keys[found - 1] != row["key"]:
            keys[found], counts[found] = row["key"], 0
            found += 1
        counts[found - 1] += 1
    begin = 0
    for c in range(found):
        if not ordered:
            # rows of one moment stay as they came
            _sort(packed, payload, begin, begin + counts[c], spare, spare_payload)
        begin += counts[c]
    for k in range(len(order)):
        days[k] = first_day + _period(packed[k] >> 2, edges, per_edge)
    return found


@kernel
def gather(values, order, start, stop, out):
    """Write ``values[order]`` to `out` at ``start … stop``."""
    for k in range(start, stop):
        out[k] = values[np.int64(order[k])]
