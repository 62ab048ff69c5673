"""The kinds of interaction, and how the event names of the Segment Spec map to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

from customerintel.schema.forms import Breach, ChoiceForm

__all__ = [
    "CallType",
    "Direction",
    "EventKind",
    "EventType",
    "Interaction",
    "Way",
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
    OTHER = "other"


_CALLS: Final = ChoiceForm(EventType)
_WAYS: Final = ChoiceForm(Direction, {"in": "inbound", "out": "outbound"})
_KINDS: Final = ChoiceForm(
    EventKind,
    {
        "sent": "email_sent",
        "opened": "open",
        "clicked": "click",
        "bounced": "bounce",
        "unsubscribe": "opt_out",
        "unsubscribed": "opt_out",
        "pageview": "page_view",
        "add_to_cart": "cart_add",
        "order": "purchase",
        "support": "support_request",
    },
)
CallType = Annotated[EventType, _CALLS]
Interaction = Annotated[EventKind, _KINDS]
Way = Annotated[Direction, _WAYS]

#: Segment Spec: "Email", "Ecommerce v2" and "B2B SaaS" events, in lower case.
_BY_NAME: Final[Mapping[str, EventKind]] = MappingProxyType(
    {
        "email sent": EventKind.EMAIL_SENT,
        "email delivered": EventKind.DELIVERED,
        "email opened": EventKind.OPEN,
        "email link clicked": EventKind.CLICK,
        "email bounced": EventKind.BOUNCE,
        "email marked as spam": EventKind.SPAM_REPORT,
        "unsubscribed": EventKind.OPT_OUT,
        "signed in": EventKind.LOGIN,
        "product viewed": EventKind.PAGE_VIEW,
        "product list viewed": EventKind.PAGE_VIEW,
        "cart viewed": EventKind.PAGE_VIEW,
        "product added": EventKind.CART_ADD,
        "product removed": EventKind.CART_REMOVE,
        "cart abandoned": EventKind.CART_ABANDON,
        "checkout started": EventKind.CHECKOUT,
        "checkout step completed": EventKind.CHECKOUT,
        "order completed": EventKind.PURCHASE,
        "order refunded": EventKind.RETURN,
        "product reviewed": EventKind.REVIEW,
        "product shared": EventKind.REFERRAL,
        "cart shared": EventKind.REFERRAL,
    }
)
_BY_TYPE: Final = frozenset({EventType.PAGE, EventType.SCREEN})


def kind_of_event(event: object, call: object = None) -> EventKind:
    """Return the kind of interaction that an event name or a call stands for.

    Parameters
    ----------
    event : object
        Name of the event, in any case.
    call : object, optional
        Call of the Segment Spec; ``page`` and ``screen`` are page views.

    Returns
    -------
    EventKind
        `EventKind.OTHER` for a name that the Segment Spec does not know: event names are
        an open vocabulary.

    Examples
    --------
    >>> kind_of_event("Order Completed").value, kind_of_event("Moon Landed").value
    ('purchase', 'other')
    """
    if isinstance(event, str):
        found = _BY_NAME.get(" ".join(event.lower().split()))
        if found is not None:
            return found
    try:
        known = EventType(_CALLS.parse(call))
    except Breach:
        return EventKind.OTHER
    return EventKind.PAGE_VIEW if known in _BY_TYPE else EventKind.OTHER
