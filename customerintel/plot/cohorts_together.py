"""`cohorts` and `same_age`: what customers who began together do as they grow older."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohort_table_result import MEASURES, CohortTable
from customerintel.audit.same_age_curves import SameAge
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import QUIET, as_written, axes_for, frame, ink, style
from customerintel.plot.readable import (
    hatch_cells,
    in_two_lines,
    legend_on_top,
    number_axis,
    percent_axis,
    shaded_cells,
    short_number,
    short_periods,
    whole_axis,
)  # fmt: skip
from customerintel.rfm.words import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SAID", "cohorts", "same_age"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What a measure is called in a picture.
SAID = {
    "active": "customers with a purchase",
    "retention": "share that bought",
    "orders": "orders",
    "units": "units",
    "orders_per_active": "orders per buyer",
    "spend": "net spend",
    "average_order_value": "average order value",
    "spend_per_customer": "spend per customer",
    "cumulative_spend_per_customer": "spend per customer so far",
}
AGE = "age (periods since the first purchase)"
#: The newest cohorts, which have a colour and a name.
NAMED = 3
#: Customers of a cohort whose curve is more than chance.
LARGE = 10
#: Points at which a curve is one; and which part of the longest curve those with names have.
LINE, FOLLOWED = 2, 4
#: Rows of a map of which each has its label; else every second, …
ROWS, STEPS = 14, (1, 2, 5, 10, 20, 50, 100)


def cohorts(table: CohortTable, name: str = "retention", *, ax: Axes | None = None) -> Axes:
    """Draw a measure of each cohort by age, as a map: one row per cohort.

    Parameters
    ----------
    table : CohortTable
        From `customerintel.audit.cohort_table`.
    name : str, default "retention"
        What is drawn: one of the measures of the table.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Cells have their numbers (retention in per cent) where at most 14 cohorts and 14 ages are
        drawn and the numbers fit; else the figure has a colour bar besides. Cells whose period is
        not over (or in which the log began) are hatched and empty. Cohorts without customers are
        left out, and so is the retention at age 0, which is always 100 %.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or there is no cell to draw.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "timestamp": ["2011-01-01", "2011-02-09", "2011-01-20", "2011-02-01"],
    ... })
    >>> ax = cohorts(ci.audit.cohort_table(log, as_of="2011-02-28"))
    >>> [text.get_text() for text in ax.texts]
    ['50']
    """
    table, name = _read(table, name, "cohorts")
    first = 1 if name == "retention" else 0
    values = np.where(table.complete, getattr(table, name), np.nan)[:, first:]
    some = np.flatnonzero((table.customers > 0) & np.isfinite(table.active[:, first:]).any(axis=1))
    if not np.isfinite(values[some]).any():
        raise InvalidArgumentError(
            f"cohorts: no cohort has a complete period to draw {name} of. {_why(table, name)}"
        )
    partial = (~table.complete & np.isfinite(table.active))[:, first:]
    # ages that no cohort with customers has reached
    last = int(np.flatnonzero(np.isfinite(table.active[some, first:]).any(axis=0)).max()) + 1
    values, partial = values[some, :last], partial[some, :last]
    ax = axes_for(ax, size=(7.2, 1.4 + 0.27 * min(len(some), 20)))
    share = name == "retention"
    texts = [[_written(x, percent=share) for x in row] for row in values]
    written = shaded_cells(ax, values, texts, legend=SAID[name])
    hatch_cells(ax, partial)
    labels, word = short_periods(table.labels)
    unit = ", in %" if written and share else ""
    frame(
        ax,
        title=_capital(SAID[name]) + unit,
        x=AGE,
        y="cohort" if word == "period" else "cohort, up to",
    )
    ax.spines[["left", "bottom"]].set_visible(False)
    ages = range(0 if last <= ROWS else (-first) % _step(last), last, _step(last))
    ax.set_xticks([k + 0.5 for k in ages], [str(k + first) for k in ages])
    shown = range(len(some) - 1, -1, -_step(len(some)))[::-1]
    ax.set_yticks([k + 0.5 for k in shown], [in_two_lines(labels[some[k]]) for k in shown])
    return as_written(ax)


def same_age(table: CohortTable, name: str = "retention", *, ax: Axes | None = None) -> Axes:
    """Draw a measure of all cohorts at the same age, one line per cohort.

    The newest three cohorts with a line long enough have colours, older ones are grey; the line in
    the colour of texts is the mean of all. Where the coloured lines run above the grey ones,
    newer customers do better than older ones did at their age.

    Parameters
    ----------
    table : CohortTable
        From `customerintel.audit.cohort_table`.
    name : str, default "retention"
        What is drawn: one of the measures of the table.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one line per cohort, oldest first, then the mean. Complete periods only; retention
        from age 1 on, as it is always 100 % at age 0. Cohorts of fewer than 10 customers, which
        move by chance, have no line where others have more; they are in the mean.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or no cohort has a value.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 1, 2, 2, 2, 3, 3],
    ...     "timestamp": [f"2011-0{month}-01" for month in (1, 2, 3, 4, 2, 3, 4, 3, 4)],
    ... })
    >>> ax = same_age(ci.audit.cohort_table(log, as_of="2011-04-30"), "orders")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['2011-01', '2011-02', '2011-03', 'mean']
    """
    table, name = _read(table, name, "same_age")
    same = table.same_age(name)
    first = 1 if name == "retention" else 0
    curves = same.curves[:, first:]
    able = np.flatnonzero(np.isfinite(curves).any(axis=1))
    large = able[table.customers[able] >= LARGE]
    able = large if len(large) else able
    if not len(able):
        raise InvalidArgumentError(
            f"same_age: no cohort has a complete period to draw {name} of. {_why(table, name)}"
        )
    ax = axes_for(ax)
    _lines(ax, same, able, first)
    frame(ax, title="Cohorts at the same age", x=AGE, y=SAID[name])
    whole_axis(ax.xaxis)
    (percent_axis if name == "retention" else number_axis)(ax.yaxis)
    drawn = curves[np.isfinite(curves)]
    ax.set_ylim(bottom=min(0.0, 1.05 * float(drawn.min())))
    if np.ptp(np.concatenate([line.get_xdata() for line in ax.lines])) == 0:
        ax.set_xlim(first - 0.5, first + 0.5)
    legend_on_top(ax)
    return as_written(ax)


def _lines(ax: Axes, same: SameAge, able: Ints, first: int) -> None:
    """Draw the cohorts from the oldest to the newest, then their mean."""
    points = np.isfinite(same.curves[:, first:]).sum(axis=1)
    # the very newest are so short that they tell nothing yet
    enough = max(LINE, int(points.max()) // FOLLOWED)
    long = able[points[able] >= enough]
    named = (long if len(long) else able)[-NAMED:].tolist()
    told = False
    for k in able:
        x = same.ages[first:][np.isfinite(same.curves[k, first:])]
        y = same.curves[k, x]
        dot = "o" if len(x) < LINE else ""
        if k in named:
            # the newest has the first colour
            colour, dashes = style(named[::-1].index(k))
            line = ax.plot(x, y, color=colour, linestyle=dashes, linewidth=1.8, zorder=3)[0]
            line.set_label(same.labels[k])
        else:
            line = ax.plot(x, y, color=QUIET, linewidth=0.9, alpha=0.45)[0]
            line.set_label("_" if told else "other cohorts")
            told = True
        line.set(marker=dot, markersize=4.0)
    x = same.ages[first:][same.n_cohorts[first:] > 0]
    if same.n_cohorts.max() > 1:
        ax.plot(x, same.mean[x], color=ink(ax), linewidth=2.2, label="mean", zorder=2.5)


def _read(table: Any, name: Any, caller: str) -> tuple[CohortTable, str]:
    if not isinstance(table, CohortTable):
        raise InvalidArgumentError(
            f"{caller} takes a CohortTable; got {type(table).__name__}. Make one with "
            "customerintel.audit.cohort_table(log, …)."
        )
    return table, one_of("name", name, MEASURES)


def _why(table: CohortTable, name: str) -> str:
    if not np.isfinite(getattr(table, name)[table.customers > 0]).any():
        return "The log has no amounts: take a measure such as 'orders'."
    return "Take shorter periods, or a longer log."


def _written(number: float, *, percent: bool) -> str:
    if not np.isfinite(number):
        return ""
    return f"{100 * number:.0f}" if percent else short_number(number)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _step(count: int) -> int:
    """Return how far labels of rows or columns are apart."""
    return next((step for step in STEPS if count <= ROWS * step), STEPS[-1])
