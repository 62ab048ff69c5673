"""Rows of an outbox, whatever holds them: an engine, its outbox, a list, or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.live.uplift_units import COVARIATES

__all__ = ["Known", "UnitRow", "known_of", "rows_of"]

_TEXTS = ("rule_id", "customer_id", "arm")
_TIMES = ("unit_at", "due_at")


class Known(NamedTuple):
    """What an outbox knows beside its rows: rules, holdout, merged customers, and its time."""

    rules: Iterable[Any] = ()
    holdout: Any = None
    canonical: Callable[[str], str] | None = None
    time: int = -1


def known_of(outbox: Any) -> Known:
    """Return what is known of the rules behind an outbox; nothing, of its rows alone."""
    state = getattr(outbox, "_state", None)
    if state is None:
        return Known()
    fold = state.fold
    return Known(
        state.rules, getattr(fold, "holdout", None), fold.canonical, getattr(fold, "time", -1)
    )


class UnitRow(NamedTuple):
    """What a row of the outbox says of the unit that it belongs to; times in microseconds UTC."""

    rule_id: str
    customer_id: str
    arm: str
    unit_at: int
    due_at: int
    frequency: float = float("nan")
    monetary: float = float("nan")
    time_since_last: float = float("nan")


def rows_of(outbox: Any) -> Iterable[Any]:
    """Return rows with the names of `StoredAction`.

    Raises
    ------
    InvalidArgumentError
        If it holds none.
    SchemaError
        If it is a table without the columns.
    """
    if hasattr(outbox, "load_per_day"):
        raise InvalidArgumentError(
            "A backtest did nothing to anybody, so no difference between its arms is an effect. "
            "Measure the outbox of a live engine."
        )
    for name in ("_rows", "actions"):  # an outbox, a store
        rows = getattr(outbox, name, None)
        if callable(rows):
            held: Iterable[Any] = rows()
            return held
    is_table = isinstance(outbox, Mapping) or hasattr(outbox, "columns")
    if is_table or hasattr(outbox, "__arrow_c_stream__"):
        return _of_table(outbox)
    if isinstance(outbox, Iterable) and not isinstance(outbox, str | bytes):
        return _of_list(outbox)
    raise InvalidArgumentError(
        f"outbox must be the outbox of a live engine, its rows, or a table of them; got "
        f"{type(outbox).__name__}."
    )


def _of_list(rows: Iterable[Any]) -> Iterator[Any]:
    for row in rows:
        if not all(hasattr(row, name) for name in UnitRow._fields):
            raise InvalidArgumentError(
                f"The rows of an outbox must have {', '.join(UnitRow._fields)}; got "
                f"{type(row).__name__}. Give engine.outbox."
            )
        yield row


def _of_table(table: Any) -> Iterator[UnitRow]:
    from customerintel.schema import Transaction, columns_of
    from customerintel.tables.frames import open_table
    from customerintel.tables.reading import as_objects
    from customerintel.tables.text import Text
    from customerintel.tables.times import read_times

    source = open_table(table)
    missing = [name for name in (*_TEXTS, *_TIMES) if name not in source.columns]
    if missing:
        raise SchemaError(
            f"The table of actions has no column {', '.join(map(repr, missing))}. Give "
            "engine.outbox, or what its to_frame() returns."
        )
    known = [name for name in COVARIATES if name in source.columns]
    read = source.read([*_TEXTS, *_TIMES, *known])
    times = columns_of(Transaction)["timestamp"]
    columns: dict[str, list[Any]] = {}
    for name in _TEXTS:
        texts = as_objects(read[name]).values
        plain = texts.to_numpy() if isinstance(texts, Text) else texts
        columns[name] = ["" if value is None else str(value) for value in plain.tolist()]
    for name in _TIMES:
        held = read[name].values
        if isinstance(held, np.ndarray) and held.dtype.kind in "iu":
            columns[name] = held.tolist()
        else:
            columns[name] = read_times(times, read[name], None).values.tolist()
    for name in known:
        columns[name] = np.asarray(as_objects(read[name]).values, np.float64).tolist()
    for row in zip(*columns.values(), strict=True):
        yield UnitRow(**dict(zip(columns, row, strict=True)))
