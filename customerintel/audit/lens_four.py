"""Lens 4: cohorts side by side at the same age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_sums import cohort_sums
from customerintel.audit.cohort_table_result import CohortTable, table_of
from customerintel.audit.cohort_trends import CohortTrends, trends_of
from customerintel.audit.lens_result import LensResult
from customerintel.audit.purchase_intervals import days_to_second, left_at
from customerintel.audit.robust_slope import Slope
from customerintel.audit.same_age_curves import SameAge
from customerintel.audit.score_intervals import log_log_interval, score_interval
from customerintel.models.intervals import check_level
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["HORIZONS", "LensFour", "lens_four"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Days within which a second purchase may follow.
HORIZONS = np.array([7, 14, 30, 60, 90, 180, 365])
#: What is compared at the same age.
CURVES = (
    "retention", "orders_per_active", "average_order_value", "spend_per_customer",
    "cumulative_spend_per_customer",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class LensFour(LensResult):
    """Cohorts compared; made by `lens_four`.

    Arrays have one entry per cohort, p of them, and are read-only; NaN where a cohort is empty.

    Attributes
    ----------
    table : CohortTable
        All measures by cohort and age; ``same_age(name)`` is the one at the same age.
    labels : tuple of str
        Of the cohorts.
    customers : ndarray of int64, shape (p,)
    complete : ndarray of bool, shape (p,)
        Whether the cohort's own period is.
    first_spend_mean, first_spend_q25, first_spend_median, first_spend_q75 : ndarray of float64
        Of the customers' net spend in their first period.
    first_orders_mean, first_orders_q25, first_orders_median, first_orders_q75 : ndarray of float64
        Of their purchases in it. Who comes late in a period has less of it left.
    median_days_to_second : ndarray of float64, shape (p,)
        Days until half of the cohort have bought on another day (Kaplan and Meier 1958, since
        later cohorts have been seen for less long); NaN where half never have.
    horizons : ndarray of int64, shape (7,)
        Days: 7, 14, 30, 60, 90, 180, 365.
    second_within, second_within_lower, second_within_upper : ndarray of float64, shape (p, 7)
        Share that has bought on another day within so many days of the first, by the same
        estimate; interval by ``log(-log S)`` with Greenwood's variance, Wilson's (1927) where the
        share is 0 or 1. NaN where nobody of the cohort has been seen for so long.
    trends : CohortTrends
        Whether later cohorts do better at the same age, up to 12.
    level : float
        Of the intervals.
    notes : tuple of str
        What to know before reading on.
    """

    parts: ClassVar[tuple[str, ...]] = (
        "cohorts", "same_age", "mean", "second_purchase", "trends",
    )  # fmt: skip
    _title: ClassVar[str] = "Lens 4: cohorts compared"

    table: CohortTable
    labels: tuple[str, ...]
    customers: Ints
    complete: NDArray[np.bool_]
    first_spend_mean: Floats
    first_spend_q25: Floats
    first_spend_median: Floats
    first_spend_q75: Floats
    first_orders_mean: Floats
    first_orders_q25: Floats
    first_orders_median: Floats
    first_orders_q75: Floats
    median_days_to_second: Floats
    horizons: Ints
    second_within: Floats
    second_within_lower: Floats
    second_within_upper: Floats
    trends: CohortTrends
    level: float
    notes: tuple[str, ...]
    _kind: Kind = field(repr=False)

    def same_age(self, name: str = "retention") -> SameAge:
        """Return the curves of one measure by age; see `CohortTable.same_age`."""
        return self.table.same_age(name)

    def trend(self, measure: str = "retention", age: int = 1) -> Slope:
        """Return the change of a measure at one age from one cohort to the next.

        Parameters
        ----------
        measure : str, default "retention"
            Or "orders_per_active", "average_order_value", "cumulative_spend_per_customer".
        age : int, default 1
            Periods since the first.

        Returns
        -------
        Slope
            Median of the slopes between all pairs of cohorts (Theil 1950), with the interval of
            Sen (1968), and the number of cohorts.

        Raises
        ------
        InvalidArgumentError
            If fewer than four cohorts have the age in complete periods, or it is above 12.
        """
        return self.trends.at(measure, age)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part == "trends":
            return self.trends.columns()
        if part == "same_age":
            return self._curves()
        if part == "mean":
            means = {name: self.same_age(name).mean for name in CURVES}
            return {"age": self.table.ages, **means}
        p, n = self.second_within.shape
        if part == "second_purchase":
            names: tuple[str, ...] = ("", "_lower", "_upper")
            return {
                "cohort": Labels(np.repeat(np.arange(p), n), self.labels),
                "days": np.tile(self.horizons, p),
                **{f"share{end}": getattr(self, f"second_within{end}").ravel() for end in names},
            }
        names = tuple(name for name in vars(self) if name.startswith(("first_", "median_")))
        return {
            "cohort": Labels(np.arange(p), self.labels),
            "customers": self.customers,
            "complete": self.complete,
            **{name: getattr(self, name) for name in names},
            "second_within_30d": self.second_within[:, 2],
            "second_within_90d": self.second_within[:, 4],
        }

    def _curves(self) -> dict[str, Column]:
        curves = {name: self.same_age(name).curves for name in CURVES}
        cohort, age = np.nonzero(~np.isnan(curves["retention"]))
        key: dict[str, Column] = {"cohort": Labels(cohort, self.labels), "age": age}
        return key | {name: values[cohort, age] for name, values in curves.items()}

    def _facts(self) -> dict[str, object]:
        return {
            "cohorts": int((self.customers > 0).sum()),
            "customers": int(self.customers.sum()),
            "trends": len(self.trends),
        }


def lens_four(cells: Cells, *, level: float = 0.95) -> LensFour:
    """Compare cohorts: what they do at the same age, how they began, when they came back.

    Parameters
    ----------
    cells : Cells
        What each customer bought in each period.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    LensFour

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.

    References
    ----------
    Fader, P., Hardie, B. and Ross, M. (2022). The Customer-Base Audit, chapter 6.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.lens_four import lens_four
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2011-01-01", "2011-01-25", "2011-01-20", "2011-02-01"],
    ... })
    >>> history = log.as_of("2011-02-28")
    >>> periods = ci.audit.read_periods(history, "month", align="calendar")
    >>> lens = lens_four(ci.audit.cells_of(history, periods))
    >>> lens.median_days_to_second, lens.second_within[:, 2]
    (array([24., nan]), array([0.5, nan]))
    """
    table = table_of(cells, level=check_level(level))
    cohort = cohort_sums(cells).cohort
    return LensFour(
        table=table,
        labels=table.labels,
        customers=table.customers,
        complete=table.complete[:, 0].copy(),
        **_first_period(cells, cohort, len(table)),
        horizons=HORIZONS,
        **_second(cells, cohort, table),
        trends=trends_of(table),
        level=table.level,
        notes=table.notes,
        _kind=table._kind,
    )


def _first_period(cells: Cells, cohort: NDArray[np.int32], p: int) -> dict[str, Floats]:
    """Return mean and quartiles of spend and purchases in the first period, by cohort."""
    # a cohort's customers side by side; 16 bits are sorted by counting
    order = np.argsort(cohort.astype(np.int16), kind="stable")
    ends = np.searchsorted(cohort[order], np.arange(p + 1))
    # the first cell is that of the first period: nothing was bought before
    cell = cells.offsets[order]
    found = {}
    for name, values in (("spend", cells.spend), ("orders", cells.orders)):
        rows = np.full((4, p), np.nan)
        for c in range(p):
            chosen = cell[ends[c] : ends[c + 1]]
            if len(chosen) and len(values):
                own = values[chosen].astype(np.float64)
                rows[0, c], rows[1:, c] = own.mean(), np.quantile(own, (0.25, 0.5, 0.75))
        for row, end in zip(rows, ("mean", "q25", "median", "q75"), strict=True):
            found[f"first_{name}_{end}"] = row.copy()
    return found


def _second(cells: Cells, cohort: NDArray[np.int32], table: CohortTable) -> dict[str, Floats]:
    """Return when second purchases came, by cohort."""
    p = len(table)
    second, waited = days_to_second(cells)
    some = cohort >= 0
    own, second, waited = cohort[some].astype(np.int64), second[some], waited[some]
    came = second >= 0
    curves, half = left_at(own, np.where(came, second, waited), came, p, HORIZONS)
    longest = np.full(p, -1)
    np.maximum.at(longest, own, waited)
    seen = longest[:, None] >= HORIZONS
    share = np.where(seen, 1.0 - curves.left, np.nan)
    high, low = log_log_interval(curves.left, curves.spread, table.level)
    n = np.where(share > 0.0, table.customers[:, None], curves.at_risk)
    edge = score_interval(share * n, n, table.level)
    sure = (share == 0.0) | (share == 1.0)
    bounds = [
        np.where(seen, np.where(sure, one, 1.0 - other), np.nan)
        for one, other in zip(edge, (low, high), strict=True)
    ]
    return {
        "median_days_to_second": half,
        "second_within": share,
        "second_within_lower": bounds[0],
        "second_within_upper": bounds[1],
    }
