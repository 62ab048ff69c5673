"""Why customers differ in what they bring: how often they order, or how much at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.buyers import Buyers
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["SpendSplit", "spend_split"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SpendSplit:
    """A customer's spend as orders × order value, and profit as that × margin.

    Shares of the variance of the logarithm: the covariance of each factor's logarithm with that
    of the product, over the product's variance. They add up to 1 exactly, half of each
    covariance of two factors going to either (Klenow and Rodríguez-Clare 1997, NBER
    Macroeconomics Annual 12, p. 80; Fields 2003, Research in Labor Economics 22, eq. 4).

    Attributes
    ----------
    of : str
        "spend", or "profit" where the cost is known.
    factors : tuple of str
        "orders", "order_value" and, of profit, "margin".
    share : ndarray of float64, shape (n_factors,)
        Of the variance of the logarithm; one below 0 works against the others. NaN where all
        customers bring the same, or fewer than two are in.
    deviation : ndarray of float64, shape (n_factors,)
        Standard deviation of each factor's logarithm.
    typical : ndarray of float64, shape (n_factors,)
        Geometric mean of each factor.
    customers, left_out : int
        Customers that are in, and those whose spend or profit is not positive, which have no
        logarithm.
    """

    of: str
    factors: tuple[str, ...]
    share: Floats
    deviation: Floats
    typical: Floats
    customers: int
    left_out: int

    def __post_init__(self) -> None:
        seal(self)

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        size = len(self.factors)
        return {
            "factor": Labels(np.arange(size), self.factors),
            "share_of_variance": self.share,
            "log_deviation": self.deviation,
            "typical": self.typical,
            "customers": np.full(size, self.customers),
            "left_out": np.full(size, self.left_out),
        }


def spend_split(buyers: Buyers) -> SpendSplit:
    """Return how much of the differences between customers each factor makes."""
    kept = buyers.spend > 0  # not where it is NaN either
    if buyers.profit is not None:
        kept &= buyers.profit > 0
    orders, spend = buyers.orders[kept], buyers.spend[kept]
    factors = [np.log(orders), np.log(spend) - np.log(orders)]
    names: tuple[str, ...] = ("orders", "order_value")
    if buyers.profit is not None:
        factors.append(np.log(buyers.profit[kept]) - np.log(spend))
        names = (*names, "margin")
    n = len(spend)
    share = deviation = typical = np.full(len(names), np.nan)
    if n:
        means = np.array([x.mean() for x in factors])
        centered = [x - mean for x, mean in zip(factors, means, strict=True)]
        whole = np.sum(centered, axis=0)
        variance = float(whole @ whole)
        typical = np.exp(means)
        if n > 1:
            deviation = np.sqrt([x @ x / (n - 1) for x in centered])
        # differences of rounding are none
        if variance > 1e-24 * n * max(1.0, float(abs(means).max()) ** 2):
            share = np.array([x @ whole for x in centered]) / variance
    of = "spend" if buyers.profit is None else "profit"
    return SpendSplit(of, names, share, deviation, typical, n, len(buyers) - n)
