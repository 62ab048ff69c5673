"""Rows of a table as events of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.schema.nulls import is_null
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table

__all__ = ["row_dicts"]


def row_dicts(
    table: Table, fields: dict[str, str], rows: NDArray[np.int64] | None = None
) -> list[dict[str, Any]]:
    """Return the rows of a table as events.

    Parameters
    ----------
    table : Table
        Its columns.
    fields : dict of str to str
        Which of them are fields of `Event`; what others hold are properties.
    rows : ndarray of int64, optional
        Which rows; all if not given.
    """
    n = table.n_rows if rows is None else len(rows)
    events: list[dict[str, Any]] = [{} for _ in range(n)]
    for name in table.columns:
        raw = table[name] if rows is None else table[name].take(rows)
        field = fields.get(name)
        for event, value in zip(events, _objects(raw), strict=True):
            if field is not None:
                if value is not None or field == "timestamp":
                    event[field] = value
            elif value is not None:
                _put(event.setdefault("properties", {}), name.split("."), value)
    return events


def _put(facts: Any, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = facts.setdefault(key, {})
        if not isinstance(inner, dict):
            return  # the column of the outer name wins
        facts = inner
    facts[path[-1]] = value


def _objects(raw: Raw) -> list[Any]:
    """Return a column as values that JSON knows, None where there is none."""
    values: Any = raw.values
    listed: list[Any]
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        gone = np.isnat(values)
        found = np.datetime_as_string(values.astype("M8[us]"), unit="us").astype(object)
        found[gone] = None
        listed = found.tolist()
    else:
        listed = values.tolist() if isinstance(values, np.ndarray) else values.to_list()
        listed = [None if is_null(value) else value for value in listed]
    if raw.missing is not None:
        for row in np.flatnonzero(raw.missing).tolist():
            listed[row] = None
    return listed
