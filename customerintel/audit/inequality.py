"""How unevenly customers share what a business sells: Lorenz curve, Gini, HHI, top shares."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.audit.active_customers import MEASURES, ActiveCustomers
from customerintel.audit.concentration_result import Concentration
from customerintel.audit.customer_draws import check_draws
from customerintel.audit.lorenz_curve import Curve
from customerintel.audit.moments_of import history_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.tables.history import History
from customerintel.tables.kinds import Kind
from customerintel.tables.notices import warn_caller
from customerintel.tables.transaction_log import TransactionLog

__all__ = ["concentration", "concentration_of"]


def concentration(
    history: History | TransactionLog, *, by: Literal["spend", "frequency", "volume"] = "spend",
    window: Any = None, zero_buyers: int | None = None, level: float = 0.95,
    n_boot: int = 200, seed: int = 0,
) -> Concentration:  # fmt: skip
    """Measure how unevenly customers share what a business sells.

    Parameters
    ----------
    history : History or TransactionLog
        From `TransactionLog.as_of`; a log is seen at the end of its last day.
    by : {"spend", "frequency", "volume"}, default "spend"
        Spend net of returns; purchases, lines of one order once; or units: the column
        ``quantity`` of purchase rows, or the rows where there is no such column.
    window : str, timedelta or int, optional
        Count only purchases within this length before the moment, such as "365d". Figures of
        windows of different lengths cannot be compared: longer ones are less concentrated.
    zero_buyers : int, optional
        Customers, members or prospects who bought nothing in the window, added as zeros. None:
        the figures are of buyers alone, which `Concentration.includes_zero_buyers` says.
    level : float, default 0.95
        Of the intervals.
    n_boot : int, default 200
        Times that the customers are drawn anew for the intervals.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Concentration
        Figures, curve and intervals.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or `by` is "spend" and the log has no amounts.

    Warns
    -----
    DataQualityWarning
        If customers have a total below 0: they count as 0, since nobody can hold a negative
        share, and `Concentration.n_negative` says how many they are.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 2, 3, 4, 5],
    ...     "timestamp": ["2024-01-05"] * 5,
    ...     "amount": [1.0, 2.0, 3.0, 4.0, 10.0],
    ... })
    >>> found = ci.audit.concentration(log.as_of("2024-12-31"))
    >>> round(found.gini, 4), round(found.hhi, 4), round(found.top_share(0.20), 4)
    (0.4, 0.325, 0.5)
    >>> found.customers_for(0.80)
    3
    """
    history = history_of(history, caller="concentration")
    if not isinstance(by, str) or by not in MEASURES:
        raise InvalidArgumentError(
            f"by must be one of {', '.join(map(repr, MEASURES))}; got {by!r}."
        )
    active = ActiveCustomers(history, window)
    values = active.measure(by, "concentration")
    return concentration_of(
        values, by=by, zero_buyers=zero_buyers, level=level, n_boot=n_boot, seed=seed,
        kind=history._log.kind,
    )  # fmt: skip


def concentration_of(
    values: ArrayLike, *, by: str = "values", zero_buyers: int | None = None,
    level: float = 0.95, n_boot: int = 200, seed: int = 0, kind: Kind | None = None,
) -> Concentration:  # fmt: skip
    """Measure how unevenly a total is shared, given what each customer has of it.

    Parameters
    ----------
    values : array_like of float, shape (n_customers,)
        One total per customer, in any order.
    by : str, default "values"
        What they are, for the result to say.
    zero_buyers, level, n_boot, seed
        As for `concentration`.
    kind : Kind, optional
        Kind of the result's tables; pandas by default.

    Returns
    -------
    Concentration
        As of `concentration`.

    Raises
    ------
    InvalidArgumentError
        If a value is missing or infinite, or an argument cannot be used.

    Examples
    --------
    >>> round(concentration_of([1, 2, 3, 4, 10]).effective_customers, 4)
    3.0769
    """
    totals = _totals(values)
    level, n_boot, seed = check_draws(level, n_boot, seed)
    zeros = 0
    if zero_buyers is not None:
        zeros = whole_number(zero_buyers, "zero_buyers", "customers", least=0)
    negative = totals < 0.0
    n_negative = int(negative.sum())
    if n_negative:
        several = (
            f"{n_negative:,} customers have a total below 0 (more returned than bought) and count"
        )
        one = "1 customer has a total below 0 (more returned than bought) and counts"
        warn_caller(
            f"{several if n_negative > 1 else one} as 0: nobody can hold a negative share of the "
            "whole."
        )
    clipped = np.where(negative, 0.0, totals)
    with np.errstate(over="ignore"):
        total = float(np.sort(clipped).sum())
    return Concentration(
        by=by,
        n_customers=len(totals),
        n_zero_buyers=zeros,
        includes_zero_buyers=zero_buyers is not None,
        n_negative=n_negative,
        negative_total=float(totals[negative].sum()) if n_negative else 0.0,
        total=total,
        level=level,
        n_boot=n_boot,
        seed=seed,
        _curve=Curve.of(clipped, zeros),
        _buyers=Curve.of(clipped),
        _kind=kind or Kind("pandas"),
    )


def _totals(values: ArrayLike) -> NDArray[np.float64]:
    """Return a vector of finite numbers; -0.0 is 0.0."""
    try:
        totals = np.asarray(values, np.float64) + 0.0
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentError("values must be numbers, one per customer.") from error
    if totals.ndim != 1:
        raise InvalidArgumentError(
            f"values must have one dimension, one number per customer; got {totals.ndim}."
        )
    if not (finite := np.isfinite(totals)).all():
        first = ", ".join(map(str, np.flatnonzero(~finite)[:5].tolist()))
        raise InvalidArgumentError(
            f"values must be finite numbers; {int((~finite).sum()):,} are missing or infinite, "
            f"the first at {first} (counted from 0). Leave them out, or give 0."
        )
    return totals
