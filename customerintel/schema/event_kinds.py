"""The kinds of interaction, and how the event names of the Segment Spec map to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

from customerintel.schema.event_names import ALIASES, folded
from customerintel.schema.forms import Breach, ChoiceForm
from customerintel.schema.rules import Problem

__all__ = [
    "WAY_OF_KIND",
    "CallType",
    "Direction",
    "EventKind",
    "EventType",
    "Interaction",
    "Way",
    "is_known_event",
    "kind_of_event",
]


class EventType(StrEnum):
    """The calls of the Segment Spec."""

    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


class Direction(StrEnum):
    """Which way an interaction goes."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EventKind(StrEnum):
    """What kind of interaction an event is."""

    EMAIL_SENT = "email_sent"
    DELIVERED = "delivered"
    OPEN = "open"
    CLICK = "click"
    BOUNCE = "bounce"
    SPAM_REPORT = "spam_report"
    OPT_OUT = "opt_out"
    PAGE_VIEW = "page_view"
    VISIT = "visit"
    LOGIN = "login"
    CART_ADD = "cart_add"
    CART_REMOVE = "cart_remove"
    CART_ABANDON = "cart_abandon"
    CHECKOUT = "checkout"
    PURCHASE = "purchase"
    RETURN = "return"
    CALL = "call"
    CHAT = "chat"
    COMPLAINT = "complaint"
    SUPPORT_REQUEST = "support_request"
    REVIEW = "review"
    COMMENT = "comment"
    SOCIAL_POST = "social_post"
    REFERRAL = "referral"
    IDEA = "idea"
    SURVEY_SENT = "survey_sent"
    ESCALATION = "escalation"
    SPECIAL_REQUEST = "special_request"
    DISPUTE = "dispute"
    FEEDBACK = "feedback"
    COMMUNITY = "community"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class KindForm(ChoiceForm):
    """The kind that a word stands for; a word that nobody knows is of the kind "other".

    Event names are an open vocabulary, so an unknown one is no mistake. What is no word at
    all is one.
    """

    def parse(self, value: object) -> str:
        """Return the canonical word."""
        if not isinstance(value, str) or not folded(value):
            raise Breach(Problem.UNKNOWN, self._advice())
        return _BY_NAME.get(folded(value), EventKind.OTHER).value


_CALLS: Final = ChoiceForm(EventType)
_WAYS: Final = ChoiceForm(
    Direction,
    {
        "in": "inbound",
        "incoming": "inbound",
        "from_customer": "inbound",
        "out": "outbound",
        "outgoing": "outbound",
        "to_customer": "outbound",
    },
)
_KINDS: Final = KindForm(EventKind, ALIASES)
CallType = Annotated[EventType, _CALLS]
Interaction = Annotated[EventKind, _KINDS]
Way = Annotated[Direction, _WAYS]

_BY_NAME: Final[Mapping[str, EventKind]] = MappingProxyType(
    {folded(kind.value): kind for kind in EventKind}
    | {folded(name): EventKind(kind) for name, kind in ALIASES.items()}
)
_BY_TYPE: Final = frozenset({EventType.PAGE, EventType.SCREEN})

_OUTBOUND: Final = frozenset(
    {EventKind.EMAIL_SENT, EventKind.DELIVERED, EventKind.BOUNCE, EventKind.SURVEY_SENT}
)
#: A call may go either way.
_EITHER: Final = frozenset({EventKind.CALL, EventKind.OTHER})
#: Which way an interaction goes where its direction is not said; None: that cannot be told.
WAY_OF_KIND: Final[Mapping[EventKind, Direction | None]] = MappingProxyType(
    {
        kind: None
        if kind in _EITHER
        else Direction.OUTBOUND
        if kind in _OUTBOUND
        else Direction.INBOUND
        for kind in EventKind
    }
)


def is_known_event(event: str) -> bool:
    """Tell whether a word is one that stands for a kind of interaction.

    Parameters
    ----------
    event : str
        Name of an event or of a kind; case, blanks, hyphens and underscores do not count.

    Examples
    --------
    >>> is_known_event("Email Opened"), is_known_event("other"), is_known_event("Moon Landed")
    (True, True, False)
    """
    return folded(event) in _BY_NAME


def kind_of_event(event: object, call: object = None) -> EventKind:
    """Return the kind of interaction that an event name or a call stands for.

    Parameters
    ----------
    event : object
        Name of the event, or of a kind; case, blanks, hyphens and underscores do not count.
    call : object, optional
        Call of the Segment Spec; ``page`` and ``screen`` are page views.

    Returns
    -------
    EventKind
        `EventKind.OTHER` for a name that nobody knows: event names are an open vocabulary.

    Examples
    --------
    >>> kind_of_event("Order Completed").value, kind_of_event("Moon Landed").value
    ('purchase', 'other')
    >>> kind_of_event("email_open") is kind_of_event("Email Opened") is kind_of_event("OPEN")
    True
    """
    if isinstance(event, str):
        found = _BY_NAME.get(folded(event))
        if found is not None:
            return found
    try:
        known = EventType(_CALLS.parse(call))
    except Breach:
        return EventKind.OTHER
    return EventKind.PAGE_VIEW if known in _BY_TYPE else EventKind.OTHER
