"""From what a store is given to rows of its tables, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter, itemgetter
from typing import Any, Final
from zlib import crc32

from customerintel.exceptions import LiveStoreError
from customerintel.live.sql_statements import ACTION_COLUMNS
from customerintel.live.store import StoredAction

__all__ = [
    "action_of",
    "chunks_of",
    "crc_of",
    "digest_of",
    "inserted",
    "kept_text",
    "read_text",
    "record_crc",
    "updated",
]

CHUNK: Final = 1 << 18
_ESCAPE: Final = "\x1b"
_TEXTS: Final = tuple(
    ACTION_COLUMNS.index(name)
    for name in ("id", "rule_id", "customer_id", "channel", "reason", "payload", "trigger_key")
)
_NUMBERS: Final = tuple(
    ACTION_COLUMNS.index(name) for name in ("frequency", "monetary", "time_since_last")
)
_fields = attrgetter(*ACTION_COLUMNS)
_texts = itemgetter(*_TEXTS)
_whole = itemgetter(
    *(
        ACTION_COLUMNS.index(name)
        for name in (
            "rule_version", "position", "due_at", "not_before", "attempts", "lease_until",
            "sent_at", "unit_at",
        )
    )
)  # fmt: skip


def kept_text(text: str) -> str:
    """Return a text that every database can hold; `read_text` gives the first one back.

    JSON can say NUL and half a surrogate pair, which PostgreSQL and UTF-8 cannot hold. One such
    text must not make a whole transaction fail, so it is written as hexadecimal digits.
    """
    if text.isprintable():
        return text
    if "\0" not in text and _ESCAPE not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _ESCAPE + text.encode("utf-8", "surrogatepass").hex()


def read_text(text: str) -> str:
    """Return the text that `kept_text` was given."""
    if not text.startswith(_ESCAPE):
        return text
    return bytes.fromhex(text[1:]).decode("utf-8", "surrogatepass")


def crc_of(values: Mapping[str, object]) -> int:
    """Return a check sum of what stands under names."""
    return crc32("\n".join(f"{name}={values[name]}" for name in sorted(values)).encode())


def record_crc(seq: int, kind: str, body: bytes) -> int:
    """Return the check sum of a record: of its number and kind, too, so that none is moved."""
    return crc32(body, crc32(f"{seq}\0{kind}".encode()))


def digest_of(body: bytes | memoryview) -> bytes:
    """Return what tells one chunk of a snapshot from another."""
    return blake2b(body, digest_size=16).digest()


def chunks_of(parts: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int, memoryview]]:
    """Yield parts in pieces of at most `CHUNK` bytes; an empty part is one empty piece."""
    for name, body in parts:
        view = memoryview(body)
        for number, start in enumerate(range(0, max(len(view), 1), CHUNK)):
            yield name, number, view[start : start + CHUNK]


def inserted(action: StoredAction) -> tuple[Any, ...]:
    """Return the row of an action, with the time from which it may be leased."""
    row = list(_fields(action))
    if not "".join(_texts(row)).isprintable():
        for at in _TEXTS:
            row[at] = kept_text(row[at])
    for at in _NUMBERS:
        number = float(row[at])
        row[at] = None if number != number else number
    row.append(_ready_at(action))
    return tuple(row)


def updated(action: StoredAction) -> tuple[Any, ...]:
    """Return the values that go over a row, then its id."""
    action_id, *rest = inserted(action)
    return (*rest, action_id)


def action_of(row: Sequence[Any]) -> StoredAction:
    """Return the action that a row of the outbox holds.

    Raises
    ------
    LiveStoreError
        If it is none: a page of the file is damaged.
    """
    values = list(row)
    try:
        for at in _TEXTS:
            values[at] = read_text(values[at])
        is_whole = set(map(type, _whole(values))) == {int}
    except (AttributeError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise LiveStoreError(
            "A row of the outbox is damaged: its values are of other types than were written. Put "
            "back a copy of the store."
        )
    for at in _NUMBERS:
        if values[at] is None:
            values[at] = float("nan")
    return StoredAction(*values)


def _ready_at(action: StoredAction) -> int | None:
    if action.state == "queued":
        return max(action.due_at, action.not_before)
    return action.lease_until if action.state == "leased" else None
