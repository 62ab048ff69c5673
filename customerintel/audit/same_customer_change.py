"""How the customers of both periods changed, each compared with themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["CHANGES", "SameCustomerChange", "same_customer_change"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Change over the number before: the edges between the bins, and what the bins are called.
EDGES = (-0.75, -0.50, -0.25, -0.10, 0.10, 0.25, 0.50, 1.0, 3.0)
CHANGES = (
    "fell by 75 % and more", "fell by 50 to 75 %", "fell by 25 to 50 %", "fell by 10 to 25 %",
    "within 10 %", "rose by 10 to 25 %", "rose by 25 to 50 %", "rose by 50 to 100 %",
    "rose by 100 to 300 %", "rose by 300 % and more", "nothing to compare with",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class SameCustomerChange:
    """Change of one number of the retained customers.

    Attributes
    ----------
    of : str
        "orders", "spend" or "order_value".
    up, down, same : int
        Customers whose number rose, fell, stayed.
    labels : tuple of str
        Bins of the change over the number before; 10 % and less either way is "within 10 %". The
        last is of those whose number before was not positive.
    customers : ndarray of int64, shape (11,)
        In each bin.
    change : ndarray of float64, shape (11,)
        Sum of the bin's changes, in the number's unit.
    median : float
        Of the ratio of now to before; NaN without a positive number before.
    """

    of: str
    up: int
    down: int
    same: int
    labels: tuple[str, ...]
    customers: Ints
    change: Floats
    median: float

    def __post_init__(self) -> None:
        seal(self)

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        size, total = len(self.labels), self.customers.sum()
        return {
            "of": Labels(np.zeros(size, np.int64), (self.of,)),
            "bin": Labels(np.arange(size), self.labels),
            "customers": self.customers,
            "share": self.customers / total if total else np.full(size, np.nan),
            "change": self.change,
        }


def same_customer_change(of: str, before: Floats, now: Floats) -> SameCustomerChange:
    """Compare each customer's number with their own before.

    Parameters
    ----------
    of : str
        What it is.
    before, now : ndarray of float64, shape (n_retained,)
        NaN throughout where the log has no amounts: then nobody is counted.
    """
    known = ~np.isnan(before)
    before, now = before[known], now[known]
    change = now - before
    size, comparable = len(CHANGES), before > 0
    place = np.full(len(before), size - 1)
    ratio = now[comparable] / before[comparable]
    edges = np.array(EDGES)
    relative = change[comparable] / before[comparable]
    found = np.searchsorted(edges, relative, side="right")
    # a fall by exactly an edge belongs to the greater fall, a rise to the greater rise
    found -= (relative < 0) & np.isin(relative, edges)
    found[abs(relative) <= EDGES[4]] = 4
    place[comparable] = found
    up, down = int((change > 0).sum()), int((change < 0).sum())
    return SameCustomerChange(
        of=of,
        up=up,
        down=down,
        same=len(change) - up - down,
        labels=CHANGES,
        customers=np.bincount(place, minlength=size).astype(np.int64),
        change=np.bincount(place, change, minlength=size).astype(np.float64),
        median=float(np.median(ratio)) if len(ratio) else np.nan,
    )
