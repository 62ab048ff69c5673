"""Everything that is known at one moment, and nothing that comes later."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.ids import CustomerIds
from customerintel.tables.moments import Calendar, read_moment, read_window, window_start
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import Sealed, html_table, one_line

if TYPE_CHECKING:
    from customerintel.tables.features import CustomerFeatures
    from customerintel.tables.grouping import Folded
    from customerintel.tables.summary import CustomerSummary
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["History"]

#: Results of the kernels that a history keeps, besides the one that is asked for.
KEPT = 3


class History(Sealed):
    """A transaction log as of one moment; made by `TransactionLog.as_of`.

    What comes after the moment is invisible. Every result that is computed from a history
    has its customers in the order of :attr:`customer_id`.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [7, 7, 3],
    ...     "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
    ...     "amount": [10.0, 20.0, 5.0],
    ... })
    >>> history = log.as_of("2024-02-10")
    >>> history.customer_id
    array([7])
    """

    def __init__(self, log: TransactionLog, moment: int) -> None:
        self._log = log
        self._moment = moment
        self._summaries: dict[tuple[str, str, int | None, bool], CustomerSummary] = {}
        self._folds: dict[tuple[str, int | None], Folded] = {}
        # a table of a million customers is large: it lives as long as somebody holds it
        self._features: WeakValueDictionary[tuple[tuple[int, ...], int], CustomerFeatures] = (
            WeakValueDictionary()
        )
        self._seal()

    @property
    def moment(self) -> np.datetime64:
        """The last visible microsecond, UTC."""
        return np.datetime64(self._moment, "us")

    @cached_property
    def ids(self) -> CustomerIds:
        """Customers with a visible purchase, ascending, without one object per text."""
        return CustomerIds(self.fold("day", None).keys, self._log._texts)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Customers with a visible purchase: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def n_customers(self) -> int:
        """Number of customers with a visible purchase."""
        return len(self.ids)

    @property
    def n_returns_only(self) -> int:
        """Number of customers of whom only returns are visible; they are in no result."""
        return self.fold("day", None).n_returns_only

    def as_of(self, moment: Any) -> History:
        """Return the history at an earlier moment.

        Parameters
        ----------
        moment : date, datetime, datetime64 or str
            As for `TransactionLog.as_of`.

        Raises
        ------
        InvalidArgumentError
            If it is later than this history's: that would let the future in.
        """
        at = read_moment(moment, self._log.time_zone)
        if at > self._moment:
            raise InvalidArgumentError(
                "A history can only be narrowed: as_of is later than its own moment, "
                f"{self.moment} UTC. Use the log: log.as_of(…)."
            )
        return History(self._log, at)

    def summarize(
        self,
        *,
        unit: str = "day",
        period: str = "day",
        window: Any = None,
        floor: bool = False,
    ) -> CustomerSummary:
        """Summarise each customer's purchases; see `customerintel.summarize`."""
        from customerintel.tables.summary import summary_of

        made = summary_of(self, unit=unit, period=period, window=window, floor=floor)
        key = (made.unit, made.period, made.window, made.floored)
        kept = self._summaries.setdefault(key, made)
        for oldest in list(self._summaries)[:-KEPT]:
            self._summaries.pop(oldest, None)
        return kept

    def features(
        self, *, windows: Sequence[int] = (30, 90, 180), ahead: int = 90
    ) -> CustomerFeatures:
        """Return what each customer's purchases tell, for estimators to learn from.

        Parameters
        ----------
        windows : tuple of int, default (30, 90, 180)
            Days of the calendar; ``purchases_30d`` and ``spend_30d`` look back so far.
        ahead : int, default 90
            Days after the moment whose season ``season_share`` asks for: those of the horizon.

        Returns
        -------
        CustomerFeatures
            One entry per customer in the order of :attr:`customer_id`; times in days.

        Raises
        ------
        InvalidArgumentError
            If an argument is no whole number of days.

        Notes
        -----
        Nothing after the moment is used. The first call on any moment of a log arranges the
        log's rows by customer, which later calls on every moment use.

        Examples
        --------
        >>> import customerintel as ci
        >>> log = ci.TransactionLog.from_frame({
        ...     "customer_id": [7, 7, 7, 3],
        ...     "timestamp": ["2024-01-01", "2024-01-11", "2024-01-25", "2024-02-01"],
        ...     "amount": [10.0, 20.0, 30.0, 5.0],
        ... })
        >>> features = log.as_of("2024-02-06").features()
        >>> features["gap_mean"], features["overdue_ratio"]
        (array([nan, 12.]), array([nan,  1.]))
        """
        from customerintel.tables.features import features_of

        return features_of(self, windows=windows, ahead=ahead)

    def to_frame(self) -> Any:
        """Return the visible rows with canonical column names, in the order they came.

        Returns
        -------
        table
            Of the caller's kind, with the columns that `TransactionLog.to_frame` has.
        """
        from customerintel.tables.visible import visible_log

        return visible_log(self._log, self._moment).to_frame()

    def fold(self, period: str, window: Any) -> Folded:
        """Return the kernels' result for this moment, computed once per period and window."""
        from customerintel.tables.grouping import fold
        from customerintel.tables.partitions import EARLIEST

        length = read_window(window)
        calendar = Calendar(period, self._log.time_zone)
        key = (period, length)
        found = self._folds.get(key)
        if found is None:
            # each holds several columns: only the latest few are kept
            for oldest in list(self._folds)[:-KEPT]:
                self._folds.pop(oldest, None)
            events = self._log._events
            after = EARLIEST
            if length is not None:
                after = window_start(self._moment, length, self._log.time_zone)
            low, high = events.first, min(events.end, self._moment)
            if after > EARLIEST:
                low = max(low, after + 1)
            edges = calendar.edges(min(low, high), high)
            found = fold(events.rows, edges, after=after, until=self._moment)
            self._folds[key] = found
        return found  # another thread may have pushed it out meanwhile

    def warn_if_empty(self) -> None:
        """Say so if nothing is visible."""
        log = self._log
        if log.n_rows == 0 or self._moment < log._events.start:
            what = "the log has no rows" if log.n_rows == 0 else "as_of is before its first row"
            warn_caller(f"The history is empty: {what}. Its results will have no customers.")

    def __reduce__(self) -> tuple[type[History], tuple[TransactionLog, int]]:
        # what was computed is not sent to other processes
        return History, (self._log, self._moment)

    def __repr__(self) -> str:
        # not the log's own facts, which know what comes later
        return one_line("History", moment=self.moment, zone=self._log.time_zone)

    def _repr_html_(self) -> str:
        facts = [("moment", f"{self.moment} UTC"), ("customers", self.n_customers)]
        return html_table("History", facts)
