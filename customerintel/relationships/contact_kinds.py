"""What each kind of interaction counts as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema.event_kinds import EventKind

__all__ = ["KINDS", "tables", "through_people"]

Ints = NDArray[np.int64]

#: Channels through which people speak with people.
_PERSONAL: Final = frozenset(
    {"store", "in_store", "shop", "branch", "phone", "telephone", "call", "in_person"}
)
#: By kind: the row that counts it, and what it is, by the names in `_kernels.contacts`.
KINDS: Final[dict[str, tuple[str, str]]] = {
    "email_sent": ("SENT", "OURS"),
    "delivered": ("DELIVERED", "OURS"),
    "survey_sent": ("NOTHING", "OURS DIALOGUE"),
    "bounce": ("NOTHING", "OURS"),
    "open": ("OPENS", "APART"),
    "click": ("CLICKS", "APART"),
    "opt_out": ("OPT_OUTS", ""),
    "spam_report": ("OPT_OUTS", ""),
    "visit": ("VISITS", ""),
    "page_view": ("VISITS", ""),
    "login": ("VISITS", ""),
    "purchase": ("NOTHING", "APART"),
    "return": ("NOTHING", "APART"),
    "checkout": ("NOTHING", "APART"),
    "cart_add": ("NOTHING", "APART"),
    "cart_remove": ("NOTHING", "APART"),
    "cart_abandon": ("NOTHING", "APART"),
    "call": ("NOTHING", "ACT SERVICE DIALOGUE PERSONAL"),
    "chat": ("NOTHING", "ACT SERVICE DIALOGUE PERSONAL"),
    "support_request": ("NOTHING", "ACT SERVICE DIALOGUE PERSONAL"),
    "special_request": ("REQUESTS", "ACT SERVICE DIALOGUE"),
    "complaint": ("COMPLAINTS", "ACT SERVICE DIALOGUE GRIEVANCE"),
    "escalation": ("ESCALATIONS", "ACT SERVICE DIALOGUE GRIEVANCE"),
    "dispute": ("DISPUTES", "ACT SERVICE DIALOGUE GRIEVANCE"),
    "idea": ("IDEAS", "ACT DIALOGUE"),
    "feedback": ("FEEDBACK", "ACT DIALOGUE"),
    "comment": ("FEEDBACK", "ACT DIALOGUE"),
    "review": ("REVIEWS", "ACT DIALOGUE"),
    "referral": ("REFERRALS", "ACT DIALOGUE"),
    "community": ("COMMUNITY", "ACT DIALOGUE"),
    "social_post": ("COMMUNITY", "ACT DIALOGUE"),
    "other": ("NOTHING", "DIALOGUE"),
}


def through_people(channels: Sequence[str]) -> NDArray[np.bool_]:
    """Return which channels are such in which people speak with people."""
    folded = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in channels]
    return np.array([name in _PERSONAL for name in folded], bool)


def tables() -> tuple[Ints, Ints]:
    """Return, by place of the kind, the row that counts it and the bits of what it is."""
    from customerintel._kernels import contacts as kernels

    slots, bits = [], []
    for kind in EventKind:
        slot, what = KINDS.get(kind.value, ("NOTHING", ""))
        slots.append(getattr(kernels, slot))
        bits.append(sum(getattr(kernels, f"IS_{word}") for word in what.split()))
    return np.array(slots, np.int64), np.array(bits, np.int64)
