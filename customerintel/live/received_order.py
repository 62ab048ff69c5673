"""The order in which the rows of a table were received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ascends", "received_order", "received_times"]

Ints = NDArray[np.int64]
_RECEIVED: Final = ("receivedAt", "received_at")
_EARLIEST: Final = np.iinfo(np.int64).min


def received_order(held: Any, columns: Iterable[str]) -> Ints | None:
    """Return the rows in order of receipt; None: they are in order.

    Rows that do not say when they were received count as received at their timestamp. Those of
    the same moment stay as they are.

    Parameters
    ----------
    held : Table
        With the columns.
    columns : iterable of str
        Their names.
    """
    at = received_times(held, columns)
    if at is None or ascends(at):
        return None
    return np.argsort(at, kind="stable")


def received_times(held: Any, columns: Iterable[str]) -> Ints | None:
    """Return when each row was received, microseconds UTC; None: no column says so."""
    names = set(columns)
    at = _times(held, "timestamp") if "timestamp" in names else None
    for name in _RECEIVED:
        if name in names:
            received = _times(held, name)
            at = received if at is None else np.where(received == _EARLIEST, at, received)
            break
    return at


def ascends(at: Ints) -> bool:
    """Tell whether no moment is before the one that it follows."""
    return bool((at[1:] >= at[:-1]).all())


def _times(held: Any, name: str) -> Ints:
    from customerintel.schema import Transaction, columns_of
    from customerintel.tables.times import read_times

    reading = read_times(columns_of(Transaction)["timestamp"], held[name], None)
    times: Ints = reading.values
    for broken in reading.broken.values():
        times = np.where(broken, _EARLIEST, times)
    return times
