"""The picture of lens 1: what each tenth of the buyers brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.lens_one import LensOne
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import MODELS, as_written, axes_for, frame, ink
from customerintel.plot.readable import MINUS, SHADE, in_two_lines, percent_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["tenths_of_buyers"]

#: Shares above it have room for their number within the bar.
INSIDE = 0.13


def tenths_of_buyers(lens: LensOne, ax: Axes | None = None) -> Axes:
    """Draw shares of the tenths as bars, and of the best tenths together as a line.

    Raises
    ------
    InvalidArgumentError
        If nothing is shared.
    """
    deciles = lens.deciles
    what = "net spend" if lens.by == "spend" else "orders"
    if not np.isfinite(deciles.share).all():
        raise InvalidArgumentError(
            f"lens 1: {what} in the period {lens.label!r} is not above 0, so that tenths have no "
            "share in it."
        )
    ax = axes_for(ax)
    # the numbers within are in the colour of texts
    ax.bar(deciles.decile, deciles.share, 0.8, color=MODELS[0], alpha=SHADE, label="of the tenth")
    for place, share, customers in zip(
        deciles.decile.tolist(), deciles.share.tolist(), deciles.customers.tolist(), strict=True
    ):
        if customers:
            inside = share > INSIDE or place == 1  # where the line begins
            ax.annotate(
                _percent(share), (place, max(share, 0.0)), (0, -5 if inside else 2),
                textcoords="offset points", ha="center", va="top" if inside else "bottom",
                color=ink(ax), size=9.0,
            )  # fmt: skip
    ax.plot(
        deciles.decile, deciles.cumulative_share, color=MODELS[4], marker="o", markersize=4.0,
        label="of the best tenths together",
    )  # fmt: skip
    frame(
        ax, title=f"Tenths of the buyers, {in_two_lines(lens.label)}",
        x="tenth of the buyers (1: the best)",
        y=f"share of {what}",
    )  # fmt: skip
    ax.set_xticks(deciles.decile.tolist())
    percent_axis(ax.yaxis)
    ax.set_ylim(min(0.0, 1.1 * float(deciles.share.min())), None)
    ax.set_ylim(top=1.08 * float(max(1.0, deciles.cumulative_share.max())))
    ax.legend(frameon=False, loc="center right", fontsize=9.5)
    return as_written(ax)


def _percent(share: float) -> str:
    if 0.0 < share < 0.005:
        return "<1%"
    return f"{100 * share + 0.0:.0f}%".replace("-0%", "0%").replace("-", MINUS)
