"""What the models of regular purchases look at besides: the times between purchases."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.row_checks import refuse_logs, refuse_rows
from customerintel.models.statistics import (
    PurchaseStatistics,
    numbers_of,
    read_statistics,
    read_weighted,
)
from customerintel.tables import CustomerSummary

__all__ = ["read_gaps"]

Floats = NDArray[np.float64]

GAPS = "sum_log_gaps"
#: By how much, per purchase, the sum may be more than can be: times are often rounded.
_ROUNDED = 0.01


def read_gaps(
    data: Any, *, unit: str | None, needed: bool
) -> tuple[PurchaseStatistics, float | None]:
    """Read customers to fit, and the sum of their `sum_log_gaps` where it is known.

    Parameters
    ----------
    data : CustomerSummary or table
        With columns frequency, recency, T and perhaps weight and sum_log_gaps.
    unit : str or None
        Unit of the ages of a plain table.
    needed : bool
        Whether the sum is needed.

    Returns
    -------
    rows : PurchaseStatistics
        In the order of `data`.
    total : float or None
        Σ weight · sum_log_gaps; the same in any order of the rows.

    Raises
    ------
    InvalidArgumentError
        As `read_statistics`, if the sum is needed and unknown, or if times cannot have it.
    SchemaError
        If a column is missing or holds no numbers.
    """
    if isinstance(data, CustomerSummary):
        rows = read_statistics(data, unit=unit)
        known = needed or not data.floored
        gaps = data.sum_log_gaps if known else None
    else:
        refuse_logs(data)
        names = ["frequency", "recency", "T"]
        columns, weights, table = read_weighted(
            data, names, "a customer-base model", perhaps=[GAPS]
        )
        gaps = numbers_of(table[GAPS], GAPS) if GAPS in table.columns else None
        given = {**dict(zip(names, columns, strict=True)), "weight": weights}
        rows = replace(read_statistics(given, unit=unit), kind=table.kind)
        if needed and gaps is None:
            raise InvalidArgumentError(
                f'k="auto" needs a column {GAPS!r}: the sum of the logarithms of the times '
                "between each customer's successive purchases, without which the likelihoods of "
                "different k cannot be compared. A CustomerSummary has it; or give a k."
            )
        if gaps is not None:
            _check_gaps(gaps, rows)
    return rows, None if gaps is None else math.fsum((rows.weights * gaps).tolist())


def _check_gaps(gaps: Floats, rows: PurchaseStatistics) -> None:
    """Refuse sums that no times between purchases can have."""
    x = rows.frequency
    with np.errstate(divide="ignore", invalid="ignore"):
        # the sum is greatest where all times are equal
        most = np.where(x > 0, x * (np.log(rows.recency / x) + _ROUNDED), 0.0)
        broken = {
            f"a {GAPS} that is missing or not finite": ~np.isfinite(gaps),
            f"a {GAPS} other than 0 without a repeat purchase": (x == 0) & (gaps != 0.0),
            f"a {GAPS} above frequency · log(recency / frequency), which is the most that times "
            "between purchases can have": gaps > most,
        }
    refuse_rows(broken, "It is in the unit of recency; summarize() has it as sum_log_gaps.")
