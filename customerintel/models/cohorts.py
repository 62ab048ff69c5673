"""Customers counted by the period: renewals under contract, and opportunities to buy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.arguments import is_number
from customerintel.models.row_checks import refuse_rows
from customerintel.models.statistics import (
    PurchaseStatistics,
    numbers_of,
    read_statistics,
    read_weighted,
)
from customerintel.tables import CustomerSummary
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import Calendar
from customerintel.tables.notices import warn_caller

__all__ = [
    "Cohort",
    "read_cohort",
    "read_opportunities",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Opportunities of one customer, at the most.
MOST = 1_000_000


@dataclass(frozen=True, eq=False)
class Cohort:
    """How the renewal decisions of customers under contract ended.

    Parameters
    ----------
    cancelled, renewed : ndarray of float64, shape (m,)
        Customers who said no, and yes, at their first, second, … decision.
    n_customers : float
        Customers, those without a decision so far included.
    unit : str or None
        From renewal to renewal, where that is known.
    kind : Kind
        The caller's kind of table.
    """

    cancelled: Floats
    renewed: Floats
    n_customers: float
    unit: str | None
    kind: Kind


def read_cohort(data: Any, *, n: float | None = None, unit: str | None = None) -> Cohort:
    """Read survivors per period, a table with age, cancelled and perhaps weight, or a summary.

    Parameters
    ----------
    data : sequence of float, table or CustomerSummary
        Survivors: customers at the start, after the first renewal, after the second, … as
        counts, or with `n` as shares or per cent. A table: `age`, the renewal decisions that
        a customer has faced; `cancelled`, whether the last of them was a no; `weight`. A
        summary of payments in every period until the last.
    n : float, optional
        Customers at the start, where survivors are shares.
    unit : str, optional
        From renewal to renewal; a summary knows its own.

    Returns
    -------
    Cohort
        Decisions up to the last that anybody faced.

    Raises
    ------
    InvalidArgumentError
        If there are no decisions, or what no cohort can have.
    SchemaError
        If a column is missing or holds no numbers.
    """
    if isinstance(data, list | tuple) or len(getattr(data, "shape", ())) == 1:
        return _from_survivors(data, n, unit)
    if n is not None:
        raise InvalidArgumentError("n goes with shares of survivors; a table has weights instead.")
    if isinstance(data, CustomerSummary):
        return _from_summary(data, unit)
    (age,), weights, table = read_weighted(data, ["age"], "a contractual model", more=["cancelled"])
    said = table["cancelled"]
    if isinstance(said.values, np.ndarray) and said.values.dtype.kind in "bO":
        said = replace(said, values=_truths(said.values))
    gone = numbers_of(said, "cancelled")
    _check_rows(age, gone, weights)
    return _from_rows(age, gone > 0, weights, unit, table.kind)


def _from_summary(summary: CustomerSummary, unit: str | None) -> Cohort:
    """Take the first period without a payment for the renewal that was declined."""
    if summary.window is not None:
        raise InvalidArgumentError(
            "The summary has a window, so the customers' first payments are not known. Summarise "
            "without one."
        )
    rows = read_opportunities(summary, unit, under_way=True)
    refuse_rows(
        {
            "a period without a payment between the first and the last": rows.frequency
            < rows.recency
        },
        "Under contract every period is paid until the end. For customers who come and go, take "
        "BetaGeoBetaBinomial.",
    )
    # payments of a period that goes on would be seen, and what is not paid yet would not
    ended = period_is_over(summary.moment, summary.period, summary.zone)
    over = rows.T if ended else rows.T - 1.0
    paid = np.minimum(rows.recency, over)
    gone = paid < over
    return _from_rows(np.maximum(paid + gone, 0.0), gone, rows.weights, summary.unit, summary.kind)


def period_is_over(moment: np.datetime64, period: str, zone: str | None) -> bool:
    """Whether a moment is the last microsecond of its period."""
    last = int(moment.astype(np.int64))
    now, then = Calendar(period, zone).floor(np.array([last, last + 1]))
    return bool(now < then)


def _truths(values: NDArray[Any]) -> NDArray[Any]:
    """Return truth values as numbers, and all else as it is."""
    if values.dtype.kind == "b":
        return values.astype(np.float64)
    items = [float(v) if isinstance(v, bool | np.bool_) else v for v in values.tolist()]
    return np.fromiter(items, object, len(items))


def _from_rows(age: Floats, gone: Mask, weights: Floats, unit: str | None, kind: Kind) -> Cohort:
    m = int(age.max())
    ages = age.astype(np.int64)
    left: Floats = np.bincount(ages[gone], weights[gone], m + 1).astype(np.float64)
    ended: Floats = np.bincount(ages, weights, m + 1).astype(np.float64)
    # who faced decision t or a later one, and did not say no at t, said yes
    faced = np.cumsum(ended[::-1])[::-1]
    yes = np.maximum(faced[1:] - left[1:], 0.0)
    return _cohort(left[1:], yes, float(weights.sum()), unit, kind)


def _cohort(cancelled: Floats, renewed: Floats, n: float, unit: str | None, kind: Kind) -> Cohort:
    if not len(cancelled):
        raise InvalidArgumentError(
            "Nobody in the data has faced a renewal, so there is nothing to fit. Give the "
            "survivors of two or more periods, or customers of age 1 or more."
        )
    return Cohort(cancelled, renewed, n, unit, kind)


def _from_survivors(data: Any, n: float | None, unit: str | None) -> Cohort:
    try:
        alive = np.asarray(data, np.float64)
    except (TypeError, ValueError) as error:
        raise SchemaError("Survivors must be numbers, one per period; convert them.") from error
    if alive.ndim != 1 or not len(alive):
        raise InvalidArgumentError("Survivors must be a flat sequence of numbers, one per period.")
    if not np.isfinite(alive).all() or (alive < 0).any() or alive[0] <= 0:
        raise InvalidArgumentError(
            "Survivors must be finite and not negative, and more than 0 at the start."
        )
    if (np.diff(alive) > 0).any():
        place = int(np.flatnonzero(np.diff(alive) > 0)[0]) + 1
        raise InvalidArgumentError(
            f"Survivors cannot grow, and do at place {place} (counted from 0). Leave out "
            "customers who came later: they are a cohort of their own."
        )
    if n is not None:
        if not is_number(n) or not 0 < n < np.inf:
            raise InvalidArgumentError(f"n must be a positive number of customers; got {n!r}.")
        alive = alive / alive[0] * float(n)
    elif (alive != np.floor(alive)).any():
        raise InvalidArgumentError(
            "Survivors that are no whole numbers are shares: give n, the customers at the start."
        )
    return _cohort(-np.diff(alive), alive[1:], float(alive[0]), unit, Kind("pandas"))


def _check_rows(age: Floats, gone: Floats, weights: Floats) -> None:
    """Refuse what no contract can have."""
    if not len(age):
        raise InvalidArgumentError("The data hold no customers, so there is nothing to fit.")
    with np.errstate(invalid="ignore"):
        broken = {
            "an age, cancelled or weight that is missing or not finite": ~(
                np.isfinite(age) & np.isfinite(gone) & np.isfinite(weights)
            ),
            "an age that is negative, not a whole number, or above 100,000": (age < 0)
            | (age != np.floor(age))
            | (age > 100_000),
            "a cancelled that is neither 0 nor 1": (gone != 0) & (gone != 1),
            "cancelled at age 0, before any renewal": (gone == 1) & (age == 0),
            "a weight that is not positive": weights <= 0,
        }
    refuse_rows(
        broken,
        "Correct them: age is the number of renewals that a customer decided on, cancelled says "
        "whether the last was a no.",
    )


def read_opportunities(
    data: Any, unit: str | None, *, under_way: bool = False
) -> PurchaseStatistics:
    """Read frequency, recency and T in whole opportunities to buy.

    Unless `under_way`, a summary in the middle of a period is warned of.

    Raises
    ------
    InvalidArgumentError
        If ages are not whole, or histories cannot be.
    SchemaError
        If a column is missing or holds no numbers.
    """
    rows = read_statistics(data, unit=unit)
    if isinstance(data, CustomerSummary):
        if data.period != data.unit or data.floored:
            raise InvalidArgumentError(
                f"This model counts whole periods, and the summary has the unit {data.unit!r} "
                f"and the period {data.period!r}{', floored' if data.floored else ''}. Make it "
                'with one for both and without floor, such as summarize(unit="week", '
                'period="week").'
            )
        if not under_way and not period_is_over(data.moment, data.period, data.zone):
            warn_caller(
                f"The summary ends within a {data.period}, which counts as an opportunity that "
                "most customers have missed, though it is not over. Summarise as of the last day "
                f"of a {data.period}."
            )
        # months and days of clock changes differ a little in length: whole they are all the same
        rows = replace(rows, recency=np.rint(rows.recency), T=np.rint(rows.T))
    broken = {
        "a recency or T that is not a whole number of opportunities": (rows.recency % 1 > 0)
        | (rows.T % 1 > 0),
        "more purchases than opportunities until the last": rows.frequency > rows.recency,
        f"a T above {MOST:,} opportunities": rows.T > MOST,
    }
    refuse_rows(
        broken,
        'Count in opportunities, such as with summarize(unit="week", period="week").',
    )
    return rows
