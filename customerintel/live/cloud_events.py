"""CloudEvents 1.0 as events of the Segment Spec: structured JSON, batches, and Kafka's headers."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["from_cloud_event", "is_cloud_event", "map_binary"]

_REQUIRED = ("id", "source", "type")
#: Of the headers of the Kafka protocol binding, binary content mode.
_PREFIX = "ce_"


def is_cloud_event(data: object) -> bool:
    """Tell whether a JSON value is a CloudEvent.

    Examples
    --------
    >>> is_cloud_event({"specversion": "1.0"}), is_cloud_event({"userId": "c1"})
    (True, False)
    """
    return isinstance(data, Mapping) and "specversion" in data


def from_cloud_event(data: Mapping[str, Any], received: int | None = None) -> dict[str, Any] | str:
    """Return a CloudEvent in the names of the Segment Spec, or why it is none.

    Parameters
    ----------
    data : mapping
        Attributes and data, JSON event format.
    received : int, optional
        When it came in, microseconds UTC: the time of an event without ``time``.

    Returns
    -------
    dict or str
        ``subject`` becomes the customer, ``type`` the name of the event, ``time`` its time,
        ``source`` and ``id`` together its message id (they name an event for ever; a source is a
        URI and holds no blank), ``data`` the properties. Other attributes are left out.

    Notes
    -----
    CloudEvents 1.0.2, "Context Attributes"; "JSON Event Format" for CloudEvents 1.0.2.

    Examples
    --------
    >>> from_cloud_event({"specversion": "1.0", "id": "7", "source": "/shop", "type": "Visit",
    ...                   "subject": "c1", "time": "2024-05-01T12:00:00Z"})["messageId"]
    '/shop 7'
    """
    if data.get("specversion") != "1.0":
        return "specversion: unknown_specversion (CloudEvents 1.0 is read)"
    for name in _REQUIRED:
        if not isinstance(data.get(name), str) or not data[name]:
            return f"{name}: missing"
    if not isinstance(data.get("subject"), (str, type(None))):
        return "subject: unparseable_subject"
    event: dict[str, Any] = {
        "messageId": f"{data['source']} {data['id']}",
        "event": data["type"],
        "userId": data.get("subject"),
    }
    if data.get("time") is not None:
        event["timestamp"] = data["time"]
    elif received is not None:
        from customerintel.live.judging import received_moment

        event["timestamp"] = received_moment(received)
    try:
        facts = _facts(data)
    except (ValueError, RecursionError):
        return "data: unparseable_data"
    return event if facts is None else event | {"properties": facts}


def _facts(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the data as properties; what is no mapping is the property ``data``."""
    from customerintel.live.plain_lines import read_json

    found = data.get("data")
    if found is None and data.get("data_base64") is not None:
        if not isinstance(data["data_base64"], str):
            raise ValueError("not base64")
        raw = b64decode(data["data_base64"], validate=True)
        if not _is_json(data.get("datacontenttype")):
            return None
        found = read_json(raw)
    elif isinstance(found, str) and data.get("datacontenttype") is None:
        return {"data": found}
    if found is None:
        return None
    return dict(found) if isinstance(found, Mapping) else {"data": found}


def _is_json(content: object) -> bool:
    if content is None:
        return True
    kind = str(content).partition(";")[0].strip().lower()
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def map_binary(
    headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None, body: bytes | None
) -> bytes | None:
    """Return a message of Kafka's binary content mode as one structured JSON line.

    Parameters
    ----------
    headers : mapping or iterable of (str, bytes)
        Of the message: ``ce_id``, ``ce_source``, ``ce_type``, ``ce_subject``, ``ce_time`` …
    body : bytes or None
        Its value: the data of the event.

    Returns
    -------
    bytes or None
        None: the headers tell of no CloudEvent; the body is an event by itself.

    Notes
    -----
    Kafka Protocol Binding for CloudEvents 1.0.2, section 3.2.

    Examples
    --------
    >>> map_binary([("ce_specversion", b"1.0"), ("ce_id", b"7")], b'{"total": 5}')
    b'{"specversion":"1.0","id":"7","data":{"total": 5}}'
    >>> map_binary([], b"{}") is None
    True
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    found = {str(name).lower(): _text(value) for name, value in pairs}
    if "ce_specversion" not in found:
        return None
    parts = {name[len(_PREFIX) :]: found[name] for name in found if name.startswith(_PREFIX)}
    parts.pop("data", None)
    content = found.get("content-type")
    if content is not None:
        parts["datacontenttype"] = content
    line = json.dumps(parts, separators=(",", ":")).encode()
    if not body:
        return line
    body = bytes(body)
    if _is_json(content) and _is_whole(body):
        return line[:-1] + b',"data":' + b" ".join(body.split(b"\n")) + b"}"
    # what is broken is found, and kept aside, when the line is read
    return line[:-1] + b',"data_base64":"' + b64encode(body) + b'"}'


def _is_whole(body: bytes) -> bool:
    """Whether a body is one JSON value, and not two that would change the line around it."""
    from customerintel.live.plain_lines import read_json

    try:
        read_json(body)
    except (ValueError, RecursionError):
        return False
    return True


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return "" if value is None else str(value)
