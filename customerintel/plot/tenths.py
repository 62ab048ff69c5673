"""`decile_transition`: where the customers of each tenth are one period later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.lens_two import LensTwo
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import as_written, axes_for, frame
from customerintel.plot.readable import shaded_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["decile_transition"]


def decile_transition(lens_two: LensTwo, *, by_rank: bool = False, ax: Axes | None = None) -> Axes:
    """Draw where the customers of each tenth of the period before are now, in per cent.

    Parameters
    ----------
    lens_two : LensTwo
        ``audit.lens(2)``.
    by_rank : bool, default False
        Whether each period has its own tenths, with equally many heads. Otherwise those of now
        have the limits of those before, and who spends as much as before stays.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Rows are the tenths before, 1 the best, then customers who came back and new ones; each
        adds up to 100. Columns are the tenths now, and those who did not buy. Cells without
        customers, and rows without any, are empty.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2], "timestamp": ["2011-01-01", "2011-02-09", "2011-02-20"],
    ...     "amount": [5.0, 6.0, 1.0],
    ... })
    >>> audit = ci.audit.five_lenses(log, as_of="2011-02-28", period="month", align="calendar")
    >>> ax = decile_transition(audit.lens(2))
    >>> ax.get_title()
    'Tenths of customers by spend'
    """
    if not isinstance(lens_two, LensTwo):
        raise InvalidArgumentError(
            f"decile_transition takes lens 2 of an audit; got {type(lens_two).__name__}. Make one "
            "with customerintel.audit.five_lenses(log, …).lens(2)."
        )
    if not isinstance(by_rank, bool | np.bool_):
        raise InvalidArgumentError(f"by_rank must be True or False; got {type(by_rank).__name__}.")
    found = lens_two.transition_by_rank if by_rank else lens_two.transition
    shares = np.where(found.counts > 0, found.probabilities, np.nan)
    ax = axes_for(ax, size=(6.0, 4.6))
    texts = [[f"{100 * x:.0f}" if np.isfinite(x) else "" for x in row] for row in shares]
    shaded_cells(ax, shares, texts, legend="share of the row", limits=(0.0, 1.0))
    what = "spend" if lens_two.by == "spend" else "orders"
    frame(ax, title=f"Tenths of customers by {what}", x="now (1: the best tenth)", y="before")
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xticks(np.arange(11) + 0.5, _states(found.states_now, "none"))
    ax.set_yticks(np.arange(12) + 0.5, _states(found.states_before, ""))
    return as_written(ax)


def _states(names: tuple[str, ...], none: str) -> list[str]:
    shown = [one.removeprefix("decile ") for one in names]
    return [none if none and one == "did not buy" else one for one in shown]
