"""Ids that a caller gives as an argument: an array, a list, a column."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import Customer, columns_of
from customerintel.tables.frames import open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.reading import read_ids

__all__ = ["given_ids"]


def given_ids(values: Any, name: str) -> CustomerIds:
    """Return ids in the order in which they are given.

    Parameters
    ----------
    values : array_like or CustomerIds, shape (n,)
        One id per entry; an id may come twice.
    name : str
        Of the argument, for messages.

    Raises
    ------
    InvalidArgumentError
        If it is a single value or a table, or some entries are no ids.
    SchemaError
        If integers and texts are mixed.
    """
    if isinstance(values, CustomerIds):
        return values
    single = isinstance(values, str | bytes) or not hasattr(values, "__len__")
    if single or hasattr(values, "columns") or isinstance(values, dict):
        raise InvalidArgumentError(
            f"{name} takes the ids of customers, one per entry of an array or a list, not one "
            f"{type(values).__name__}."
        )
    raw = open_table({"customer_id": values}).read(["customer_id"])["customer_id"]
    if not len(raw):
        return CustomerIds(np.empty(0, np.int64))
    reading = read_ids(columns_of(Customer)["customer_id"], raw)
    if reading.broken:
        rows = np.flatnonzero(np.logical_or.reduce(list(reading.broken.values())))[:5].tolist()
        raise InvalidArgumentError(
            f"{name} holds entries that are no ids ({', '.join(reading.broken)}; entries "
            f"{', '.join(map(str, rows))}, counted from 0). Leave them out."
        )
    return CustomerIds(reading.values, reading.texts)
