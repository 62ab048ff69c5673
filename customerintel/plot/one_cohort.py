"""The picture of lens 3: one cohort as it grows older."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.lens_three import LensThree
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import MODELS, as_written
from customerintel.plot.cohorts_together import AGE
from customerintel.plot.readable import (
    in_two_lines,
    number_axis,
    percent_axis,
    stacked_axes,
    whole_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["panels_by_age"]

Floats = NDArray[np.float64]


def panels_by_age(lens: LensThree, ax: Any = None) -> NDArray[Any]:
    """Draw the share that bought, orders per buyer and (with amounts) spend, by age.

    Raises
    ------
    InvalidArgumentError
        If the cohort has no customers.
    """
    if not lens.customers:
        raise InvalidArgumentError(
            f"lens 3: the cohort {lens.cohort!r} has no customers. Take another with cohort=."
        )
    money = bool(np.isfinite(lens.spend).any())
    axes = stacked_axes(ax, 3 if money else 2, size=(6.0, 5.6 if money else 4.2))
    _line(axes[0], lens, lens.share_active, MODELS[0])
    whole = lens.complete
    axes[0].fill_between(
        lens.ages[whole], lens.share_active_lower[whole], lens.share_active_upper[whole],
        color=MODELS[0], alpha=0.15, linewidth=0.0,
    )  # fmt: skip
    _finish(axes[0], f"Cohort {in_two_lines(lens.cohort)}: share that bought")
    percent_axis(axes[0].yaxis, most=4)
    _line(axes[1], lens, lens.orders_per_active, MODELS[2])
    _finish(axes[1], "Orders per buyer")
    if money:
        _line(axes[2], lens, lens.cumulative_spend_per_customer, MODELS[1])
        _finish(axes[2], "Spend per customer so far")
    axes[-1].set_xlabel(AGE)
    made = np.empty(len(axes), object)
    made[:] = [as_written(one) for one in axes]
    return made


def _line(ax: Axes, lens: LensThree, values: Floats, colour: str) -> None:
    """Draw a line over complete periods, and hollow points for the others."""
    whole = lens.complete
    ax.plot(lens.ages[whole], values[whole], color=colour, marker="o", markersize=4.0)
    if not whole.all():
        ax.plot(
            lens.ages[~whole], values[~whole], color=colour, linestyle="", marker="o",
            markersize=5.0, fillstyle="none",
        )  # fmt: skip
    ax.set_xlim(-0.3, max(float(lens.ages[-1]), 0.7) + 0.3)
    finite = values[np.isfinite(values)]
    most, least = float(finite.max(initial=0.0)), float(finite.min(initial=0.0))
    ax.set_ylim(1.1 * least, 1.12 * most if most > 0.0 else 1.0)


def _finish(ax: Axes, title: str) -> None:
    ax.set_title(title, fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    number_axis(ax.yaxis, most=4)
    whole_axis(ax.xaxis)
