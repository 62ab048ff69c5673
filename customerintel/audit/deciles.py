"""Tenths of the customers, best first: what each brings, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.buyers import Buyers
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column

__all__ = ["Deciles", "best_first", "deciles_of", "tenths"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N = 10


@dataclass(frozen=True, eq=False)
class Deciles:
    """Tenths of the buyers of a period with equally many heads; 1 is the tenth that spends most.

    By orders where the log has no amounts. Of customers with equal numbers, those with the lower
    ids come first. Of fewer than ten buyers, some tenths are empty.

    Attributes
    ----------
    by : str
        "spend" or "orders".
    decile : ndarray of int64, shape (10,)
        1 to 10.
    customers : ndarray of int64
    orders, units, spend : ndarray of float64
        Totals; what is not in the log is NaN.
    share, cumulative_share : ndarray of float64
        Of the total of `by`; NaN where that is not positive.
    mean_spend, mean_orders, mean_units, average_order_value : ndarray of float64
        Per customer of the tenth; spend over orders. Of an empty one NaN.
    lowest, highest : ndarray of float64
        Number of `by` of the tenth's last and first customer.
    profit : ndarray of float64
        Spend less cost; NaN where no cost is known.
    """

    by: str
    decile: Ints
    customers: Ints
    orders: Floats
    units: Floats
    spend: Floats
    share: Floats
    cumulative_share: Floats
    mean_spend: Floats
    mean_orders: Floats
    mean_units: Floats
    average_order_value: Floats
    lowest: Floats
    highest: Floats
    profit: Floats

    def __post_init__(self) -> None:
        seal(self)

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        return {name: value for name, value in vars(self).items() if name != "by"}


def best_first(values: Floats) -> Ints:
    """Return the places of values from the greatest to the least; equal ones in their order."""
    return np.argsort(-values, kind="stable")


def tenths(n: int) -> Ints:
    """Return where each tenth of `n` customers begins, and the end of the last."""
    return -(-np.arange(N + 1) * n // N)


def deciles_of(buyers: Buyers, by: str, order: Ints) -> Deciles:
    """Return what each tenth brings.

    Parameters
    ----------
    buyers : Buyers
        Of one period.
    by : {"spend", "orders"}
        What they are ordered by.
    order : ndarray of int64
        Of `best_first`.
    """
    cuts = tenths(len(buyers))
    customers = np.diff(cuts)
    measure = getattr(buyers, by)
    orders, units, spend = (
        _sums(x[order], cuts) for x in (buyers.orders, buyers.units, buyers.spend)
    )
    if by == "orders":  # there are no amounts, of nobody either
        spend = np.full(N, np.nan)
    total = spend if by == "spend" else orders
    whole = total.sum()
    share = total / whole if whole > 0 else np.full(N, np.nan)
    ends = np.full((2, N), np.nan)
    some = customers > 0
    ends[0, some] = measure[order[cuts[1:][some] - 1]]
    ends[1, some] = measure[order[cuts[:-1][some]]]
    nothing = np.full(N, np.nan)
    with np.errstate(invalid="ignore"):
        return Deciles(
            by=by,
            decile=np.arange(1, N + 1),
            customers=customers,
            orders=orders,
            units=units,
            spend=spend,
            share=share,
            cumulative_share=share.cumsum(),
            mean_spend=spend / customers,
            mean_orders=orders / customers,
            mean_units=units / customers,
            average_order_value=spend / orders,
            lowest=ends[0],
            highest=ends[1],
            profit=nothing if buyers.profit is None else _sums(buyers.profit[order], cuts),
        )


def _sums(ordered: Floats, cuts: Ints) -> Floats:
    return np.array([ordered[cuts[k] : cuts[k + 1]].sum() for k in range(N)])
