"""How often customers bought, and what models say of it: before and after the calibration's end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import whole_number
from customerintel.models.holdout import HoldoutSplit
from customerintel.plot.canvas import as_written, axes_for, frame, in_legend, ink, style
from customerintel.plot.fits import Drawn, horizon_of, is_discrete, read_fits, read_split, rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calibration_histogram", "count_customers", "holdout_by_frequency", "mean_purchases"]

Floats = NDArray[np.float64]

#: More distinct ages than this are grouped: the sum over customers would take too long.
MOST_AGES = 500


def calibration_histogram(
    fit: Any, summary: Any, *, max_frequency: int = 7, ax: Axes | None = None
) -> Axes:
    """Draw how many customers made 0, 1, 2, … repeat purchases, and how many the model expects.

    Expected is the sum of P(x repeat purchases by T) over the customers, each with the T of
    its own. Where there are more than 500 distinct T's, they are grouped by quantiles into 500
    groups of alike many customers, and the mean T of a group stands for its T's.

    Parameters
    ----------
    fit : purchase model, or list of them
        Fitted models, all in the unit of the summary.
    summary : CustomerSummary or table
        The customers, with frequency, recency, T and perhaps weight.
    max_frequency : int, default 7
        The last bar counts all who bought again at least so often.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With bars: first what happened, then one group per model.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the units differ.
    NotFittedError
        If a model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Notes
    -----
    A model that was fitted to the customers themselves agrees with them more or less by
    construction. Look for a shape that it cannot follow, such as too many who bought once only.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> summary = truth.simulate(500, T=26.0, seed=1).as_of("2000-06-30").summarize(unit="week")
    >>> ax = plot.calibration_histogram(models.NBD().fit(summary), summary)
    >>> float(sum(bar.get_height() for bar in ax.containers[0]))
    500.0
    """
    fits = read_fits(fit, "calibration_histogram")
    top = whole_number(max_frequency, "max_frequency", "purchases", least=1)
    actual, expected = count_customers([one for _, one in fits], summary, top)
    ax = axes_for(ax)
    series = [("actual", actual), *((name, e) for (name, _), e in zip(fits, expected, strict=True))]
    width = 0.84 / len(series)
    for k, (name, heights) in enumerate(series):
        places = np.arange(top + 1) + (k - (len(series) - 1) / 2.0) * width
        colour = style(k - 1)[0] if k else ink(ax)
        ax.bar(
            places, heights, width, color=colour, alpha=1.0 if k else 0.75, label=in_legend(name)
        )
    ax.set_xticks(range(top + 1), [*map(str, range(top)), f"{top}+"])
    frame(
        ax,
        title="Customers by repeat purchases in the calibration",
        x="repeat purchases until T",
        y="customers",
    )
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.legend(frameon=False)
    return as_written(ax)


def count_customers(fits: Sequence[Drawn], data: Any, top: int) -> tuple[Floats, Floats]:
    """Return customers by repeat purchases, counted and expected.

    Parameters
    ----------
    fits : sequence of models
        All in the unit of the data.
    data : CustomerSummary or table
        With frequency, recency, T and perhaps weight.
    top : int
        The last entry counts this many purchases and more.

    Returns
    -------
    actual : ndarray of float64, shape (top + 1,)
    expected : ndarray of float64, shape (len(fits), top + 1)
    """
    rows = rows_of(data, fits)
    often = np.minimum(rows.frequency, top).astype(np.int64)
    actual = np.bincount(often, rows.weights, top + 1).astype(np.float64)
    ages, customers = _group_ages(rows.T, rows.weights)
    expected = np.zeros((len(fits), top + 1))
    for k, fit in enumerate(fits):
        lengths = np.rint(ages) if is_discrete(fit) else ages
        for age, n in zip(lengths.tolist(), customers.tolist(), strict=True):
            if age > 0.0:
                expected[k] += n * fit.pmf_new(age, top - 1)
            else:  # who came just now has had no time to come again
                expected[k, 0] += n
    return actual, expected


def _group_ages(T: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return distinct ages and their customers, or mean ages of groups of alike many."""
    ages, place = np.unique(T, return_inverse=True)
    customers = np.bincount(place, weights).astype(np.float64)
    if len(ages) <= MOST_AGES:
        return ages, customers
    below = np.cumsum(customers) - customers / 2.0
    group = np.minimum(below / customers.sum() * MOST_AGES, MOST_AGES - 1).astype(np.int64)
    _, group = np.unique(group, return_inverse=True)
    held = np.bincount(group, customers)
    return np.bincount(group, customers * ages) / held, held.astype(np.float64)


