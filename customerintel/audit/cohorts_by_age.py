"""`cohort_table`: what customers who began together do as they grow older."""

from __future__ import annotations

from typing import Any, Literal

from customerintel.audit.cells import cells_of
from customerintel.audit.cohort_table_result import CohortTable, table_of
from customerintel.audit.float_limits import beyond_floats
from customerintel.audit.moments_of import history_of
from customerintel.audit.periods import read_periods
from customerintel.models.intervals import check_level

__all__ = ["CohortTable", "cohort_table"]


def cohort_table(
    log: Any,
    *,
    as_of: Any = None,
    period: Any = "month",
    align: Literal["as_of", "calendar"] = "calendar",
    level: float = 0.95,
) -> CohortTable:
    """Follow customers who began in the same period: retention, orders and spend by age.

    Parameters
    ----------
    log : TransactionLog or History
        What was bought.
    as_of : date, datetime, datetime64 or str, optional
        The moment; by default the log's last, or the history's own.
    period : str, int or sequence of pairs, default "month"
        "week", "month", "quarter" or "year"; a length in days such as "90d"; or pairs of first
        and last days.
    align : {"calendar", "as_of"}, default "calendar"
        Periods of the calendar, of which the last may be partial, or counted back from the moment.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    CohortTable

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, nothing has been bought, or there are more than 1,000
        periods.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.cohorts_by_age import cohort_table
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2011-01-01", "2011-02-09", "2011-01-20", "2011-02-01"],
    ...     "amount": [10.0, 5.0, 3.0, 8.0],
    ... })
    >>> table = cohort_table(log, as_of="2011-02-28")
    >>> table.labels, table.customers
    (('2011-01', '2011-02'), array([2, 1]))
    >>> table.retention
    array([[1. , 0.5],
           [1. , nan]])
    """
    level = check_level(level)
    history = history_of(log, as_of, caller="cohort_table")
    with beyond_floats():
        return table_of(cells_of(history, read_periods(history, period, align=align)), level=level)
