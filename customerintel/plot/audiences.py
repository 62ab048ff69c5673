"""`audience_gain` and `fairness`: whom a look-alike audience finds, and whom it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.audience_fairness import FOUR_FIFTHS, Fairness, GroupRates
from customerintel.lookalike.evaluation import Evaluation
from customerintel.plot.canvas import MODELS, QUIET, as_written, axes_for, frame, in_legend, style
from customerintel.plot.readable import percent_axis
from customerintel.plot.rows import (
    check_result,
    legend_above,
    mark_rows,
    row_axes,
    shorten,
    write_rows,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["audience_gain", "fairness"]


def audience_gain(evaluation: Evaluation, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the later seeds is found with which share of the prospects.

    Parameters
    ----------
    evaluation : Evaluation
        From ``model.evaluate(…)`` of a look-alike model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With what chance would find, and one curve for the model, the best single trait and each
        baseline. Bars are the intervals of the model at the shares of the evaluation.

    Raises
    ------
    InvalidArgumentError
        If no held-out seed is among the prospects, or `evaluation` is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    check_result(evaluation, Evaluation, "audience_gain", "model.evaluate(holdout_seeds, …)")
    if not evaluation.n_holdout:
        raise InvalidArgumentError(
            "audience_gain needs held-out seeds among the prospects, and this evaluation has none."
        )
    ax = axes_for(ax, size=(5.6, 4.8))
    ax.plot((0.0, 1.0), (0.0, 1.0), color=QUIET, linewidth=1.0, linestyle=":", label="chance")
    labels = shorten(
        [f"{evaluation.best_trait} alone" if name == "best trait" else name
         for name in evaluation.gains], 18,
    )  # fmt: skip
    for place, (name, label) in enumerate(zip(evaluation.gains, labels, strict=True)):
        colour, dashes = style(place)
        x, y = evaluation.curve(name)
        ax.plot(
            x, y, color=colour, linestyle=dashes, label=in_legend(label),
            zorder=3.0 - place / 10, linewidth=2.2 if name == "model" else 1.5,
        )  # fmt: skip
    shares = np.array(evaluation.shares)
    ends = np.array([evaluation.interval("recall", share) for share in evaluation.shares])
    ax.vlines(shares, ends[:, 0], ends[:, 1], color=MODELS[0], linewidth=1.8, zorder=4)
    recalls = [evaluation.recall(share) for share in evaluation.shares]
    ax.plot(shares, recalls, "o", ms=5, color=MODELS[0], zorder=4)
    title = "Later seeds among the first prospects"
    frame(ax, title=title, x="share of the prospects, most alike first", y="share of the seeds")
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.03)
    percent_axis(ax.xaxis)
    percent_axis(ax.yaxis)
    legend_above(ax, title, letters=50)
    return as_written(ax)


def fairness(
    fairness: Fairness, attribute: str | None = None, *, ax: Axes | None = None
) -> Axes:  # fmt: skip
    """Draw how often each group is selected, over the group that is selected most often.

    Parameters
    ----------
    fairness : Fairness
        From ``model.fairness(…)`` of a look-alike model.
    attribute : str, optional
        Which; None: all, one below the other.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one row per group, its ratio and the interval (none for the group that the others
        are compared with), and a line at four fifths: groups below it have another colour and
        shape. Groups of too few people to be told have words in the place of a dot.

    Raises
    ------
    InvalidArgumentError
        If there is no such attribute, or `fairness` is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    check_result(fairness, Fairness, "fairness", "model.fairness(prospects, attributes=…)")
    names = [*fairness.groups] if attribute is None else [attribute]
    if not names or any(name not in fairness.groups for name in names):
        known = ", ".join(map(repr, fairness.groups)) or "none"
        raise InvalidArgumentError(
            f"attribute must be one of those that were audited, {known}; got {attribute!r}."
        )
    several = len(names) > 1
    parts = [fairness.groups[name] for name in names]
    ax = row_axes(ax, sum(len(one.group) + several for one in parts))
    ax.axvline(1.0, color=QUIET, linewidth=1.0, linestyle=":")
    ax.axvline(FOUR_FIFTHS, color=MODELS[4], linewidth=1.2, linestyle="--", label="four fifths")
    labels: list[str] = []
    for name, part in zip(names, parts, strict=True):
        if several:
            labels.append(name)
        _draw_groups(ax, part, len(labels))
        labels += part.group
    write_rows(ax, labels)
    if several:
        _embolden(ax, parts)
    title = f"Selected, by {shorten(names[:1])[0]}" if not several else "Who is selected"
    frame(ax, title=title, x="selection rate over the highest", y="")
    ax.set_xlim(left=0.0, right=max(1.1, ax.get_xlim()[1]))
    _legend(ax, parts, title)
    return as_written(ax)


def _draw_groups(ax: Axes, part: GroupRates, first: int) -> None:
    """Draw the groups of an attribute from a row on."""
    y = first + np.arange(len(part.group))
    below = part.below_four_fifths
    for place, marker, chosen in ((0, "o", ~below), (4, "v", below)):
        ax.hlines(
            y[chosen], part.ratio_lower[chosen], part.ratio_upper[chosen], color=MODELS[place],
            linewidth=1.8,
        )  # fmt: skip
        ax.plot(part.ratio[chosen], y[chosen], marker, ms=6.5, color=MODELS[place], clip_on=False)
    unknown = np.flatnonzero(np.isnan(part.ratio)).tolist()
    words = {True: "too few", False: "nobody selected"}
    mark_rows(ax, [(first + k, words[bool(part.suppressed[k])]) for k in unknown])


def _embolden(ax: Axes, parts: list[GroupRates]) -> None:
    """Set the names of attributes apart from those of their groups."""
    ticks, row = ax.get_yticklabels(), 0
    for part in parts:
        ticks[row].set_fontweight("bold")
        row += 1 + len(part.group)


def _legend(ax: Axes, parts: list[GroupRates], title: str) -> None:
    from matplotlib.lines import Line2D

    handles = ax.get_legend_handles_labels()[0]
    if any(part.below_four_fifths.any() for part in parts):
        below = Line2D([], [], marker="v", color=MODELS[4], linestyle="", ms=6.5, label="below it")
        handles = [*handles, below]
    legend_above(ax, title, handles=handles)
