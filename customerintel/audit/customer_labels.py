"""Labels of customers, however they are given: one per customer, or a column of their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.customer_places import open_customers
from customerintel.audit.place_names import number_names
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.columns import Raw
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.history import History
from customerintel.tables.roles import missing_column

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
    segments : array_like or (table, str)
        One label per customer in the order of ``history.customer_id``; or a table of customers,
        a `CustomerTable` or any with a column ``customer_id``, and its column, where a customer
        without a row has no label.
    history : History
        Whose customers they are.

    Raises
    ------
    InvalidArgumentError
        If there is not one label per customer, or the column names persons.
    SchemaError
        If it is no table, or has no such column.
    DataValidationError
        If the table has a customer twice, or one without an id.
    """
    if isinstance(segments, tuple) and segments and _may_be_table(segments):
        if len(segments) != 2 or not isinstance(segments[1], str):
            raise InvalidArgumentError(
                "segments must be one label per customer, or a CustomerTable and the name of its "
                "column, such as (customers, 'segment')."
            )
        return _of_table(*segments, history)
    n = history.n_customers
    try:
        values = np.asarray(segments)
    except ValueError as error:  # of lists that differ in length
        raise InvalidArgumentError(
            f"segments must have one label for each of the {n:,} customers of core.history, and "
            "what is given is no list of labels. Or give a CustomerTable and its column."
        ) from error
    if values.ndim != 1 or len(values) != n:
        raise InvalidArgumentError(
            f"segments must have one label for each of the {n:,} customers of core.history; got "
            f"an array of shape {values.shape}. Or give a CustomerTable and its column."
        )
    codes, names = number_names(_raw(values))
    return Labelled(history, codes, names)


def _may_be_table(segments: tuple[Any, ...]) -> bool:
    """Whether a tuple is a table and its column, and no list of labels."""
    first = segments[0]
    if isinstance(first, CustomerTable | Mapping) or hasattr(first, "columns"):
        return True
    return len(segments) == 2 and isinstance(segments[1], str) and not isinstance(first, str)


def _of_table(customers: Any, column: str, history: History) -> Labelled:
    table, available = open_customers(customers, {"segments": column})
    if column not in table.pii:
        raise missing_column(column, "segments", available)
    codes, names = number_names(_raw(table.column(column)))
    found = np.full(history.n_customers, -1, np.int64)
    if len(table):
        here, there = history.ids.match(table.ids)
        found[here] = codes[there]
    return Labelled(history, found, names)


def _raw(values: NDArray[Any]) -> Raw:
    return Raw(values.astype(object) if values.dtype.kind in "US" else values)
