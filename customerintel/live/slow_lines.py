"""Lines of any shape, one by one: what events they hold, or why there is none."""

from __future__ import annotations

from typing import Any, Final

from customerintel.live.cloud_events import from_cloud_event, is_cloud_event
from customerintel.live.event_items import json_line
from customerintel.live.event_rows import EventRow
from customerintel.live.judging import judge
from customerintel.live.plain_lines import read_json
from customerintel.live.store import KeptAside

__all__ = ["read_slowly"]

_NON_FINITE: Final = "event: non_finite"
_IDS: Final = (
    "userId", "customer_id", "anonymousId", "anonymous_id", "previousId", "previous_id",
)  # fmt: skip


def read_slowly(
    line: bytes, origin: int, received: int | None, source: str
) -> list[EventRow | KeptAside]:
    """Return the events of one line, or why there is none."""
    try:
        data = read_json(line)
    except UnicodeDecodeError:
        return [KeptAside("event: invalid_utf8", line, source, origin)]
    except RecursionError:
        return [KeptAside("event: nested_too_deep", line, source, origin)]
    except ValueError:
        return [KeptAside("event: unparseable_json", line, source, origin)]
    found: list[EventRow | KeptAside] = []
    for event, own in _events_of(data, line):
        row = _NON_FINITE if own is None else _judged(event, own, origin, received)
        kept = line if own is None else own
        found.append(KeptAside(row, kept, source, origin) if isinstance(row, str) else row)
    return found


def _line_of(data: Any) -> bytes | None:
    """Return a value as a line; None: a number in it is larger than a line can say."""
    try:
        return json_line(data)
    except ValueError:
        return None


def _events_of(data: Any, line: bytes) -> list[tuple[Any, bytes | None]]:
    """Return the events of a JSON value, each with the line that the log keeps, if there is one."""
    if isinstance(data, list) and data and all(map(is_cloud_event, data)):
        return [(event, _line_of(event)) for event in data]
    if isinstance(data, dict) and isinstance(data.get("batch"), list) and data["batch"]:
        sent = data.get("sentAt", data.get("sent_at"))
        messages = [_sent(message, sent) for message in data["batch"]]
        return [(message, _line_of(message)) for message in messages]
    return [(data, line)]


def _sent(message: Any, sent: Any) -> Any:
    """Return a message of an envelope with the time at which the envelope was sent."""
    if sent is None or not isinstance(message, dict) or is_cloud_event(message):
        return message
    return message if "sentAt" in message or "sent_at" in message else message | {"sentAt": sent}


def _judged(data: Any, line: bytes, origin: int, received: int | None) -> EventRow | str:
    if not isinstance(data, dict):
        return "event: not_an_object"
    if is_cloud_event(data):
        mapped = from_cloud_event(data, received)
        return mapped if isinstance(mapped, str) else judge(mapped, line, origin, received)
    floats = {name: int(data[name]) for name in _IDS if _is_whole(data.get(name))}
    if floats:  # 1e2 is written 100, as `erase_lines` will look for it
        data = data | floats
        own = _line_of(data)
        if own is None:
            return _NON_FINITE
        line = own
    return judge(data, line, origin, received)


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) <= 2**53
