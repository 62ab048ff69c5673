"""Lens 5: the whole base, all cohorts over all periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_sums import CohortSums, cohort_sums
from customerintel.audit.lens_result import LensResult
from customerintel.audit.robust_slope import Slope, robust_slope
from customerintel.audit.run_off import RunOff, run_off_of
from customerintel.audit.score_intervals import score_interval
from customerintel.models.intervals import check_level
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["EARLIER", "LensFive", "lens_five"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Label of the customers whose first purchase lies in none of the periods.
EARLIER = "earlier"


@dataclass(frozen=True, eq=False, repr=False)
class LensFive(LensResult):
    """Where revenue comes from, and what it hangs on; made by `lens_five`.

    Arrays by period have one entry for each of the p periods and are read-only. In the first
    period everybody is new unless the periods begin later than the log; look at later ones.

    Attributes
    ----------
    labels : tuple of str
        Of the periods.
    complete : ndarray of bool, shape (p,)
    active, orders, spend : ndarray, shape (p,)
        Customers with a purchase, purchases and net spend (NaN without amounts).
    new : ndarray of int64, shape (p,)
        Customers whose first purchase lies in the period.
    retained, returned, lapsed : ndarray of int64, shape (p,)
        Customers who bought in the period before too; who did not, but earlier; and who bought in
        the period before, but not in this one.
    lapsed_share, lapsed_share_lower, lapsed_share_upper : ndarray of float64, shape (p,)
        Of the customers of the period before: the turnover. Score interval (Wilson 1927).
    entered_share : ndarray of float64, shape (p,)
        New and returned among the active customers.
    new_share_of_customers, new_share_of_orders, new_share_of_spend : ndarray of float64
        Of new customers, shape (p,); NaN where the total is not positive.
    average_age : ndarray of float64, shape (p,)
        Mean age of revenue: by spend (by orders without amounts), in periods since the cohort's
        own; customers without a cohort are left out.
    stack_labels : tuple of str
        Of the rows of the stacks: the cohorts, and "earlier" for customers without one if there
        are any.
    spend_stack, active_stack, orders_stack : ndarray, shape (rows, p)
        By cohort and period: what is drawn on top of each other in a cohort chart (C3).
    dependence : float
        Share of new customers in the spend (orders without amounts) of all complete periods but
        the first of the log.
    dependence_trend : Slope
        Change of that share from period to period (Theil 1950, Sen 1968) and its interval.
    run_off, run_off_orders : RunOff
        The next periods if nobody new came: spend, and purchases.
    level : float
        Of the intervals.
    notes : tuple of str
        What to know before reading on.
    """

    parts: ClassVar[tuple[str, ...]] = ("periods", "stack", "run_off", "run_off_orders")
    _title: ClassVar[str] = "Lens 5: the whole base"

    labels: tuple[str, ...]
    complete: NDArray[np.bool_]
    active: Ints
    orders: Ints
    spend: Floats
    new: Ints
    retained: Ints
    returned: Ints
    lapsed: Ints
    lapsed_share: Floats
    lapsed_share_lower: Floats
    lapsed_share_upper: Floats
    entered_share: Floats
    new_share_of_customers: Floats
    new_share_of_orders: Floats
    new_share_of_spend: Floats
    average_age: Floats
    stack_labels: tuple[str, ...]
    spend_stack: Floats
    active_stack: Ints
    orders_stack: Ints
    dependence: float
    dependence_trend: Slope
    run_off: RunOff
    run_off_orders: RunOff
    level: float
    notes: tuple[str, ...]
    _kind: Kind = field(repr=False)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part.startswith("run_off"):
            return getattr(self, part)._columns("expected")  # type: ignore[no-any-return]
        p = len(self.labels)
        if part == "stack":
            # nothing can be bought before the cohort's own period
            cohort, period = np.nonzero(np.arange(len(self.stack_labels))[:, None] % p <= range(p))
            return {
                "cohort": Labels(cohort, self.stack_labels),
                "period": Labels(period, self.labels),
                "active": self.active_stack[cohort, period],
                "orders": self.orders_stack[cohort, period],
                "spend": self.spend_stack[cohort, period],
            }
        names = (
            "complete", "active", "orders", "spend", "new", "retained", "returned", "lapsed",
            "lapsed_share", "lapsed_share_lower", "lapsed_share_upper", "entered_share",
            "new_share_of_customers", "new_share_of_orders", "new_share_of_spend", "average_age",
        )  # fmt: skip
        labels = Labels(np.arange(p), self.labels)
        return {"period": labels, **{name: getattr(self, name) for name in names}}

    def _facts(self) -> dict[str, object]:
        return {
            "periods": len(self.labels),
            "dependence": self.dependence,
            "since": self.run_off.since,
        }


def lens_five(cells: Cells, *, level: float = 0.95) -> LensFive:
    """Look at the whole base: revenue by cohort, dependence on new customers, run-off.

    Parameters
    ----------
    cells : Cells
        What each customer bought in each period.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    LensFive

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.

    References
    ----------
    Fader, P., Hardie, B. and Ross, M. (2022). The Customer-Base Audit, chapter 7.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.lens_five import lens_five
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2011-01-01", "2011-02-09", "2011-01-20", "2011-02-01"],
    ...     "amount": [10.0, 5.0, 3.0, 15.0],
    ... })
    >>> history = log.as_of("2011-02-28")
    >>> periods = ci.audit.read_periods(history, "month", align="calendar")
    >>> lens = lens_five(ci.audit.cells_of(history, periods))
    >>> lens.new_share_of_spend, lens.lapsed, lens.average_age
    (array([1.  , 0.75]), array([0, 1]), array([0.  , 0.25]))
    """
    level = check_level(level)
    sums, periods = cohort_sums(cells), cells.periods
    rows = len(periods) + (sums.n_without > 0)
    has_money = cells.has_amounts
    shares = _new_shares(sums)
    usable = periods.complete.copy()
    usable[0] &= sums.n_without > 0  # else everybody is new by definition
    weights = sums.spend if has_money else sums.orders
    return LensFive(
        labels=periods.labels,
        complete=periods.complete,
        orders=sums.orders.sum(axis=0),
        spend=sums.spend.sum(axis=0),
        **_turnover(sums, level),
        **shares,
        average_age=_average_age(weights),
        stack_labels=(*periods.labels, EARLIER)[:rows],
        spend_stack=sums.spend[:rows].copy(),
        active_stack=sums.active[:rows].copy(),
        orders_stack=sums.orders[:rows].copy(),
        dependence=_share(weights.diagonal()[usable].sum(), weights[:, usable].sum()),
        dependence_trend=_trend(
            shares["new_share_of_spend" if has_money else "new_share_of_orders"], usable, level
        ),
        run_off=run_off_of(cells, measure="spend", level=level),
        run_off_orders=run_off_of(cells, measure="orders", level=level),
        level=level,
        notes=_notes(cells, sums),
        _kind=cells.history._log.kind,
    )


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0.0 else np.nan


def _turnover(sums: CohortSums, level: float) -> dict[str, Any]:
    """Return who came, stayed, came back and stayed away in each period."""
    active = sums.active.sum(axis=0)
    new = sums.active.diagonal().copy()
    before = np.append(0, active[:-1])
    lapsed = before - sums.retained
    low, high = score_interval(lapsed, before, level)
    returned = active - new - sums.retained
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "active": active,
            "new": new,
            "retained": sums.retained,
            "returned": returned,
            "lapsed": lapsed,
            "lapsed_share": lapsed / before,
            "lapsed_share_lower": low,
            "lapsed_share_upper": high,
            "entered_share": (new + returned) / active,
        }


def _new_shares(sums: CohortSums) -> dict[str, Any]:
    """Return the share of new customers in each period."""
    shares = {}
    for name in ("customers", "orders", "spend"):
        table = sums.active if name == "customers" else getattr(sums, name)
        total = table.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = table.diagonal() / np.where(total > 0, total, np.nan)
        shares[f"new_share_of_{name}"] = share
    return shares


def _average_age(table: NDArray[np.generic]) -> Floats:
    """Return the mean age in each period, weighted by what the cohorts bring."""
    p = table.shape[1]
    own = table[:p].astype(np.float64)
    cohort, period = np.indices((p, p))
    total = own.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        age: Floats = (own * (period - cohort)).sum(axis=0) / np.where(total > 0, total, np.nan)
    return age


def _trend(share: Floats, usable: NDArray[np.bool_], level: float) -> Slope:
    return robust_slope(np.flatnonzero(usable), share[usable], level)


def _notes(cells: Cells, sums: CohortSums) -> tuple[str, ...]:
    notes = []
    if sums.n_without:
        notes.append(
            f"{sums.n_without:,} customers first bought outside of the periods: they are "
            f"{EARLIER!r}, in no cohort, and in no run-off."
        )
    else:
        notes.append(
            "Everybody is new in the log's first period, and customers who had bought before the "
            "log began look new when they come back."
        )
    if not cells.has_amounts:
        notes.append("The log has no amounts: dependence and average age are by orders.")
    return tuple(notes)
