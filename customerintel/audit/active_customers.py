"""The customers who bought in a window, and how often, how much and for how much."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.history import History
from customerintel.tables.moments import DAY, read_window, window_start

__all__ = ["MEASURES", "ActiveCustomers"]

Floats = NDArray[np.float64]

#: What customers are measured by, and what it is called in frames.
MEASURES: Final = {"frequency": "purchases", "spend": "spend", "volume": "units"}


class ActiveCustomers:
    """Customers of a history with a purchase in the window, ascending by id.

    Parameters
    ----------
    history : History
        What was known.
    window : str, timedelta or int, optional
        As for `History.summarize`; None: everything.
    """

    def __init__(self, history: History, window: Any = None) -> None:
        self.history = history
        self.window = read_window(window)
        self._summary = history.summarize(window=window)
        self.ids = self._summary.ids
        self.places = history.ids.match(self.ids)[0]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def purchases(self) -> Floats:
        """Purchases of each; lines of one order count once."""
        return self._totals[0]

    @cached_property
    def units(self) -> Floats:
        """Units bought by each; rows where the log has no quantity."""
        return self._totals[1]

    @cached_property
    def spend(self) -> Floats:
        """Spend of each, net of returns, to 11 digits; NaN where the log has no amounts."""
        from customerintel._kernels.cells import settle

        total = self._summary.total_amount
        found = np.empty(len(total))
        settle(0, len(total), total, found)
        return found

    @cached_property
    def _totals(self) -> tuple[Floats, Floats, Floats]:
        """Sums over the window as one period."""
        from customerintel.audit.cells import cells_of
        from customerintel.audit.periods import Periods

        history = self.history
        end = int(history._moment)
        start = history._log._events.first - DAY
        if self.window is not None:
            start = window_start(end, self.window, history._log.time_zone)
        period = Periods(
            name="given",
            starts=np.array([start]),
            ends=np.array([end]),
            labels=("window",),
            complete=np.array([True]),
            zone=history._log.time_zone,
        )
        found = cells_of(history, period).totals()
        return tuple(values[self.places] for values in found)  # type: ignore[return-value]

    def measure(self, by: str, caller: str) -> Floats:
        """Return what the customers are measured by.

        Raises
        ------
        InvalidArgumentError
            If there is no such measure, or the log has no amounts for it.
        """
        if by == "spend" and not self._summary.has_amounts:
            raise InvalidArgumentError(
                f'{caller}(by="spend") needs amounts, and the log has none. Take by="frequency" '
                'or "volume", or name the column of amounts when the log is made.'
            )
        found: Floats = getattr(self, MEASURES[by])
        return found
