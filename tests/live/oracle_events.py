"""One event as the oracle reads it: plain Python over a dict of the Segment Spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from customerintel.schema.event_kinds import kind_of_event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = (datetime(2101, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
#: Words that senders write where they know nobody.
BLOCKED = {"", "0", "null", "none", "undefined", "unknown", "anonymous", "nan"}


@dataclass
class Read:
    """An event that was understood; times are microseconds UTC."""

    time: int
    user: str | None
    anonymous: str | None
    previous: str | None
    message: str | None
    call: str
    name: str
    kind: str
    amount: float
    properties: Mapping[str, Any] = field(default_factory=dict)
    ordinal: int = -1
    #: Rings that a backfill told of it, and those that held it once and do so no longer.
    known: set[Any] = field(default_factory=set)
    forgotten: set[Any] = field(default_factory=set)
    #: What is left of the properties for a timer, by name and whether as a text; None: all.
    kept: Mapping[tuple[str, bool], Any] | None = None


def micros(text: Any) -> int | None:
    """Return a time of an event in microseconds UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso(us: int) -> str:
    """Return a time as an event holds it."""
    return (_EPOCH + timedelta(microseconds=us)).isoformat().replace("+00:00", "Z")


def _time(given: Mapping[str, Any], received: int | None) -> int | None:
    own, waited, sent = (micros(given.get(k)) for k in ("timestamp", "originalTimestamp", "sentAt"))
    came = micros(given.get("receivedAt"))
    if own is None and waited is not None and sent is not None and came is not None:
        own = came - (sent - waited)
    came = received if came is None else came
    return own if own is None or came is None else min(own, came)


def number(value: Any) -> float | None:
    """Return what a value is as a number, or None."""
    if isinstance(value, (bool, int, float)):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def read_event(given: Mapping[str, Any], received: int | None) -> Read | None:
    """Return the event, or None where it is kept aside."""
    user, anonymous = _text(given.get("userId")), _text(given.get("anonymousId"))
    time = _time(given, received)
    if time is None or not 0 <= time < _END or not (user or anonymous):
        return None
    call = given.get("type", "track")
    name = given.get("event") or call.title()
    properties = given.get("properties") or {}
    amounts = (number(properties.get("total")), number(properties.get("revenue")))
    own = number(given.get("value"))
    amount = next((one for one in (*amounts, own) if one is not None), 0.0)
    return Read(
        time=time, user=user, anonymous=anonymous, previous=_text(given.get("previousId")),
        message=_text(given.get("messageId")), call=call, name=name,
        kind=kind_of_event(given.get("event"), call).value, amount=amount, properties=properties,
    )  # fmt: skip


def former_id(event: Read) -> str | None:
    """Return the id that an identify or alias call leads to its user."""
    former = event.previous if event.call == "alias" else event.anonymous
    if event.call not in ("identify", "alias") or not former:
        return None
    return None if former.strip().lower() in BLOCKED else former
