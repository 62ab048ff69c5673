"""The picture of lens 5, and `run_off`: what cohorts bring over time, and would still bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.lens_five import EARLIER, LensFive
from customerintel.audit.run_off import RunOff
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import MODELS, QUIET, as_written, axes_for, frame
from customerintel.plot.readable import (
    HATCH,
    legend_on_top,
    number_axis,
    percent_axis,
    period_ticks,
    short_periods,
    stacked_axes,
    whole_axis,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["cohort_stack", "run_off"]

Floats = NDArray[np.float64]

#: Layers that can be told apart, and the opacity of the oldest and of the newest.
LAYERS, OLDEST, NEWEST = 6, 0.95, 0.24


def run_off(lens_five: LensFive | RunOff, *, ax: Axes | None = None) -> Axes:
    """Draw what all customers brought, and what those would still bring if nobody new came.

    Parameters
    ----------
    lens_five : LensFive or RunOff
        ``audit.lens(5)``, for the past as well; or its ``run_off`` (spend) or
        ``run_off_orders``, for the last complete period only.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Columns are complete periods of the past, up to the one at 0; the line, with its interval,
        is the expectation. Spend, or orders where the log has no amounts.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or too few cohorts can be followed.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 1, 2, 2, 2, 3, 3],
    ...     "timestamp": [f"2011-0{month}-01" for month in (1, 2, 3, 4, 2, 3, 4, 3, 4)],
    ... })
    >>> audit = ci.audit.five_lenses(log, as_of="2011-04-30", period="month", align="calendar")
    >>> ax = run_off(audit.lens(5))
    >>> ax.get_xlabel()
    'periods after 2011-04'
    """
    ahead, steps, past = _past_and_ahead(lens_five)
    if not np.isfinite(ahead.expected).any():
        raise InvalidArgumentError(
            "run_off: fewer than three cohorts can be followed, so nothing is expected. Take "
            "shorter periods, or a longer log."
        )
    ax = axes_for(ax)
    ax.bar(steps, past, 0.8, color=QUIET, label="all customers, as it was")
    x = np.append(0, ahead.steps)
    ax.plot(
        x, np.append(ahead.last_total, ahead.expected), color=MODELS[0], marker="o",
        markersize=4.0, label="without new customers",
    )  # fmt: skip
    lower, upper = (
        np.where(np.isfinite(one), one, np.nan)  # of sums so large that squares overflow
        for one in (ahead.expected_lower, ahead.expected_upper)
    )
    ax.fill_between(
        ahead.steps, lower, upper, color=MODELS[0], alpha=0.2,
        linewidth=0.0, label=f"{100 * ahead.level:g} % interval",
    )  # fmt: skip
    since = short_periods([ahead.since])[0][0]
    what = "net spend" if ahead.measure == "spend" else "orders"
    frame(ax, title="If nobody new came", x=f"periods after the one up to {since}"
          if since != ahead.since else f"periods after {since}", y=what)  # fmt: skip
    whole_axis(ax.xaxis)
    number_axis(ax.yaxis)
    top = float(np.nanmax(np.concatenate([past, [ahead.last_total], ahead.expected, upper])))
    lowest = float(np.nanmin(np.concatenate([past, ahead.expected])))
    # the lower end of an interval may lie below 0, where nothing can be
    ax.set_ylim(min(0.0, 1.05 * lowest), 1.04 * (top if top > 0.0 else 1.0))
    legend_on_top(ax)
    return as_written(ax)


def _past_and_ahead(given: Any) -> tuple[RunOff, NDArray[np.int64], Floats]:
    """Return the expectation, and the complete periods up to the last: their places and totals."""
    if isinstance(given, RunOff):
        return given, np.zeros(1, np.int64), np.array([given.last_total])
    if not isinstance(given, LensFive):
        raise InvalidArgumentError(
            f"run_off takes lens 5 of an audit, or its run_off; got {type(given).__name__}. Make "
            "one with customerintel.audit.five_lenses(log, …).lens(5)."
        )
    money = bool(np.isfinite(given.spend).any())
    whole = np.flatnonzero(given.complete)
    total = (given.spend if money else given.orders).astype(np.float64)
    last = int(whole[-1]) if len(whole) else 0
    return given.run_off if money else given.run_off_orders, whole - last, total[whole]


def cohort_stack(lens: LensFive, ax: Any = None) -> NDArray[Any]:
    """Draw spend by cohort, the oldest at the bottom, and the share of new customers in it.

    A layer that is below 0 in a period (returns of earlier purchases) counts as 0 there.
    """
    money = bool(np.isfinite(lens.spend).any())
    axes = stacked_axes(ax, 2, size=(6.4, 5.4), heights=(2.4, 1.0))
    labels, name = short_periods(lens.labels)
    total = _layers(axes[0], lens, lens.spend_stack if money else lens.orders_stack)
    partial = np.flatnonzero(~lens.complete)
    axes[0].bar(partial, total[partial], 1.0, facecolor="none", edgecolor=QUIET, hatch=HATCH,
                linewidth=0.0)  # fmt: skip
    share = lens.new_share_of_spend if money else lens.new_share_of_orders
    _share(axes[1], lens, share)
    title = "Net spend by cohort" if money else "Orders by cohort"
    for one, told in zip(axes, (title, "Share of new customers"), strict=True):
        one.set_title(told, fontsize="medium")
        one.spines[["top", "right"]].set_visible(False)
        one.set_xlim(-0.5, len(labels) - 0.5)
        period_ticks(one, labels)
    axes[1].set_xlabel(name)
    made = np.empty(2, object)
    made[:] = [as_written(one) for one in axes]
    return made


def _layers(ax: Axes, lens: LensFive, stack: NDArray[Any]) -> Floats:
    """Draw layers of cohorts that follow each other, and return their total."""
    order = list(range(len(stack)))
    if lens.stack_labels[-1] == EARLIER:  # they came before all others
        order.insert(0, order.pop())
    some = [k for k in order if np.any(stack[k] != 0)] or order[:1]
    groups = np.array_split(np.array(some), min(LAYERS, len(some)))
    edges = np.arange(stack.shape[1] + 1) - 0.5
    total = np.zeros(stack.shape[1])
    whole = short_periods(lens.stack_labels)[1] == "period"
    for group, alpha in zip(groups, np.linspace(OLDEST, NEWEST, len(groups)), strict=True):
        above = total + np.maximum(stack[group].sum(axis=0), 0.0)
        first, last = lens.stack_labels[group[0]], lens.stack_labels[group[-1]]
        # layers follow each other: "to 2011-09-30" goes on from the layer below
        told = last if first == last or not whole else f"{first} \N{EN DASH} {last}"
        ax.stairs(
            above, edges, baseline=total, fill=True, facecolor=(MODELS[0], float(alpha)),
            edgecolor="none", label=told,
        )  # fmt: skip
        total = above
    number_axis(ax.yaxis)
    ax.set_ylim(0.0, 1.04 * (float(total.max()) or 1.0))
    legend_on_top(ax)
    return total


def _share(ax: Axes, lens: LensFive, share: Floats) -> None:
    """Draw the share of new customers; that of the log's first period is 100 % by definition."""
    share, places = share.copy(), np.arange(len(share))
    if len(share) > 1 and lens.stack_labels[-1] != EARLIER:
        share[0] = np.nan
    whole = lens.complete
    ax.plot(places[whole], share[whole], color=MODELS[1], marker="o", markersize=4.0)
    ax.plot(
        places[~whole], share[~whole], color=MODELS[1], linestyle="", marker="o", markersize=5.0,
        fillstyle="none",
    )  # fmt: skip
    most = float(np.nanmax(share)) if np.isfinite(share).any() else 1.0
    ax.set_ylim(0.0, 1.15 * max(most, 0.01))
    percent_axis(ax.yaxis, most=3)
