"""Lens 3: how the customers of one cohort buy as they grow older."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_sums import cohort_sums
from customerintel.audit.cohort_table_result import CohortTable, table_of
from customerintel.audit.lens_result import LensResult
from customerintel.audit.purchase_intervals import gaps_of, left_after, quantiles_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.models.intervals import check_level
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["LensThree", "lens_three"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Shares of the intervals between purchases of which the days are given.
SHARES = np.array([0.10, 0.25, 0.50, 0.75, 0.90])
#: The cohort that is looked at has so many customers, if any has.
ENOUGH = 20


@dataclass(frozen=True, eq=False, repr=False)
class LensThree(LensResult):
    """One cohort over time; made by `lens_three`.

    Arrays by age have one entry per period from the cohort's own to the moment's, a are
    read-only.

    Attributes
    ----------
    cohort : str
        Label of its period.
    place : int
        Its place among the cohorts.
    customers : int
        How many it has.
    ages : ndarray of int64, shape (a,)
        0, 1, …
    labels : tuple of str
        Of the periods.
    complete : ndarray of bool, shape (a,)
        False for a period that goes on, or in which the log began.
    active, orders, units, spend : ndarray of float64, shape (a,)
        Customers with a purchase, purchases, quantities and net spend.
    share_active, share_active_lower, share_active_upper : ndarray of float64, shape (a,)
        Of the cohort; score interval (Wilson 1927).
    orders_per_active, average_order_value, spend_per_customer : ndarray of float64, shape (a,)
    cumulative_spend_per_customer : ndarray of float64, shape (a,)
        What a customer of the cohort has been worth so far.
    bought_again : ndarray of float64, shape (a,)
        Share with a purchase at that age or later. Those who will buy after the moment are not
        seen, so that it falls to the share of the last period whatever customers do: read it far
        from its end.
    gap_days : ndarray of int64, shape (d,)
        Days between two days with a purchase that follow each other: those that occur.
    gap_counts, open_counts : ndarray of int64, shape (d,)
        How many intervals were so long, and how many had lasted so long at the moment.
    shares : ndarray of float64, shape (5,)
        Of the intervals, of which quantiles are given.
    gap_quantiles : ndarray of float64, shape (5,)
        Days within which that share of the intervals that ended did end. Long ones are missing
        from them, as they have not had the time to end.
    gap_quantiles_with_open : ndarray of float64, shape (5,)
        Days within which that share of all purchases are followed by another (Kaplan and Meier
        1958, which takes the open intervals for as long as they have lasted); NaN where so many
        have never been.
    level : float
        Of the interval.
    notes : tuple of str
        What to know before reading on.
    """

    parts: ClassVar[tuple[str, ...]] = ("by_age", "gaps", "gap_quantiles")
    _title: ClassVar[str] = "Lens 3: one cohort over time"

    cohort: str
    place: int
    customers: int
    ages: Ints
    labels: tuple[str, ...]
    complete: NDArray[np.bool_]
    active: Floats
    share_active: Floats
    share_active_lower: Floats
    share_active_upper: Floats
    orders: Floats
    units: Floats
    orders_per_active: Floats
    spend: Floats
    average_order_value: Floats
    spend_per_customer: Floats
    cumulative_spend_per_customer: Floats
    bought_again: Floats
    gap_days: Ints
    gap_counts: Ints
    open_counts: Ints
    shares: Floats
    gap_quantiles: Floats
    gap_quantiles_with_open: Floats
    level: float
    notes: tuple[str, ...]
    _kind: Kind = field(repr=False)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part == "gaps":
            names: tuple[str, ...] = ("gap_days", "gap_counts", "open_counts")
            return {name: getattr(self, name) for name in names}
        if part == "gap_quantiles":
            names = ("gap_quantiles", "gap_quantiles_with_open")
            return {"share": self.shares, **{name: getattr(self, name) for name in names}}
        names = (
            "complete", "active", "share_active", "share_active_lower", "share_active_upper",
            "orders", "units", "orders_per_active", "spend", "average_order_value",
            "spend_per_customer", "cumulative_spend_per_customer", "bought_again",
        )  # fmt: skip
        period = Labels(np.arange(len(self.ages)), self.labels)
        return {"age": self.ages, "period": period, **{name: getattr(self, name) for name in names}}

    def _facts(self) -> dict[str, object]:
        return {"cohort": self.cohort, "customers": self.customers, "ages": len(self.ages)}


def lens_three(cells: Cells, *, cohort: Any = None, level: float = 0.95) -> LensThree:
    """Follow the customers of one cohort: who still buys, how often, for how much.

    Parameters
    ----------
    cells : Cells
        What each customer bought in each period.
    cohort : str or int, optional
        Label of the period of the first purchase, or its place. By default the earliest complete
        period with 20 new customers; the complete one with the most where none has so many.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    LensThree

    Raises
    ------
    InvalidArgumentError
        If there is no such cohort, it has no customers, or an argument cannot be used.

    References
    ----------
    Fader, P., Hardie, B. and Ross, M. (2022). The Customer-Base Audit, chapter 5.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.lens_three import lens_three
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2011-01-01", "2011-02-09", "2011-01-20", "2011-02-01"],
    ... })
    >>> history = log.as_of("2011-02-28")
    >>> periods = ci.audit.read_periods(history, "month", align="calendar")
    >>> lens = lens_three(ci.audit.cells_of(history, periods))
    >>> lens.cohort, lens.share_active
    ('2011-01', array([1. , 0.5]))
    """
    table = table_of(cells, level=check_level(level))
    place = _chosen(table, cohort)
    sums, n_ages = cohort_sums(cells), len(table) - place
    members = np.flatnonzero(sums.cohort == place)
    closed, still = gaps_of(cells, members)
    some = np.flatnonzero(closed + still)
    names = (
        "complete", "active", "orders", "units", "orders_per_active", "spend",
        "average_order_value", "spend_per_customer", "cumulative_spend_per_customer",
    )  # fmt: skip
    retained = ("retention", "retention_lower", "retention_upper")
    by_age = {name: getattr(table, name)[place, :n_ages].copy() for name in (*names, *retained)}
    for name in retained:
        by_age[name.replace("retention", "share_active")] = by_age.pop(name)
    nothing = np.zeros_like(closed)
    return LensThree(
        cohort=table.labels[place],
        place=place,
        customers=len(members),
        ages=np.arange(n_ages),
        labels=table.labels[place:],
        **by_age,
        bought_again=_bought_again(cells, members, place, n_ages),
        gap_days=some, gap_counts=closed[some], open_counts=still[some],
        shares=SHARES,
        gap_quantiles=_days(closed, nothing),
        gap_quantiles_with_open=_days(closed, still),
        level=table.level,
        notes=_notes(table, place),
        _kind=table._kind,
    )  # fmt: skip


def _chosen(table: CohortTable, cohort: Any) -> int:
    """Return the place of the cohort."""
    if cohort is None:
        whole = np.where(table.complete[:, 0], table.customers, 0)
        enough = np.flatnonzero(whole >= ENOUGH)
        if len(enough):
            return int(enough[0])
        return int(np.argmax(whole if whole.any() else table.customers))
    hint = f"Give a label, such as {table.labels[0]!r}, or a place from 0 to {len(table) - 1}."
    if isinstance(cohort, str):
        if cohort not in table.labels:
            raise InvalidArgumentError(f"There is no cohort {cohort!r}. {hint}")
        place = table.labels.index(cohort)
    elif not is_count(cohort) or not 0 <= cohort < len(table):
        shown = repr(cohort) if is_count(cohort) else type(cohort).__name__
        raise InvalidArgumentError(f"There is no cohort {shown}. {hint}")
    else:
        place = int(cohort)
    if not table.customers[place]:
        raise InvalidArgumentError(
            f"Nobody bought for the first time in the period {table.labels[place]!r}, so its "
            "cohort is empty. Take another."
        )
    return place


def _bought_again(cells: Cells, members: Ints, place: int, n_ages: int) -> Floats:
    """Return the share of the cohort whose last purchase in a period has that age or more."""
    if not len(members):
        return np.full(n_ages, np.nan)
    last = cells.period[cells.offsets[members + 1] - 1] - place
    counts = np.bincount(last, minlength=n_ages)
    share: Floats = np.cumsum(counts[::-1])[::-1] / len(members)
    return share


def _days(closed: Ints, still: Ints) -> Floats:
    if not closed.any():
        return np.full(len(SHARES), np.nan)
    days: Floats = quantiles_of(left_after(closed[None], still[None]).left, SHARES)[0]
    return days


def _notes(table: CohortTable, place: int) -> tuple[str, ...]:
    notes = []
    if not table.customers.any():
        notes.append("No customer first bought within the periods, so there is no cohort.")
    elif not table.complete[place, 0]:
        notes.append("The cohort's own period is not complete.")
    if place == 0 and not table.n_without_cohort:
        notes.append(
            "The cohort is that of the log's first period: customers who had bought before the "
            "log began are in it and look new."
        )
    return tuple(notes)
