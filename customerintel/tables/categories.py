"""The categories of a log's rows, numbered; any kind of value may name one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.codes import codes_of
from customerintel.tables.columns import Raw
from customerintel.tables.frames import open_table
from customerintel.tables.naming import code_texts
from customerintel.tables.reading import Distinct
from customerintel.tables.text import Text

if TYPE_CHECKING:
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["category_codes", "number_column", "number_values"]

Ints = NDArray[np.int64]


def category_codes(log: TransactionLog) -> tuple[NDArray[np.int32], int]:
    """Give each value of the column ``category`` a number.

    Returns
    -------
    codes : ndarray of int32, shape (n_rows,) or (0,)
        -1 where a row has no category; empty where the log has no such column.
    n_categories : int
        More than the greatest of them.
    """
    found = number_column(log._extras, "category")
    if found is None:
        return np.empty(0, np.int32), 0
    return found.astype(np.int32), int(found.max(initial=-1)) + 1


def number_column(extras: Any, name: str) -> Ints | None:
    """Give each value of a carried column a number, -1 where there is none.

    Parameters
    ----------
    extras : table or None
        Eager and native, or a dict of arrays.
    name : str
        The column; None is returned where there is no such column.
    """
    if extras is None or name not in (source := open_table(extras)).columns:
        return None
    return number_values(source.read([name])[name])


def number_values(raw: Raw) -> Ints:
    """Give each value of a column a number, -1 where there is none."""
    codes, missing = _number(raw)
    return np.where(missing, -1, codes)


def _number(raw: Raw) -> tuple[Ints, NDArray[np.bool_]]:
    """Return a number per row, and which rows have no value."""
    values = raw.values
    missing = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
    if isinstance(values, Text):
        return code_texts(values)[0], missing
    if values.dtype.kind == "O":
        distinct = Distinct.of(raw)
        return distinct.codes, distinct.missing
    if values.dtype.kind in "fmM":
        missing = missing | (np.isnan(values) if values.dtype.kind == "f" else np.isnat(values))
    if values.dtype.kind == "f":
        values = values.astype(np.float64) + 0.0  # -0.0 is 0.0
    wide = values.view(np.int64) if values.dtype.itemsize == 8 else values.astype(np.int64)
    return codes_of(np.ascontiguousarray(wide))[0], missing
