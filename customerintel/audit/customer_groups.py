"""New, retained, lapsed, returned: customers by whether they bought before and now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.buyers import Buyers
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["GROUPS", "CustomerGroups", "PeriodPair", "customer_groups"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Pair = tuple[Floats, Floats]

#: In the order of the tables.
GROUPS = ("retained", "lapsed", "returned", "new", "inactive")


@dataclass(frozen=True, eq=False)
class PeriodPair:
    """The customers known at the end of the later of two periods, and what they did in both.

    Attributes
    ----------
    groups : dict of str to ndarray of bool, shape (n,)
        "retained" bought in both; "lapsed" before only; "new": their first purchase came after
        the period before; "returned": now, not before, and earlier; "inactive": in neither.
    orders, units, spend : pair of ndarray of float64, shape (n,)
        Before and now, 0 where they did not buy. Spend is NaN where the log has no amounts.
    profit : pair of ndarray of float64, shape (n,)
        Spend less cost; NaN where no cost is known.
    """

    groups: dict[str, Mask]
    orders: Pair
    units: Pair
    spend: Pair
    profit: Pair

    @classmethod
    def of(
        cls, before: Buyers, now: Buyers, first: Ints, until: tuple[int, int], *, money: bool
    ) -> PeriodPair:
        """Put the buyers of two periods side by side.

        Parameters
        ----------
        before, now : Buyers
            Of the two periods.
        first : ndarray of int64, shape (n_customers,)
            Microseconds of the first purchase of each customer of the base.
        until : pair of int
            Ends of the two periods.
        money : bool
            Whether the log has amounts.
        """
        n, seen = len(first), first <= until[1]
        known = slice(None) if seen.all() else seen
        blank = np.full(int(seen.sum()), np.nan)

        def both(name: str, *, there: bool = True) -> Pair:
            if not there:
                return blank, blank
            one, other = (x.spread(getattr(x, name), n)[known] for x in (before, now))
            return one, other

        bought = [x.spread(np.ones(len(x)), n)[known] > 0.0 for x in (before, now)]
        young = first[known] > until[0]
        there, here = bought
        return cls(
            groups={
                "retained": there & here,
                "lapsed": there & ~here,
                "returned": here & ~there & ~young,
                "new": here & young,
                "inactive": ~here & ~there,
            },
            orders=both("orders"),
            units=both("units"),
            spend=both("spend", there=money),
            profit=both("profit", there=before.profit is not None),
        )

    def __len__(self) -> int:
        return len(self.orders[0])

    @property
    def bought(self) -> tuple[Mask, Mask]:
        """Whether each bought before, and now."""
        groups = self.groups
        return (
            groups["retained"] | groups["lapsed"],
            groups["retained"] | groups["returned"] | groups["new"],
        )


@dataclass(frozen=True, eq=False)
class CustomerGroups:
    """What each group of customers did before and does now; arrays of shape (5,).

    Attributes
    ----------
    groups : tuple of str
        "retained", "lapsed", "returned", "new" and "inactive".
    customers : ndarray of int64
    orders_before, orders_now, units_before, units_now : ndarray of float64
    spend_before, spend_now : ndarray of float64
        NaN where the log has no amounts.
    profit_before, profit_now : ndarray of float64
        NaN where no cost is known.
    """

    groups: tuple[str, ...]
    customers: Ints
    orders_before: Floats
    orders_now: Floats
    units_before: Floats
    units_now: Floats
    spend_before: Floats
    spend_now: Floats
    profit_before: Floats
    profit_now: Floats

    def __post_init__(self) -> None:
        seal(self)

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        size = len(self.groups)
        columns: dict[str, Column] = {"group": Labels(np.arange(size), self.groups)}
        columns |= {name: value for name, value in vars(self).items() if name != "groups"}
        with np.errstate(invalid="ignore"):
            for when in ("before", "now"):
                orders, spend = getattr(self, f"orders_{when}"), getattr(self, f"spend_{when}")
                columns[f"average_order_value_{when}"] = spend / orders
                columns[f"spend_per_customer_{when}"] = spend / self.customers
        return columns


def customer_groups(both: PeriodPair) -> CustomerGroups:
    """Return the totals of each group."""

    def sums(pair: Pair, unknown: float) -> list[Floats]:
        return [np.array([x[both.groups[name]].sum() for name in GROUPS]) + unknown for x in pair]

    # what the log does not have is NaN for a group of nobody, too
    blank = [np.nan if len(both) and np.isnan(x[0][0]) else 0.0 for x in (both.spend, both.profit)]
    counts = np.array([np.count_nonzero(both.groups[name]) for name in GROUPS], np.int64)
    pairs = (
        *sums(both.orders, 0.0), *sums(both.units, 0.0), *sums(both.spend, blank[0]),
        *sums(both.profit, blank[1]),
    )  # fmt: skip
    return CustomerGroups(GROUPS, counts, *pairs)
