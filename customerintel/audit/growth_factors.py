"""Growth as a product: customers × orders per customer × value of an order (× margin)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["GrowthFactors", "growth_factors", "log_mean"]

Floats = NDArray[np.float64]

NAMES = ("customers", "orders_per_customer", "average_order_value", "margin")


@dataclass(frozen=True, eq=False)
class GrowthFactors:
    """What each factor of revenue (or of profit) adds to its change.

    Attributes
    ----------
    of : str
        "spend", "profit" or "orders".
    factors : tuple of str
        "customers", "orders_per_customer", but of orders "average_order_value" and, of profit,
        "margin".
    before, now : ndarray of float64, shape (n_factors,)
        Each factor; NaN where nobody bought.
    ratio : ndarray of float64, shape (n_factors,)
        Now over before.
    contribution : ndarray of float64, shape (n_factors,)
        In money; they add up to the change.
    method : str
        "lmdi", the log mean Divisia index: ``L(R1, R0) log(x1 / x0)`` with the logarithmic mean
        ``L(a, b) = (a - b) / log(a / b)`` (Ang 2005, Energy Policy 33, 867-871, eq. 4).
        "shapley" where a factor is not positive and has no logarithm: the mean change over all
        orders in which the factors can change (Shapley 1953; Albrecht, François and Schoors
        2002, Energy Policy 30, 727-736). "customers" where nobody bought in one of the periods,
        so that all is due to their number. "unknown", and NaN, where the log does not say, or a
        factor is something over 0.
    """

    of: str
    factors: tuple[str, ...]
    before: Floats
    now: Floats
    ratio: Floats
    contribution: Floats
    method: str

    def __post_init__(self) -> None:
        seal(self)

    def __getitem__(self, factor: str) -> float:
        return float(self.contribution[self.factors.index(factor)])

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        size = len(self.factors)
        return {
            "of": Labels(np.zeros(size, np.int64), (self.of,)),
            "factor": Labels(np.arange(size), self.factors),
            "before": self.before,
            "now": self.now,
            "ratio": self.ratio,
            "contribution": self.contribution,
        }


def growth_factors(of: str, before: Floats, now: Floats) -> GrowthFactors:
    """Return what each factor adds.

    Parameters
    ----------
    of : str
        What the product is.
    before, now : ndarray of float64, shape (2,), (3,) or (4,)
        Totals: customers, orders, spend, profit, as far as they go. The factors are the first, and
        each over the one before it.
    """
    names = NAMES[: len(before)]
    with np.errstate(divide="ignore", invalid="ignore"):
        old, new = (np.append(total[0], total[1:] / total[:-1]) for total in (before, now))
        ratio = new / old
    change = float(now[-1] - before[-1])
    if np.isnan(change):
        contribution, method = np.full(len(names), np.nan), "unknown"
    elif before[0] == 0 or now[0] == 0:
        contribution, method = np.append(change, np.zeros(len(names) - 1)), "customers"
    elif not (np.isfinite(old).all() and np.isfinite(new).all()):
        contribution, method = np.full(len(names), np.nan), "unknown"
    elif (old > 0).all() and (new > 0).all():
        weight = log_mean(float(now[-1]), float(before[-1]))
        contribution, method = weight * np.log(ratio), "lmdi"
    else:
        contribution, method = _shapley(old, new), "shapley"
    return GrowthFactors(of, names, old, new, ratio, contribution, method)


def log_mean(one: float, other: float) -> float:
    """Return the logarithmic mean of two positive numbers; of equal ones themselves."""
    ratio = (one - other) / other
    if abs(ratio) < 1e-8:  # where the quotient is all rounding
        return (one + other) / 2.0
    near = abs(ratio) < 0.5
    return (one - other) / (math.log1p(ratio) if near else math.log(one) - math.log(other))


def _shapley(before: Floats, now: Floats) -> Floats:
    """Return each factor's mean change over all orders in which they can change."""
    total, size = np.zeros(len(before)), len(before)
    for order in permutations(range(size)):
        at = before.copy()
        for k in order:
            product = at.prod()
            at[k] = now[k]
            total[k] += at.prod() - product
    return np.asarray(total / math.factorial(size), np.float64)
