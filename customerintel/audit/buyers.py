"""Who bought in one period, and how much: the cells of one period side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import seal

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["Buyers", "buyers_of", "known_by"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Money below this share of the greatest is none.
DUST = 1e-12


@dataclass(frozen=True, eq=False)
class Buyers:
    """The customers with a purchase in one period.

    Attributes
    ----------
    places : ndarray of int64, shape (n,)
        Places in the ids of the cells, ascending.
    orders, units, spend : ndarray of float64, shape (n,)
        Of each in the period; spend is NaN where the log has no amounts.
    profit : ndarray of float64, shape (n,), or None
        Spend less cost; None where no cost is known.
    """

    places: Ints
    orders: Floats
    units: Floats
    spend: Floats
    profit: Floats | None

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.places)

    def spread(self, values: Floats, n: int) -> Floats:
        """Return one value per customer of the base, 0 for those who did not buy."""
        dense = np.zeros(n)
        dense[self.places] = values
        return dense


def buyers_of(cells: Cells, period: int, profit: Floats | None = None) -> Buyers:
    """Return the buyers of a period.

    Parameters
    ----------
    cells : Cells
        One cell per customer and period.
    period : int
        Its place in ``cells.periods``.
    profit : ndarray of float64, shape (n_cells,), optional
        Spend less cost of each cell.
    """
    rows = np.flatnonzero(cells.period == period)
    places = np.searchsorted(cells.offsets, rows, side="right") - 1
    spend = cells.spend[rows] if len(cells.spend) else np.full(len(rows), np.nan)
    # 0.1 + 0.2 - 0.3: all has come back, and what is left is rounding
    spend[abs(spend) <= DUST * np.abs(spend).max(initial=0.0)] = 0.0
    return Buyers(
        places=places.astype(np.int64),
        orders=cells.orders[rows].astype(np.float64),
        units=cells.units[rows],
        spend=spend,
        profit=None if profit is None else profit[rows],
    )


def known_by(cells: Cells, moment: int) -> int:
    """Return how many customers had bought by a moment (microseconds UTC)."""
    return int(np.count_nonzero(cells.first <= moment))
