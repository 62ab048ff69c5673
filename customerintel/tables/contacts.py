"""The rows of an interaction log by customer, arranged once and looked at from many moments."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import threads, visits
from customerintel.schema import Event, columns_of
from customerintel.tables.categories import number_column
from customerintel.tables.folded import sort_keys
from customerintel.tables.frames import open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.reading import read_labels
from customerintel.tables.scans import scan_times
from customerintel.tables.spreading import Rows, Spread
from customerintel.tables.visits import gathered

if TYPE_CHECKING:
    from customerintel.tables.interaction_log import InteractionLog

__all__ = ["Contacts", "contacts_of"]

Ints = NDArray[np.int64]

#: One for all logs: a log with a lock of its own could not be sent to another process.
_ARRANGING = threading.Lock()
#: One period that everything is in: nobody asks for the day of an interaction.
_NO_DAYS = np.array([np.iinfo(np.int64).min // 4, np.iinfo(np.int64).max // 4], np.int64)


@dataclass(frozen=True, eq=False)
class Contacts:
    """All interactions, customers ascending, each customer's in order of time.

    Rows of one moment stay as they came. It knows the whole log: whoever looks at it must
    stop at the moment, and take what is settled later as not settled.

    Parameters
    ----------
    ids : CustomerIds
        The n customers with a row, ascending.
    offsets : ndarray of int64, shape (n + 1,)
        Where each customer's rows begin.
    when : ndarray of int64, shape (n_rows,)
        Microseconds UTC.
    kinds : ndarray of uint8, shape (n_rows,)
        Places in ``tuple(EventKind)``.
    ways : ndarray of int8, shape (n_rows,)
        0 inbound, 1 outbound, -1 where neither the log nor the kind says it.
    sentiment : ndarray of float32, shape (n_rows,) or (0,)
        NaN where there is none; empty where the log has no such column.
    resolved_at : ndarray of int64, shape (n_rows,) or (0,)
        Microseconds UTC, the least int64 where there is none.
    channels : ndarray of int32, shape (n_rows,) or (0,)
        Places in `channel_names`, -1 where there is none.
    channel_names : tuple of str
        Distinct channels, in order of their names.
    campaigns : ndarray of int64, shape (n_rows,) or (0,)
        A number per campaign, -1 where there is none.
    """

    ids: CustomerIds
    offsets: Ints
    when: Ints
    kinds: NDArray[np.uint8]
    ways: NDArray[np.int8]
    sentiment: NDArray[np.float32]
    resolved_at: Ints
    channels: NDArray[np.int32]
    channel_names: tuple[str, ...]
    campaigns: Ints

    def __post_init__(self) -> None:
        for part in vars(self).values():
            if isinstance(part, np.ndarray):
                part.flags.writeable = False


def contacts_of(log: InteractionLog) -> Contacts:
    """Return the rows of a log by customer; they are arranged at the first call, once."""
    held = vars(log)
    with _ARRANGING:
        if "_contacts" not in held:
            held["_contacts"] = _arrange(log)
    found: Contacts = held["_contacts"]
    return found


def _arrange(log: InteractionLog) -> Contacts:
    rows = log._rows
    keys, counts, when, order = _lay_out(rows.keys, rows.times)
    # one column after the other, so that no two are held unsorted
    campaigns = _campaigns(log._extras, order)
    channels, names = _channels(log._extras)
    return Contacts(
        ids=CustomerIds(keys, log._texts),
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        when=when,
        kinds=gathered(rows.kinds, order),
        ways=gathered(rows.ways(), order),
        sentiment=gathered(rows.sentiment, order),
        resolved_at=gathered(rows.resolved_at, order),
        channels=gathered(channels, order),
        channel_names=names,
        campaigns=campaigns,
    )


def _campaigns(extras: Any, order: NDArray[np.float64]) -> Ints:
    """Return a number per campaign, rows by customer and time."""
    codes = number_column(extras, "campaign_id")
    return np.empty(0, np.int64) if codes is None else gathered(codes, order)


def _channels(extras: Any) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return the place of each row's channel among their names, which are in order."""
    if extras is None or "channel" not in (source := open_table(extras)).columns:
        return np.empty(0, np.int32), ()
    reading, names = read_labels(columns_of(Event)["channel"], source.read(["channel"])["channel"])
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.full(len(names) + 1, -1, np.int32)  # the last one: for -1
    place[order] = np.arange(len(names))
    return place[reading.values], tuple(names[k] for k in order)


def _lay_out(keys: Ints, times: Ints) -> tuple[Ints, Ints, Ints, NDArray[np.float64]]:
    """Return customers, how many rows each has, and times and numbers of their rows.

    As for `Visits`, rows are copied by partition into scratch that is used again; they carry
    their numbers in place of amounts.
    """
    n = len(keys)
    ordered = scan_times(times).ordered
    numbers, unmarked = np.arange(n, dtype=np.float64), np.empty(0, np.uint8)
    source = Rows(keys, times, times, numbers, unmarked, ordered=ordered, may_return=False)
    spread = Spread(source, 0, n)
    when, order = np.empty(n, np.int64), np.empty(n)
    nothing = np.empty(0, np.int64)
    found: list[tuple[Ints, Ints]] = [(nothing, nothing)]
    base = 0
    for ends in spread.groups():
        jobs = [
            (source, spread.rows, base, base + start, base + stop, when, order)
            for start, stop in pairwise([0, *ends])
        ]
        found += threads.run(_arrange_partition, jobs)
        base += ends[-1]
    customers, counts = (np.concatenate(part) for part in zip(*found, strict=True))
    return customers, counts, when, order


def _arrange_partition(
    source: Rows, rows: NDArray[Any], base: int, start: int, stop: int, when: Ints,
    order: NDArray[np.float64],
) -> tuple[Ints, Ints]:  # fmt: skip
    """Write times and numbers of a partition; return its customers and how many rows each has."""
    size = stop - start
    own = rows["key"][start - base : stop - base].copy()
    places = sort_keys(own, np.arange(size))
    keys, counts = np.empty(size, np.int64), np.empty(size, np.int64)
    packed = when[start:stop]
    found = visits.arrange_partition(
        rows, start - base, places, source.ordered, _NO_DAYS, 0, packed,
        np.empty(size, np.int32), order[start:stop], keys, counts,
    )  # fmt: skip
    packed >>= 2  # no marks: what is left is the time
    return keys[:found].copy(), counts[:found].copy()
