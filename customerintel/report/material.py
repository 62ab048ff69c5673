"""What the sections are made of: the history, what was asked for, and results that they share."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cells import cells_of
from customerintel.audit.periods import Periods, read_periods
from customerintel.exceptions import CustomerIntelError, CustomerIntelWarning
from customerintel.report.page import Note
from customerintel.report.place_columns import PlaceColumns
from customerintel.tables.moments import local_time
from customerintel.tables.zones import zone_of

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers
    from customerintel.rfm import RFMScores
    from customerintel.tables import CustomerSummary, History

__all__ = ["FEW", "Material", "Options"]

Found = TypeVar("Found")

Floats = NDArray[np.float64]

#: Rows that are counted together.
STRETCH = 4_000_000
#: Fewer customers than this are not shown as a group.
FEW = 10


@dataclass(frozen=True)
class Options:
    """What the caller of `build` asked for."""

    customers: Any
    population: Any
    geojson: Any
    title: str
    period: str
    cohort_period: str
    core_share: float
    formats: str | None
    currency: str | None
    churn: bool | str
    value: bool | str
    include_ids: bool


@dataclass(eq=False)
class Material:
    """The history and everything that more than one section reads."""

    history: History
    options: Options
    #: Columns of segments, areas and locations, as given or as found.
    places: PlaceColumns = field(default_factory=PlaceColumns)
    notes: list[Note] = field(default_factory=list)
    #: Name of the section that is being made.
    section: str = ""

    def quietly(self, call: Callable[[], Found]) -> Found:
        """Call, and keep the warnings of the library as notes of the page."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", CustomerIntelWarning)
            found = call()
        for one in caught:
            if issubclass(one.category, CustomerIntelWarning):
                self.note(str(one.message))
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        return found

    def attempt(self, call: Callable[[], Found]) -> tuple[Found | None, str]:
        """Call; where the data do not allow it, return the reason instead."""
        try:
            return self.quietly(call), ""
        except CustomerIntelError as error:
            return None, " ".join(str(error).split())

    def note(self, text: str) -> None:
        """Keep a warning, once."""
        one = Note(self.section, " ".join(text.split()))
        if all(known.text != one.text for known in self.notes):
            self.notes.append(one)

    def forget(self, names: Iterable[str]) -> None:
        """Give memory of results back; they would be made anew."""
        for name in names:
            self.__dict__.pop(name, None)

    @property
    def log(self) -> Any:
        """The log behind the history."""
        return self.history._log

    @property
    def has_amounts(self) -> bool:
        """Whether there is money."""
        return bool(self.log.has_amounts)

    @cached_property
    def last_day(self) -> np.datetime64:
        """The day of the moment, in the log's zone."""
        return self._day(self.history._moment)

    @cached_property
    def first_day(self) -> np.datetime64:
        """The day of the first purchase."""
        return self._day(int(self.summary.first_purchase.min().astype(np.int64)))

    @property
    def n_days(self) -> int:
        """Days from the first purchase to the moment, both included."""
        return int((self.last_day - self.first_day).astype(np.int64)) + 1

    def _day(self, moment: int) -> np.datetime64:
        return np.datetime64(local_time(moment, zone_of(self.log.time_zone)).date(), "D")

    @cached_property
    def summary(self) -> CustomerSummary:
        """One row per customer, ages in days."""
        return self.history.summarize()

    @cached_property
    def rfm(self) -> RFMScores:
        """Scores of all customers."""
        from customerintel.rfm import score_rfm

        return self.quietly(lambda: score_rfm(self.history))

    @cached_property
    def core(self) -> CoreCustomers:
        """The core of those who were active in the last year, or ever in a shorter log."""
        from customerintel.audit.core_set import core_customers

        window = "365d" if self.n_days > 400 else None
        share = self.options.core_share
        return self.quietly(lambda: core_customers(self.history, share=share, window=window))

    @cached_property
    def months(self) -> Periods:
        """Months of the calendar, or weeks of a log of less than three months."""
        step = "month" if self.n_days > 92 else "week"
        return read_periods(self.history, step, align="calendar")

    @cached_property
    def by_month(self) -> tuple[Floats, Floats, Floats]:
        """Active customers, purchases and net spend of each month; no spend without amounts."""
        cells, n = self.quietly(lambda: cells_of(self.history, self.months)), len(self.months)
        active, orders = np.zeros((2, n))
        spend = np.zeros(n if self.has_amounts else 0)
        # in stretches, as counting makes copies of numbers of another kind
        for start in range(0, len(cells.period), STRETCH):
            rows = slice(start, start + STRETCH)
            period = cells.period[rows]
            active += np.bincount(period, minlength=n)
            orders += np.bincount(period, weights=cells.orders[rows], minlength=n)
            if self.has_amounts:
                spend += np.bincount(period, weights=cells.spend[rows], minlength=n)
        return active, orders, spend
