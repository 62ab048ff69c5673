"""What the contacts of customers say of the relationship."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.contact_kinds import KINDS, tables, through_people
from customerintel.relationships.signal_columns import Column
from customerintel.relationships.transaction_signals import YEAR, Purchases, day_of
from customerintel.schema.event_kinds import EventKind

if TYPE_CHECKING:
    from customerintel.tables.contacts import Contacts
    from customerintel.tables.interaction_log import InteractionLog

__all__ = ["Counted", "count", "interaction_columns"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Counted:
    """The visible contacts of a history's customers, counted.

    Parameters
    ----------
    contacts : Contacts
        Of the whole log.
    homes : ndarray of int64, shape (n_contact_customers,)
        Place in the history of each of its customers; -1 where there is none.
    counts, sums : ndarray, shape (n_rows, n_customers)
        Rows as in `customerintel._kernels.contacts`.
    first_day : ndarray of int64, shape (n_customers,)
        Day of the first contact; that of the moment where there is none.
    start_day : int
        Day of the first contact of all; that of the moment where there is none.
    seen : dict of str to int
        How often each kind occurs, unknown customers included.
    n_resolved : int
        Complaints that are settled as of the moment.
    n_unknown : int
        Contacts of customers without a visible purchase.
    """

    contacts: Contacts
    homes: Ints
    counts: NDArray[np.int32]
    sums: Floats
    first_day: Ints
    start_day: int
    seen: dict[str, int]
    n_resolved: int
    n_unknown: int

    def spans(self) -> list[tuple[int, int]]:
        """Return stretches of the customers of the contacts for threads."""
        from customerintel._kernels import threads

        offsets = self.contacts.offsets
        cuts = [stop for _, stop in threads.stretches(int(offsets[-1]))]
        at = np.searchsorted(offsets[1:], cuts[:-1], "left")
        edges = np.unique(np.concatenate([[0], at, [len(self.homes)]])).tolist()
        return list(pairwise(edges))


def count(purchases: Purchases, log: InteractionLog) -> Counted:
    """Count the contacts that are visible at the history's moment.

    Raises
    ------
    SchemaError
        If one log has integer ids and the other texts.
    """
    from customerintel._kernels import contacts as kernels
    from customerintel.tables.contacts import contacts_of

    contacts, n = contacts_of(log), len(purchases)
    homes = np.full(len(contacts.ids), -1, np.int64)
    if len(contacts.ids) and n:
        left, right = purchases.history.ids.match(contacts.ids)
        homes[right] = left
    counts, sums = np.zeros((kernels.N_COUNTS, n), np.int32), np.zeros((kernels.N_SUMS, n))
    since = np.full(n, purchases.until, np.int64)
    zone = purchases.history._log.time_zone
    found = Counted(contacts, homes, counts, sums, since, purchases.now, {}, 0, 0)
    seen, n_resolved = _run(found, purchases.until, since)
    start = int(day_of(seen[-1:], zone)[0]) if seen[:-2].any() else purchases.now
    names = [kind.value for kind in EventKind]
    return Counted(
        contacts, homes, counts, sums, day_of(since, zone), start,
        dict(zip(names, seen.tolist(), strict=False)), n_resolved, int(seen[-2]),
    )  # fmt: skip


def _run(found: Counted, until: int, since: Ints) -> tuple[Ints, int]:
    """Let the kernel count; return how often each kind was seen, and complaints settled."""
    from customerintel._kernels import contacts as kernels
    from customerintel._kernels import threads

    contacts = found.contacts
    slots, bits = tables()
    personal = through_people(contacts.channel_names)
    spans = found.spans()
    seen = np.zeros((len(spans), len(slots) + 2), np.int64)
    seen[:, -1] = until
    resolved = np.zeros((len(spans), 1), np.int64)
    rows = (
        found.homes, contacts.offsets, contacts.when, contacts.kinds, contacts.ways,
        contacts.sentiment, contacts.resolved_at, contacts.channels, contacts.campaigns,
    )  # fmt: skip
    more = (until, slots, bits, personal, found.counts, found.sums, since)
    threads.run(
        kernels.count_contacts,
        [(*span, *rows, *more, seen[k], resolved[k]) for k, span in enumerate(spans)],
    )
    total = seen.sum(axis=0)
    total[-1] = seen[:, -1].min(initial=until)
    return total, int(resolved.sum())


def interaction_columns(
    purchases: Purchases, counted: Counted, recorded: frozenset[str]
) -> dict[str, Column]:
    """Return the signals of interactions, but for `tolerance`.

    Parameters
    ----------
    purchases : Purchases
        Of the customers.
    counted : Counted
        Their contacts.
    recorded : frozenset of str
        Signals whose kinds count as recorded although the visible log has none.
    """
    from customerintel._kernels import contacts as kernels
    from customerintel._kernels import signals

    first_purchase = purchases.facts[signals.FIRST_DAY].astype(np.int64)
    began = np.maximum(counted.start_day, np.minimum(first_purchase, counted.first_day))
    years = (purchases.now - began + 1) / YEAR
    orders = _orders_since(purchases, began)
    rows, seen = counted.counts, counted.seen
    messages = rows[kernels.DELIVERED if seen.get("delivered") else kernels.SENT]
    columns = _rates(rows, orders, years) | _messages(rows, messages)
    columns |= _dialogue(rows, messages) | _sentiments(rows, counted.sums)
    columns["unresolved_share"] = Column(rows[kernels.UNRESOLVED], rows[kernels.COMPLAINTS])
    there = _recorded(counted) | recorded
    return {name: column for name, column in columns.items() if name in there}


def _orders_since(purchases: Purchases, began: Ints) -> NDArray[np.int32]:
    """Return how many orders each customer gave since its own day."""
    from customerintel._kernels import signals, threads

    out = np.zeros(len(purchases), np.int32)
    rows = purchases.rows()[:-1]
    threads.run(
        signals.count_orders,
        [(*span, *rows, purchases.until, began, out) for span in purchases.spans()],
    )
    return out


def _rates(rows: Any, orders: NDArray[np.int32], years: Floats) -> dict[str, Column]:
    """Return what is counted per order and per year."""
    from customerintel._kernels import contacts as kernels

    per_order = {
        "inbound_rate": kernels.SERVICE,
        "complaint_rate": kernels.COMPLAINTS,
        "escalation_rate": kernels.ESCALATIONS,
        "dispute_rate": kernels.DISPUTES,
        "request_rate": kernels.REQUESTS,
    }
    per_year = {
        "visit_rate": kernels.VISITS,
        "idea_rate": kernels.IDEAS,
        "feedback_rate": kernels.FEEDBACK,
        "review_rate": kernels.REVIEWS,
        "referral_rate": kernels.REFERRALS,
        "community_rate": kernels.COMMUNITY,
        "opt_outs": kernels.OPT_OUTS,
    }
    # a contact about an order that was before the log is about one
    return {
        name: Column(rows[row], np.maximum(orders, rows[row] > 0))
        for name, row in per_order.items()
    } | {name: Column(rows[row], years) for name, row in per_year.items()}


def _messages(rows: Any, messages: Any) -> dict[str, Column]:
    """Return what became of the messages."""
    from customerintel._kernels import contacts as kernels

    answered = np.maximum(rows[kernels.OPENS], rows[kernels.CLICKS])
    return {
        "responsiveness": Column(np.minimum(answered, messages), messages),
        "click_rate": Column(np.minimum(rows[kernels.CLICKS], messages), messages),
    }


def _dialogue(rows: Any, messages: Any) -> dict[str, Column]:
    """Return who speaks, and through what."""
    from customerintel._kernels import contacts as kernels

    contacts = rows[kernels.CONTACTS] + messages
    return {
        "initiative": Column(rows[kernels.INITIATED], contacts),
        "personal_share": Column(rows[kernels.PERSONAL], contacts),
    }


def _sentiments(rows: Any, sums: Floats) -> dict[str, Column]:
    from customerintel._kernels import contacts as kernels

    felt = rows[kernels.FELT]
    return {
        "positive_sentiment": Column(sums[kernels.POSITIVE], felt, sums[kernels.POSITIVE_2]),
        "negative_sentiment": Column(sums[kernels.NEGATIVE], felt, sums[kernels.NEGATIVE_2]),
    }


def _recorded(counted: Counted) -> frozenset[str]:
    """Return the signals of which the visible log has any event."""
    from customerintel._kernels import contacts as kernels

    seen, rows = counted.seen, counted.counts
    service = [kind for kind, (_, what) in KINDS.items() if "SERVICE" in what]
    sent, opened, clicked = (
        any(seen.get(kind) for kind in kinds)
        for kinds in (("delivered", "email_sent"), ("open", "click"), ("click",))
    )
    of_slot = {
        "complaint_rate": "COMPLAINTS", "escalation_rate": "ESCALATIONS",
        "dispute_rate": "DISPUTES", "request_rate": "REQUESTS", "visit_rate": "VISITS",
        "idea_rate": "IDEAS", "feedback_rate": "FEEDBACK", "review_rate": "REVIEWS",
        "referral_rate": "REFERRALS", "community_rate": "COMMUNITY", "opt_outs": "OPT_OUTS",
    }  # fmt: skip
    found = {
        "inbound_rate": any(seen.get(kind) for kind in service),
        "unresolved_share": counted.n_resolved > 0,
        "responsiveness": sent and opened,
        "click_rate": sent and clicked,
        "initiative": bool(rows[kernels.CONTACTS].any()),
        "personal_share": bool(rows[kernels.PERSONAL].any()),
        "positive_sentiment": bool(rows[kernels.FELT].any()),
        "negative_sentiment": bool(rows[kernels.FELT].any()),
    }
    for name, slot in of_slot.items():
        found[name] = any(seen.get(kind) for kind, (held, _) in KINDS.items() if held == slot)
    return frozenset(name for name, there in found.items() if there)
