"""A table with one event per row as a batch: whole columns at once, for long histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from customerintel.exceptions import SchemaError
from customerintel.live.event_items import json_line
from customerintel.live.event_row_columns import EventColumns, read_events
from customerintel.live.received_order import received_order
from customerintel.live.store import KeptAside
from customerintel.live.table_rows import row_dicts
from customerintel.schema.event import Event
from customerintel.tables.frames import Table, open_table

if TYPE_CHECKING:
    from customerintel.live.decoding import Decoded, Decoder

__all__ = ["decode_table", "field_columns", "is_table"]

#: Fields of an event that columns hold as they are; with any other one, rows are read singly.
COLUMNAR: Final = frozenset(
    {
        "customer_id", "anonymous_id", "timestamp", "type", "event", "message_id", "value",
        "original_timestamp", "sent_at", "received_at",
    }
)  # fmt: skip


def is_table(items: Any) -> bool:
    """Tell whether events came as a table of columns, not one by one.

    Examples
    --------
    >>> is_table([{"userId": "c1"}]), is_table({"userId": ["c1"], "timestamp": ["2024-05-01"]})
    (False, True)
    """
    if isinstance(items, Mapping):
        held = [v for v in items.values() if not isinstance(v, (str, bytes, Mapping, list, tuple))]
        return any(hasattr(v, "__len__") for v in held) or isinstance(
            items.get("timestamp"), (list, tuple)
        )
    if isinstance(items, (str, bytes, bytearray, memoryview, list, tuple, Event)):
        return False
    names = ("columns", "column_names", "__arrow_c_stream__")
    return any(hasattr(type(items), name) for name in names)


def field_columns(columns: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of `Event` that are there, by the names of their columns."""
    known = {}
    for name, info in Event.model_fields.items():
        for given in (info.serialization_alias, name):
            if given in columns and given is not None:
                known[given] = name
    return known


def decode_table(
    decoder: Decoder, table: Any, received: int | None = None, *, keep_lines: bool = True,
    by_time: bool = False,
) -> Decoded:  # fmt: skip
    """Read a table with one event per row.

    Parameters
    ----------
    decoder : Decoder
        Whose rules, source and secret count.
    table : table
        Of any kind that the library reads. Columns with the names of the fields of `Event`
        (``userId`` or ``customer_id``, ``timestamp``, ``event``, ``type``, ``messageId`` …) are
        those fields, all others are properties; ``a.b`` is the property ``b`` inside ``a``.
    received : int, optional
        When the events came in, microseconds UTC, for those that do not say so.
    keep_lines : bool, default True
        Whether the batch can be logged. Without, only the wanted columns are read, in a few
        passes; for backtests.
    by_time : bool, default False
        Whether the batch, where it can be logged, is in the order in which the rows were received
        (``receivedAt``, else ``timestamp``); else it is in that of the table.

    Returns
    -------
    Decoded
        Rows that break a rule are in `rejected`, with their number and the name of the rule.

    Raises
    ------
    SchemaError
        If it is no table, has no column for the customer or the time, or its times are numbers
        without a unit.
    """
    source = open_table(table)
    fields = field_columns(source.columns)
    _check_columns(source.columns, set(fields.values()))
    if (
        keep_lines
        or not COLUMNAR.issuperset(fields.values())
        or len(set(fields.values())) < len(fields)
    ):
        whole = source.read(source.columns)
        if not whole.n_rows:  # a column without values has no kind of its own
            return decoder.decode([], received)
        decoded = decoder.decode(row_dicts(whole, fields), received)
        return _in_order(decoded, whole) if by_time else decoded
    paths = {".".join(p.path) for p in decoder.wanted.properties} | {"total", "revenue"}
    others = [name for name in source.columns if name in paths and name not in fields]
    whole = source.read([*fields, *others])
    columns = EventColumns(whole, {field: name for name, field in fields.items()})
    batch, broken = read_events(columns, decoder, received)
    return _parted(batch, broken, whole, fields, decoder.source)


def _check_columns(columns: tuple[str, ...], fields: set[str]) -> None:
    """Refuse a table of which no row can be an event."""
    missing = []
    if not fields & {"customer_id", "anonymous_id"}:
        missing.append("whose events they are (customer_id, userId or anonymousId)")
    if not fields & {"timestamp", "received_at"}:
        missing.append("when they happened (timestamp)")
    if missing:
        raise SchemaError(
            f"The table of events has no column that says {' and '.join(missing)}. It has "
            f"{', '.join(map(repr, columns[:12])) or 'none'}{', …' if len(columns) > 12 else ''}. "
            "Rename its columns."
        )


def _in_order(decoded: Decoded, whole: Table) -> Decoded:
    """Return rows in the order in which they were received."""
    order = received_order(whole, whole.columns)
    if order is not None:
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        rows = np.argsort(place[decoded.batch.origin], kind="stable")
        decoded = type(decoded)(decoded.batch.take(rows), decoded.rejected)
    return decoded


def _parted(
    batch: Any, broken: list[tuple[str, Any]], table: Table, fields: dict[str, str], source: str
) -> Decoded:
    """Return the rows that keep all rules, and the others aside."""
    from customerintel.live.decoding import Decoded

    bad = np.zeros(table.n_rows, bool)
    reasons: dict[int, list[str]] = {}
    for rule, mask in broken:
        bad |= mask
        for row in np.flatnonzero(mask).tolist():
            reasons.setdefault(row, []).append(rule)
    if not reasons:
        return Decoded(batch, [])
    rows = np.flatnonzero(bad)
    shown = row_dicts(table, fields, rows)
    rejected = [
        KeptAside("; ".join(reasons[row]), _raw(data), source, row)
        for row, data in zip(rows.tolist(), shown, strict=True)
    ]
    return Decoded(batch.take(~bad), rejected)


def _raw(data: dict[str, Any]) -> bytes:
    try:
        return json_line(data)[:4096]
    except (ValueError, TypeError):
        return repr(data)[:4096].encode("utf-8", "backslashreplace")
