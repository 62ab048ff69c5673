"""Chain ladder: how what a cohort brings in a period changes from one age to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_sums import by_age

__all__ = ["LEAST", "Ladder", "ladder_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Cohorts that a factor needs; ages that fewer have passed share one factor.
LEAST = 3


@dataclass(frozen=True, eq=False)
class Ladder:
    """Factors from age to age, of all cohorts and with one of them left out.

    Attributes
    ----------
    reached : ndarray of float64, shape (k,)
        What each cohort brought in the last period that is looked at.
    factors : ndarray of float64, shape (1 + m, ages)
        From each age to the next; the first row rests on all m cohorts, the others leave one out.
    n_cohorts : ndarray of int64, shape (ages,)
        How many each factor of the first row rests on; 0 where it is the shared one.
    m : int
        Cohorts that any factor rests on.
    growth : float
        The shared factor before growth was taken out; NaN where there is none.
    """

    reached: Floats
    factors: Floats
    n_cohorts: Ints
    m: int
    growth: float

    def project(self, ahead: int) -> Floats:
        """Return what all cohorts bring in each of the next periods, shape (1 + m, ahead)."""
        k = len(self.reached)
        age = np.arange(k)[::-1]
        brought = np.broadcast_to(self.reached, (len(self.factors), k))
        sums = np.empty((len(self.factors), ahead))
        for step in range(ahead):
            # who brings nothing goes on so, whether a factor is known or not
            brought = np.where(brought == 0.0, 0.0, brought * self.factors[:, age + step])
            sums[:, step] = brought.sum(axis=1)
        return sums


def ladder_of(amounts: NDArray[np.generic], whole: Mask, last: int, ahead: int) -> Ladder:
    """Estimate the factors from what is known at the end of one period.

    With X(c, j) what cohort c brought at age j, the factor of age j is
    ``sum_c X(c, j + 1) / sum_c X(c, j)`` over the cohorts that have passed it: the ratio of Mack
    (1993, ASTIN Bulletin 23, eq. 2), taken of what comes in each period and not of the running
    total, since customers go on buying while claims come to an end. Ages that fewer than three
    cohorts have passed share the ratio of all sums from age 1 on. Where that is above 1, all
    cohorts grow together: that is the calendar, a season or prices, and not age. It would be
    compounded without end, and so all factors from age 1 on are divided by it.

    Parameters
    ----------
    amounts : ndarray, shape (p, p)
        By cohort and period.
    whole : ndarray of bool, shape (p,)
        Periods that are complete; what touches another is left out.
    last : int
        Period at whose end one stands.
    ahead : int
        Periods that are to be projected.
    """
    k = last + 1
    table = by_age(amounts[:k, :k])
    ended = by_age(np.broadcast_to(whole[:k], (k, k)), 0.0) > 0.0
    seen = ended[:, 1:] & ended[:, :-1] & (np.nan_to_num(table) != 0.0).any(axis=1)[:, None]
    after, before = (np.where(seen, part, 0.0) for part in (table[:, 1:], table[:, :-1]))
    rows = np.flatnonzero(seen.any(axis=1))
    n = seen.sum(axis=0)
    top, bottom = (np.vstack([part.sum(axis=0), _without(part, rows)]) for part in (after, before))
    factors = np.full((1 + len(rows), k + ahead), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = (bottom > 0) & (n >= LEAST)
        factors[:, : k - 1] = np.where(own, top / bottom, np.nan)
        later = bottom[:, 1:].sum(axis=1)
        shared = top[:, 1:].sum(axis=1) / np.where(later > 0, later, np.nan)
    factors = np.where(np.isnan(factors), shared[:, None], factors)
    factors[:, 1:] /= np.where(shared > 1.0, shared, 1.0)[:, None]
    counts = np.zeros(k + ahead, np.int64)
    counts[: k - 1] = np.where(own[0], n, 0)
    return Ladder(
        reached=table[np.arange(k), last - np.arange(k)],
        factors=factors,
        n_cohorts=counts,
        m=len(rows),
        growth=float(shared[0]),
    )


def _without(part: Floats, rows: Ints) -> Floats:
    """Return the sums over cohorts with each of some left out."""
    left: Floats = part.sum(axis=0) - part[rows]
    # what cancels is nothing, and not a rest of rounding
    return np.where(np.abs(left) > 1e-9 * np.abs(part).sum(axis=0), left, 0.0)
