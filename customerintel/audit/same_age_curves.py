"""One measure of all cohorts at the same age, and its mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.lens_result import LensResult
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cohort_table_result import CohortTable

__all__ = ["SameAge", "same_age_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What each measure is divided by; the others are means over cohorts.
BELOW = {
    "retention": ("active", "customers"),
    "orders_per_active": ("orders", "active"),
    "average_order_value": ("spend", "orders"),
    "spend_per_customer": ("spend", "customers"),
}


@dataclass(frozen=True, eq=False, repr=False)
class SameAge(LensResult):
    """Curves of a measure by age; made by `CohortTable.same_age`.

    Arrays are read-only.

    Attributes
    ----------
    name : str
        The measure.
    labels : tuple of str
        Of the cohorts.
    ages : ndarray of int64, shape (p,)
        Periods since the cohort's own.
    curves : ndarray of float64, shape (p, p)
        ``[cohort, age]``; NaN where the period is not complete, or beyond the moment.
    mean : ndarray of float64, shape (p,)
        Over the cohorts with a value, weighted by what the measure divides by: retention by
        customers, orders per active by active customers, the average order value by orders.
    mean_lower, mean_upper : ndarray of float64, shape (p,)
        Interval of the mean, the cohorts taken as a sample: that of a ratio (Cochran 1977,
        Sampling Techniques, section 2.11). NaN for one cohort.
    n_cohorts : ndarray of int64, shape (p,)
        How many have a value.
    """

    parts: ClassVar[tuple[str, ...]] = ("curves", "mean")
    _title: ClassVar[str] = "Same-age curves"

    name: str
    labels: tuple[str, ...]
    ages: Ints
    curves: Floats
    mean: Floats
    mean_lower: Floats
    mean_upper: Floats
    n_cohorts: Ints
    _kind: Kind = field(repr=False)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part == "mean":
            names = ("mean", "mean_lower", "mean_upper", "n_cohorts")
            return {"age": self.ages, **{name: getattr(self, name) for name in names}}
        cohort, age = np.nonzero(~np.isnan(self.curves))
        value = self.curves[cohort, age]
        return {"cohort": Labels(cohort, self.labels), "age": age, self.name: value}

    def _facts(self) -> dict[str, object]:
        return {
            "measure": self.name,
            "cohorts": int((~np.isnan(self.curves)).any(axis=1).sum()),
            "ages": int((self.n_cohorts > 0).sum()),
        }


def same_age_of(table: CohortTable, name: str) -> SameAge:
    """Return the curves of a measure; the body of `CohortTable.same_age`."""
    usable = _usable(table, name)
    above, below = _ratio(table, name)
    usable &= ~np.isnan(above) & (below > 0)
    n = usable.sum(axis=0)
    mean, low, high = _means(np.where(usable, above, 0.0), np.where(usable, below, 0.0), n, table)
    return SameAge(
        name=name,
        labels=table.labels,
        ages=table.ages,
        curves=np.where(usable, getattr(table, name), np.nan),
        mean=mean, mean_lower=low, mean_upper=high,
        n_cohorts=n,
        _kind=table._kind,
    )  # fmt: skip


def _usable(table: CohortTable, name: str) -> Mask:
    """Return the complete cells of cohorts that there are."""
    whole = table.complete & (table.customers > 0)[:, None]
    return np.logical_and.accumulate(whole, axis=1) if name.startswith("cumulative") else whole


def _ratio(table: CohortTable, name: str) -> tuple[Floats, Floats]:
    """Return what is divided by what, each of the shape of the table."""
    customers = np.broadcast_to(table.customers[:, None].astype(np.float64), table.active.shape)
    if name.startswith("cumulative"):
        return np.cumsum(table.spend, axis=1), customers
    if name not in BELOW:
        values: Floats = getattr(table, name)
        return values, np.ones_like(values)
    above, below = BELOW[name]
    divided = customers if below == "customers" else getattr(table, below)
    return getattr(table, above), divided


def _means(
    above: Floats, below: Floats, n: Ints, table: CohortTable
) -> tuple[Floats, Floats, Floats]:
    """Return the ratio of the sums over cohorts, and its interval."""
    with np.errstate(invalid="ignore", divide="ignore"):
        total = below.sum(axis=0)
        mean = above.sum(axis=0) / np.where(total > 0, total, np.nan)
        left = above - mean * below
        spread = (left**2).sum(axis=0) * n / (n - 1.0)
        half = NormalDist().inv_cdf(0.5 + table.level / 2.0) * np.sqrt(spread) / total
    half = np.where(n > 1, half, np.nan)
    return mean, mean - half, mean + half
