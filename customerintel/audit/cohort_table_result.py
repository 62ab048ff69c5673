"""`CohortTable`: cohorts of customers by the age at which they bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_sums import by_age, cohort_sums
from customerintel.audit.float_limits import beyond_floats
from customerintel.audit.lens_result import LensResult
from customerintel.audit.periods import Periods
from customerintel.audit.same_age_curves import SameAge, same_age_of
from customerintel.audit.score_intervals import score_interval
from customerintel.rfm.read_only import read_only
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["MEASURES", "CohortTable", "table_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What has one figure per cohort and age.
MEASURES = (
    "active", "retention", "orders", "units", "orders_per_active", "spend",
    "average_order_value", "spend_per_customer", "cumulative_spend_per_customer",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class CohortTable(LensResult):
    """Cohorts of customers by the age at which they bought; made by `cohort_table`.

    A cohort is the customers whose first purchase, as far as the history reaches back, lies in
    one period; at age a it is looked at in the a-th period after that one. Tables have the shape
    (cohorts, ages), one cohort and one age per period; ages that lie beyond the moment are NaN.
    All arrays are read-only.

    Attributes
    ----------
    labels : tuple of str
        Of the cohorts: those of their periods.
    customers : ndarray of int64, shape (p,)
        Customers of each cohort.
    n_without_cohort : int
        Customers whose first purchase lies in none of the periods.
    complete : ndarray of bool, shape (p, p)
        Whether the period in which the cohort has the age is complete: it had ended at the
        moment, and the log had begun. Curves leave out what is not.
    active : ndarray of float64, shape (p, p)
        Customers with a purchase.
    retention : ndarray of float64, shape (p, p)
        ``active / customers``; 1 at age 0.
    retention_lower, retention_upper : ndarray of float64, shape (p, p)
        Score interval (Wilson 1927), the cohort taken as a sample of those who could have come.
    orders, units : ndarray of float64, shape (p, p)
        Purchases, and the sum of their quantities (their rows where none are known).
    orders_per_active : ndarray of float64, shape (p, p)
        NaN where nobody bought.
    spend : ndarray of float64, shape (p, p)
        Net of returns, which are taken off the period of the purchase; NaN without amounts.
    average_order_value : ndarray of float64, shape (p, p)
        ``spend / orders``.
    spend_per_customer, cumulative_spend_per_customer : ndarray of float64, shape (p, p)
        By all customers of the cohort, those who did not buy included.
    level : float
        Of the intervals.
    periods : Periods
        Which period is which.
    moment : numpy.datetime64
        UTC.
    notes : tuple of str
        What to know before reading on.

    Notes
    -----
    Retention that rises with age need not be customers who grow more loyal: those who buy less
    leave first, and the others remain (Fader and Hardie 2010, Marketing Science 29, 85-93).
    Customers who bought before the log begins look new when they come back, so that the earliest
    cohorts hold old customers too unless the log goes back to the start of the business.
    """

    parts: ClassVar[tuple[str, ...]] = ("cohorts", *MEASURES)
    _title: ClassVar[str] = "Cohorts by age"

    labels: tuple[str, ...]
    customers: Ints
    n_without_cohort: int
    complete: Mask
    active: Floats
    retention: Floats
    retention_lower: Floats
    retention_upper: Floats
    orders: Floats
    units: Floats
    orders_per_active: Floats
    spend: Floats
    average_order_value: Floats
    spend_per_customer: Floats
    cumulative_spend_per_customer: Floats
    level: float
    periods: Periods
    moment: np.datetime64
    notes: tuple[str, ...]
    _kind: Kind = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def ages(self) -> Ints:
        """0, 1, …: periods since the cohort's own."""
        return read_only(np.arange(len(self)))

    def same_age(self, name: str = "retention") -> SameAge:
        """Return the curves of all cohorts by age, and their mean.

        Parameters
        ----------
        name : str, default "retention"
            One of `MEASURES`.

        Returns
        -------
        SameAge
            Complete cells only; a cumulative figure is one where all before it are complete too.

        Raises
        ------
        InvalidArgumentError
            If there is no such measure.
        """
        with beyond_floats():
            return same_age_of(self, one_of("name", name, MEASURES))

    def to_frame(self, part: str | None = None) -> Any:
        """Return the cohorts as a table of the log's kind.

        Parameters
        ----------
        part : str, optional
            "cohorts" (default): one row per cohort and age up to the moment, with ``cohort``,
            ``age``, ``period``, ``complete``, ``customers`` and all measures. A measure, such
            as "retention": one row per cohort, with ``cohort``, ``customers`` and the columns
            ``age_0``, ``age_1`` ….

        Raises
        ------
        InvalidArgumentError
            If there is no such part.
        """
        return super().to_frame(part)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part == "cohorts":
            return self._long()
        columns: dict[str, Column] = {
            "cohort": Labels(np.arange(len(self)), self.labels),
            "customers": self.customers,
        }
        values = getattr(self, part)
        return columns | {f"age_{age}": values[:, age] for age in range(len(self))}

    def _long(self) -> dict[str, Column]:
        cohort, age = np.nonzero(~np.isnan(by_age(np.zeros((len(self), len(self))))))
        columns: dict[str, Column] = {
            "cohort": Labels(cohort, self.labels),
            "age": age,
            "period": Labels(cohort + age, self.labels),
            "complete": self.complete[cohort, age],
            "customers": self.customers[cohort],
        }
        names = list(MEASURES)
        names[2:2] = ["retention_lower", "retention_upper"]
        return columns | {name: getattr(self, name)[cohort, age] for name in names}

    def _facts(self) -> dict[str, object]:
        return {
            "cohorts": int((self.customers > 0).sum()),
            "customers": int(self.customers.sum()),
            "period": self.periods.name,
            "first": self.labels[0],
            "last": self.labels[-1],
            "without_cohort": self.n_without_cohort or None,
        }


