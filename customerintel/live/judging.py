"""Whether an event is valid: `schema.Event` decides, here its answer becomes a row or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from customerintel.live.event_rows import EventRow, link_of
from customerintel.live.event_times import EARLIEST, LATEST
from customerintel.live.known_fields import KNOWN
from customerintel.schema.event import Event
from customerintel.schema.event_kinds import EventKind, kind_of_event
from customerintel.schema.moments import datetime_of, microseconds
from customerintel.schema.nulls import is_null

__all__ = ["judge", "received_moment"]

_UNBOUND: Final = "timestamp: timestamp_out_of_range (before 1970 or after 2100)"


def judge(
    data: Mapping[str, Any], line: bytes, origin: int, received: int | None
) -> EventRow | str:
    """Return the row of an event, or why it is not valid.

    Parameters
    ----------
    data : mapping
        The event, in the names of the Segment Spec or of `Event`.
    line : bytes
        What the log keeps of it.
    origin : int
        Which of the given items it came in.
    received : int, optional
        When it came in, microseconds UTC, if it does not say so itself.

    Returns
    -------
    EventRow or str
        A reason names each field and its problem, never a value.
    """
    try:
        # trackers add fields of their own, which the log keeps and no rule reads
        told = {name: value for name, value in data.items() if name in KNOWN}
        event = Event.model_validate(_with_receipt(told, received))
    except ValidationError as error:
        return _reason(error)
    except RecursionError:
        return "properties: nested_too_deep"
    timestamp = microseconds(event.timestamp)
    at = microseconds(event.received_at) if event.received_at is not None else received
    timestamp = timestamp if at is None else min(timestamp, at)
    if not EARLIEST <= timestamp <= LATEST:
        return _UNBOUND
    user, anonymous = _text(event.customer_id), _text(event.anonymous_id)
    call = event.type.value
    own = kind_of_event(event.event, call)
    return EventRow(
        who=user if user is not None else str(anonymous),
        timestamp=timestamp,
        call=call,
        event=event.event,
        kind=None if event.kind is own else EventKind(event.kind),
        message=_text(event.message_id),
        properties=event.properties,
        value=event.value,
        link=link_of(call, user, anonymous, _text(event.previous_id)),
        line=line,
        origin=origin,
        is_user=user is not None,
    )


def _text(value: int | str | None) -> str | None:
    return None if value is None else str(value)


def _with_receipt(data: Mapping[str, Any], received: int | None) -> Mapping[str, Any]:
    """Add the receipt where the time of the event cannot be told without it."""
    if received is None or "timestamp" in data:
        return data
    if not is_null(data.get("receivedAt", data.get("received_at"))):
        return data
    kept = {key: data[key] for key in data if key not in ("receivedAt", "received_at")}
    return kept | {"receivedAt": received_moment(received)}


def received_moment(received: int) -> str:
    """Return microseconds UTC as an ISO 8601 text."""
    return datetime_of(received).isoformat()


def _reason(error: ValidationError) -> str:
    lines = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{line['loc'][0] if line['loc'] else 'event'}: {line['type']}" for line in lines
    )
