"""`segments`: how many customers each segment has, and what they spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import MODELS, as_written, axes_for, frame
from customerintel.plot.maps import check_scores
from customerintel.plot.rows import shorten
from customerintel.rfm import RFMScores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["segments"]

#: Letters of a scheme in the title.
TITLE = 40


def segments(scores: RFMScores, *, ax: Axes | None = None) -> Axes:
    """Draw the share of the customers, and of their net spend, that each segment has.

    Parameters
    ----------
    scores : RFMScores
        From `score_rfm`, with a scheme.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        One row per segment in the order of the scheme, the first on top. Without amounts, or
        where net spend is not positive in total, there are customers only.

    Raises
    ------
    InvalidArgumentError
        If `scores` is something else, has no scheme, or nobody is scored.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.NBD.from_params({"r": 0.8, "alpha": 60.0}, unit="day")
    >>> log = truth.simulate(300, T=400.0, seed=1)
    >>> from customerintel.plot.segment_bars import segments
    >>> ax = segments(ci.score_rfm(log, as_of="2001-02-04"))
    >>> ax.get_yticklabels()[0].get_text()
    'Champions'
    """
    scores = check_scores(scores, "segments")
    if scores.scheme is None:
        raise InvalidArgumentError(
            "segments draws named segments, and these scores have no scheme. Give score_rfm one, "
            "or use bins=5."
        )
    ax = axes_for(ax, size=(7.2, 4.8))
    names = scores.scheme.segments
    places = np.arange(len(names))
    heads = np.bincount(scores.segment_code, minlength=len(names)) / len(scores)
    parts = [("customers", heads)]
    if scores.total_amount is not None:
        # shares are those of the largest, whose sum cannot overflow
        most = float(np.abs(scores.total_amount).max()) or 1.0
        spend = np.bincount(scores.segment_code, scores.total_amount / most, len(names))
        if spend.sum() > 0:
            parts.append(("net spend", spend / spend.sum()))
    size = 0.8 / len(parts)
    for k, (name, share) in enumerate(parts):
        at = places + (k - (len(parts) - 1) / 2) * size
        ax.barh(at, 100.0 * share, size, color=MODELS[k], label=name)
    ax.set_yticks(places.tolist(), shorten(names))
    ax.invert_yaxis()
    if len(parts) > 1:
        ax.legend(frameon=False)
    frame(ax, title=f"Segments, {shorten([str(scores.scheme)], TITLE)[0]}", x="share, %", y="")
    return as_written(ax)