def table_of(cells: Cells, *, level: float = 0.95) -> CohortTable:
    """Return the cohorts of cells that there are already."""
    sums = cohort_sums(cells)
    customers = sums.sizes[:-1]
    active, orders, units, spend = map(by_age, (sums.active, sums.orders, sums.units, sums.spend))
    own = customers[:, None].astype(np.float64)
    p = len(customers)
    whole = np.broadcast_to(cells.periods.complete, (p, p))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = {
            "retention": active / own,
            "orders_per_active": orders / np.where(active > 0, active, np.nan),
            "average_order_value": spend / np.where(orders > 0, orders, np.nan),
            "spend_per_customer": spend / own,
            "cumulative_spend_per_customer": np.cumsum(spend, axis=1) / own,
        }
    low, high = score_interval(active, own, level)
    return CohortTable(
        labels=cells.periods.labels,
        customers=customers,
        n_without_cohort=sums.n_without,
        complete=by_age(whole, 0.0) > 0.0,
        active=active, orders=orders, units=units, spend=spend,
        retention_lower=low, retention_upper=high, **ratios,
        level=level,
        periods=cells.periods,
        moment=cells.history.moment,
        notes=_notes(cells, sums.n_without, customers),
        _kind=cells.history._log.kind,
    )  # fmt: skip


def _notes(cells: Cells, n_without: int, customers: Ints) -> tuple[str, ...]:
    """Return what a reader has to know."""
    notes, whole = [], cells.periods.complete
    if n_without:
        notes.append(
            f"{n_without:,} customers first bought outside of the periods and are in no cohort."
        )
    if (customers > 0).sum() == 1:
        notes.append("There is one cohort only, so there is nothing to compare it with.")
    if customers[0] and cells.periods.ends[0] <= cells.history._moment and not whole[0]:
        notes.append(
            f"The log begins within the first period, {cells.periods.labels[0]}: its cohort is "
            "left out of curves at age 0."
        )
    if not cells.has_amounts:
        notes.append("The log has no amounts, so all that is money is NaN.")
    return tuple(notes)
