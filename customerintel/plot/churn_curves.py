"""`reliability`, `lift` and `gain`: what an evaluation of churn estimators shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from customerintel.churn.curves import GainCurve, LiftCurve
from customerintel.churn.judged import ChurnEvaluation
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import QUIET, as_written, axes_for, frame, in_legend, ink, style
from customerintel.plot.rows import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["gain", "lift", "reliability"]

#: Letters of a name in a legend.
NAME = 24


def reliability(
    table: ChurnEvaluation, *names: str, bins: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw the share of customers who left by the probability that they would.

    An estimator whose probabilities can be taken at their word has its points on the dotted
    line. Bars are 95 % intervals (Wilson); they reach the line 19 times in 20.

    Parameters
    ----------
    table : ChurnEvaluation
        From `customerintel.churn.evaluate`.
    *names : str
        Of estimators or baselines; none: the best estimator.
    bins : int, default 10
        How many groups of alike many rows.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one line per name: mean probability and share of each bin.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> table = ci.churn.evaluate(
    ...     truth.simulate(300, T=52.0, seed=1), estimators=["recency"], horizon="60d", origins=2,
    ...     n_bootstrap=0,
    ... )
    >>> ax = ci.plot.reliability(table, "recency")
    >>> ax.get_xlabel()
    'P(no purchase in 60 days)'
    """
    chosen = _chosen(table, names, "reliability")
    curves = [table.reliability(name, bins) for name in chosen]
    ax = axes_for(ax, size=(5.2, 4.8))
    ax.plot((0.0, 1.0), (0.0, 1.0), color=QUIET, linewidth=1.0, linestyle=":", label="as predicted")
    for k, (curve, name) in enumerate(zip(curves, _names(curves), strict=True)):
        colour, dashes = style(k)
        x, y = curve.mean_predicted, curve.observed
        ax.vlines(x, curve.low, curve.high, color=colour, linewidth=1.0, alpha=0.6)
        ax.plot(x, y, color=colour, linestyle=dashes, marker="o", ms=5, label=name)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    frame(
        ax,
        title="Who was likely to leave, and who did",
        x=f"P(no purchase in {table.horizon_days:g} days)",
        y="share of customers who left",
    )
    ax.legend(frameon=False)
    return as_written(ax)


def gain(table: ChurnEvaluation, *names: str, ax: Axes | None = None) -> Axes:
    """Draw which share of those who left is reached with which share of the customers.

    Parameters
    ----------
    table : ChurnEvaluation
        From `customerintel.churn.evaluate`.
    *names : str
        Of estimators or baselines; none: the best estimator and the recency rule.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With what chance and what foresight would reach, and one line per name.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.
    """
    chosen = _chosen(table, names, "gain")
    curves = [table.gain_curve(name) for name in chosen]
    ideal, chance = 100 * curves[0].ideal, (0, 100)
    ax = _draw_shares(ax, curves, [100 * one.reached for one in curves], ideal, chance)
    ax.set_ylim(0, 102)
    frame(
        ax,
        title=f"Who leaves within {table.horizon_days:g} days",
        x="% of customers, the likeliest to leave first",
        y="% of those who left",
    )
    return as_written(ax)


def lift(table: ChurnEvaluation, *names: str, ax: Axes | None = None) -> Axes:
    """Draw how many times more of the first customers left than of all.

    Parameters
    ----------
    table : ChurnEvaluation
        From `customerintel.churn.evaluate`.
    *names : str
        Of estimators or baselines; none: the best estimator and the recency rule.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With what chance and what foresight would give, and one line per name.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.
    """
    chosen = _chosen(table, names, "lift")
    curves = [table.lift_curve(name) for name in chosen]
    ax = _draw_shares(ax, curves, [one.lift for one in curves], curves[0].ideal, (1, 1))
    frame(
        ax,
        title=f"Who leaves within {table.horizon_days:g} days ({table.base_rate:.0%} of all)",
        x="% of customers, the likeliest to leave first",
        y="share who left, over that of all",
    )
    return as_written(ax)


def _draw_shares(
    ax: Axes | None, curves: Sequence[GainCurve | LiftCurve], heights: Sequence[Any], ideal: Any,
    chance: tuple[int, int],
) -> Axes:  # fmt: skip
    """Draw curves over the % of customers, between chance and foresight."""
    ax = axes_for(ax, size=(5.2, 4.8))
    ax.plot(100 * curves[0].fraction, ideal, color=ink(ax), linewidth=1.0, label="foresight")
    ax.plot((0, 100), chance, color=QUIET, linewidth=1.0, linestyle=":", label="chance")
    for k, (curve, y, name) in enumerate(zip(curves, heights, _names(curves), strict=True)):
        colour, dashes = style(k)
        ax.plot(100 * curve.fraction, y, color=colour, linestyle=dashes, label=name)
    ax.set_xlim(0, 100)
    ax.legend(frameon=False)
    return ax


def _names(curves: Sequence[Any]) -> list[str]:
    return [in_legend(name) for name in shorten([curve.estimator for curve in curves], NAME)]


def _chosen(table: Any, names: tuple[Any, ...], what: str) -> list[str]:
    """Return the names that were given, or those that are most worth seeing."""
    if not isinstance(table, ChurnEvaluation):
        raise InvalidArgumentError(
            f"{what} takes a ChurnEvaluation; got {type(table).__name__}. Make one with "
            "customerintel.churn.evaluate(log, …)."
        )
    several = [one for given in names for one in (given if isinstance(given, list) else [given])]
    return several or ([table.best()] if what == "reliability" else [table.best(), "recency rule"])
