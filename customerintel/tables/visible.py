"""Some rows of a log as a log of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.building import Labels
from customerintel.tables.frames import open_table
from customerintel.tables.partitions import EARLIEST

if TYPE_CHECKING:
    from customerintel.tables.history import History
    from customerintel.tables.orders import Events
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["history_in_zone", "log_of_rows", "take_native", "visible_log"]


def visible_log(log: TransactionLog, moment: int) -> TransactionLog:
    """Return a log of the rows that are visible at a moment.

    Parameters
    ----------
    log : TransactionLog
        The whole log.
    moment : int
        Microseconds UTC.
    """
    index = np.flatnonzero(log._events.rows.seen_at <= moment)
    return log if len(index) == log.n_rows else log_of_rows(log, index)


def history_in_zone(history: History, zone: str) -> History:
    """Return what a history knows, with the calendar of another time zone.

    Parameters
    ----------
    history : History
        Itself, where its calendar is that of the zone.
    zone : str
        Name of a time zone.
    """
    from customerintel.tables.history import History
    from customerintel.tables.transaction_log import TransactionLog

    log = history._log
    if (log.time_zone or "UTC") == zone:
        return history
    other = TransactionLog(
        events=log._events, texts=log._texts, zone=zone, kind=log.kind, rejected=log.rejected,
        kinds=log._kinds, has_amounts=log.has_amounts, extras=log._extras,
    )  # fmt: skip
    return History(other, history._moment)


def log_of_rows(log: TransactionLog, index: NDArray[np.int64]) -> TransactionLog:
    """Return a log of some rows.

    Parameters
    ----------
    log : TransactionLog
        The whole log.
    index : ndarray of int64
        Places of the rows, ascending; lines of one order stay together or lose the later ones.
    """
    from customerintel.tables.transaction_log import TransactionLog

    kinds = log._kinds
    return TransactionLog(
        events=_events(log._events, index),
        texts=log._texts,
        zone=log.time_zone,
        kind=log.kind,
        rejected=log.rejected,
        kinds=None if kinds is None else Labels(kinds.codes[index], kinds.names),
        has_amounts=log.has_amounts,
        extras=take_native(log._extras, index),
    )


def _events(events: Events, index: NDArray[np.int64]) -> Events:
    """Return the rows at `index`, and what they say of themselves."""
    rows = events.rows
    when = rows.when[index]
    kept = replace(
        rows,
        keys=rows.keys[index],
        when=when,
        # one and the same array tells the kernels that nothing is seen late
        seen_at=when if rows.seen_at is rows.when else rows.seen_at[index],
        amounts=rows.amounts[index] if len(rows.amounts) else rows.amounts,
        marks=rows.marks[index] if len(rows.marks) else rows.marks,
    )
    if not len(index):
        return replace(events, rows=kept, n_transactions=0)
    further = int(((kept.marks >> 1) & 1).sum()) if len(kept.marks) else 0
    counted = when[when > EARLIEST]
    return replace(
        events,
        rows=kept,
        n_transactions=len(index) - further,
        start=int(kept.seen_at.min()),
        end=int(kept.seen_at.max()),
        first=int(counted.min()) if len(counted) else events.first,
    )


def take_native(extras: Any, index: NDArray[np.int64]) -> Any:
    """Return the rows at `index` of carried columns; None stays None."""
    if extras is None:
        return None
    source = open_table(extras)
    return source.read(source.columns).native({name: name for name in source.columns}, index)