def holdout_by_frequency(
    fit: Any, split: HoldoutSplit, *, max_frequency: int = 7, ax: Axes | None = None
) -> Axes:
    """Draw the mean purchases in the holdout by repeat purchases before, actual and expected.

    Expected is the mean of what the model predicts of these very customers, each with its
    own history. Below each frequency stands how many customers it has.

    Parameters
    ----------
    fit : purchase model, or list of them
        Fitted on the calibration of the split, and in its unit.
    split : HoldoutSplit
        From `customerintel.models.split_holdout`.
    max_frequency : int, default 7
        The last point stands for all who bought again at least so often.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one line per model after that of what happened.

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
    >>> ax = plot.holdout_by_frequency(models.NBD().fit(split.calibration), split)
    >>> ax.get_ylabel()
    'mean purchases in 26 weeks'
    """
    fits = read_fits(fit, "holdout_by_frequency")
    top = whole_number(max_frequency, "max_frequency", "purchases", least=1)
    read_split(split, [one for _, one in fits], "holdout_by_frequency")
    customers, actual, expected = mean_purchases([one for _, one in fits], split, top)
    ax = axes_for(ax)
    ax.plot(
        range(top + 1), actual, color=ink(ax), alpha=0.75, marker="o", linewidth=2.0, label="actual"
    )
    for k, ((name, _), means) in enumerate(zip(fits, expected, strict=True)):
        colour, dashes = style(k)
        ax.plot(
            range(top + 1),
            means,
            color=colour,
            linestyle=dashes,
            marker="s",
            ms=4,
            label=in_legend(name),
        )
    words = [*map(str, range(top)), f"{top}+"]
    named = [f"{word}\n({n:,})" for word, n in zip(words, customers.tolist(), strict=True)]
    ax.set_xticks(range(top + 1), named)
    ax.set_ylim(bottom=0.0)
    length = max(horizon_of(one, split.horizon) for _, one in fits)
    frame(
        ax,
        title="Purchases in the holdout, by frequency before it",
        x="repeat purchases in the calibration (customers)",
        y=f"mean purchases in {length:,.4g} {split.calibration.unit}s",
    )
    ax.legend(frameon=False)
    return as_written(ax)


def mean_purchases(
    fits: Sequence[Drawn], split: HoldoutSplit, top: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return customers by calibration frequency, and their mean holdout purchases.

    Parameters
    ----------
    fits : sequence of models
        All in the unit of the split.
    split : HoldoutSplit
        Calibration and what came after.
    top : int
        The last entry stands for this frequency and above.

    Returns
    -------
    customers : ndarray of int64, shape (top + 1,)
    actual : ndarray of float64, shape (top + 1,)
        NaN where there are no customers.
    expected : ndarray of float64, shape (len(fits), top + 1)
    """
    often = np.minimum(split.calibration.frequency, top)
    customers = np.bincount(often, minlength=top + 1)
    none = np.where(customers > 0, 0.0, np.nan)

    def mean(values: NDArray[np.float64]) -> Floats:
        sums = np.bincount(often, values, top + 1)
        return np.asarray(sums / np.maximum(customers, 1) + none)

    expected = [
        mean(fit.expected_purchases(split.calibration, horizon_of(fit, split.horizon)))
        for fit in fits
    ]
    return customers, mean(split.purchases.astype(np.float64)), np.array(expected)
