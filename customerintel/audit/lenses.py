"""`five_lenses`: the customer base looked at in five ways."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from customerintel.audit.cells import Cells, cells_of
from customerintel.audit.float_limits import beyond_floats
from customerintel.audit.lens_result import LensResult
from customerintel.audit.margins import check_margin, profit_of
from customerintel.audit.moments_of import history_of
from customerintel.audit.periods import Periods, read_periods
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.models.intervals import check_level
from customerintel.tables.history import History
from customerintel.tables.results import Sealed, html_table, one_line

__all__ = ["Audit", "five_lenses"]

QUESTIONS = (
    "How different are the customers?",
    "What changed since the period before?",
    "How does a cohort's behaviour evolve?",
    "How do cohorts compare?",
    "How healthy is the customer base?",
)


class Audit(Sealed):
    """The five lenses on one customer base; made by `five_lenses`.

    Each lens is computed when it is first asked for, from cells that are counted once.
    """

    def __init__(
        self, history: History, periods: Periods, *, cohort: Any, margin: Any, level: float
    ) -> None:
        self._history = history
        self._periods = periods
        self._cohort = cohort
        self._margin = check_margin(margin)
        self._level = check_level(level)
        self._made: dict[Any, Any] = {}
        self._seal()

    @property
    def history(self) -> History:
        """What was known."""
        return self._history

    @property
    def periods(self) -> Periods:
        """The periods."""
        return self._periods

    @property
    def moment(self) -> np.datetime64:
        """The last visible microsecond, UTC."""
        return self._history.moment

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self._level

    @property
    def cells(self) -> Cells:
        """Purchases by customer and period."""
        made: Cells = self._once("cells", lambda: cells_of(self._history, self._periods))
        return made

    def lens(self, number: int) -> Any:
        """Return one of the lenses.

        Parameters
        ----------
        number : {1, 2, 3, 4, 5}
            1: how customers differ in the latest complete period. 2: what changed from the one
            before. 3: one cohort over time. 4: cohorts side by side. 5: the whole base over
            time.

        Returns
        -------
        LensOne, LensTwo, LensThree, LensFour or LensFive
            Each has ``parts`` and ``to_frame(part)``.

        Raises
        ------
        InvalidArgumentError
            If there is no such lens, or too few complete periods for it.

        Warns
        -----
        DataQualityWarning
            If some rows of the log have a cost and others none: then there is no profit.
        """
        if not is_count(number) or not 1 <= number <= len(QUESTIONS):
            shown = repr(number) if is_count(number) else type(number).__name__
            raise InvalidArgumentError(f"There are the lenses 1, 2, 3, 4 and 5; got {shown}.")
        with beyond_floats():
            return self._once(int(number), lambda: self._look(int(number)))

    def _look(self, number: int) -> LensResult:
        if number == 1:
            from customerintel.audit.lens_one import lens_one

            return lens_one(self.cells, profit=self._profit(), level=self._level)
        if number == 2:
            from customerintel.audit.lens_two import lens_two

            return lens_two(self.cells, profit=self._profit(), level=self._level)
        if number == 3:
            from customerintel.audit.lens_three import lens_three

            return lens_three(self.cells, cohort=self._cohort, level=self._level)
        if number == 4:
            from customerintel.audit.lens_four import lens_four

            return lens_four(self.cells, level=self._level)
        from customerintel.audit.lens_five import lens_five

        return lens_five(self.cells, level=self._level)

    def _profit(self) -> Any:
        return self._once("profit", lambda: profit_of(self.cells, self._margin))

    def _once(self, name: Any, make: Any) -> Any:
        if name not in self._made:
            self._made.setdefault(name, make())
        return self._made[name]

    def to_frame(self, number: int = 1, part: str | None = None) -> Any:
        """Return a table of one of the lenses: ``audit.lens(number).to_frame(part)``."""
        return self.lens(number).to_frame(part)

    def __repr__(self) -> str:
        return one_line(
            "Audit", moment=self.moment, customers=len(self._history.ids),
            period=self._periods.name, periods=len(self._periods),
            complete=int(self._periods.complete.sum()),
        )  # fmt: skip

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [
            ("moment", f"{self.moment} UTC"),
            ("customers", len(self._history.ids)),
            ("periods", f"{len(self._periods):,} ({self._periods.name})"),
        ]
        rows += [(f"lens {k}", question) for k, question in enumerate(QUESTIONS, start=1)]
        return html_table("Customer-base audit", rows)


def five_lenses(
    log: Any, *, as_of: Any = None, period: Any = "quarter",
    align: Literal["as_of", "calendar"] = "as_of", cohort: Any = None, margin: Any = None,
    level: float = 0.95,
) -> Audit:  # fmt: skip
    """Audit a customer base by actual buying: five lenses on customers × time.

    After Fader, Hardie and Ross (2022), The Customer-Base Audit, chapters 3 to 7.

    Parameters
    ----------
    log : TransactionLog or History
        Purchases.
    as_of : date, datetime, datetime64 or str, optional
        Nothing later is seen; by default the end of the log's last day.
    period : str, int or sequence of pairs, default "quarter"
        As for `read_periods`: "week", "month", "quarter", "year", "90d", or pairs of days.
    align : {"as_of", "calendar"}, default "as_of"
        Whether periods are counted back from the moment, or are those of the calendar.
    cohort : str or int, optional
        The cohort that lens 3 looks at: the label or the place of a period. By default the
        lens chooses.
    margin : float or False, optional
        Share of every sale that is left, above 0 and up to 1. By default spend less the log's
        column ``cost``, if it carries one; False: no profit.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    Audit
        Its lenses are computed when they are asked for.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, periods overlap, or nothing has been bought.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 2, 3],
    ...     "timestamp": ["2011-01-05", "2011-02-09", "2011-01-01", "2011-01-03", "2011-02-01"],
    ...     "amount": [10.0, 15.0, 4.0, 8.0, 5.0],
    ... })
    >>> audit = five_lenses(log, as_of="2011-02-28", period="month", align="calendar")
    >>> audit.lens(1).figures["spend_per_buyer"]
    10.0
    >>> audit.lens(2).bridge["lapsed"], audit.lens(2).bridge["new"]
    (-12.0, 5.0)
    """
    history = history_of(log, as_of, caller="five_lenses")
    periods = read_periods(history, period, align=align)
    return Audit(history, periods, cohort=cohort, margin=margin, level=level)
