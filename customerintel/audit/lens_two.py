"""Lens 2: what changed from one period to the next, and with whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.buyers import buyers_of
from customerintel.audit.customer_groups import CustomerGroups, PeriodPair, customer_groups
from customerintel.audit.decile_transition import DecileTransition, transitions
from customerintel.audit.figures import Figures, LensOfFigures, figures_of
from customerintel.audit.growth_factors import GrowthFactors, growth_factors
from customerintel.audit.latest_periods import latest_two_periods
from customerintel.audit.revenue_bridge import RevenueBridge, revenue_bridge
from customerintel.audit.same_customer_change import SameCustomerChange, same_customer_change
from customerintel.audit.sampling_errors import ratio, share, total_bounds
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["LensTwo", "lens_two"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class LensTwo(LensOfFigures):
    """What changed between two periods (Fader, Hardie and Ross 2022, chapter 4).

    Attributes
    ----------
    labels : tuple of str
        Of the period before and of the one now.
    starts, ends : ndarray of datetime64[D], shape (2,)
        Their first and last days.
    figures : Figures
        ``customers_before``, ``customers_now``; ``orders_before``, ``orders_now``,
        ``orders_change``, ``orders_growth`` (change over before), and the same of ``spend``;
        ``profit_before``, ``profit_now``; ``retention_rate`` (retained of the buyers before),
        ``new_share`` and ``returned_share`` (of the buyers now), ``spend_retention`` (what the
        buyers before spend now over what they spent), ``new_spend_share``. Shares of customers
        have Wilson's interval (1927), sums and ratios that of a sample of customers (Cochran
        1977, sections 2.5 and 2.11).
    groups : CustomerGroups
        Retained, lapsed, returned, new and inactive customers, and their money.
    bridge : RevenueBridge
        From the revenue before to the revenue now, in parts that add up; of orders where the log
        has no amounts.
    factors : GrowthFactors
        Customers × orders per customer × order value; of orders, the first two.
    changes : tuple of SameCustomerChange
        Of orders, spend and order value of the retained customers.
    transition : DecileTransition
        Between tenths with the limits of the period before.
    transition_by_rank : DecileTransition
        Between the tenths that each period has by itself.
    profit_bridge, profit_factors : RevenueBridge and GrowthFactors
        The same of profit, the bridge's order value being the profit of an order; NaN where no
        cost is known.
    by : str
        What the tenths are of: "spend", or "orders" where the log has no amounts.
    level : float
        Of the intervals.

    Notes
    -----
    A return is taken off the purchase that it belongs to: the latest period still has returns
    to come, which the one before has had. Periods side by side differ by season, too; pairs of
    days a year apart do not. Of the best customers of a period many buy less in the next even if
    nobody has changed, since some were best by chance: moves between tenths are no decay by
    themselves.
    """

    parts: ClassVar[tuple[str, ...]] = (
        "summary", "groups", "bridge", "factors", "same_customers", "changes", "transition",
        "transition_by_rank", "profit_bridge", "profit_factors",
    )  # fmt: skip
    _title: ClassVar[str] = "Lens 2: what changed"

    labels: tuple[str, str]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    figures: Figures
    groups: CustomerGroups
    bridge: RevenueBridge
    factors: GrowthFactors
    changes: tuple[SameCustomerChange, ...]
    transition: DecileTransition
    transition_by_rank: DecileTransition
    profit_bridge: RevenueBridge
    profit_factors: GrowthFactors
    by: str
    level: float
    _kind: Kind = field(repr=False)

    def _columns(self, part: str) -> dict[str, Column]:
        if part == "changes":
            return self._change_columns()
        if part == "same_customers":
            return {
                "of": np.array([one.of for one in self.changes], object),
                **{
                    name: np.array([getattr(one, name) for one in self.changes])
                    for name in ("up", "down", "same")
                },
                "median_ratio": np.array([one.median for one in self.changes]),
            }
        found: Any = getattr(self, "figures" if part == "summary" else part)
        columns: dict[str, Column] = found.columns()
        return columns

    def _change_columns(self) -> dict[str, Column]:
        """Return the bins of all numbers, one below the other."""
        tables: list[dict[str, Any]] = [one.columns() for one in self.changes]
        names, labels = tuple(one.of for one in self.changes), self.changes[0].labels
        size = len(labels)
        columns: dict[str, Column] = {
            "of": Labels(np.repeat(np.arange(len(names)), size), names),
            "bin": Labels(np.tile(np.arange(size), len(names)), labels),
        }
        for name in ("customers", "share", "change"):
            columns[name] = np.concatenate([table[name] for table in tables])
        return columns

    def _facts(self) -> dict[str, object]:
        counts = dict(zip(self.groups.groups, self.groups.customers.tolist(), strict=True))
        growth = self.figures["spend_growth"]
        return {
            "before": self.labels[0],
            "now": self.labels[1],
            **{name: counts[name] for name in ("retained", "lapsed", "returned", "new")},
            "spend_growth": None if np.isnan(growth) else growth,
        }


def lens_two(cells: Cells, *, profit: Floats | None = None, level: float = 0.95) -> LensTwo:
    """Compare the latest two complete periods of equal length.

    Parameters
    ----------
    cells : Cells
        One cell per customer and period.
    profit : ndarray of float64, shape (n_cells,), optional
        Spend less cost of each cell.
    level : float, default 0.95
        Of the intervals.

    Raises
    ------
    InvalidArgumentError
        If there are no two such periods.
    """
    pair = latest_two_periods(cells)
    periods, money = cells.periods, cells.has_amounts
    before, now = (buyers_of(cells, k, profit) for k in pair)
    ends = int(periods.ends[pair[0]]), int(periods.ends[pair[1]])
    both = PeriodPair.of(before, now, cells.first, ends, money=money)
    groups = customer_groups(both)
    by = "spend" if money else "orders"
    ranked = getattr(both, by)
    by_cuts, by_rank = transitions(ranked[0], ranked[1], both.bought, both.groups["new"])
    bridge, factors = _explained(by, both, level)
    profit_bridge, profit_factors = _explained("profit", both, level)
    return LensTwo(
        labels=(periods.labels[pair[0]], periods.labels[pair[1]]),
        starts=periods.start_dates[list(pair)],
        ends=periods.end_dates[list(pair)],
        figures=_figures(both, groups, level),
        groups=groups,
        bridge=bridge,
        factors=factors,
        changes=_changes(both),
        transition=by_cuts,
        transition_by_rank=by_rank,
        profit_bridge=profit_bridge,
        profit_factors=profit_factors,
        by=by,
        level=level,
        _kind=cells.history._log.kind,
    )


def _explained(of: str, both: PeriodPair, level: float) -> tuple[RevenueBridge, GrowthFactors]:
    """Return the change as a sum and as a product."""
    chain = {"orders": (), "spend": (both.spend,), "profit": (both.spend, both.profit)}[of]
    before, now = (
        np.array([both.bought[k].sum(), *(x[k].sum() for x in (both.orders, *chain))], np.float64)
        for k in (0, 1)
    )
    bridge = revenue_bridge(of, both.groups, both.orders, getattr(both, of), len(both), level)
    return bridge, growth_factors(of, before, now)


def _changes(both: PeriodPair) -> tuple[SameCustomerChange, ...]:
    kept = both.groups["retained"]
    orders, spend = ([x[kept] for x in pair] for pair in (both.orders, both.spend))
    value = [money / count for money, count in zip(spend, orders, strict=True)]
    return tuple(
        same_customer_change(of, *pair)
        for of, pair in (("orders", orders), ("spend", spend), ("order_value", value))
    )


def _figures(both: PeriodPair, groups: CustomerGroups, level: float) -> Figures:
    n = dict(zip(groups.groups, groups.customers.tolist(), strict=True))
    before, now = n["retained"] + n["lapsed"], n["retained"] + n["returned"] + n["new"]
    spend, names = both.spend, ("orders", "spend", "profit")
    totals = {
        f"{name}_{when}": float(getattr(groups, f"{name}_{when}").sum())
        for name in names
        for when in ("before", "now")
    }
    change = totals["spend_now"] - totals["spend_before"]
    orders = both.orders[1] - both.orders[0]
    kept, fresh = (np.where(mask, spend[1], 0.0) for mask in (both.bought[0], both.groups["new"]))
    return figures_of(
        {
            "customers_before": before,
            "customers_now": now,
            **totals,
            "orders_change": (
                totals["orders_now"] - totals["orders_before"],
                total_bounds(orders, len(both), level),
            ),
            "orders_growth": ratio(orders, both.orders[0], level),
            "spend_change": (change, total_bounds(spend[1] - spend[0], len(both), level)),
            "spend_growth": ratio(spend[1] - spend[0], spend[0], level),
            "retention_rate": share(n["retained"], before, level),
            "new_share": share(n["new"], now, level),
            "returned_share": share(n["returned"], now, level),
            "spend_retention": ratio(kept, spend[0], level),
            "new_spend_share": ratio(fresh, spend[1], level),
        }
    )
