"""What was simulated, as the columns that a shop's systems would export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from customerintel.relationships.simulated_purchases import N_CATEGORIES
from customerintel.rfm.read_only import read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from customerintel.relationships.simulated_answers import Replies
    from customerintel.relationships.simulated_contacts import Contacts
    from customerintel.relationships.simulated_people import People
    from customerintel.relationships.simulated_purchases import Lines

__all__ = ["contact_columns", "line_columns", "reply_columns", "trait_columns"]

#: Microseconds in a day.
DAY: Final = 86_400_000_000
#: Where an order comes in that is not discreet, and the way that is.
CHANNELS: Final = ("web", "app", "store")
DISCREET: Final = "locker"
#: Share of customers of whom the contract is not on file.
NOT_ON_FILE: Final = 0.08

Columns = dict[str, "NDArray[Any]"]


def _moments(start: np.datetime64, day: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Return the moments of days since the start; NaT where there is none."""
    known = np.isfinite(day)
    when = start + (np.where(known, day, 0.0) * DAY).astype(np.int64).astype("timedelta64[us]")
    when[~known] = np.datetime64("NaT")
    return when


def _closed(columns: Mapping[str, NDArray[Any]]) -> Columns:
    return {name: read_only(values) for name, values in columns.items()}


def line_columns(
    rng: np.random.Generator, lines: Lines, ids: NDArray[np.int64], start: np.datetime64
) -> Columns:
    """Return the columns of the transactions, in the order of time."""
    order = np.lexsort((lines.order, lines.customer, lines.day))
    names = np.array([f"category {place + 1:02d}" for place in range(N_CATEGORIES)], object)
    ways = np.array([*CHANNELS, DISCREET], object)
    # all lines of an order, and what comes back of it, go the same way
    way = rng.integers(0, len(CHANNELS), int(lines.order.max()) + 1)[lines.order]
    way = np.where(lines.discreet, len(CHANNELS), way)
    return _closed(
        {
            "customer_id": ids[lines.customer[order]],
            "timestamp": _moments(start, lines.day[order]),
            "amount": lines.amount[order],
            "order_id": lines.order[order] + 1,
            "category": names[lines.category[order]],
            "promo": lines.promo[order],
            "channel": ways[way[order]],
        }
    )


def contact_columns(contacts: Contacts, ids: NDArray[np.int64], start: np.datetime64) -> Columns:
    """Return the columns of the interactions, in the order of time."""
    n_campaigns = int(contacts.campaign.max(initial=-1)) + 1
    campaigns = np.array([*(f"letter {n + 1:02d}" for n in range(n_campaigns)), None], object)
    return _closed(
        {
            "customer_id": ids[contacts.customer],
            "timestamp": _moments(start, contacts.day),
            "kind": contacts.kind,
            "direction": np.array(["inbound", "outbound"], object)[contacts.outbound.astype(int)],
            "channel": contacts.channel,
            "sentiment": contacts.tone,
            "resolved_at": _moments(start, contacts.settled),
            "campaign_id": campaigns[contacts.campaign],
        }
    )


def reply_columns(replies: Replies, ids: NDArray[np.int64], start: np.datetime64) -> Columns:
    """Return the columns of the answers, in the order of time."""
    n = len(replies.day)
    return _closed(
        {
            "customer_id": ids[replies.customer],
            "timestamp": _moments(start, replies.day),
            "instrument": replies.instrument,
            "version": np.full(n, "1", object),
            "item": replies.item,
            "scale_min": replies.low,
            "scale_max": replies.high,
            "value": replies.value,
            "choice": replies.choice,
        }
    )


def trait_columns(rng: np.random.Generator, people: People, ids: NDArray[np.int64]) -> Columns:
    """Return the columns of the customers: what binds them, where it is on file."""
    n = len(people)
    contract = rng.random(n) < people["contract"]
    fee = rng.random(n) < people["exit_fee"]
    imposed = rng.random(n) < people["imposed"]
    filed = rng.random(n) >= NOT_ON_FILE
    columns: Columns = {"customer_id": ids}
    for name, bound in (("contract", contract), ("exit_fee", fee), ("imposed", imposed)):
        columns[name] = np.where(filed, bound.astype(np.float64), np.nan)
    return _closed(columns)
