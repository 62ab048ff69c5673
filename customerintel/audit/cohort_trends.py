"""Whether later cohorts do better or worse than earlier ones did at the same age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_table_result import CohortTable
from customerintel.audit.robust_slope import Slope, robust_slope
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, Labels

__all__ = ["QUALITY", "CohortTrends", "trends_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What the quality of a cohort is judged by.
QUALITY = (
    "retention", "orders_per_active", "average_order_value", "cumulative_spend_per_customer",
)  # fmt: skip
#: Cohorts that a trend needs.
LEAST = 4
#: Oldest age at which cohorts are compared.
OLDEST = 12


@dataclass(frozen=True, eq=False)
class CohortTrends:
    """Slopes of measures at a fixed age against the cohort; read-only.

    Attributes
    ----------
    measure : ndarray of int64, shape (m,)
        Place in `QUALITY`.
    age : ndarray of int64, shape (m,)
        At which the cohorts are compared.
    slope, slope_lower, slope_upper : ndarray of float64, shape (m,)
        Change from one cohort to the next (see `robust_slope`).
    relative : ndarray of float64, shape (m,)
        The slope over the median of the cohorts.
    n_cohorts : ndarray of int64, shape (m,)
    """

    measure: Ints
    age: Ints
    slope: Floats
    slope_lower: Floats
    slope_upper: Floats
    relative: Floats
    n_cohorts: Ints

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.age)

    def at(self, measure: str, age: int) -> Slope:
        """Return the slope of one measure at one age.

        Raises
        ------
        InvalidArgumentError
            If there is none: no such measure, or fewer than four cohorts that have the age.
        """
        place = QUALITY.index(one_of("measure", measure, QUALITY))
        row = np.flatnonzero((self.measure == place) & (self.age == age))
        if not len(row):
            known = self.age[self.measure == place].tolist()
            raise InvalidArgumentError(
                f"There is no trend of {measure} at this age: {LEAST} cohorts must have it, which "
                f"is so at the ages {', '.join(map(str, known)) or '(none)'}."
            )
        k = int(row[0])
        return Slope(
            float(self.slope[k]), float(self.slope_lower[k]), float(self.slope_upper[k]),
            int(self.n_cohorts[k]),
        )  # fmt: skip

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table."""
        names = ("age", "slope", "slope_lower", "slope_upper", "relative", "n_cohorts")
        return {
            "measure": Labels(self.measure, QUALITY),
            **{name: getattr(self, name) for name in names},
        }


def trends_of(table: CohortTable) -> CohortTrends:
    """Return the trends at the ages up to 12 that four cohorts have in complete periods."""
    rows: list[tuple[float, ...]] = []
    for place, name in enumerate(QUALITY):
        curves = table.same_age(name).curves[:, : OLDEST + 1]
        enough = np.flatnonzero((~np.isnan(curves)).sum(axis=0) >= LEAST)
        for age in enough.tolist():
            if name == "retention" and age == 0:
                continue  # it is 1
            values = curves[:, age]
            found = robust_slope(np.arange(len(values)), values, table.level, least=LEAST)
            middle = float(np.nanmedian(values))
            relative = found.slope / middle if middle > 0.0 else np.nan
            rows.append((place, age, *found[:3], relative, found.n))
    columns = np.array(rows, np.float64).reshape(-1, 7).T.copy()
    return CohortTrends(
        measure=columns[0].astype(np.int64),
        age=columns[1].astype(np.int64),
        slope=columns[2], slope_lower=columns[3], slope_upper=columns[4], relative=columns[5],
        n_cohorts=columns[6].astype(np.int64),
    )  # fmt: skip
