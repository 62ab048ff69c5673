"""Whatever one event may come as, brought to one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import numpy as np
from pydantic import Secret, SecretStr

from customerintel.live.event_times import LineBuffer, buffer_of_lines
from customerintel.live.kept_heads import head_of
from customerintel.live.plain_lines import read_json
from customerintel.live.store import KeptAside
from customerintel.schema.event import Event
from customerintel.schema.event_kinds import kind_of_event

__all__ = ["Lines", "json_line", "lines_of"]

_BLANK: Final = b" \t\r\n"
#: The names in the envelope of the Segment Spec, which are read fastest.
_CAMEL: Final = {
    name: str(info.serialization_alias)
    for name, info in Event.model_fields.items()
    if info.serialization_alias
}
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Lines:
    """Lines of JSON, and what cannot be one."""

    lines: list[bytes] = field(default_factory=list, repr=False)
    origin: list[int] | range = field(default_factory=list, repr=False)
    rejected: list[KeptAside] = field(default_factory=list, repr=False)
    buffer: LineBuffer | None = field(default=None, repr=False)
    """Of the lines, where it was made already."""


def lines_of(items: Any, source: str, max_bytes: int) -> Lines:
    """Return one line per event of the given items.

    Parameters
    ----------
    items : iterable
        Mappings, `Event` objects, and texts or bytes with one or many lines of JSON; or one of
        them. Lines without anything but blanks are left out.
    source : str
        Where they come from.
    max_bytes : int
        A longer line is kept aside with its first 4 KiB and the ids in it.
    """
    origin: list[int] = []
    found = Lines(origin=origin)
    buffer = _buffer(items, max_bytes) if isinstance(items, (list, tuple)) else None
    if buffer is not None:
        return Lines(list(items), range(len(items)), buffer=buffer)
    if isinstance(items, (bytes, bytearray, memoryview, str)):
        items = _split(_as_bytes(items))
    elif isinstance(items, (Mapping, Event)):
        items = [items]
    for position, item in enumerate(items):
        for line in _lines_of_item(item, position, source, found):
            if len(line) > max_bytes:
                reason = f"event: too_large (over {max_bytes:,} bytes)"
                found.rejected.append(KeptAside(reason, head_of(line), source, position))
            else:
                found.lines.append(line)
                origin.append(position)
    return found


def _buffer(items: Sequence[Any], max_bytes: int) -> LineBuffer | None:
    """Return the bytes of lines of which each begins and ends as an object does; else None."""
    if not items or set(map(type, items)) != {bytes}:
        return None
    buffer = joined, data, offsets = buffer_of_lines(items)
    starts, stops = offsets[:-1], offsets[1:]
    if (starts == stops).any():
        return None
    braces = (data[starts] == ord("{")) & (data[stops - 1] == ord("}"))
    short = (stops - starts).max() <= max_bytes
    return buffer if short and braces.all() and b"\n" not in joined else None


def _lines_of_item(item: Any, position: int, source: str, found: Lines) -> Iterable[bytes]:
    if type(item) is bytes and b"\n" not in item:
        line = item.strip(_BLANK)
        return (line.removeprefix(_BOM),) if line else ()
    if isinstance(item, (bytes, bytearray, memoryview, str)):
        return _split(_as_bytes(item))
    if isinstance(item, (Mapping, Event)):
        try:
            return (json_line(_plain(item)),)
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            problem = "non_finite" if "compliant" in str(error) else "not_json"
            raw = head_of(repr(item).encode("utf-8", "backslashreplace"))
            found.rejected.append(KeptAside(f"event: {problem}", raw, source, position))
            return ()
    raw = head_of(repr(item).encode("utf-8", "backslashreplace"))
    found.rejected.append(KeptAside("event: unknown_type", raw, source, position))
    return ()


def _as_bytes(item: bytes | bytearray | memoryview | str) -> bytes:
    return item.encode("utf-8", "surrogatepass") if isinstance(item, str) else bytes(item)


def _split(item: bytes) -> list[bytes]:
    """Return the lines of a text; one event written over several lines becomes one."""
    item = item.removeprefix(_BOM).strip(_BLANK)
    first, end, _ = item.partition(b"\n")
    if end and not _is_json(first):
        try:
            return [json_line(read_json(item))]
        except (ValueError, RecursionError):
            pass  # many lines, of which the first is broken
    return [line for line in (line.strip(_BLANK) for line in item.split(b"\n")) if line]


def _is_json(line: bytes) -> bool:
    try:
        read_json(line)
    except (ValueError, RecursionError):
        return False
    return True


def json_line(data: Any) -> bytes:
    """Return a value as one line of JSON.

    Raises
    ------
    TypeError, ValueError
        If JSON has no form for it.
    """
    text = _COMPACT.encode(data)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair has an escape, but no UTF-8
        return json.dumps(data, allow_nan=False, default=_default).encode()


def _default(value: Any) -> Any:
    """Return what a value that JSON does not know is written as."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return value.item()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (Secret, SecretStr)):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("JSON has no form for it")


_COMPACT: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default
)


def _plain(item: Mapping[str, Any] | Event) -> dict[str, Any]:
    """Return the fields of an event; of a record those that were given, with their secrets."""
    if not isinstance(item, Event):
        named = {_CAMEL.get(name, name): value for name, value in item.items()}
        # of a field that is there under both names, the rules are to judge
        return named if len(named) == len(item) else dict(item)
    data = {}
    for name in sorted(item.model_fields_set):
        value, info = getattr(item, name), type(item).model_fields[name]
        if value is not None:
            data[info.serialization_alias or name] = value
    if item.kind is kind_of_event(item.event, item.type):
        data.pop("kind", None)  # it follows from the name
    return data
