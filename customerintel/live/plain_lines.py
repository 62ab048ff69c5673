"""The usual shape of an event, recognised with the `json` module alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from customerintel.live.known_fields import KNOWN
from customerintel.live.property_values import rows_of
from customerintel.live.wanted import Wanted
from customerintel.schema.forms import INT64_MAX, INT64_MIN

__all__ = ["PlainLines", "PlainRecord", "read_json"]

_ID: Final = frozenset({str, int, type(None)})
_TEXT: Final = frozenset({str, type(None)})
_FACTS: Final = frozenset({dict, type(None)})
#: Fields of the usual shape, and the types that they may have in it.
SHAPE: Final = {
    "userId": _ID,
    "anonymousId": _ID,
    "previousId": _ID,
    "messageId": _ID,
    "timestamp": frozenset({str}),
    "type": frozenset({str}),
    "event": _TEXT,
    "name": _TEXT,
    "channel": _TEXT,
    "version": _TEXT,
    "value": frozenset({int, float, type(None)}),
    "originalTimestamp": _TEXT,
    "sentAt": _TEXT,
    "receivedAt": _TEXT,
    "properties": _FACTS,
    "traits": _FACTS,
    "context": _FACTS,
    "integrations": _FACTS,
}
CALLS: Final = frozenset({"track", "identify", "page", "screen", "group", "alias"})


class PlainRecord(NamedTuple):
    """The fields of the usual shape that the fold needs."""

    user_id: str | int | None
    anonymous_id: str | int | None
    previous_id: str | int | None
    message_id: str | int | None
    timestamp: str
    type: str
    event: str | None
    value: float | None
    original_timestamp: str | None
    sent_at: str | None
    received_at: str | None
    properties: dict[str, Any] | None


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_JSON: Final = json.JSONDecoder(parse_constant=_refuse)


def read_json(line: bytes) -> Any:
    """Return what a line holds; NaN and infinities, which are no JSON, are refused.

    Raises
    ------
    UnicodeDecodeError
        If it is not UTF-8.
    ValueError
        If it is not JSON.
    RecursionError
        If it is nested too deep.
    """
    return _JSON.decode(line.decode())


class PlainLines:
    """Reads lines of the usual shape with the standard library.

    Parameters
    ----------
    wanted : Wanted
        The properties to read.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def records(self, lines: Sequence[bytes]) -> list[PlainRecord | None]:
        """Return one record per line; None where the shape is another one."""
        return [_record(line) for line in lines]

    def values(self, columns: dict[str, list[Any]]) -> NDArray[np.float64]:
        """Return the wanted properties, one row each."""
        return rows_of(columns["properties"], columns["value"], self._wanted.properties)


def _is_too_large(value: Any) -> bool:
    return type(value) is int and not INT64_MIN <= value <= INT64_MAX


def _record(line: bytes) -> PlainRecord | None:
    try:
        data = read_json(line)
    except (ValueError, RecursionError):
        return None
    if type(data) is not dict:
        return None
    for key, value in data.items():
        kinds = SHAPE.get(key)
        if kinds is None and key not in KNOWN:
            continue
        if kinds is None or type(value) not in kinds:
            return None
        if kinds is _ID and (value == "" or _is_too_large(value)):
            return None
    get = data.get
    call, stamp = get("type", "track"), get("timestamp")
    if call not in CALLS or stamp is None:
        return None
    return PlainRecord(
        get("userId"),
        get("anonymousId"),
        get("previousId"),
        get("messageId"),
        stamp,
        call,
        get("event"),
        get("value"),
        get("originalTimestamp"),
        get("sentAt"),
        get("receivedAt"),
        get("properties"),
    )
