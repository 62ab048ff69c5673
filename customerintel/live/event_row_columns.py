"""The columns of a table of events, read by the rules of `schema.Event`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, overload

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import Coded, EventBatch, Link
from customerintel.live.event_rows import LINKING, link_of
from customerintel.live.event_times import EARLIEST, LATEST, UNREAD, clamped
from customerintel.live.property_values import column_of, first_number
from customerintel.live.wanted import AMOUNT, Property, event_name
from customerintel.schema.columns import Column, columns_of
from customerintel.schema.event import Event
from customerintel.schema.event_kinds import EventType
from customerintel.tables.accepting import missing_rows, read_column
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table
from customerintel.tables.reading import Distinct, Reading, as_objects
from customerintel.tables.text import Text

if TYPE_CHECKING:
    from customerintel.live.decoding import Decoder

__all__ = ["EventColumns", "read_events"]

Mask = NDArray[np.bool_]
Codes = NDArray[np.int32]
_CALLS: Final = [call.value for call in EventType]


class _Texts(Sequence[str]):
    """Texts of a buffer, made when they are asked for."""

    def __init__(self, texts: Text) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        low, high = self._texts.offsets[place], self._texts.offsets[place + 1]
        return self._texts.data[low:high].tobytes().decode("utf-8", "surrogatepass")


@dataclass(frozen=True, eq=False)
class EventColumns:
    """Columns of a table by the fields of `Event`; all others by their names."""

    table: Table
    fields: dict[str, str]
    broken: list[tuple[str, Mask]] = field(default_factory=list)

    def raw(self, asked: str) -> Raw | None:
        """Return the column of a field, None if there is none."""
        name = self.fields.get(asked)
        return None if name is None else self.table[name]

    def read(self, asked: str) -> tuple[Reading, Mask] | None:
        """Return a field and where it is missing; rows that break its rules are noted."""
        raw = self.raw(asked)
        if raw is None:
            return None
        column: Column = columns_of(Event)[asked]
        reading = read_column(column, raw, None)
        for rule, mask in reading.broken.items():
            self.note(f"{asked}: {rule}", mask)
        return reading, missing_rows(raw)

    def note(self, rule: str, mask: Mask) -> None:
        """Note rows that break a rule."""
        if mask.any():
            self.broken.append((rule, mask))


def read_events(
    columns: EventColumns, decoder: Decoder, received: int | None
) -> tuple[EventBatch, list[tuple[str, Mask]]]:
    """Return all rows as a batch, and which of them break which rule.

    A row that breaks one holds placeholders; it must be taken out.
    """
    n = columns.table.n_rows
    user, device = _ids(columns, "customer_id", n), _ids(columns, "anonymous_id", n)
    who = _either(user, device)
    columns.note("customer_id: null_customer_id", who.codes < 0)
    timestamp = _times(columns, received, n)
    call = _calls(columns, n)
    names, code, opt_outs = _classes(columns, decoder, call)
    message, keys = _messages(columns, decoder, n)
    rows = [_property(columns, asked, n) for asked in decoder.wanted.properties]
    batch = EventBatch(
        who=who,
        timestamp=timestamp,
        code=code,
        values=np.array(rows) if rows else np.zeros((0, n)),
        message=message,
        keys=keys,
        names=names,
        links=_links(user, device, call),
        withdrawals=np.flatnonzero(opt_outs).tolist(),
        origin=np.arange(n),
        source=decoder.source,
        users=None if (user.codes >= 0).all() else user.codes >= 0,
    )
    return batch, columns.broken


def _coded(reading: Reading, missing: Mask) -> Coded:
    """Return ids as codes; an integer is its decimal text."""
    if reading.texts is not None:
        codes, texts = reading.values.astype(np.int32), reading.texts.to_list()
    else:
        import pandas as pd

        found, distinct = pd.factorize(reading.values)
        codes, texts = found.astype(np.int32), [str(key) for key in distinct.tolist()]
    if missing.any():
        codes = np.where(missing, np.int32(-1), codes)
    return Coded(codes, texts)


def _ids(columns: EventColumns, asked: str, n: int) -> Coded:
    found = columns.read(asked)
    return Coded(np.full(n, -1, np.int32), []) if found is None else _coded(*found)


def _either(user: Coded, device: Coded) -> Coded:
    """Return whose events they are: the customer, else the device."""
    if not len(device.texts) or not len(user.texts):
        return user if len(user.texts) else device
    place = {text: at for at, text in enumerate(user.texts)}
    moved = np.array([*(place.setdefault(t, len(place)) for t in device.texts), -1], np.int32)
    return Coded(np.where(user.codes < 0, moved[device.codes], user.codes), list(place))


def _calls(columns: EventColumns, n: int) -> NDArray[np.int64]:
    found = columns.read("type")
    return np.zeros(n, np.int64) if found is None else found[0].values.astype(np.int64)


def _links(user: Coded, device: Coded, call: NDArray[np.int64]) -> list[Link]:
    """Return what identify and alias calls lead where."""
    linking = np.isin(call, [_CALLS.index(word) for word in sorted(LINKING)])
    found = []
    for at in np.flatnonzero(linking & (user.codes >= 0) & (device.codes >= 0)).tolist():
        link = link_of(_CALLS[call[at]], user[at], device[at], None)
        if link is not None:
            found.append((at, *link))
    return found


def _times(columns: EventColumns, received: int | None, n: int) -> NDArray[np.int64]:
    """Return the times, corrected and clamped; those out of bounds are noted."""
    parts = {}
    for name in ("original_timestamp", "sent_at", "received_at"):
        found = columns.read(name)
        if found is not None:
            parts[name] = np.where(found[1], UNREAD, found[0].values)
    default = UNREAD if received is None else received
    receipt = parts.get("received_at", np.full(n, UNREAD))
    receipt = np.where(receipt == UNREAD, default, receipt)
    found = columns.read("timestamp")
    if found is not None:
        timestamp, missing = found[0].values, found[1]
    else:
        nothing = np.full(n, UNREAD)
        sent = parts.get("sent_at", nothing)
        original = parts.get("original_timestamp", nothing)
        missing = (sent == UNREAD) | (original == UNREAD) | (receipt == UNREAD)
        timestamp = np.where(missing, 0, receipt - np.where(missing, 0, sent - original))
        columns.note("timestamp: missing", missing)
    timestamp = clamped(timestamp, receipt)
    outside = ~missing & ((timestamp < EARLIEST) | (timestamp > LATEST))
    for _, mask in columns.broken:
        outside &= ~mask
    columns.note("timestamp: timestamp_out_of_range (before 1970 or after 2100)", outside)
    return timestamp


def _classes(
    columns: EventColumns, decoder: Decoder, call: NDArray[np.int64]
) -> tuple[Coded, Codes, Mask]:
    """Return the names of the events, their classes, and which are opt-outs."""
    raw = columns.raw("event")
    names: list[str | None] = [None]
    code = np.zeros(len(call), np.int64)
    if raw is not None:
        column = columns_of(Event)["event"]
        distinct = Distinct.of(as_objects(raw))
        parsed, problems = distinct.parse(column, column.form.parse)
        for rule, mask in distinct.broken(column, problems).items():
            columns.note(f"event: {rule}", mask)
        names = [*parsed, None]
        code = distinct.spread([*range(len(parsed))], np.int64)
        code = np.where(distinct.missing, len(parsed), code)
    pair = code * len(_CALLS) + call
    there = np.bincount(pair, minlength=len(names) * len(_CALLS)) > 0
    pairs, place = np.flatnonzero(there), (np.cumsum(there) - 1)[pair]
    pair_names = [names[both // len(_CALLS)] for both in pairs.tolist()]
    pair_calls = [_CALLS[both % len(_CALLS)] for both in pairs.tolist()]
    classes, opt_outs = decoder.wanted.sorts_of(pair_names, pair_calls)
    shown = [event_name(*both) for both in zip(pair_names, pair_calls, strict=True)]
    nameless = np.array([name is None for name in shown], bool)
    columns.note("event: null_event", nameless[place])
    texts = [name or "" for name in shown]
    return Coded(place.astype(np.int32), texts), classes[place], opt_outs[place]


def _messages(
    columns: EventColumns, decoder: Decoder, n: int
) -> tuple[Coded | None, NDArray[np.uint64]]:
    """Return the message ids and their keys."""
    from customerintel.live.message_keys import text_keys

    found = columns.read("message_id")
    if found is None:
        return None, np.zeros((n, 2), np.uint64)
    reading, missing = found
    if reading.texts is None:
        distinct, codes = np.unique(reading.values, return_inverse=True)
        texts = Text.of(map(str, distinct.tolist()))
    else:
        texts, codes = reading.texts, reading.values
    keys = text_keys(texts.data, texts.offsets, decoder.source, decoder.salt)
    keys = np.concatenate([keys, np.zeros((1, 2), np.uint64)])
    codes = np.where(missing, -1, codes)
    return Coded(codes.astype(np.int32), _Texts(texts)), keys[codes]


def _property(columns: EventColumns, asked: Property, n: int) -> NDArray[np.float64]:
    if asked.path == AMOUNT:
        ways = [_numbers(columns, name, None, n) for name in ("total", "revenue")]
        found = columns.read("value")
        return first_number([*ways, np.full(n, np.nan) if found is None else found[0].values])
    return _numbers(columns, ".".join(asked.path), asked.texts, n)


def _numbers(
    columns: EventColumns, name: str, texts: tuple[str, ...] | None, n: int
) -> NDArray[np.float64]:
    """Return one property; each distinct text is read once."""
    if name not in columns.table.columns or name in columns.fields.values():
        return np.full(n, np.nan)
    raw = columns.table[name]
    missing = missing_rows(raw)
    if isinstance(raw.values, np.ndarray) and raw.values.dtype.kind in "iufb":
        values = raw.values.astype(np.float64)
        values = np.where(missing | ~np.isfinite(values), np.nan, values)
        return values if texts is None else np.where(np.isnan(values), np.nan, 0.0)
    if isinstance(raw.values, np.ndarray) and raw.values.dtype.kind != "O":
        return np.full(n, np.nan) if texts is None else np.where(missing, np.nan, 0.0)
    distinct = Distinct.of(raw)
    read = column_of(list(distinct.values), texts)
    return np.where(missing, np.nan, distinct.spread(read.tolist(), np.float64))
