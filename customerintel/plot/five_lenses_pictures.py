"""`lens`: the picture of each of the five lenses of an audit."""

from __future__ import annotations

from typing import Any

from customerintel.audit.lenses import Audit
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.base_over_time import cohort_stack
from customerintel.plot.bridges import waterfall
from customerintel.plot.cohorts_together import same_age
from customerintel.plot.one_cohort import panels_by_age
from customerintel.plot.one_period import tenths_of_buyers

__all__ = ["lens"]


def lens(audit: Audit, number: int, *, ax: Any = None) -> Any:
    """Draw what one of the five lenses on a customer base shows.

    Parameters
    ----------
    audit : Audit
        From `customerintel.audit.five_lenses`.
    number : {1, 2, 3, 4, 5}
        1: the share of each tenth of the buyers in what they spent (bars), and of the best
        tenths together (line). 2: the revenue of the period before, what each group of customers
        took away or added, and the revenue now (a waterfall, one row per step).
        3: one cohort by age: the share that bought, orders per buyer, spend per customer so far.
        4: the retention of all cohorts at the same age, as :func:`same_age` draws it. 5: spend by
        cohort, the oldest at the bottom, and the share of new customers in it.
    ax : matplotlib.axes.Axes, or sequence of them, optional
        Where to draw: one for the lenses 1, 2 and 4; for lens 3 three (two where the log has no
        amounts), for lens 5 two, best one below the other. None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes, or ndarray of them
        What was drawn into. Where the log has no amounts, orders are drawn in the place of spend.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, there are too few complete periods, or there is nothing to
        draw.
    MissingDependencyError
        If matplotlib is not installed.

    Notes
    -----
    A hollow point or a hatched column is of a period that is not over, or in which the log began.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 2, 3],
    ...     "timestamp": ["2011-01-05", "2011-02-09", "2011-01-01", "2011-01-03", "2011-02-01"],
    ...     "amount": [10.0, 15.0, 4.0, 8.0, 5.0],
    ... })
    >>> audit = ci.audit.five_lenses(log, as_of="2011-02-28", period="month", align="calendar")
    >>> stack, share = lens(audit, 5)
    >>> stack.get_title(), share.get_title()
    ('Net spend by cohort', 'Share of new customers')
    """
    if not isinstance(audit, Audit):
        raise InvalidArgumentError(
            f"lens takes an Audit; got {type(audit).__name__}. Make one with "
            "customerintel.audit.five_lenses(log, …)."
        )
    found = audit.lens(number)
    if number == 4:
        return same_age(found.table, ax=ax)
    draw: Any = {1: tenths_of_buyers, 2: waterfall, 3: panels_by_age, 5: cohort_stack}[number]
    return draw(found, ax)
