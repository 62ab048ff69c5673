"""Labels of customers, however they are given: one per customer, or a column of their table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.place_names import number_names
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.columns import Raw
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.history import History

__all__ = ["Labelled", "labels_of"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labelled:
    """The label of each customer of a history.

    Attributes
    ----------
    history : History
        Whose customers they are.
    codes : ndarray of int64, shape (n_customers,)
        Places in the names; -1: none.
    names : tuple of str
        Ascending.
    """

    history: History
    codes: Ints
    names: tuple[str, ...]


def labels_of(segments: Any, history: History) -> Labelled:
    """Return the label of each customer.

    Parameters
    ----------
    segments : array_like or (CustomerTable, str)
        One label per customer in the order of ``history.customer_id``; or a table of customers
        and its column, where a customer without a row has no label.
    history : History
        Whose customers they are.

    Raises
    ------
    InvalidArgumentError
        If there is not one label per customer.
    SchemaError
        If the table has no such column.
    """
    n = history.n_customers
    if isinstance(segments, tuple) and segments and isinstance(segments[0], CustomerTable):
        if len(segments) != 2 or not isinstance(segments[1], str):
            raise InvalidArgumentError(
                "segments must be one label per customer, or a CustomerTable and the name of its "
                "column, such as (customers, 'segment')."
            )
        table, column = segments
        here, there = history.ids.match(table.ids)
        codes, names = number_names(_raw(table.column(column)))
        found = np.full(n, -1, np.int64)
        found[here] = codes[there]
        return Labelled(history, found, names)
    values = np.asarray(segments)
    if values.ndim != 1 or len(values) != n:
        raise InvalidArgumentError(
            f"segments must have one label for each of the {n:,} customers of core.history; got "
            f"an array of shape {values.shape}. Or give a CustomerTable and its column."
        )
    codes, names = number_names(_raw(values))
    return Labelled(history, codes, names)


def _raw(values: NDArray[Any]) -> Raw:
    return Raw(values.astype(object) if values.dtype.kind in "US" else values)
