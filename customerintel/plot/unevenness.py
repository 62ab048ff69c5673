"""`lorenz`: how unevenly customers share a total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.audit.concentration_result import Concentration
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import QUIET, as_written, axes_for, frame, style
from customerintel.plot.readable import percent_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["lorenz"]

#: What is shared, in the words of an axis.
SHARED = {
    "spend": "net spend", "orders": "orders", "frequency": "orders", "volume": "units",
}  # fmt: skip
#: Points of the curve, less one.
POINTS = 200


def lorenz(concentration: Concentration, *, ax: Axes | None = None) -> Axes:
    """Draw the Lorenz curve: what the smallest customers have together (Lorenz 1905).

    The further the line hangs below the dotted one, on which all customers have the same, the
    more unevenly they share.

    Parameters
    ----------
    concentration : Concentration
        From `customerintel.audit.concentration`; or ``audit.lens(1).concentration``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With the line of equality and the curve; where zero buyers are in, the curve of the
        buyers alone as well. The title has the Gini index and its interval.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or nothing is shared.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 2, 3, 4],
    ...     "timestamp": ["2011-01-05", "2011-01-06", "2011-01-07", "2011-01-08"],
    ...     "amount": [10.0, 10.0, 20.0, 60.0],
    ... })
    >>> ax = lorenz(ci.audit.concentration(log.as_of("2011-01-31"), n_boot=100))
    >>> ax.get_ylabel()
    'share of net spend'
    """
    found = _read(concentration)
    ax = axes_for(ax, size=(4.8, 4.4))
    ax.plot((0.0, 1.0), (0.0, 1.0), color=QUIET, linewidth=1.0, linestyle=":", label="all alike")
    zeros = found.includes_zero_buyers and found.n_zero_buyers > 0
    colour, dashes = style(0)
    x, y = found.lorenz_points
    ax.fill_between(x, y, x, color=colour, alpha=0.12, linewidth=0.0)
    name = "customers, zero buyers too" if zeros else "customers"
    ax.plot(x, y, color=colour, linestyle=dashes, label=name)
    if zeros:
        colour, dashes = style(1)
        buyers = found._buyers.points(POINTS)
        ax.plot(*buyers, color=colour, linestyle=dashes, label="buyers only")
    frame(
        ax, title=_title(found), x="share of customers, smallest first",
        y=f"share of {SHARED.get(found.by, found.by)}",
    )  # fmt: skip
    ax.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    percent_axis(ax.xaxis)
    percent_axis(ax.yaxis)
    ax.legend(frameon=False, loc="upper left")
    return as_written(ax)


def _read(concentration: Any) -> Concentration:
    if not isinstance(concentration, Concentration):
        raise InvalidArgumentError(
            f"lorenz takes a Concentration; got {type(concentration).__name__}. Make one with "
            "customerintel.audit.concentration(history, …)."
        )
    if not concentration.total > 0.0:
        raise InvalidArgumentError(
            "lorenz: the customers' totals add up to 0, so there is nothing that they share."
        )
    return concentration


def _title(found: Concentration) -> str:
    lower, upper = found.interval("gini")
    if not np.isfinite(lower):
        return f"Gini index {found.gini:.2f}"
    return f"Gini index {found.gini:.2f} ({100 * found.level:g} %: {lower:.2f} to {upper:.2f})"
