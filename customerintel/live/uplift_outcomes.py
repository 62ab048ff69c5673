"""What customers did: outcomes per unit, within the horizon after the first trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from customerintel.live.uplift_units import Units
    from customerintel.tables import TransactionLog

__all__ = ["Outcomes", "outcomes_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Bits of a row of a log: a return, and a further line of an order.
_RETURN, _FURTHER_LINE = 1, 2


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes in order of customer and time.

    Attributes
    ----------
    place : dict of str to int
        Number of each customer.
    who, when : int64 array
        Customer's number, and microseconds UTC; ascending by both.
    counts : float64 array
        1 for an outcome, 0 for what only changes the value: a return, a further line of an order.
    amounts : float64 array or None
    end : int
        Moment of the last one, microseconds UTC; -1 without any.
    """

    place: Mapping[str, int]
    who: Ints
    when: Ints
    counts: Floats
    amounts: Floats | None
    end: int

    @classmethod
    def of(
        cls, place: Mapping[str, int], who: Ints, when: Ints, counts: Floats, amounts: Floats | None
    ) -> Outcomes:
        """Sort outcomes."""
        order = np.lexsort((when, who))
        return cls(
            place, who[order], when[order], counts[order],
            None if amounts is None else amounts[order], int(when.max()) if len(when) else -1,
        )  # fmt: skip

    def of_units(self, units: Units, horizon: int) -> tuple[Floats, Floats | None]:
        """Return count and value of each unit in ``(first trigger, first trigger + horizon]``."""
        return self.within(units.customer_id, units.at, units.at + horizon)

    def within(
        self, customer_id: Sequence[str], after: Ints, until: Ints
    ) -> tuple[Floats, Floats | None]:
        """Return count and value of customers in ``(after, until]``."""
        number = np.array([self.place.get(who, -1) for who in customer_id], np.int64)
        low, high = self._rank(number, after), self._rank(number, until)
        counts = _between(self.counts, low, high)
        return counts, None if self.amounts is None else _between(self.amounts, low, high)

    def _rank(self, who: Ints, until: Ints) -> Ints:
        """Return how many rows come up to a moment of a customer, all former customers before."""
        # one order of both: rows before units of the same customer and moment
        both_who = np.concatenate([self.who, who])
        both_when = np.concatenate([self.when, until])
        is_unit = np.arange(len(both_who)) >= len(self.who)
        order = np.lexsort((is_unit, both_when, both_who))
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.cumsum(~is_unit[order])
        return ranks[len(self.who) :]


def _between(values: Floats, low: Ints, high: Ints) -> Floats:
    # sums per unit, not differences of running totals, which lose digits
    sums = np.zeros(len(low))
    some = np.flatnonzero(high > low)
    # in order of their starts, what lies between two stretches is added up once at most
    some = some[np.argsort(low[some], kind="stable")]
    if len(some):
        edges = np.column_stack([low[some], high[some]]).ravel()
        padded = np.append(values, 0.0)
        sums[some] = np.add.reduceat(padded, edges)[::2]
    return sums


def outcomes_of(
    given: Any, *, value: str | None, outcome: Any, canonical: Callable[[str], str] | None
) -> Outcomes:
    """Read outcomes.

    Parameters
    ----------
    given : TransactionLog, table, or iterable of events
    value : str, optional
        Column or property of the money.
    outcome : On, optional
        Which events count; purchases if not given.
    canonical : callable, optional
        Leads an id to the surviving customer.
    """
    from customerintel.tables import TransactionLog

    if isinstance(given, TransactionLog):
        if outcome is not None:
            raise InvalidArgumentError(
                "outcome= chooses among events, and a TransactionLog holds purchases only. Leave "
                "it out, or give events."
            )
        if value is not None:
            raise InvalidArgumentError(
                "value= names a column of a table or a property of events; the money of a "
                "TransactionLog is its amount. Leave it out."
            )
        return _of_log(given, canonical)
    is_table = isinstance(given, Mapping) or hasattr(given, "columns")
    if is_table or hasattr(given, "__arrow_c_stream__"):
        return _of_table(given, value, outcome, canonical)
    if not isinstance(given, Iterable) or isinstance(given, str | bytes):
        raise InvalidArgumentError(
            "outcomes must be a TransactionLog, a table with customer_id and timestamp, or an "
            f"iterable of events; got {type(given).__name__}."
        )
    from customerintel.live.uplift_events import outcome_rows

    names, when, amounts = outcome_rows(given, outcome, value)
    return _of_names(names, when, amounts, canonical)


def _of_table(
    table: Any, value: str | None, outcome: Any, canonical: Callable[[str], str] | None
) -> Outcomes:
    from customerintel.tables import TransactionLog
    from customerintel.tables.frames import open_table

    columns = open_table(table).columns
    if "event" in columns or outcome is not None:
        raise InvalidArgumentError(
            "outcomes is a table of events, of which only some are outcomes. Give its rows as "
            "events with outcome=live.On(…), or a table of the outcomes alone, without a column "
            "'event'."
        )
    if _is_empty(table):  # nobody bought yet; a column without values has no kind of its own
        return _of_names([], np.zeros(0, np.int64), None, canonical)
    return _of_log(TransactionLog.from_frame(table, amount=value), canonical)


def _is_empty(table: Any) -> bool:
    column = next(iter(table.values()), ()) if isinstance(table, Mapping) else table
    return hasattr(column, "__len__") and len(column) == 0


def _of_log(log: TransactionLog, canonical: Callable[[str], str] | None) -> Outcomes:
    from customerintel.tables.ids import CustomerIds

    rows = log._events.rows
    keys, codes = np.unique(rows.keys, return_inverse=True)
    names = [str(name) for name in CustomerIds(keys, log._texts).to_numpy().tolist()]
    counts = np.ones(len(rows.keys))
    if len(rows.marks):
        counts[(rows.marks & (_RETURN | _FURTHER_LINE)) > 0] = 0.0
    amounts = rows.amounts if log.has_amounts else None
    if amounts is not None and not len(rows.marks):
        counts[amounts < 0.0] = 0.0
    place, numbers = _numbered(names, canonical)
    return Outcomes.of(place, numbers[codes], rows.when, counts, amounts)


def _of_names(
    names: list[str], when: Ints, amounts: Floats | None,
    canonical: Callable[[str], str] | None,
) -> Outcomes:  # fmt: skip
    place, numbers = _numbered(names, canonical)
    return Outcomes.of(place, numbers, when, np.ones(len(when)), amounts)


def _numbered(
    names: list[str], canonical: Callable[[str], str] | None
) -> tuple[dict[str, int], Ints]:
    """Give surviving customers numbers, and return the number of each name."""
    place: dict[str, int] = {}
    numbers = np.empty(len(names), np.int64)
    for i, name in enumerate(names):
        who = name if canonical is None else canonical(name)
        numbers[i] = place.setdefault(who, len(place))
    return place, numbers
