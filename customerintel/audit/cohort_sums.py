"""Customers, purchases and spend by cohort and period: one pass over the cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["CohortSums", "by_age", "cohort_sums"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: More periods than this make more cells of a table than anybody reads.
MOST = 1_000
#: Customers that are added up together, at the least.
STRETCH = 32_768
#: Stretches, at the most, and bytes of the sums of all of them.
MOST_STRETCHES, BUDGET = 64, 64 * 1024 * 1024

_MADE: WeakKeyDictionary[Cells, CohortSums] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class CohortSums:
    """Sums by cohort and period; read-only.

    Attributes
    ----------
    cohort : ndarray of int32, shape (n,)
        Period of each customer's first purchase; -1 where it lies in none.
    sizes : ndarray of int64, shape (p + 1,)
        Customers; the last place is of those without a cohort.
    active, orders : ndarray of int64, shape (p + 1, p)
        Customers with a purchase in the period, and their purchases.
    units, spend : ndarray of float64, shape (p + 1, p)
        Spend is NaN where the log has no amounts.
    retained : ndarray of int64, shape (p,)
        Customers with a purchase in this period and in the one before.
    """

    cohort: NDArray[np.int32]
    sizes: Ints
    active: Ints
    orders: Ints
    units: Floats
    spend: Floats
    retained: Ints

    def __post_init__(self) -> None:
        seal(self)

    @property
    def n_without(self) -> int:
        """Customers whose first purchase lies in none of the periods."""
        return int(self.sizes[-1])


def cohort_sums(cells: Cells) -> CohortSums:
    """Return the sums of all cells, computed once for each `Cells`.

    The same to the last bit whatever the number of threads: how the customers are cut depends
    on their number and on that of the periods alone.

    Raises
    ------
    InvalidArgumentError
        If there are more than 1,000 periods, or the cells are cut by groups.
    """
    found = _MADE.get(cells)
    if found is None:
        if cells.groups:
            raise InvalidArgumentError(
                "Cohorts are made of one cell per customer and period, and these cells are cut by "
                "another column too. Make them without by=."
            )
        p = len(cells.periods)
        if p > MOST:
            raise InvalidArgumentError(
                f"Cohorts of {p:,} periods make a table that nobody can read: the most is "
                f"{MOST:,}. Take longer periods, such as period='month'."
            )
        found = _MADE[cells] = _add_up(cells, p)
    return found


def _add_up(cells: Cells, p: int) -> CohortSums:
    from customerintel._kernels import cohorts, threads

    n = len(cells.ids)
    cohort = np.empty(n, np.int32)
    columns = (cells.offsets, cells.period, cells.orders, cells.units, cells.spend, cells.first)
    parts = [
        (np.zeros(p + 1, np.int64), *np.zeros((2, p + 1, p), np.int64), *np.zeros((2, p + 1, p)),
         np.zeros(p, np.int64))
        for _ in range(_n_stretches(n, p))
    ]  # fmt: skip
    edges = [n * k // len(parts) for k in range(len(parts) + 1)]
    threads.run(
        cohorts.sum_cohorts,
        [
            (*span, *columns, cells.periods.starts, cells.periods.ends, cohort, *part)
            for span, part in zip(pairwise(edges), parts, strict=True)
        ],
    )
    sums = parts[0]
    for part in parts[1:]:
        for total, more in zip(sums, part, strict=True):
            np.add(total, more, out=total)
    # the kernel has those without a cohort first
    sizes, active, orders, units, spend = (np.roll(total, -1, axis=0) for total in sums[:5])
    if not cells.has_amounts:
        spend = np.full((p + 1, p), np.nan)
    return CohortSums(cohort, sizes, active, orders, units, spend, sums[5])


def _n_stretches(n: int, p: int) -> int:
    fit = BUDGET // (8 * 4 * (p + 1) * max(p, 1))
    return max(1, min(MOST_STRETCHES, n // STRETCH, fit))


def by_age(table: NDArray[np.generic], beyond: float = np.nan) -> Floats:
    """Return ``[cohort, cohort + age]`` of a table by cohort and period at ``[cohort, age]``.

    Parameters
    ----------
    table : ndarray, shape (p or p + 1, p)
        A row beyond the p cohorts is left out.
    beyond : float
        What stands where no period is.
    """
    p = table.shape[1]
    cohort, age = np.indices((p, p))
    period = np.minimum(cohort + age, p - 1)
    values = table[cohort, period].astype(np.float64)
    return np.where(cohort + age < p, values, beyond)
