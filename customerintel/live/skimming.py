"""Lines that are plainly fine become a batch; all others are left for `judging`."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import EventBatch, Link
from customerintel.live.event_rows import LINKING, assemble, link_of
from customerintel.live.event_times import (
    EARLIEST,
    LATEST,
    UNREAD,
    LineBuffer,
    buffer_of_lines,
    clamped,
    read_moments,
)
from customerintel.live.wanted import Wanted, event_name

__all__ = ["LineReader", "skim"]

Mask = NDArray[np.bool_]
#: Longer lines are left: they are few, and each may hide anything.
_LONGEST: Final = 4000


class Columns(dict[str, list[Any]]):
    """The fields of records, one column each, made when they are asked for."""

    def __init__(self, records: list[Any]) -> None:
        super().__init__()
        self._records = records

    def __missing__(self, name: str) -> list[Any]:
        column = list(map(attrgetter(name), self._records))
        self[name] = column
        return column


class LineReader(Protocol):
    """Recognises the usual shape of an event."""

    def records(self, lines: Sequence[bytes]) -> list[Any]:
        """Return one record per line; None where the shape is another one."""

    def values(self, columns: Columns) -> NDArray[np.float64]:
        """Return the wanted properties, one row each."""


def skim(
    reader: LineReader,
    lines: list[bytes],
    origin: NDArray[np.int64],
    *,
    buffer: LineBuffer | None,
    received: int | None,
    wanted: Wanted,
    source: str,
    salt: bytes,
) -> tuple[EventBatch, NDArray[np.int64], NDArray[np.int64]]:
    """Return the batch of the lines that are plainly fine, their places, and the other places.

    Parameters
    ----------
    reader : LineReader
        With msgspec or without.
    lines : list of bytes
        One JSON text each, without line ends.
    origin : ndarray of int64
        Which of the given items each line came in.
    buffer : tuple, optional
        What `buffer_of_lines` makes of the lines.
    received : int, optional
        When they came in, for events that do not say so.
    wanted : Wanted
        Classes and properties.
    source, salt
        As of `Decoder`.
    """
    good = ~_doubtful(lines, buffer)
    places, records = _recognised(reader, lines, good)
    if not records:
        return EventBatch.empty(len(wanted.properties), source), places, np.flatnonzero(~good)
    columns = Columns(records)
    fine, timestamp = _times(columns, received)
    who, users, links, known = _people(columns)
    fine &= known
    batch = assemble(
        who=who,
        timestamp=timestamp,
        values=reader.values(columns),
        lines=lines if good.all() else [lines[at] for at in places.tolist()],
        links=links,
        origin=origin[places],
        users=users,
        source=source,
        salt=salt,
        **_labels(columns, wanted, fine),
    )
    if not fine.all():
        good[places[~fine]] = False
        batch, places = batch.take(fine), places[fine]
    return batch, places, np.flatnonzero(~good)


def _recognised(
    reader: LineReader, lines: list[bytes], good: Mask
) -> tuple[NDArray[np.int64], list[Any]]:
    """Return the places and records of the lines of the usual shape; others are not `good`."""
    places = np.flatnonzero(good)
    some = lines if len(places) == len(lines) else [lines[at] for at in places.tolist()]
    records = reader.records(some)
    if not all(records):  # a record is true
        usual = np.fromiter((record is not None for record in records), bool, len(records))
        good[places[~usual]] = False
        places = places[usual]
        records = [record for record in records if record is not None]
    return places, records


def _doubtful(lines: list[bytes], buffer: LineBuffer | None) -> Mask:
    """Tell which lines must not be skimmed: what a reader skips in them may break a rule."""
    from customerintel._kernels.live_lines import find_doubtful

    joined, data, offsets = buffer or buffer_of_lines(lines)
    out = np.zeros(len(lines), np.uint8)
    find_doubtful(data, offsets, out)
    doubtful = out.view(bool) | (offsets[1:] - offsets[:-1] > _LONGEST)
    if not joined.isascii():
        doubtful |= np.fromiter((not _is_utf8(line) for line in lines), bool, len(lines))
    if b"\\" in joined:
        half = (b"\\ud" in line or b"\\uD" in line for line in lines)
        doubtful |= np.fromiter(half, bool, len(lines))
    return doubtful


def _is_utf8(line: bytes) -> bool:
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            return False
    return True


def _times(columns: Columns, received: int | None) -> tuple[Mask, NDArray[np.int64]]:
    """Return which events have good times, and the times."""
    timestamp = read_moments(columns["timestamp"])
    fine = timestamp != UNREAD
    for name in ("original_timestamp", "sent_at"):
        if _any(columns[name]):
            fine &= _moments(columns[name], None)[0]
    if _any(columns["received_at"]):
        sure, receipt = _moments(columns["received_at"], received)
        timestamp = clamped(timestamp, receipt)
        fine &= sure
    elif received is not None:
        timestamp = np.minimum(timestamp, received)
    return fine & (timestamp >= EARLIEST) & (timestamp <= LATEST), timestamp


def _any(texts: Sequence[str | None]) -> bool:
    return texts.count(None) < len(texts)


def _moments(texts: Sequence[str | None], default: int | None) -> tuple[Mask, NDArray[np.int64]]:
    """Return which of the times that are there can be read, and the times."""
    given = np.fromiter((text is not None for text in texts), bool, len(texts))
    found = read_moments([text or "" for text in texts])
    sure = ~given | (found != UNREAD)
    return sure, np.where(given | (default is None), found, default or 0)


def _people(columns: Columns) -> tuple[list[str], Mask | None, list[Link], Mask]:
    """Return whose events they are, by a user id or not, what leads where, and what is known."""
    who: list[Any] = columns["user_id"]
    known = np.ones(len(who), bool)
    users = None
    kinds = set(map(type, who))
    if NoneType in kinds:
        users = np.fromiter((user is not None for user in who), bool, len(who))
    if kinds != {str}:
        pairs = zip(who, columns["anonymous_id"], strict=True)
        who = [_id(other if user is None else user) for user, other in pairs]
        if None in who:
            known = np.fromiter((name is not None for name in who), bool, len(who))
            who = [name or "" for name in who]
    return who, users, _links(columns), known


def _id(value: str | int | None) -> str | None:
    """Return an id as text."""
    return value if value is None or isinstance(value, str) else str(value)


def _links(columns: Columns) -> list[Link]:
    links: list[Link] = []
    calls = columns["type"]
    if LINKING.isdisjoint(set(calls)):
        return links
    ids = zip(columns["user_id"], columns["anonymous_id"], columns["previous_id"], strict=True)
    for at, (call, row) in enumerate(zip(calls, ids, strict=True)):
        link = link_of(call, *map(_id, row)) if call in LINKING else None
        if link is not None:
            links.append((at, *link))
    return links


def _labels(columns: Columns, wanted: Wanted, fine: Mask) -> dict[str, Any]:
    """Return names, classes and message ids; events without what they need are not `fine`."""
    names: list[Any] = columns["event"]
    calls = columns["type"]
    sorts = wanted.sorts_of(names, calls)
    if NoneType in set(map(type, names)):
        names = [event_name(name, call) for name, call in zip(names, calls, strict=True)]
        fine &= np.fromiter((name is not None for name in names), bool, len(names))
    messages: list[Any] = columns["message_id"]
    if set(map(type, messages)) != {str}:
        messages = [_id(message) for message in messages]
    return {"names": names, "sorts": sorts, "messages": messages}
