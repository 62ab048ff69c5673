"""`probability_alive_path`: how likely one customer still was one, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.plot.canvas import as_written, axes_for, date_axis, frame, ink, style
from customerintel.plot.fits import Drawn, clock_of, is_discrete, label_of, read_fit
from customerintel.plot.purchases import Clock, last_moment, open_log, purchase_periods
from customerintel.tables import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["probability_alive_path"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Points of a curve at the most, besides its purchases.
POINTS = 2_000


def probability_alive_path(
    fit: Any,
    log: Any,
    customer_id: Any,
    *,
    end: Any = None,
    period: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw P(alive) of one customer from the first purchase on, as it would have been seen then.

    At each moment the model sees the purchases up to it and no later ones, so the curve falls
    while nothing is bought and leaps at a purchase. The parameters are those of the fit
    throughout.

    Parameters
    ----------
    fit : purchase model
        A fitted model.
    log : TransactionLog or History
        Where the customer's purchases are.
    customer_id : int or str
        Whose; it appears nowhere in the picture.
    end : date, datetime, datetime64 or str, optional
        Where the curve ends. None: the last row of the log, or the moment of the history.
    period : {"hour", "day", "week", "month"}, optional
        Purchases within one calendar period count as one, as in the summary of the fit. None:
        the day, and for BG/BB the unit of the fit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With the curve, and a mark at each purchase.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, the model knows no unit, or nobody of this id has bought
        by the end.
    NotFittedError
        If the model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Notes
    -----
    BG/NBD takes everybody to be alive until the first repeat purchase; see `BetaGeoNBD`.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel import models, plot
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [7, 7, 7],
    ...     "timestamp": ["2024-01-05", "2024-01-26", "2024-02-03"],
    ...     "amount": [10.0, 20.0, 5.0],
    ... })
    >>> params = {"r": 0.553, "alpha": 10.58, "s": 0.606, "beta": 11.66}
    >>> fit = models.ParetoNBD.from_params(params, unit="week")
    >>> ax = plot.probability_alive_path(fit, log, 7, end="2024-06-30")
    >>> float(ax.lines[0].get_ydata()[-1].round(3))
    0.264
    """
    model = read_fit(fit, "probability_alive_path")
    log, seen = open_log(log, "probability_alive_path")
    clock = clock_of([model], period, log)
    until = last_moment(log, seen, end)
    key = _key_of(History(log, until), customer_id)
    bought = purchase_periods(log, clock, until, key)[1]
    last = int(clock.floor(np.array([until], np.int64))[0])
    path = _Path.of(bought, last, clock, whole=is_discrete(model))
    alive = model.probability_alive(path.histories(clock, model))
    ax = axes_for(ax, size=(8.4, 3.8))
    colour, _ = style(0)
    ax.plot(path.at.view("M8[us]"), alive, color=colour, linewidth=2.0, label="P(alive)")
    marks = path.is_purchase
    ax.plot(
        path.at[marks].view("M8[us]"), alive[marks], color=ink(ax), linestyle="none", marker="o",
        ms=5, label="purchase",
    )  # fmt: skip
    ax.set_ylim(-0.03, 1.05)
    date_axis(ax)
    frame(ax, title=f"P(alive) of one customer, {label_of(model)}", x="date", y="P(alive)")
    ax.legend(frameon=False, loc="lower left")
    return as_written(ax)


def _key_of(history: History, customer_id: Any) -> int:
    """Return the key of a customer.

    Raises
    ------
    InvalidArgumentError
        If the history has no such customer; the message does not repeat the id.
    """
    ids = history.ids
    wanted = "integers" if ids.texts is None else "texts"
    if not (is_count(customer_id) if ids.texts is None else isinstance(customer_id, str)):
        raise InvalidArgumentError(
            f"The customer ids of the log are {wanted}; customer_id is of the type "
            f"{type(customer_id).__name__}."
        )
    found = np.flatnonzero(ids.to_numpy() == customer_id)
    if not len(found):
        raise InvalidArgumentError(
            f"Nobody with this customer_id has a purchase by {history.moment} UTC. The ids of "
            "those who have are in log.as_of(…).customer_id."
        )
    return int(ids.keys[found[0]])


@dataclass(frozen=True, eq=False)
class _Path:
    """Moments of a curve, and how many purchases each has seen.

    Just before a repeat purchase and at it are two points of one moment.
    """

    at: Ints
    count: Ints
    bought: Ints
    is_purchase: NDArray[np.bool_]

    @classmethod
    def of(cls, bought: Ints, last: int, clock: Clock, *, whole: bool) -> _Path:
        between = clock.periods(int(bought[0]), last)
        if len(between) > POINTS:
            between = between[np.linspace(0, len(between) - 1, POINTS).astype(np.int64)]
        between = between[~np.isin(between, bought)]
        # an opportunity is used or it is not: there is nothing before it
        leaps = bought[:0] if whole else bought[1:]
        at = np.concatenate([between, leaps, bought])
        kind = np.repeat([0, 0, 1], [len(between), len(leaps), len(bought)])
        count = np.searchsorted(bought, at, "right") - np.repeat(
            [0, 1, 0], [len(between), len(leaps), len(bought)]
        )
        order = np.lexsort((count, at))
        return cls(at[order], count[order], bought, kind[order] == 1)

    def histories(self, clock: Clock, fit: Drawn) -> dict[str, Floats]:
        """Return frequency, recency and T at each moment."""
        last = clock.age(self.bought[self.count - 1] - self.bought[0])
        age = clock.age(self.at - self.bought[0])
        if is_discrete(fit):
            last, age = np.rint(last), np.rint(age)
        return {"frequency": self.count.astype(np.float64) - 1.0, "recency": last, "T": age}
