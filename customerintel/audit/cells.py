"""What each customer bought in each period: the cube that all lenses look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.periods import Periods
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables.history import History
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.tables.visits import Visits

__all__ = ["Cells", "cells_of"]

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Cells:
    """Purchases by customer and period; made by `cells_of`.

    Attributes
    ----------
    ids : CustomerIds
        Customers of the history, ascending; those who bought in no period, too.
    periods : Periods
        The periods.
    offsets : int64 array, shape (n_customers + 1,)
        Where each customer's cells begin.
    period : int32 array, shape (n_cells,)
        Place of the period; ascending within a customer.
    orders : int32 array, shape (n_cells,)
        Purchases; lines of one order count once.
    units : float64 array, shape (n_cells,)
        Sum of the quantities of the purchases; rows, where the log carries no ``quantity``.
    spend : float64 array, shape (n_cells,) or (0,)
        Net spend: a return is taken off the customer's latest earlier purchase, or the next one
        of the same day, and so in that purchase's period. To 11 digits, so that no tie hangs on
        the order of the rows. Empty where the log has no amounts.
    group : int32 array, shape (n_cells,) or (0,)
        Place in `groups`, -1 for none; a customer then has one cell per period and group.
    groups : tuple of str
        Values of the column that the cells were cut by.
    first, last : int64 array, shape (n_customers,)
        Microseconds UTC of the first and the last purchase, in a period or not.
    unmatched : float
        Sum of returns without any earlier purchase, which are in no cell.
    """

    ids: CustomerIds
    periods: Periods
    offsets: Ints
    period: Places
    orders: Places
    units: Floats
    spend: Floats
    group: Places
    groups: tuple[str, ...]
    first: Ints
    last: Ints
    unmatched: float
    history: History

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.period)

    @property
    def has_amounts(self) -> bool:
        """Whether the log holds money."""
        return self.history._log.has_amounts

    @cached_property
    def customer(self) -> Places:
        """Place of each cell's customer, shape (n_cells,)."""
        return read_only(np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.offsets)))

    def totals(self) -> tuple[Floats, Floats, Floats]:
        """Return each customer's orders, units and spend over all periods, shape (n_customers,).

        Spend is NaN where the log has no amounts.
        """
        from customerintel._kernels import cells, threads

        found = []
        for values in (self.orders, self.units, self.spend):
            out = np.full(len(self.ids), np.nan)
            if len(values) or not len(self):
                spans = threads.stretches(len(self.ids))
                threads.run(cells.add_up, [(*span, self.offsets, values, out) for span in spans])
            found.append(read_only(out))
        return found[0], found[1], found[2]

    def __repr__(self) -> str:
        return one_line(
            "Cells", customers=len(self.ids), periods=len(self.periods), cells=len(self),
            groups=len(self.groups) or None,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return html_table(
            "Purchases by customer and period",
            [
                ("customers", len(self.ids)),
                ("periods", len(self.periods)),
                ("customers in a period", len(self)),
            ],
        )


def cells_of(history: History, periods: Periods, *, by: str | None = None) -> Cells:
    """Count what each customer bought in each period.

    Parameters
    ----------
    history : History
        What was known.
    periods : Periods
        From `read_periods`.
    by : str, optional
        A column that the log carries, such as ``channel``, to cut the cells by besides.

    Returns
    -------
    Cells

    Raises
    ------
    SchemaError
        If the log does not carry the column `by`, or its ``quantity`` holds no numbers.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 2],
    ...     "timestamp": ["2011-01-05", "2011-01-09", "2011-03-02", "2011-02-01"],
    ...     "amount": [10.0, 5.0, -3.0, 8.0],
    ... })
    >>> history = log.as_of("2011-03-31")
    >>> cells = ci.audit.cells_of(history, ci.audit.read_periods(history, "month"))
    >>> cells.customer.tolist(), cells.period.tolist(), cells.orders.tolist(), cells.spend
    ([0, 1], [0, 1], [2, 1], array([12.,  8.]))
    """
    from customerintel._kernels import cells as kernels
    from customerintel._kernels import threads

    if not isinstance(history, History) or not isinstance(periods, Periods):
        raise InvalidArgumentError(
            "cells_of takes a History and Periods: log.as_of(…), and read_periods(history, …)."
        )
    from customerintel.tables.carried import groups_of_visits, units_of_visits
    from customerintel.tables.visits import visits_of

    visits = visits_of(history._log)
    codes: Places = np.empty(0, np.int32)
    groups: tuple[str, ...] = ()
    if by is not None:
        codes, groups = groups_of_visits(history._log, by)
    until, bounds, places = np.int64(history._moment), *_stretches(periods)
    n = len(visits.keys)
    spans = _shares(visits.offsets, threads.stretches(len(visits.packed)))
    held = np.empty(n, np.int64)
    seen = (visits.offsets, visits.packed, visits.seen_at)
    rule = (len(groups), until, bounds, places)
    threads.run(kernels.count_cells, [(*span, *seen, codes, *rule, held) for span in spans])
    size = np.maximum(held, 0)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
    columns = _columns(int(starts[-1]), visits, grouped=by is not None)
    first, last, lost = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
    values = (visits.days, visits.amounts, units_of_visits(history._log), codes)
    threads.run(
        kernels.fill_cells,
        [
            (*span, *seen, *values, *rule, starts[:-1], *columns, first, last, lost)
            for span in spans
        ],
    )
    bought = held >= 0
    period, orders, units, spend, group = columns
    group, groups = _present(group, groups)
    return Cells(
        ids=CustomerIds(visits.keys[bought], history._log._texts),
        periods=periods,
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(held[bought])]),
        period=period, orders=orders, units=units, spend=spend, group=group, groups=groups,
        first=first[bought], last=last[bought],
        unmatched=float(lost.sum()) if len(visits.amounts) else np.nan,
        history=history,
    )  # fmt: skip


def _present(group: Places, groups: tuple[str, ...]) -> tuple[Places, tuple[str, ...]]:
    """Leave out the groups that no cell is of: their names may come from after the moment."""
    there = np.zeros(len(groups) + 1, bool)
    there[group] = True
    if there[:-1].all():
        return group, groups
    place = np.append(np.cumsum(there[:-1]) - 1, -1).astype(np.int32)
    return place[group], tuple(name for name, some in zip(groups, there[:-1], strict=True) if some)


def _stretches(periods: Periods) -> tuple[Ints, Ints]:
    """Return the edges of all stretches of time, and which period each is, -1 for none."""
    bounds: list[int] = []
    places: list[int] = []
    for k, (start, end) in enumerate(zip(periods.starts, periods.ends, strict=True)):
        if bounds and bounds[-1] != start:
            places.append(-1)
        if not bounds or bounds[-1] != start:
            bounds.append(int(start))
        bounds.append(int(end))
        places.append(k)
    return np.array(bounds, np.int64), np.array(places, np.int64)


def _shares(offsets: Ints, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches of customers with about as many rows each."""
    ends = [0, *(int(np.searchsorted(offsets, stop)) for _, stop in spans[:-1]), len(offsets) - 1]
    return [(low, max(low, high)) for low, high in pairwise(ends)]


def _columns(
    n: int, visits: Visits, *, grouped: bool
) -> tuple[Places, Places, Floats, Floats, Places]:
    return (
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n),
        np.empty(n if len(visits.amounts) else 0),
        np.empty(n if grouped else 0, np.int32),
    )
