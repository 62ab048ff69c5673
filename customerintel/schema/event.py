"""One thing that happened: a message opened, a page seen, a call, a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import AliasChoices, Field, model_validator

from customerintel.schema.event_kinds import (
    CallType,
    EventKind,
    EventType,
    Interaction,
    Way,
    kind_of_event,
)
from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.forms import Breach
from customerintel.schema.kinds import Id, Json, Moment, Number, SecretJson, Text
from customerintel.schema.moments import MomentForm
from customerintel.schema.nulls import is_null
from customerintel.schema.record import Record
from customerintel.schema.rules import Problem

__all__ = ["Event", "event_time"]

_KEY = Tag(Category.IDENTITY, PII.DIRECT)
_DID = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL)
_GIVEN = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL, nullable=False)
_CALL = Tag(Category.DESCRIPTIVE, PII.NONE, nullable=False)
_ENVELOPE = Tag(Category.DESCRIPTIVE, PII.NONE)
_ANYTHING = Tag(Category.DESCRIPTIVE, PII.SENSITIVE)
_TOPIC = Tag(Category.QUALITATIVE, PII.BEHAVIOURAL)
_FELT = Tag(Category.QUALITATIVE, PII.DERIVED)


def _named(camel: str, snake: str) -> Any:
    return Field(
        default=None, validation_alias=AliasChoices(camel, snake), serialization_alias=camel
    )


def event_time(original: datetime, sent: datetime, received: datetime) -> datetime:
    """Return the time of an event by the clock of the receiver.

    The clock of a device may be wrong, so only the time that the event waited on the device
    is taken from it: ``received - (sent - original)`` (Segment Spec, common fields,
    "Timestamps"). An event never lies after its receipt: a single one from the future would
    let every rule about absence fire.

    Parameters
    ----------
    original, sent : datetime.datetime
        When it happened and when it was sent, by the device.
    received : datetime.datetime
        When it came in, by the receiver.

    Returns
    -------
    datetime.datetime
        At most `received`.

    Examples
    --------
    >>> hour = lambda h: datetime(2024, 5, 1, h)
    >>> event_time(hour(3), hour(4), hour(12))
    datetime.datetime(2024, 5, 1, 11, 0)
    """
    return min(received - (sent - original), received)


class Event(Record):
    """An event in the envelope of the Segment Spec, with the fields of an interaction.

    Every field has a name in snake case; those of the envelope are also read, and by
    ``model_dump(by_alias=True)`` written, in camel case (``userId`` is `customer_id`).
    Either `customer_id` or `anonymous_id` is needed. An absent `timestamp` is computed by
    `event_time`; an absent `kind` follows from `event` and `type`. A `kind` that nobody knows
    becomes "other", and its word the name of an event without `event` and `type`.

    Examples
    --------
    >>> event = Event(userId="c1", event="Email Opened", timestamp="2024-05-01T12:00:00Z")
    >>> event.customer_id, event.kind.value
    ('c1', 'open')
    """

    customer_id: Annotated[Id | None, _KEY] = _named("userId", "customer_id")
    """Who did it, if known."""
    anonymous_id: Annotated[Id | None, _KEY] = _named("anonymousId", "anonymous_id")
    """Device or browser, where the customer is not known."""
    timestamp: Annotated[Moment, _DID]
    """When it happened, in UTC, by the clock of the receiver."""
    type: Annotated[CallType, _CALL] = EventType.TRACK
    """Call of the Segment Spec."""
    event: Annotated[Text | None, _DID] = None
    """Name of a tracked event, such as ``Order Completed``."""
    kind: Annotated[Interaction, _GIVEN] = EventKind.OTHER
    """What kind of interaction it is."""
    name: Annotated[Text | None, _DID] = None
    """Name of a page or screen."""
    properties: Annotated[Json | None, _ANYTHING] = None
    """Facts about the event; hidden in every repr, readable, and kept in dumps."""
    value: Annotated[Number | None, _DID] = None
    """Number that goes with the event: minutes, stars, money."""
    direction: Annotated[Way | None, _DID] = None
    """From the customer (inbound) or to the customer (outbound)."""
    initiator: Annotated[Text | None, _DID] = None
    """Who started the conversation, such as customer or business."""
    channel: Annotated[Text | None, _DID] = None
    """Way of the interaction: email, web, call."""
    campaign_id: Annotated[Id | None, _DID] = _named("campaignId", "campaign_id")
    """Campaign that it belongs to."""
    topic: Annotated[Text | None, _TOPIC] = None
    """What it was about: one of your own headings, no free text."""
    sentiment: Annotated[Annotated[Number, Ge(-1), Le(1)] | None, _FELT] = None
    """From -1 (bad) to 1 (good)."""
    resolved_at: Annotated[Moment | None, _DID] = _named("resolvedAt", "resolved_at")
    """When a complaint or a request was settled, in UTC."""
    treatment: Annotated[Text | None, _DID] = None
    """Arm of an experiment that the customer was in."""
    message_id: Annotated[Id | None, _ENVELOPE] = _named("messageId", "message_id")
    """Unique per event; tells repeated deliveries apart from repeated events."""
    group_id: Annotated[Id | None, _KEY] = _named("groupId", "group_id")
    """Company or group of a ``group`` call."""
    previous_id: Annotated[Id | None, _KEY] = _named("previousId", "previous_id")
    """Former id of an ``alias`` call."""
    original_timestamp: Annotated[Moment | None, _ENVELOPE] = _named(
        "originalTimestamp", "original_timestamp"
    )
    """When it happened, by the clock of the device."""
    sent_at: Annotated[Moment | None, _ENVELOPE] = _named("sentAt", "sent_at")
    """When it was sent, by the clock of the device."""
    received_at: Annotated[Moment | None, _ENVELOPE] = _named("receivedAt", "received_at")
    """When it came in, by the clock of the receiver."""
    version: Annotated[Text | None, _ENVELOPE] = None
    """Version of the tracking plan or of the call."""
    integrations: Annotated[Json | None, _ENVELOPE] = None
    """Destinations that the sender switched on or off."""
    traits: Annotated[SecretJson | None, _ANYTHING] = None
    """Facts about the customer of an ``identify`` call, masked."""
    context: Annotated[SecretJson | None, _ANYTHING] = None
    """Device, network address, page and campaign around the event, masked."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """Fill in `timestamp` and `kind` where they are absent."""
        if not isinstance(data, Mapping):
            return data
        filled = dict(data)
        if "timestamp" not in filled:
            moment = _moment_of(filled)
            if moment is not None:
                filled["timestamp"] = moment
        if "kind" not in filled:
            filled["kind"] = kind_of_event(filled.get("event"), filled.get("type"))
        elif "event" not in filled and "type" not in filled and _is_other(filled["kind"]):
            filled["event"] = filled["kind"]  # the word is not lost
        return filled

    def _agree(self) -> None:
        """Check that somebody did something."""
        if self.customer_id is None and self.anonymous_id is None:
            advice = "give customer_id (userId) or anonymous_id (anonymousId)"
            self._refuse(Problem.NULL, "customer_id", advice)
        nameless = self.event is None and self.kind is EventKind.OTHER
        if nameless and self.type is EventType.TRACK:
            self._refuse(Problem.NULL, "event", "a tracked event needs its name or its kind")
        if self.resolved_at is not None and self.resolved_at < self.timestamp:
            advice = "nothing is settled before it happens; correct resolved_at or timestamp"
            self._refuse(Problem.OUT_OF_RANGE, "resolved_at", advice)


def _is_other(kind: object) -> bool:
    return isinstance(kind, str) and kind.strip() != "" and kind_of_event(kind) is EventKind.OTHER


def _moment_of(data: Mapping[str, Any]) -> datetime | None:
    pairs = (
        ("originalTimestamp", "original_timestamp"),
        ("sentAt", "sent_at"),
        ("receivedAt", "received_at"),
    )
    moments = []
    for camel, snake in pairs:
        value = data.get(camel, data.get(snake))
        if is_null(value):
            return None
        try:
            moments.append(MomentForm().parse(value))
        except Breach:
            return None  # the field itself is refused, with its own rule
    return event_time(*moments)
