"""Which customers of a history a caller means: ids, a mask, or a result that has customers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.frames import open_table
from customerintel.tables.given_ids import given_ids
from customerintel.tables.history import History
from customerintel.tables.ids import CustomerIds

__all__ = ["read_group"]

Mask = NDArray[np.bool_]


def read_group(history: History, value: Any, name: str) -> tuple[Mask, int]:
    """Return which customers of a history are meant.

    Parameters
    ----------
    history : History
        Whose customers they are.
    value : array_like, CustomerIds or object
        Ids in any order, an id that is there twice counting once; or a truth value per customer
        of the history, in its order; or an object with an attribute ``customer_id``.
    name : str
        Of the argument, for messages.

    Returns
    -------
    mask : ndarray of bool, shape (n_customers,)
    n_unknown : int
        Distinct ids that no customer of the history has.

    Raises
    ------
    InvalidArgumentError
        If it is neither, a mask has another length, or ids are missing.
    SchemaError
        If the ids are integers here and texts there.
    """
    ids = _ids(history, value, name)
    if isinstance(ids, np.ndarray):
        return ids, 0
    mask = np.zeros(history.n_customers, bool)
    if not len(ids):
        return mask, 0
    here, _ = history.ids.match(ids)
    mask[here] = True
    return mask, len(ids) - len(here)


def _ids(history: History, value: Any, name: str) -> CustomerIds | Mask:
    """Return distinct ids, ascending, or a mask."""
    if isinstance(value, CustomerIds):
        return value.take(np.unique(value.keys, return_index=True)[1])
    if isinstance(getattr(value, "ids", None), CustomerIds):
        return _ids(history, value.ids, name)
    value = getattr(value, "customer_id", value)
    if isinstance(value, str | bytes) or hasattr(value, "columns") or not hasattr(value, "__len__"):
        raise InvalidArgumentError(
            f"{name} takes the ids of customers, or a truth value per customer of the history, "
            f"not one {type(value).__name__}."
        )
    raw = open_table({"customer_id": value}).read(["customer_id"])["customer_id"]
    if isinstance(raw.values, np.ndarray) and raw.values.dtype == bool and raw.missing is None:
        if len(raw) != history.n_customers:
            raise InvalidArgumentError(
                f"{name} has {len(raw):,} truth values, and the history has "
                f"{history.n_customers:,} customers. Give one per customer in the order of "
                "history.customer_id, or give ids."
            )
        return raw.values
    ids = given_ids(value, name)
    return CustomerIds(np.unique(ids.keys), ids.texts)
