"""The two periods that a core is compared over, and what each customer bought in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.latest_periods import NEAR
from customerintel.audit.top_share import top_membership
from customerintel.tables.moments import DAY
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["TwoPeriods", "core_of_period", "core_weights", "pick_two", "purchases_of_two"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TwoPeriods:
    """What customers bought in a period and the next; only those with a purchase in either.

    Attributes
    ----------
    orders, units, spend : ndarray of float64, shape (2, n)
        Earlier and later period; spend is NaN where the log has no amounts.
    places : ndarray of int64, shape (n,)
        Places of the customers in the cells.
    ratio : float
        Length of the later period over that of the earlier.
    """

    orders: Floats
    units: Floats
    spend: Floats
    places: Ints
    ratio: float

    def __len__(self) -> int:
        return len(self.places)

    def take(self, index: Ints) -> TwoPeriods:
        """Return some customers, as often as they are named."""
        return TwoPeriods(
            self.orders[:, index], self.units[:, index], self.spend[:, index],
            self.places[index], self.ratio,
        )  # fmt: skip

    def measure(self, by: str) -> Floats:
        """Return what the customers are ranked by; purchases where that is two things."""
        return {"spend": self.spend, "volume": self.units}.get(by, self.orders)


def purchases_of_two(cells: Cells, earlier: int, later: int) -> TwoPeriods:
    """Return what each customer bought in two of the periods."""
    n, days = len(cells.ids), cells.periods.days
    held = [np.flatnonzero(cells.period == k) for k in (earlier, later)]
    either = np.zeros(n, bool)
    for index in held:
        either[cells.customer[index]] = True
    places = np.flatnonzero(either)
    row = np.cumsum(either) - 1

    def dense(values: NDArray[np.generic]) -> Floats:
        found = np.zeros((2, len(places)))
        for line, index in zip(found, held, strict=True):
            line[row[cells.customer[index]]] = values[index]
        return found

    spend = dense(cells.spend) if cells.has_amounts else np.full((2, len(places)), np.nan)
    return TwoPeriods(
        dense(cells.orders), dense(cells.units), spend, places, float(days[later] / days[earlier])
    )


def core_weights(orders: Floats, units: Floats, spend: Floats, by: str, share: float) -> Floats:
    """Return how much of each active customer is core, chosen by `by` among them.

    For "both" and "either" the two memberships are put together as chances, those of ties.
    """
    if by in ("frequency", "volume", "spend"):
        values = {"frequency": orders, "volume": units, "spend": spend}[by]
        return top_membership(values, share)
    often, much = top_membership(orders, share), top_membership(units, share)
    return often * much if by == "both" else 1.0 - (1.0 - often) * (1.0 - much)


def core_of_period(cells: Cells, k: int, by: str, share: float) -> Floats:
    """Return how much of each customer is core in a period, shape (n_customers,).

    The cells must not be cut by a group.
    """
    held = np.flatnonzero(cells.period == k)
    spend = cells.spend[held] if cells.has_amounts else np.full(len(held), np.nan)
    orders = cells.orders[held].astype(np.float64)
    inside = np.zeros(len(cells.ids))
    inside[cells.customer[held]] = core_weights(orders, cells.units[held], spend, by, share)
    return inside


def pick_two(cells: Cells) -> tuple[int, int] | None:
    """Return the places of the latest complete period and the one before; None without them.

    Warns
    -----
    DataQualityWarning
        If there are no two complete periods, or they differ in length.
    """
    periods = cells.periods
    whole = np.flatnonzero(periods.complete)
    if len(whole) < 2:
        span = 0
        if len(cells.ids):
            span = (int(cells.history._moment) - int(cells.first.min())) // DAY
        how = "one" if len(whole) else "none"
        given = periods.name == "given"
        what = "the given pairs of days" if given else f"period={periods.name!r}"
        advice = (
            "Give pairs of days that the log covers."
            if given
            else f"Take period='{max(span // 2, 1)}d' or shorter."
        )
        warn_caller(
            f"Resilience compares two complete periods, and of {what} there is {how}: the log "
            f"reaches back {span} days from the moment. What compares them is NaN. {advice}"
        )
        return None
    earlier, later = int(whole[-2]), int(whole[-1])
    days = periods.days[[earlier, later]]
    if abs(days[0] - days[1]) > NEAR * days.max():
        warn_caller(
            f"The two periods that are compared have {days[0]:.0f} and {days[1]:.0f} days. The "
            "null model knows their lengths, but retention of revenue does not: give two of "
            "equal length."
        )
    return earlier, later
