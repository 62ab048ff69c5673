"""How much the customers of each type complain, and ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.contact_counts import asks_of, complaints_of, unresolved_of
from customerintel.relationships.share_intervals import Estimate, nothing, rates, ratios
from customerintel.relationships.table_parts import contacts_at, per_customer

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable
    from customerintel.tables.history import History

__all__ = ["load_of"]

Ints = NDArray[np.int64]


def load_of(
    table: RelationshipTable, history: History, codes: Ints, size: int, level: float
) -> dict[str, Any]:
    """Return the attributes of a portfolio that are about contacts, by name."""
    found: dict[str, Any] = {
        "complaints": np.full(size, np.nan),
        "unresolved_complaints": np.full(size, np.nan),
        "complaints_per_100_orders": nothing(size),
        "contacts_per_customer": nothing(size),
    }
    contacts = contacts_at(table)
    if contacts is None:
        return found
    summary = history.summarize()
    orders = per_customer(table.ids, summary.ids, summary.n_purchases.astype(np.float64), 0.0)
    complaints, asks = (
        per_customer(table.ids, contacts.ids, counted, 0.0)
        for counted in (complaints_of(contacts), asks_of(contacts))
    )
    found["complaints"] = np.bincount(codes, complaints, minlength=size)
    per_order = rates(codes, size, complaints, orders, level)
    found["complaints_per_100_orders"] = Estimate(
        100.0 * per_order.value, 100.0 * per_order.low, 100.0 * per_order.high
    )
    found["contacts_per_customer"] = ratios(codes, size, asks, np.ones(len(asks)), level)
    unresolved = unresolved_of(contacts)
    if unresolved is not None:
        open_now = per_customer(table.ids, contacts.ids, unresolved, 0.0)
        found["unresolved_complaints"] = np.bincount(codes, open_now, minlength=size)
    return found
