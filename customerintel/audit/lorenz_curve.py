"""The Lorenz curve of customers' totals, and what is read off it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve"]

Floats = NDArray[np.float64]

#: How far a product of a share and a number may miss a whole number by rounding.
_ROUNDING: Final = 1e-9


class Curve:
    """Customers from the smallest to the largest total, those with one total together.

    Parameters
    ----------
    values : ndarray of float64, shape (m,)
        Totals in any unit, none negative, ascending.
    counts : ndarray of float64, shape (m,)
        Customers with each.
    squares : ndarray of float64, shape (m,), optional
        Mean square of the customers behind each value, where they differ a little.
    """

    def __init__(self, values: Floats, counts: Floats, squares: Floats | None = None) -> None:
        self.values, self.counts = values, counts
        self.customers = np.concatenate([[0.0], np.cumsum(counts)])
        self.sums = np.concatenate([[0.0], np.cumsum(counts * values)])
        self.n, self.total = float(self.customers[-1]), float(self.sums[-1])
        self._squares = values**2 if squares is None else squares

    @classmethod
    def of(cls, values: Floats, n_zeros: int = 0) -> Curve:
        """Sort totals and put equal ones together, with further ones of zero.

        They are brought near 1 by a power of two, which rounds nothing, so that no square is
        beyond all floats; only shares are read off the curve.
        """
        found, counts = np.unique(values, return_counts=True)
        if len(found):
            found = np.ldexp(found, -int(np.frexp(found[-1])[1]))
        weights = counts.astype(np.float64)
        if n_zeros and len(found) and found[0] == 0.0:
            weights[0] += n_zeros
        elif n_zeros:
            found, weights = np.append(0.0, found), np.append(float(n_zeros), weights)
        return cls(found, weights)

    def gini(self) -> float:
        """Return one less twice the area below the curve, by trapezia: exact, since it is kinked.

        Customers stand for the whole base, so there is no factor ``n / (n - 1)``.
        """
        if not self.total > 0.0:
            return math.nan
        below = float(np.dot(self.counts, self.sums[:-1] + self.sums[1:]))
        return max(0.0, 1.0 - below / (self.n * self.total))

    def hhi(self) -> float:
        """Return the sum of the squared shares."""
        if not self.total > 0.0:
            return math.nan
        return float(np.dot(self.counts, self._squares / self.total / self.total))

    def effective_customers(self) -> float:
        """Return how many customers with equal totals would be as concentrated."""
        hhi = self.hhi()
        return 1.0 / hhi if hhi > 0.0 else math.nan

    def top_n_share(self, n: float) -> float:
        """Return the share of the `n` largest; between two customers in proportion."""
        if not self.total > 0.0:
            return math.nan
        rest = max(0.0, self.n - n)
        return 1.0 - float(np.interp(rest, self.customers, self.sums)) / self.total

    def top_share(self, share: float) -> float:
        """Return the share of the largest `share` of the customers."""
        return self.top_n_share(share * self.n)

    def customers_for(self, share: float) -> float:
        """Return the smallest number of customers that have `share` of the total."""
        if not self.total > 0.0:
            return math.nan
        # from the largest on
        sums = np.concatenate([[0.0], np.cumsum((self.counts * self.values)[::-1])])
        customers = np.concatenate([[0.0], np.cumsum(self.counts[::-1])])
        needed = share * sums[-1] * (1.0 - _ROUNDING)
        at = max(0, int(np.searchsorted(sums, needed, "left")) - 1)
        each = self.values[::-1][at]
        return float(customers[at] + math.ceil((needed - sums[at]) / each - _ROUNDING))

    def points(self, most: int) -> tuple[Floats, Floats]:
        """Return at most ``most + 1`` points of the curve, its ends among them.

        Returns
        -------
        customers, total : ndarray of float64
            Shares of the customers and of the total; NaN where there is no total.
        """
        steps = max(1, min(most, int(self.n)))
        customers = np.round(np.linspace(0.0, self.n, steps + 1))
        if not self.total > 0.0:
            return np.linspace(0.0, 1.0, steps + 1), np.full(steps + 1, math.nan)
        sums = np.interp(customers, self.customers, self.sums)
        return customers / self.n, sums / self.total
