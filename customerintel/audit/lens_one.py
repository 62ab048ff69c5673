"""Lens 1: how different the customers are who bought in one period."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.buyers import Buyers, buyers_of, known_by
from customerintel.audit.concentration_result import Concentration
from customerintel.audit.deciles import Deciles, best_first, deciles_of
from customerintel.audit.figures import Bounds, Figures, LensOfFigures, figures_of
from customerintel.audit.latest_periods import latest_period
from customerintel.audit.readable_bins import Histogram, histogram, money_edges, order_edges
from customerintel.audit.sampling_errors import NOBODY, ratio, share, total_bounds
from customerintel.audit.spend_split import SpendSplit, spend_split
from customerintel.tables.building import Column
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["LensOne", "lens_one"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class LensOne(LensOfFigures):
    """How customers differ in one period (Fader, Hardie and Ross 2022, chapter 3).

    Attributes
    ----------
    label : str
        Of the period.
    start, end : numpy.datetime64[D]
        Its first and last day.
    figures : Figures
        ``customers_known`` (who had bought by the end of the period), ``buyers`` in it and
        ``zero_buyers`` (known, without a purchase in it), ``orders``, ``units``, ``spend``,
        ``profit``; ``buying_share`` (buyers of those known); ``orders_per_buyer``,
        ``units_per_buyer``, ``spend_per_buyer``, ``average_order_value`` (spend over orders),
        ``profit_per_buyer``, ``margin`` (profit over spend); ``orders_per_known_customer`` and
        ``spend_per_known_customer``, with the zero buyers; ``negative_spenders``. Means and
        ratios have intervals: customers are a sample of those the business could have (delta
        method, Cochran 1977, section 2.11; shares: Wilson 1927).
    orders : Histogram
        Buyers by number of orders.
    spend, order_value : Histogram
        Buyers by net spend, and by their own spend per order. Without bins where the log has no
        amounts.
    deciles : Deciles
        Tenths by spend, best first; by orders where the log has no amounts.
    split : SpendSplit
        Whether orders or order values make the difference.
    level : float
        Of the intervals.
    """

    parts: ClassVar[tuple[str, ...]] = (
        "summary", "orders", "spend", "order_value", "deciles", "lorenz", "concentration", "split",
    )  # fmt: skip
    _title: ClassVar[str] = "Lens 1: how different the customers are"

    label: str
    start: np.datetime64
    end: np.datetime64
    figures: Figures
    orders: Histogram
    spend: Histogram
    order_value: Histogram
    deciles: Deciles
    split: SpendSplit
    level: float
    _buyers: Buyers = field(repr=False)
    _kind: Kind = field(repr=False)

    @property
    def by(self) -> str:
        """What customers are ranked by: "spend", or "orders" where the log has no amounts."""
        return self.deciles.by

    @cached_property
    def concentration(self) -> Concentration:
        """Gini, HHI and top shares of the buyers; spend below 0 counts as 0."""
        return self._concentration(None)

    @cached_property
    def concentration_with_zeros(self) -> Concentration:
        """As `concentration`, the known customers who bought nothing among them."""
        return self._concentration(int(self.figures["zero_buyers"]))

    def _concentration(self, zeros: int | None) -> Concentration:
        from customerintel.audit.inequality import concentration_of

        values = np.maximum(getattr(self._buyers, self.by), 0.0)
        # as many replicates as an interval of the level needs
        n_boot = max(200, math.ceil(2.0 / (1.0 - self.level)))
        return concentration_of(
            values, by=self.by, zero_buyers=zeros, level=self.level, n_boot=n_boot, kind=self._kind
        )

    @cached_property
    def lorenz(self) -> tuple[Floats, Floats, Floats]:
        """Shares of customers, smallest first, of the total, and of the total with zero buyers.

        At most 201 points each, read-only.
        """
        customers, total = self.concentration.lorenz_points
        with_zeros = np.interp(customers, *self.concentration_with_zeros.lorenz_points)
        with_zeros.flags.writeable = False
        return customers, total, with_zeros

    def _columns(self, part: str) -> dict[str, Column]:
        if part == "lorenz":
            names = ("share_of_customers", "share_of_total", "share_of_total_with_zero_buyers")
            return dict(zip(names, self.lorenz, strict=True))
        if part == "concentration":
            return self._concentration_columns()
        found: Figures | Histogram | Deciles | SpendSplit = getattr(
            self, "figures" if part == "summary" else part
        )
        return found.columns()

    def _concentration_columns(self) -> dict[str, Column]:
        names = (
            "gini",
            "hhi",
            "effective_customers",
            "top_20_percent_share",
            "top_1_percent_share",
        )
        values = [
            [one.gini, one.hhi, one.effective_customers, one.pareto_share, one.top_share(0.01)]
            for one in (self.concentration, self.concentration_with_zeros)
        ]
        return {
            "measure": np.array(names, object),
            "buyers": np.array(values[0]),
            "with_zero_buyers": np.array(values[1]),
        }

    def _facts(self) -> dict[str, object]:
        figures = self.figures
        money = figures["spend"] == figures["spend"]
        return {
            "period": self.label,
            "known": int(figures["customers_known"]),
            "buyers": int(figures["buyers"]),
            "orders": int(figures["orders"]),
            "spend": figures["spend"] if money else None,
            "top_decile_share": float(self.deciles.share[0]),
        }


def lens_one(cells: Cells, *, profit: Floats | None = None, level: float = 0.95) -> LensOne:
    """Look at how customers differ in the latest complete period.

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
        If no period is complete.
    """
    k = latest_period(cells)
    periods = cells.periods
    buyers = buyers_of(cells, k, profit)
    by = "spend" if cells.has_amounts else "orders"
    return LensOne(
        label=periods.labels[k],
        start=periods.start_dates[k],
        end=periods.end_dates[k],
        figures=_figures(
            buyers, known_by(cells, int(periods.ends[k])), level, money=cells.has_amounts
        ),
        orders=histogram(buyers.orders, buyers.spend, *order_edges(buyers.orders)),
        spend=_of_money(buyers.spend, buyers.spend),
        order_value=_of_money(buyers.spend / buyers.orders, buyers.spend),
        deciles=deciles_of(buyers, by, best_first(getattr(buyers, by))),
        split=spend_split(buyers),
        level=level,
        _buyers=buyers,
        _kind=cells.history._log.kind,
    )


def _of_money(values: Floats, spend: Floats) -> Histogram:
    # NaN throughout, or nowhere
    values = values[:0] if len(values) and np.isnan(values[0]) else values
    return histogram(values, spend, *money_edges(values))


def _figures(buyers: Buyers, known: int, level: float, *, money: bool) -> Figures:
    n, ones = len(buyers), np.ones(len(buyers))
    profit = np.full(n, np.nan) if buyers.profit is None else buyers.profit
    # what the log does not have is NaN, even of nobody
    totals = {
        "orders": (buyers.orders, 0.0),
        "units": (buyers.units, 0.0),
        "spend": (buyers.spend, 0.0 if money else np.nan),
        "profit": (profit, np.nan if buyers.profit is None else 0.0),
    }
    return figures_of(
        {
            "customers_known": known,
            "buyers": n,
            "zero_buyers": known - n,
            **{name: float(values.sum()) if n else none for name, (values, none) in totals.items()},
            "buying_share": share(n, known, level),
            "orders_per_buyer": ratio(buyers.orders, ones, level),
            "units_per_buyer": ratio(buyers.units, ones, level),
            "spend_per_buyer": ratio(buyers.spend, ones, level),
            "average_order_value": ratio(buyers.spend, buyers.orders, level),
            "profit_per_buyer": ratio(profit, ones, level),
            "margin": ratio(profit, buyers.spend, level),
            "orders_per_known_customer": _per_known(buyers.orders, known, level),
            "spend_per_known_customer": (
                _per_known(buyers.spend, known, level) if money else (np.nan, NOBODY)
            ),
            "negative_spenders": int(np.count_nonzero(buyers.spend < 0)),
        }
    )


def _per_known(values: Floats, known: int, level: float) -> tuple[float, Bounds]:
    """Return the mean over all known customers; those who did not buy have 0."""
    if not known:
        return np.nan, NOBODY
    lower, upper = total_bounds(values, known, level)
    return float(values.sum()) / known, (lower / known, upper / known)
