"""`reach` and `relevance`: where the core is, beside where people are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.reach_result import Reach
from customerintel.audit.relevance_result import Relevance
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.plot.canvas import MODELS, QUIET, as_written, frame, ink
from customerintel.plot.readable import percent_axis
from customerintel.plot.rows import (
    check_result,
    legend_above,
    listed,
    mark_rows,
    paper,
    row_axes,
    write_rows,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["reach", "relevance"]


def reach(result: Reach, *, top: int = 20, ax: Axes | None = None) -> Axes:
    """Draw the index of each segment: its share of the core over its share of the people.

    Dots are indices, bars their intervals; a hollow dot is a segment that is not covered.
    Segments of too few customers to be told have words in the place of a dot.

    Parameters
    ----------
    result : Reach
        From ``core.reach(…, segment=…)``.
    top : int, default 20
        How many segments: those with most people.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With the segments of the highest index at the top; those that are not covered are named
        below.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the result has no segments.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.plot.place_dots import reach
    >>> library = ci.audit.simulate_library(300, seed=1)
    >>> core = ci.audit.core_customers(library.as_of(), window="365d")
    >>> found = core.reach(
    ...     customers=library.customers, population=library.areas, segment="segment", n_boot=50
    ... )
    >>> reach(found).get_title()
    'Core against population'
    """
    check_result(result, Reach, "reach", "core.reach(…, segment=…)")
    top = whole_number(top, "top", "segments", least=1)
    found = result.segments
    if found is None or not len(found):
        raise InvalidArgumentError(
            "reach draws segments, and this result has none: name their column with "
            "core.reach(…, segment=…), or draw its areas with area_map."
        )
    index, (low, high) = found.figures["index"], found.figures.interval("index")
    most = np.argsort(-np.nan_to_num(found.population, nan=-1.0), kind="stable")[:top]
    rows = most[np.argsort(-np.nan_to_num(index[most], nan=-1.0), kind="stable")]
    y = np.arange(len(rows))
    ax = row_axes(ax, len(rows) + 3)
    ax.axvline(100.0, color=QUIET, linewidth=1.0, linestyle=":")
    ax.hlines(y, low[rows], high[rows], color=MODELS[0], linewidth=1.8)
    filled = found.covered[rows] == 1
    for part, face in ((filled, MODELS[0]), (~filled, paper(ax))):
        ax.plot(
            index[rows][part], y[part], "o", ms=6, color=MODELS[0], markerfacecolor=face,
            clip_on=False,
        )  # fmt: skip
    write_rows(ax, [found.names[k] for k in rows])
    empty = ("too few" if found.suppressed[k] else "no people" for k in rows)
    mark_rows(ax, [(k, why) for k, why in enumerate(empty) if np.isnan(index[rows[k]])])
    frame(ax, title=_against(result), x=_below(result, len(rows)), y="")
    _whole_numbers(ax)
    return as_written(ax)


def _against(result: Reach) -> str:
    return f"Core against {'population' if np.isfinite(result.population) else 'all customers'}"


def _below(result: Reach, shown: int) -> str:
    """Return what the axis counts, and what cannot be seen above it."""
    other = "the population" if np.isfinite(result.population) else "all customers"
    lines = [f"index (100: as in {other})"]
    if shown < len(result.segment):
        lines.append(f"the {shown} largest of {len(result.segment)} segments")
    if result.uncovered:
        lines.append(listed("not covered", result.uncovered))
    return "\n".join(lines)


def _whole_numbers(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(left=0.0)
    if ax.get_xlim()[1] < 120.0:
        ax.set_xlim(right=120.0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def relevance(result: Relevance, *, top: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of each segment in the core beside that in the population.

    Parameters
    ----------
    result : Relevance
        From ``core.relevance(…)``.
    top : int, optional
        How many segments: the first by the larger of the two shares. None: the `top` of the
        result.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With a full dot for the core and a hollow one for the population (for all customers,
        where the result was made without one). A segment of too few core customers to be told
        has the second alone.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the result has no segments.
    MissingDependencyError
        If matplotlib is not installed.
    """
    check_result(result, Relevance, "relevance", "core.relevance(…, segment=…)")
    count = whole_number(result.top if top is None else top, "top", "segments", least=1)
    core, people = result.share_of_core, result.share_of_population
    if not len(core):
        raise InvalidArgumentError("relevance draws segments, and this result has none.")
    larger = np.fmax(np.nan_to_num(core, nan=-1.0), np.nan_to_num(people, nan=-1.0))
    rows = np.argsort(-larger, kind="stable")[:count]
    y, core, people = np.arange(len(rows)), core[rows], people[rows]
    ax = row_axes(ax, len(rows))
    ax.hlines(y, core, people, color=QUIET, linewidth=2.2, alpha=0.6)
    ax.plot(
        people, y, "D", ms=6, color=ink(ax), markerfacecolor=paper(ax), label="of the population"
    )
    ax.plot(core, y, "o", ms=7, color=MODELS[0], clip_on=False, label="of the core")
    write_rows(ax, [result.segment[k] for k in rows])
    _mark_unknown(ax, core, people)
    alike = result.alignment
    title = "Segments of core and population"
    below = "share" if np.isnan(alike) else f"share ({alike:.0%} of both mixes is the same)"
    frame(ax, title=title, x=below, y="")
    ax.set_xlim(left=0.0)
    percent_axis(ax.xaxis)
    handles = ax.get_legend_handles_labels()[0][::-1]
    legend_above(ax, title, handles=handles)
    return as_written(ax)


def _mark_unknown(ax: Axes, core: np.ndarray, people: np.ndarray) -> None:
    """Say of a row without a dot of the core why it has none."""
    for row, (own, other) in enumerate(zip(core, people, strict=True)):
        if not np.isnan(own):
            continue
        if np.isnan(other):
            mark_rows(ax, [(row, "too few")])
        else:
            ax.annotate(
                "core: too few", (other, row), (9, 0), textcoords="offset points", va="center",
                color=QUIET, style="italic",
            )  # fmt: skip
