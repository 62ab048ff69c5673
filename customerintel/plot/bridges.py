"""The picture of lens 2: from the revenue before to the revenue now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.lens_two import LensTwo
from customerintel.plot.canvas import MODELS, QUIET, as_written, axes_for, frame, ink
from customerintel.plot.readable import in_two_lines, number_axis, short_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["waterfall"]

#: What the steps are called.
STEPS = {
    "lapsed": "lapsed",
    "retained_orders": "retained: orders",
    "retained_order_value": "retained: order value",
    "returned": "returned",
    "new": "new",
}
#: Room for the numbers behind the bars, as a share of the longest.
ROOM = 0.24


def waterfall(lens: LensTwo, ax: Axes | None = None) -> Axes:
    """Draw the bridge as rows: levels in grey, what is lost and what is won in colours."""
    bridge = lens.bridge
    # an order is one order: without money, its value changes nothing
    shown = [
        k for k, step in enumerate(bridge.steps)
        if bridge.of != "orders" or step != "retained_order_value"
    ]  # fmt: skip
    ax = axes_for(ax)
    reach = float(np.abs([bridge.start, bridge.end]).max()) or 1.0
    for row, k in enumerate(shown):
        low, high = sorted((float(bridge.start[k]), float(bridge.end[k])))
        amount, level = float(bridge.amount[k]), bridge.steps[k] in ("before", "now")
        colour = QUIET if level else MODELS[2] if amount >= 0.0 else MODELS[4]
        ax.barh(row, high - low, 0.7, left=low, color=colour)
        sign = "" if level or amount < 0.0 else "+"
        ax.annotate(
            sign + short_number(amount), (max(high, 0.0), row), (4, 0),
            textcoords="offset points", va="center", color=ink(ax), size=9.5,
        )  # fmt: skip
        if row:
            joint = float(bridge.end[shown[row - 1]])
            ax.plot([joint, joint], [row - 0.65, row - 0.35], color=ink(ax), linewidth=0.7)
    what = {"spend": "Net spend", "orders": "Orders"}[bridge.of]
    frame(ax, title=f"{what}: what changed", x=what.lower(), y="")
    names = {**STEPS, "before": in_two_lines(lens.labels[0])}
    names["now"] = in_two_lines(lens.labels[1])
    ax.set_yticks(range(len(shown)), [names[bridge.steps[k]] for k in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    lowest = min(0.0, float(np.minimum(bridge.start, bridge.end).min()))
    ax.set_xlim(1.04 * lowest, max(0.0, float(bridge.end.max())) + ROOM * reach)
    number_axis(ax.xaxis, most=4)
    ax.tick_params(axis="y", length=0)
    if lowest < 0.0:
        ax.axvline(0.0, color=ink(ax), linewidth=0.7)
    return as_written(ax)
