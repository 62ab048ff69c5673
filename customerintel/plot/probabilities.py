"""`calibration_by_probability`: whether as many customers bought as were likely to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import whole_number
from customerintel.models.holdout import HoldoutSplit
from customerintel.plot.canvas import QUIET, as_written, axes_for, frame, in_legend, style
from customerintel.plot.fits import Drawn, horizon_of, read_fits, read_split

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calibration_by_probability", "share_who_bought"]

Floats = NDArray[np.float64]


def calibration_by_probability(
    fit: Any, split: HoldoutSplit, *, groups: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw the share of customers who bought in the holdout by the probability that they would.

    Customers are grouped by quantiles of the probability that the model gives them. A model
    whose probabilities can be taken at their word has its points on the dotted line.

    Parameters
    ----------
    fit : purchase model, or list of them
        Fitted on the calibration of the split, and in its unit.
    split : HoldoutSplit
        From `customerintel.models.split_holdout`.
    groups : int, default 10
        How many; customers of equal probability are in one group, so there may be fewer.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one line per model: mean probability and share of each group.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the units differ.
    NotFittedError
        If a model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> log = truth.simulate(500, T=52.0, seed=1)
    >>> split = models.split_holdout(log, calibration_end="2000-06-30", holdout_end="2000-12-29")
    >>> ax = plot.calibration_by_probability(models.NBD().fit(split.calibration), split)
    >>> ax.get_xlabel()
    'P(a purchase in 26 weeks)'
    """
    what = "calibration_by_probability"
    fits = read_fits(fit, what)
    count = whole_number(groups, "groups", "customer groups", least=1)
    read_split(split, [one for _, one in fits], what)
    points = [share_who_bought(one, split, count) for _, one in fits]
    ax = axes_for(ax, size=(5.2, 4.8))
    ax.plot((0.0, 1.0), (0.0, 1.0), color=QUIET, linewidth=1.0, linestyle=":", label="as predicted")
    for k, ((name, _), (mean, share, _)) in enumerate(zip(fits, points, strict=True)):
        colour, dashes = style(k)
        ax.plot(
            mean, share, color=colour, linestyle=dashes, marker="o", ms=5, label=in_legend(name)
        )
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    length = max(horizon_of(one, split.horizon) for _, one in fits)
    frame(
        ax,
        title="Who was likely to buy, and who did",
        x=f"P(a purchase in {length:,.4g} {split.calibration.unit}s)",
        y="share of customers who bought",
    )
    ax.legend(frameon=False)
    return as_written(ax)


def share_who_bought(
    fit: Drawn, split: HoldoutSplit, groups: int
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return mean probability, share of buyers and customers per group, by rising probability.

    Parameters
    ----------
    fit : model
        In the unit of the split.
    split : HoldoutSplit
        Calibration and what came after.
    groups : int
        How many quantiles; groups without customers are left out.

    Returns
    -------
    mean, share : ndarray of float64, shape (k,)
    customers : ndarray of int64, shape (k,)
    """
    likely = fit.probability_of_purchase(split.calibration, horizon_of(fit, split.horizon))
    edges = np.quantile(likely, np.arange(1, groups) / groups)
    _, group = np.unique(np.searchsorted(edges, likely), return_inverse=True)
    customers = np.bincount(group)
    bought = (split.purchases > 0).astype(np.float64)
    mean = np.bincount(group, likely) / customers
    return mean, np.bincount(group, bought) / customers, customers
