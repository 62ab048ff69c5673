"""The rows of a log by customer, arranged once and looked at from many moments."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import threads, visits
from customerintel.tables.categories import category_codes
from customerintel.tables.folded import sort_keys
from customerintel.tables.moments import DAY, Calendar
from customerintel.tables.partitions import EARLIEST
from customerintel.tables.spreading import Rows, Spread

if TYPE_CHECKING:
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["Visits", "gathered", "order_of", "visits_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: One for all logs: a log with a lock of its own could not be sent to another process.
_ARRANGING = threading.Lock()


@dataclass(frozen=True, eq=False)
class Visits:
    """The rows that count, customers ascending, each customer's in order of time.

    It knows the whole log: whoever looks at it must stop at the moment.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_customers,)
        Ascending.
    offsets : ndarray of int64, shape (n_customers + 1,)
        Where each customer's rows begin.
    packed : ndarray of int64, shape (n_rows,)
        Microseconds UTC times four, plus 1 for a return and 2 for a further line of an order.
    seen_at : ndarray of int64, shape (n_rows,) or (0,)
        When each row becomes visible; empty: at its time.
    days : ndarray of int32, shape (n_rows,)
        Days since 1970 in the calendar of the log's zone.
    amounts : ndarray of float64, shape (n_rows,) or (0,)
        Empty where the log has none.
    categories : ndarray of int32, shape (n_rows,) or (0,)
        -1 where a row has none; empty where the log has no such column.
    n_categories : int
        Number of distinct categories.
    order : ndarray of uint32 or float64, shape (n_rows,) or (0,)
        Numbers of the log's rows; empty where the log carries nothing that needs it.
    """

    keys: Ints
    offsets: Ints
    packed: Ints
    seen_at: Ints
    days: NDArray[np.int32]
    amounts: NDArray[np.float64]
    categories: NDArray[np.int32]
    n_categories: int
    order: NDArray[Any]


def order_of(log: TransactionLog) -> NDArray[Any]:
    """Return the numbers of the log's rows in the order of its visits."""
    return visits_of(log).order


def visits_of(log: TransactionLog) -> Visits:
    """Return the rows of a log by customer; they are arranged at the first call, once."""
    held = vars(log)
    with _ARRANGING:
        if "_visits" not in held:
            held["_visits"] = _arrange(log)
    found: Visits = held["_visits"]
    return found


def _arrange(log: TransactionLog) -> Visits:
    rows = log._events.rows
    late = rows.seen_at is not rows.when and _any_later(rows)
    categories, n_categories = category_codes(log)
    numbered = late or log._extras is not None
    carried = _numbered(rows) if numbered else rows
    calendar = Calendar("day", log.time_zone)
    low, high = (log._events.first, log._events.end) if len(rows.keys) else (0, 0)
    edges = calendar.edges(min(low, high), high)
    first_day = int(calendar.floor(edges[:1])[0]) // DAY
    keys, counts, packed, days, payload = _lay_out(carried, edges, first_day)
    taken = partial(gathered, order=payload)
    return Visits(
        keys=keys,
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        packed=packed,
        seen_at=taken(rows.seen_at) if late else rows.seen_at[:0],
        days=days,
        amounts=taken(rows.amounts) if numbered else payload[: len(payload) * log.has_amounts],
        categories=taken(categories),
        n_categories=n_categories,
        order=_smallest(payload, len(rows.keys)) if numbered else payload[:0],
    )


def _smallest(numbers: Floats, n_rows: int) -> NDArray[Any]:
    """Return row numbers in half the memory where they fit."""
    return numbers.astype(np.uint32) if n_rows <= 2**32 else numbers


def _any_later(rows: Rows) -> bool:
    """Whether any row is seen later than it counts; returns that are dropped never count."""
    return bool(((rows.seen_at > rows.when) & (rows.when > EARLIEST)).any())


def _numbered(rows: Rows) -> Rows:
    """Let the rows carry their numbers in place of their amounts."""
    marks = rows.marks if len(rows.marks) else (rows.amounts < 0.0).astype(np.uint8)
    return replace(rows, amounts=np.arange(len(rows.keys), dtype=np.float64), marks=marks)


def _lay_out(
    source: Rows, edges: Ints, first_day: int
) -> tuple[Ints, Ints, Ints, NDArray[np.int32], Floats]:
    """Return customers, how many rows each has, and times, days and amounts of the rows.

    As in `grouping.fold`, rows are copied by partition into scratch that is used again.
    """
    spread = Spread(source, 0, len(source.keys))
    total = int(spread.sizes.sum())
    columns = np.empty(total, np.int64), np.empty(total, np.int32), np.empty(total)
    nothing = np.empty(0, np.int64)
    found: list[tuple[Ints, Ints]] = [(nothing, nothing)]
    base = 0
    for ends in spread.groups():
        jobs = [
            (source, spread.rows, edges, first_day, base, base + start, base + stop, columns)
            for start, stop in pairwise([0, *ends])
        ]
        found += threads.run(_arrange_partition, jobs)
        base += ends[-1]
    keys, held = (np.concatenate(part) for part in zip(*found, strict=True))
    return keys, held, *columns


def _arrange_partition(
    source: Rows, rows: NDArray[Any], edges: Ints, first_day: int, base: int, start: int,
    stop: int, columns: tuple[Ints, NDArray[np.int32], Floats],
) -> tuple[Ints, Ints]:  # fmt: skip
    """Write the columns of a partition; return its customers and how many rows each has."""
    size = stop - start
    own = rows["key"][start - base : stop - base].copy()
    order = sort_keys(own, np.arange(size))
    keys, counts = np.empty(size, np.int64), np.empty(size, np.int64)
    packed, days, payload = (column[start:stop] for column in columns)
    found = visits.arrange_partition(
        rows, start - base, order, source.ordered, edges, first_day, packed, days, payload,
        keys, counts,
    )  # fmt: skip
    return keys[:found].copy(), counts[:found].copy()


def gathered(values: NDArray[Any], order: NDArray[Any]) -> NDArray[Any]:
    """Return ``values[order]``, or nothing of nothing."""
    if not len(values):
        return values
    out = np.empty(len(order), values.dtype)
    threads.run(
        visits.gather, [(values, order, *span, out) for span in threads.stretches(len(order))]
    )
    return out
