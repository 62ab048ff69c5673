"""Past events in the order in which they were received, portion by portion."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.live.event_batch import EventBatch
from customerintel.live.given_events import is_table, items_of
from customerintel.live.received_order import ascends, received_order, received_times
from customerintel.schema import Event
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.live.decoding import Decoder

__all__ = ["PORTION", "PastEvents", "past_events"]

#: Rows of a table that are read at a time.
PORTION = 8_000_000
_RECEIVED = ("receivedAt", "received_at")
#: Columns by which events of different customers hang together.
_SHARED = frozenset(
    {
        "messageId", "message_id", "anonymousId", "anonymous_id", "previousId", "previous_id",
        "id", "source",
    }
)  # fmt: skip
_EARLIEST = np.iinfo(np.int64).min
_LATEST = np.iinfo(np.int64).max


@dataclass
class PastEvents:
    """Events to go through once.

    Attributes
    ----------
    batches : iterator of EventBatch
        In order of receipt.
    kind : Kind
        Of the tables of the report.
    apart : bool
        Whether no event of a customer touches another: no ids that lead to others, no message ids.
    n_rejected : int
        Events that cannot be read, so far.
    """

    batches: Iterator[EventBatch]
    kind: Kind
    apart: bool
    n_rejected: int = field(default=0)


def past_events(events: Any, decoder: Decoder, end: int | None) -> PastEvents:
    """Bring events into the order in which they were received, up to an end.

    Those that do not say when are taken in order of their timestamps: then it is not modelled
    that events come late.
    """
    last = _LATEST if end is None else end
    if is_table(events):
        return _of_table(events, decoder, last)
    past = PastEvents(iter(()), Kind("pandas"), apart=False)
    past.batches = _of_items(list(items_of(events)), decoder, past, last)
    return past


def _of_items(
    items: list[Any], decoder: Decoder, past: PastEvents, last: int
) -> Iterator[EventBatch]:
    decoded = decoder.decode(items)
    past.n_rejected += len(decoded.rejected)
    batch = decoded.batch
    received = np.array([_received(item) for item in items] or [0], np.int64)[batch.origin]
    at = np.where(received == _EARLIEST, batch.timestamp, received)
    order = np.arange(len(at)) if ascends(at) else np.argsort(at, kind="stable")
    seen = order[at[order] <= last]
    yield batch if ascends(at) and len(seen) == len(at) else batch.take(seen)


def _received(item: Any) -> int:
    """Return when an event was received, microseconds UTC; the least number: it does not say."""
    if isinstance(item, Event):
        value: Any = item.received_at
    else:
        if isinstance(item, str | bytes):
            item = _parsed(item)
        if not isinstance(item, Mapping):
            return _EARLIEST
        value = next((item[name] for name in _RECEIVED if item.get(name) is not None), None)
    if value is None:
        return _EARLIEST
    from customerintel.schema.forms import Breach
    from customerintel.schema.moments import MomentForm, microseconds

    try:
        moment = MomentForm().parse(value)
    except Breach:
        return _EARLIEST  # the event itself is refused for it
    return microseconds(moment)


def _parsed(line: str | bytes) -> Any:
    marker = '"received' if isinstance(line, str) else b'"received'
    if marker not in line:  # type: ignore[operator]
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None  # the event itself is refused for it


def _of_table(table: Any, decoder: Decoder, last: int) -> PastEvents:
    from customerintel.tables.frames import open_table

    source = open_table(table)
    columns = [str(name) for name in source.columns]
    past = PastEvents(iter(()), source.kind, apart=not _SHARED & set(columns))
    past.batches = _portions(table, source, columns, decoder, past, last)
    return past


def _portions(
    table: Any, source: Any, columns: list[str], decoder: Decoder, past: PastEvents, last: int
) -> Iterator[EventBatch]:
    held = source.read(columns)
    order = received_order(held, columns)
    at = None if last == _LATEST else received_times(held, columns)
    for start in range(0, max(held.n_rows, 1), PORTION):
        stop = min(start + PORTION, held.n_rows)
        if order is None and stop - start == held.n_rows and source.kind.name != "polars-lazy":
            part = table
        else:
            index = np.arange(start, stop) if order is None else order[start:stop]
            part = held.native({name: name for name in columns}, index)
        decoded = decoder.decode_table(part, keep_lines=False)
        past.n_rejected += len(decoded.rejected)
        batch = decoded.batch
        if at is not None:
            rows = batch.origin + start if order is None else order[batch.origin + start]
            batch = batch.take(at[rows] <= last)
        elif last != _LATEST:
            batch = batch.take(batch.timestamp <= last)
        yield batch
