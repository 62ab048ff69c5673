"""`rfm_map`: customers by how lately and how often they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import as_written, axes_for, frame
from customerintel.rfm import RFMScores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check_scores", "rfm_map"]


def check_scores(scores: Any, caller: str) -> RFMScores:
    """Return the scores.

    Raises
    ------
    InvalidArgumentError
        If it is something else, or nobody is scored.
    """
    if not isinstance(scores, RFMScores):
        raise InvalidArgumentError(
            f"{caller} takes RFMScores; got {type(scores).__name__}. Make them with score_rfm(…)."
        )
    if not len(scores):
        raise InvalidArgumentError(f"{caller}: nobody is scored, so there is nothing to draw.")
    return scores


def rfm_map(scores: RFMScores, *, ax: Axes | None = None) -> Axes:
    """Draw the customers as a map: recency scores upwards, frequency scores to the right.

    Parameters
    ----------
    scores : RFMScores
        From `score_rfm`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Each cell holds its number of customers; the best are at the top right.

    Raises
    ------
    InvalidArgumentError
        If `scores` is something else, or nobody is scored.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.NBD.from_params({"r": 0.8, "alpha": 60.0}, unit="day")
    >>> log = truth.simulate(300, T=400.0, seed=1)
    >>> from customerintel.plot.maps import rfm_map
    >>> ax = rfm_map(ci.score_rfm(log, as_of="2001-02-04"))
    >>> ax.get_xlabel()
    'frequency score'
    """
    scores = check_scores(scores, "rfm_map")
    ax = axes_for(ax, size=(6.0, 4.8))
    down, across = scores.bins[:2]
    grid = np.zeros((down, across))
    np.add.at(grid, (scores.recency_score - 1, scores.frequency_score - 1), 1.0)
    edges = np.arange(across + 1) + 0.5, np.arange(down + 1) + 0.5
    image = ax.pcolormesh(*edges, grid, cmap="viridis", edgecolors="white", linewidth=1.0)
    ax.figure.colorbar(image, ax=ax, label="customers")
    most = grid.max()
    for (row, column), n in np.ndenumerate(grid):
        # viridis is bright above the middle
        colour = "black" if n > 0.6 * most else "white"
        ax.text(column + 1, row + 1, f"{n:,.0f}", ha="center", va="center", color=colour)
    ax.set_xticks(range(1, across + 1))
    ax.set_yticks(range(1, down + 1))
    frame(ax, title="Customers by score", x="frequency score", y="recency score")
    return as_written(ax)
