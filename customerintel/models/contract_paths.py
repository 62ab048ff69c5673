"""A cohort as kinds of customers: what drawing customers anew needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from customerintel.models.cohorts import Cohort

__all__ = ["Paths"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Paths:
    """The customers of a cohort by what became of them.

    Parameters
    ----------
    weights : ndarray of float64, shape (2 m + 1,)
        Customers who said no at decision 1, … m, and those who are left after 0, … m
        decisions, all with yes.
    source : Cohort
        The cohort.
    """

    weights: Floats
    source: Cohort

    def __len__(self) -> int:
        return len(self.weights)

    @classmethod
    def of(cls, cohort: Cohort) -> Self:
        """Tell them apart: who said yes to a decision and faced no other is left after it."""
        faced = np.append(cohort.cancelled + cohort.renewed, 0.0)
        left = np.append(cohort.n_customers, cohort.renewed) - faced
        weights = np.concatenate([cohort.cancelled, left])
        # shares times customers are whole but for a rounding
        whole = np.rint(weights)
        near = np.abs(weights - whole) <= 1e-9 * cohort.n_customers
        return cls(np.where(near, whole, weights), cohort)

    def cohort(self, weights: Floats) -> Cohort:
        """Return the cohort of as many customers of each kind as `weights` says."""
        m = len(weights) // 2
        cancelled, left = weights[:m], weights[m:]
        # a yes at decision t: a no at a later one, or left after t or more
        later = np.append(cancelled[1:], 0.0) + left[1:]
        renewed = np.cumsum(later[::-1])[::-1]
        return replace(
            self.source, cancelled=cancelled, renewed=renewed, n_customers=float(weights.sum())
        )
