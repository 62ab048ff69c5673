"""What callers may give as events: single ones, many, text, or a table."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import Event

__all__ = ["is_table", "items_of", "portions_of"]

#: Endings of files that somebody may give by name.
_FILES: Final = (".jsonl", ".ndjson", ".json", ".csv", ".parquet", ".jsonl.gz", ".json.gz")


def items_of(events: Any) -> Iterator[Any]:
    """Yield single events."""
    if isinstance(events, bytes | bytearray | memoryview):
        return iter(_of_text(bytes(events), b"\n"))
    if isinstance(events, str):
        _refuse_path(events)
        return iter(_of_text(events, "\n"))
    if isinstance(events, os.PathLike):
        _refuse_path(os.fspath(events), sure=True)
    if isinstance(events, Event | Mapping):
        return iter([events])
    if isinstance(events, Iterable):
        items = iter(events)
        return chain(_no_table(islice(items, 1)), items)
    raise InvalidArgumentError(
        "events must be an event (Event, dict or JSON), an iterable of them, a table, or a "
        f"SourceBatch; got {type(events).__name__}."
    )


def _no_table(first: Iterator[Any]) -> Iterator[Any]:
    """Yield what comes first, unless it is a table: as one event its rows would be lost."""
    for one in first:
        if not isinstance(one, Mapping) and is_table(one):
            raise InvalidArgumentError(
                "events is an iterable of tables, and what it yields must be events. Give one "
                "table at a time, or put them together first."
            )
        yield one


def _of_text(text: Any, line_break: Any) -> list[Any]:
    """Return the events of a JSON array, else lines."""
    found = _array(text)
    return [line for line in text.split(line_break) if line.strip()] if found is None else found


def _array(text: str | bytes) -> list[Any] | None:
    """Return the events of a JSON array; None: it is none."""
    start = text.lstrip()[:1]
    if start not in ("[", b"["):
        return None
    try:
        found = json.loads(text)
    except ValueError:  # kept aside, line by line
        return None
    return found if isinstance(found, list) else None


def _refuse_path(text: str | bytes, *, sure: bool = False) -> None:
    """Refuse the name of a file; None of its events would be seen."""
    name = os.fsdecode(text).strip()
    is_name = len(name.splitlines()) == 1 and name.lower().endswith(_FILES) and name[0] not in "{["
    if sure or is_name:
        raise InvalidArgumentError(
            "events is the name of a file, not what is in it. Give open(path, 'rb') for JSON Lines "
            "(or live.run(engine, live.JsonLinesSource(path))), and other files as a table."
        )


def portions_of(items: Iterator[Any], most: int) -> Iterator[list[Any]]:
    """Yield portions; where the items break off, what they gave before is taken in first."""
    while True:
        given: list[Any] = []
        try:
            given.extend(islice(items, most))  # keeps what came before an exception
        except BaseException:
            if given:
                yield given
            raise
        if not given:
            return
        yield given


def is_table(events: Any) -> bool:
    """Tell whether something is a table, not one event and no iterable of events."""
    if isinstance(events, Event | str | bytes | list | tuple):
        return False
    if isinstance(events, Mapping):  # of columns; an event has one value per field
        return bool(events) and all(_is_column(column) for column in events.values())
    return hasattr(events, "__arrow_c_stream__") or (
        hasattr(type(events), "columns") and not isinstance(events, Iterator)
    )


def _is_column(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | Mapping)
