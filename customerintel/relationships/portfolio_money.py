"""What the customers of each type spend, return and leave as a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.share_intervals import nothing, ratios, spend_shares
from customerintel.relationships.table_parts import per_customer
from customerintel.tables.frames import open_table
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable
    from customerintel.tables.history import History

__all__ = ["money_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def money_of(
    table: RelationshipTable, history: History, codes: Ints, size: int, level: float
) -> dict[str, Any]:
    """Return the attributes of a portfolio that are about money and returns, by name."""
    summary = history.summarize()
    ids = summary.ids
    returns, made = (
        per_customer(table.ids, ids, values.astype(np.float64), 0.0)
        for values in (summary.n_returns, summary.n_transactions)
    )
    found: dict[str, Any] = {
        "return_share": ratios(codes, size, returns, made, level, most=1.0),
        "spend": np.full(size, np.nan),
        "margin": np.full(size, np.nan),
        "spend_share": nothing(size),
        "spend_per_customer": nothing(size),
    }
    if not summary.has_amounts:
        return found
    spend = per_customer(table.ids, ids, summary.total_amount, 0.0)
    found["spend"] = np.bincount(codes, spend, minlength=size)
    found["spend_share"] = spend_shares(codes, size, spend, level)
    found["spend_per_customer"] = ratios(codes, size, spend, np.ones(len(spend)), level)
    cost = _cost(history)
    if cost is not None:
        own = per_customer(table.ids, ids, cost, 0.0)
        found["margin"] = found["spend"] - np.bincount(codes, own, minlength=size)
    return found


def _cost(history: History) -> Floats | None:
    """Return what the goods of each customer cost, what came back taken off; None without a cost.

    NaN for customers with a row that has no cost.
    """
    log = history._log
    if log._extras is None or "cost" not in (source := open_table(log._extras)).columns:
        return None
    raw = source.read(["cost"])["cost"]
    cost = np.array(raw.values, np.float64)
    if raw.missing is not None:
        cost[raw.missing] = np.nan
    rows = log._events.rows
    seen = rows.seen_at <= int(history.moment.astype(np.int64))
    # goods that come back are there again, whatever sign their cost was given
    signed = np.where(rows.amounts < 0.0, -np.abs(cost), cost)[seen]
    keys, blank = rows.keys[seen], int(np.isnan(signed).sum())
    if 0 < blank < len(signed):
        warn_caller(
            f"{blank:,} of {len(signed):,} rows of the log have no cost: the margin of the types "
            "of their customers is NaN. Fill the column, or leave it out."
        )
    if blank == len(signed):
        return None
    place = np.searchsorted(history.ids.keys, keys)
    place[place == len(history.ids)] = 0
    own = history.ids.keys[place] == keys  # not those of whom only returns are visible
    return np.asarray(np.bincount(place[own], signed[own], len(history.ids)), np.float64)
