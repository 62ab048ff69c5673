"""Contacts of each customer: complaints, what asks for an answer, and what the firm sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import EventKind
from customerintel.tables.interactions import NEVER

if TYPE_CHECKING:
    from customerintel.tables.contacts import Contacts

__all__ = [
    "asks",
    "asks_of",
    "complaints_of",
    "counts",
    "customers_of",
    "is_kind",
    "messages",
    "resolved",
    "unresolved_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Kinds by which a customer asks for an answer.
ASKING = (
    "call", "chat", "complaint", "support_request", "special_request", "escalation", "dispute",
    "idea", "feedback",
)  # fmt: skip
#: What becomes of a message after it was sent; it is counted once.
NOT_SENT = ("bounce", "open", "click", "spam_report", "opt_out")
INBOUND, OUTBOUND = 0, 1


def is_kind(contacts: Contacts, names: tuple[str, ...]) -> Mask:
    """Return which rows are of one of some kinds."""
    wanted = np.array([kind.value in names for kind in EventKind])
    return np.asarray(wanted[contacts.kinds], bool)


def asks(contacts: Contacts) -> Mask:
    """Return which rows are inbound and ask for an answer."""
    # a customer's call of which no way was said is the customer's
    return np.asarray(is_kind(contacts, ASKING) & (contacts.ways != OUTBOUND), bool)


def messages(contacts: Contacts) -> Mask:
    """Return which rows are messages of the firm to the customer, each counted once.

    Where the log tells deliveries, mails that were only sent do not count.
    """
    delivered = is_kind(contacts, ("delivered",))
    left_out = (*NOT_SENT, "email_sent") if delivered.any() else NOT_SENT
    return np.asarray((contacts.ways == OUTBOUND) & ~is_kind(contacts, left_out), bool)


def resolved(contacts: Contacts) -> Mask:
    """Return which rows are settled; none where the log says nothing of it."""
    if not len(contacts.resolved_at):
        return np.zeros(len(contacts.when), bool)
    found: Mask = contacts.resolved_at != NEVER
    return found


def counts(contacts: Contacts, rows: Mask) -> Floats:
    """Return how many of some rows each customer has."""
    # sums up to each row, from 0 on, so that customers without rows are counted as well
    ahead = np.concatenate([[0], np.cumsum(rows, dtype=np.int64)])
    return np.diff(ahead[contacts.offsets]).astype(np.float64)


def customers_of(contacts: Contacts, rows: Ints) -> Ints:
    """Return the place of the customer of each row."""
    return np.searchsorted(contacts.offsets, rows, "right").astype(np.int64) - 1


def complaints_of(contacts: Contacts) -> Floats:
    """Return the number of complaints of each customer."""
    return counts(contacts, is_kind(contacts, ("complaint",)))


def unresolved_of(contacts: Contacts) -> Floats | None:
    """Return the number of complaints of each customer that are open; None if nobody knows."""
    if not len(contacts.resolved_at):
        return None
    return counts(contacts, is_kind(contacts, ("complaint",)) & ~resolved(contacts))


def asks_of(contacts: Contacts) -> Floats:
    """Return the number of each customer's inbound contacts that ask for an answer."""
    return counts(contacts, asks(contacts))
