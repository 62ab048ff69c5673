"""Some rows of what models predict for: summaries, tables and arrays, read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.tables import CustomerSummary
from customerintel.tables.frames import Table, open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.naming import code_texts
from customerintel.tables.text import Text

__all__ = ["Parts", "ids_of", "take_customers"]

Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Parts:
    """Data of which some rows at a time can be had.

    Parameters
    ----------
    whole : CustomerSummary, table or ndarray
        All rows.
    n_rows : int
        How many.
    take : callable
        Returns the rows at some places.
    ids : CustomerIds or None
        The customers: of a summary, or of a column customer_id.
    kind : Kind
        The caller's kind of table.
    """

    whole: Any
    n_rows: int
    take: Callable[[Index], Any]
    ids: CustomerIds | None
    kind: Kind

    @classmethod
    def of(cls, data: Any) -> Self:
        """Read the data; a stream or a lazy table is collected, once."""
        if isinstance(data, CustomerSummary):
            return cls(
                data, len(data), lambda index: take_customers(data, index), data.ids, data.kind
            )
        source = open_table(data)
        names = {name: name for name in source.columns if isinstance(name, str)}
        table = source.read(list(names))
        return cls(
            table.native(names), table.n_rows, lambda index: table.native(names, index),
            ids_of(table), source.kind,
        )  # fmt: skip

    @classmethod
    def of_array(cls, values: NDArray[Any]) -> Self:
        """Take an array as it is."""
        return cls(values, len(values), lambda index: values[index], None, Kind("pandas"))


def ids_of(table: Table) -> CustomerIds | None:
    """Return the customers of a table that has a column customer_id, in the order of its rows."""
    if "customer_id" not in table.columns:
        return None
    raw = table["customer_id"]
    if raw.missing is not None:
        return None
    if isinstance(raw.values, Text):
        codes, distinct = code_texts(raw.values)
        return CustomerIds(codes, distinct)
    if raw.values.dtype.kind in "iu":
        return CustomerIds(raw.values.astype(np.int64))
    return None


def take_customers(summary: CustomerSummary, index: Index) -> CustomerSummary:
    """Return the summary of the customers at some places, ascending."""
    folded = summary._folded
    columns = {
        field.name: getattr(folded, field.name)[index]
        for field in fields(folded)
        if isinstance(getattr(folded, field.name), np.ndarray)
    }
    # the rows of the log are those of all customers, and nothing can be read from them here
    part = replace(
        summary, ids=summary.ids.take(index), _folded=replace(folded, **columns), _rows=None
    )
    if "sum_log_gaps" in vars(summary):
        vars(part)["sum_log_gaps"] = summary.sum_log_gaps[index]
    return part
