"""From the revenue of one period to that of the next: what each group of customers adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.sampling_errors import total_bounds
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["STEPS", "RevenueBridge", "retained_effects", "revenue_bridge"]

Floats = NDArray[np.float64]

#: Steps of the bridge: the first and the last are levels, the others changes.
STEPS = (
    "before", "lapsed", "retained_orders", "retained_order_value", "returned", "new", "now",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class RevenueBridge:
    """Named parts that add up to the change of revenue (or of profit).

    Attributes
    ----------
    of : str
        "spend", "profit" or "orders".
    steps : tuple of str
        "before"; "lapsed": what customers who no longer bought had brought, below 0;
        "retained_orders" and "retained_order_value": what customers of both periods changed by
        ordering more or less often, and by spending more or less at a time; "returned" and
        "new": what they brought now; "now".
    amount : ndarray of float64, shape (7,)
        Revenue at the first and the last step, changes between; ``before + changes = now``. NaN
        where it is not known.
    start, end : ndarray of float64, shape (7,)
        Where each step of a waterfall begins and ends.
    lower, upper : ndarray of float64, shape (7,)
        Intervals, customers taken as a sample of those the business could have; NaN of one.
    """

    of: str
    steps: tuple[str, ...]
    amount: Floats
    start: Floats
    end: Floats
    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        seal(self)

    def __getitem__(self, step: str) -> float:
        return float(self.amount[self.steps.index(step)])

    @property
    def change(self) -> float:
        """Revenue now less revenue before."""
        return float(self.amount[-1] - self.amount[0])

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        size = len(self.steps)
        return {
            "of": Labels(np.zeros(size, np.int64), (self.of,)),
            "step": Labels(np.arange(size), self.steps),
            "amount": self.amount,
            "lower": self.lower,
            "upper": self.upper,
            "start": self.start,
            "end": self.end,
        }


def retained_effects(
    orders_before: Floats, orders_now: Floats, money_before: Floats, money_now: Floats
) -> tuple[Floats, Floats]:
    """Split each customer's change of money into that of orders and that of money per order.

    With q orders of value p, ``Δ(q p) = Δq mean(p) + Δp mean(q)`` exactly: the indicators of
    Bennet (1920, Journal of the Royal Statistical Society 83, 455-462), which are the Shapley
    values of the two factors.

    Parameters
    ----------
    orders_before, orders_now : ndarray of float64, shape (n,)
        At least 1 each.
    money_before, money_now : ndarray of float64, shape (n,)
        Any sign.

    Returns
    -------
    by_orders, by_value : ndarray of float64, shape (n,)
        They add up to ``money_now - money_before``.
    """
    value_before, value_now = money_before / orders_before, money_now / orders_now
    by_orders = (orders_now - orders_before) * (value_before + value_now) / 2.0
    by_value = (value_now - value_before) * (orders_before + orders_now) / 2.0
    return by_orders, by_value


def revenue_bridge(
    of: str, groups: dict[str, NDArray[np.bool_]], orders: tuple[Floats, Floats],
    money: tuple[Floats, Floats], n: int, level: float,
) -> RevenueBridge:  # fmt: skip
    """Return the bridge between two periods.

    Parameters
    ----------
    of : str
        What the money is.
    groups : dict of str to ndarray of bool, shape (n_customers,)
        "lapsed", "retained", "returned" and "new".
    orders, money : pair of ndarray of float64, shape (n_customers,)
        Of each customer before and now; 0 where they did not buy.
    n : int
        Customers that could have bought, for the intervals.
    level : float
        Of the intervals.
    """
    if n and np.isnan(money[0][0]):
        unknown = np.full((5, len(STEPS)), np.nan)
        return RevenueBridge(of, STEPS, *unknown)
    kept = groups["retained"]
    by_orders, by_value = retained_effects(
        orders[0][kept], orders[1][kept], money[0][kept], money[1][kept]
    )
    each = (
        money[0], -money[0][groups["lapsed"]], by_orders, by_value, money[1][groups["returned"]],
        money[1][groups["new"]], money[1],
    )  # fmt: skip
    amount = np.array([values.sum() for values in each])
    end = np.append(amount[:-1].cumsum(), amount[-1])
    start = np.append(0.0, end[:-1])
    start[-1] = 0.0
    lower, upper = np.array([total_bounds(values, n, level) for values in each]).T
    return RevenueBridge(of, STEPS, amount, start, end, lower.copy(), upper.copy())
