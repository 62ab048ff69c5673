"""What a firm's treatment of each customer looks like, on the dimensions of a relationship."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.contact_counts import (
    asks,
    counts,
    customers_of,
    is_kind,
    messages,
    resolved,
    unresolved_of,
)
from customerintel.relationships.ranks import Scale
from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.table_parts import contacts_at, moment_of, per_customer, signal_of
from customerintel.rfm.read_only import seal
from customerintel.tables.interactions import NEVER
from customerintel.tables.moments import DAY, UNITS

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable
    from customerintel.tables.contacts import Contacts

__all__ = ["Delivered", "delivered_to", "on_scale_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Channels and kinds by which a person speaks to a person.
PERSONAL_KINDS = ("call", "chat")
PERSONAL_CHANNELS = frozenset(
    {
        "account_manager", "branch", "call", "chat", "in_person", "letter", "meeting", "person",
        "phone", "store", "telephone", "video", "visit",
    }
)  # fmt: skip
#: An answer that takes so long is worth half of one at once; after `WAIT` none is expected.
HALF_LIFE, WAIT = 2 * DAY, 14 * DAY
#: Gaps between messages from which their regularity is told.
LEAST_GAPS = 3


@dataclass(frozen=True, eq=False)
class Delivered:
    """What the customers of a table are given.

    Attributes
    ----------
    levels : ndarray of float64, shape (n_customers, 8)
        On the dimensions; NaN without evidence.
    open_complaints : ndarray of float64, shape (n_customers,)
        Complaints that are not settled; 0 where none is known of.
    known : bool
        Whether there are interactions at all.
    """

    levels: Floats
    open_complaints: Floats
    known: bool

    def __post_init__(self) -> None:
        seal(self)


def delivered_to(table: RelationshipTable) -> Delivered:
    """Return what the treatment of each customer looks like.

    Proxies of this library, which no study has validated; each says how the firm behaves, and
    not how the customer does:

    ================ =====================================================================
    valence          settled less open complaints over complaints + 1; with a sentiment of
                     outbound contacts, the mean of both
    intensity        outbound messages per month
    power            lock-in
    socio_emotional  mean of the share of personal contacts (calls, chats, visits …) and of
                     the share of messages that belong to no campaign
    duration         regularity of outbound messages, k / (1 + k) with k = (mean / deviation)²
                     of the gaps between them, of at least 3 gaps
    commitment       nothing tells
    voluntariness    1 - lock-in
    reciprocity      mean worth of the answers to what asks for one: ``2 ** (-days / 2)``, by
                     the resolution or the next message outside a campaign, 0 after 14 days
    ================ =====================================================================

    Valence, power and voluntariness stay on this scale, which is that of the prototypes. The
    others (intensity, socio_emotional, duration, reciprocity) have none: a customer's mid-rank r
    in the base becomes the r-quantile of the values that the registry's K prototypes have on that
    dimension, with the k-th smallest as the (k - 1/2)/K quantile and lines between
    (`on_scale_of`). So the base as a whole is treated like the types as a whole, and who is
    treated better than nearly all others is treated like the closest types. Where all are treated
    alike, all are in the middle: such a level compares customers, it does not judge the firm.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    """
    levels = np.full((len(table.ids), len(DIMENSIONS)), np.nan)
    locked = np.clip(signal_of(table, "lock_in"), 0.0, 1.0)
    levels[:, DIMENSIONS.index("power")] = locked
    levels[:, DIMENSIONS.index("voluntariness")] = 1.0 - locked
    contacts = contacts_at(table)
    if contacts is None or not len(contacts.when):
        return Delivered(levels, np.zeros(len(levels)), known=False)
    rows = messages(contacts)
    if rows.any():
        monthly = _per_month(table, contacts, rows)
        levels[:, DIMENSIONS.index("intensity")] = _ranked(table, "intensity", monthly)
    found = {
        "valence": _valence(contacts, rows),
        "socio_emotional": _personal(contacts, rows),
        "duration": _regular(contacts, rows),
        "reciprocity": _answers(contacts, rows, moment_of(table)),
    }
    for name, values in found.items():
        own = per_customer(table.ids, contacts.ids, values, np.nan)
        scaled = own if name == "valence" else _ranked(table, name, own)
        levels[:, DIMENSIONS.index(name)] = scaled
    unresolved = unresolved_of(contacts)
    if unresolved is None:
        unresolved = np.zeros(len(contacts.ids))
    return Delivered(levels, per_customer(table.ids, contacts.ids, unresolved, 0.0), known=True)


def on_scale_of(values: Floats, ranks: Floats) -> Floats:
    """Return for each rank r the r-quantile of some values.

    The k-th smallest of K values is the (k - 1/2)/K quantile (Hazen 1914), between them lines are
    drawn, and beyond the first and the last their values hold.

    Parameters
    ----------
    values : ndarray of float64, shape (K,)
        NaN does not count; where nothing else is there, nor is a quantile.
    ranks : ndarray of float64, shape (n,)
        0 to 1; NaN stays.
    """
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return np.full(len(ranks), np.nan)
    middles = (np.arange(len(known)) + 0.5) / len(known)
    return np.asarray(np.interp(ranks, middles, known), np.float64)


def _ranked(table: RelationshipTable, name: str, values: Floats) -> Floats:
    """Return where customers rank, on the scale of the prototypes of a dimension."""
    place = DIMENSIONS.index(name)
    return on_scale_of(table.types.prototypes[:, place], Scale.of(values).rank(values))


def _per_month(table: RelationshipTable, contacts: Contacts, rows: Mask) -> Floats:
    """Return messages per month since the customer or the log of interactions began."""
    sent = per_customer(table.ids, contacts.ids, counts(contacts, rows), 0.0)
    days = (moment_of(table) - int(contacts.when.min())) / DAY
    tenure = signal_of(table, "tenure")
    known = np.where(np.isnan(tenure), days, np.minimum(tenure, days))
    month = UNITS["month"] / DAY
    return sent / np.maximum(known / month, 1.0)


def _valence(contacts: Contacts, rows: Mask) -> Floats:
    found, parts = np.zeros(len(contacts.ids)), np.zeros(len(contacts.ids))
    if len(contacts.resolved_at):
        complaint = is_kind(contacts, ("complaint",))
        made = counts(contacts, complaint)
        settled = counts(contacts, complaint & resolved(contacts))
        found += (2.0 * settled - made) / (made + 1.0)
        parts += made > 0
    if len(contacts.sentiment):
        felt = np.flatnonzero(rows & ~np.isnan(contacts.sentiment))
        who = customers_of(contacts, felt)
        n = np.bincount(who, minlength=len(found))
        total = np.bincount(who, contacts.sentiment[felt], minlength=len(found))
        found += total / np.maximum(n, 1)
        parts += n > 0
    with np.errstate(invalid="ignore"):
        return np.where(parts > 0, found / parts, np.nan)


def _personal(contacts: Contacts, rows: Mask) -> Floats:
    """Return the mean of the share of personal messages and of those outside campaigns."""
    sent = counts(contacts, rows)
    by_person = is_kind(contacts, PERSONAL_KINDS)
    names = [name.strip().lower().replace(" ", "_") for name in contacts.channel_names]
    if names and len(contacts.channels):
        # the code -1, no channel, takes the last entry
        by_person |= np.array([*(name in PERSONAL_CHANNELS for name in names), False])[
            contacts.channels
        ]
    shares = [counts(contacts, rows & by_person)]
    if len(contacts.campaigns):
        shares.append(counts(contacts, rows & (contacts.campaigns < 0)))
    with np.errstate(invalid="ignore"):
        return np.where(sent > 0, np.mean(shares, axis=0) / sent, np.nan)


def _regular(contacts: Contacts, rows: Mask) -> Floats:
    places = np.flatnonzero(rows)
    who, days = customers_of(contacts, places), contacts.when[places] / DAY
    same = np.diff(who) == 0
    gaps, of = np.diff(days)[same], who[1:][same]
    size = len(contacts.ids)
    n = np.bincount(of, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(of, gaps, minlength=size) / n
        spread = np.bincount(of, (gaps - mean[of]) ** 2, minlength=size) / n
        # k / (1 + k) without the division by a deviation of 0
        found = mean**2 / (mean**2 + spread)
    return np.where((n >= LEAST_GAPS) & np.isfinite(found), found, np.nan)


def _answers(contacts: Contacts, rows: Mask, now: int) -> Floats:
    """Return the mean worth of the answers to each customer's questions."""
    asked = np.flatnonzero(asks(contacts))
    who, when = customers_of(contacts, asked), contacts.when[asked]
    delay = np.minimum(_next_message(contacts, rows, asked), _until_resolved(contacts, asked))
    late = delay > WAIT
    worth = np.where(late, 0.0, 2.0 ** (-np.minimum(delay, WAIT) / HALF_LIFE))
    # what was asked of late may still be answered
    told = ~late | (now - when > WAIT)
    n = np.bincount(who[told], minlength=len(contacts.ids))
    total = np.bincount(who[told], worth[told], minlength=len(contacts.ids))
    with np.errstate(invalid="ignore"):
        return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _next_message(contacts: Contacts, rows: Mask, asked: Ints) -> Floats:
    """Return microseconds from each question to the next message outside a campaign."""
    if len(contacts.campaigns):
        rows = rows & (contacts.campaigns < 0)
    rows = rows & ~is_kind(contacts, ("survey_sent",))
    sent = np.flatnonzero(rows)
    delay = np.full(len(asked), np.inf)
    place = np.searchsorted(sent, asked, "right")
    within = place < len(sent)
    answer = sent[place[within]]
    same = customers_of(contacts, answer) == customers_of(contacts, asked[within])
    found = np.where(same, contacts.when[answer] - contacts.when[asked[within]], np.inf)
    delay[within] = found
    return delay


def _until_resolved(contacts: Contacts, asked: Ints) -> Floats:
    if not len(contacts.resolved_at):
        return np.full(len(asked), np.inf)
    settled = contacts.resolved_at[asked]
    known = settled != NEVER
    length = np.where(known, settled, contacts.when[asked]) - contacts.when[asked]
    return np.where(known, np.maximum(length, 0), np.inf)
