"""Columns that a log carries along, in the order in which `Visits` has its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.categories import number_values
from customerintel.tables.frames import open_table
from customerintel.tables.roles import missing_column
from customerintel.tables.text import Text
from customerintel.tables.visits import gathered, order_of

if TYPE_CHECKING:
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["carried_columns_of", "groups_of_visits", "units_of_visits"]


def carried_columns_of(log: TransactionLog) -> tuple[str, ...]:
    """Return the names of the columns that a log carries along."""
    return () if log._extras is None else tuple(open_table(log._extras).columns)


def units_of_visits(log: TransactionLog) -> NDArray[np.float64]:
    """Return the column ``quantity``; empty where the log has none.

    A quantity that is missing is one unit, and the sign, which marks a return, is left out.
    """
    if "quantity" not in carried_columns_of(log):
        return np.empty(0)
    raw = open_table(log._extras).read(["quantity"])["quantity"]
    values = raw.values
    if isinstance(values, Text) or values.dtype.kind not in "iufb":
        raise SchemaError(
            "The column quantity holds no numbers, so units cannot be counted. Give it as "
            "numbers, or leave it out with quantity=False."
        )
    units = np.abs(values.astype(np.float64))
    gone = ~np.isfinite(units)
    if raw.missing is not None:
        gone |= raw.missing
    units[gone] = 1.0
    return gathered(units, order_of(log))


def groups_of_visits(log: TransactionLog, name: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return a carried column as groups, and their names in ascending order.

    Parameters
    ----------
    log : TransactionLog
        The log.
    name : str
        A column such as ``channel``.

    Returns
    -------
    codes : ndarray of int32, shape (n_rows,)
        -1 where a row has none.
    names : tuple of str

    Raises
    ------
    SchemaError
        If the log has no such column.
    """
    held = vars(log).setdefault("_groups", {})
    if name not in held:
        held[name] = _read_groups(log, name)
    found: tuple[NDArray[np.int32], tuple[str, ...]] = held[name]
    return found


def _read_groups(log: TransactionLog, name: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    if name not in (columns := carried_columns_of(log)):
        raise missing_column(name, "a column that the log carries", list(columns))
    raw = open_table(log._extras).read([name])[name]
    found = number_values(raw)
    first = np.full(int(found.max(initial=-1)) + 1, -1)
    there = np.flatnonzero(found >= 0)
    # of several rows of a value any will do
    first[found[there]] = there
    present = np.flatnonzero(first >= 0)
    values, rows = raw.values, first[present]
    shown = values.take(rows).to_numpy() if isinstance(values, Text) else values[rows]
    names = [str(value) for value in shown]
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.full(len(first) + 1, -1, np.int32)
    place[present[order]] = np.arange(len(names))
    # -1 is the last place, which says -1
    return gathered(place[found], order_of(log)), tuple(names[k] for k in order)
