"""What every log does with the columns that came in: read, reject, and take what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import Column, is_null
from customerintel.tables.building import fresh_name
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import Reading, read_choice, read_ids, read_numbers
from customerintel.tables.rejections import Rejections
from customerintel.tables.times import read_times

__all__ = [
    "accepted_rows",
    "carried_columns",
    "missing_rows",
    "read_column",
    "reject",
    "take",
]

Mask = NDArray[np.bool_]


def read_column(column: Column, raw: Raw, timestamp_format: str | None) -> Reading:
    """Read a column of ids, times, numbers or choices by its rules."""
    if column.kind == "timestamp":
        return read_times(column, raw, timestamp_format)
    readers: dict[str, Callable[[Column, Raw], Reading]] = {
        "id": read_ids, "number": read_numbers, "choice": read_choice,
    }  # fmt: skip
    return readers[column.kind](column, raw)


def reject(table: Table, broken: Mapping[str, Mask], columns: Sequence[str]) -> Rejections:
    """Give each bad row to the first rule that it broke."""
    rules = tuple(broken)
    codes = np.full(table.n_rows if rules else 0, -1, np.int16)
    for place in reversed(range(len(rules))):
        codes[broken[rules[place]]] = place
    rows = np.flatnonzero(codes >= 0)
    return Rejections(
        n_rows_in=table.n_rows,
        rows=rows,
        codes=codes[rows],
        rules=rules,
        breaches={rule: int(mask.sum()) for rule, mask in broken.items()},
        first={rule: tuple(np.flatnonzero(mask)[:5].tolist()) for rule, mask in broken.items()},
        _table=table,
        _columns=tuple(dict.fromkeys(columns)),
    )


def accepted_rows(rejected: Rejections, on_invalid: str) -> NDArray[np.int64] | None:
    """Return the numbers of the accepted rows, None where all are.

    Raises
    ------
    DataValidationError
        If there are rejected rows and `on_invalid` is "raise".
    """
    if not len(rejected):
        return None
    if on_invalid == "raise":
        raise rejected.error()
    good = np.ones(rejected.n_rows_in, bool)
    good[rejected.rows] = False
    index = np.flatnonzero(good)
    if not len(index):
        warn_caller(
            f"All {rejected.n_rows_in:,} rows were rejected, so the log is empty. "
            "See .rejected.counts() for the rules that they broke."
        )
    return index


def take(values: NDArray[Any], index: NDArray[np.int64] | None) -> NDArray[Any]:
    """Return the accepted rows of a column."""
    return np.ascontiguousarray(values if index is None else values[index])


def missing_rows(raw: Raw) -> Mask:
    """Tell which rows have no value."""
    missing = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
    if isinstance(raw.values, np.ndarray):
        if raw.values.dtype.kind == "f":
            return np.asarray(missing | np.isnan(raw.values), bool)
        if raw.values.dtype.kind in "mM":
            return np.asarray(missing | np.isnat(raw.values), bool)
        if raw.values.dtype.kind == "O" and raw.missing is None:
            return np.array([is_null(value) for value in raw.values.tolist()], bool)
    return missing


def carried_columns(
    roles: Mapping[str, str], keep: Sequence[str], done: Sequence[str]
) -> dict[str, str]:
    """Return the columns that go along, by their name in the log; those `done` are its own."""
    carried = {role: column for role, column in roles.items() if role not in done}
    taken = {*carried, *done}
    for name in dict.fromkeys(keep):
        if carried.get(name) != name:
            carried[fresh_name(name, taken)] = name
    return carried
