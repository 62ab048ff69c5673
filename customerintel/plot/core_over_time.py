"""`persistence` and `format_mix`: how the core holds, and how it buys, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.resilience_result import Resilience
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import MODELS, QUIET, as_written, axes_for, frame, in_legend, ink
from customerintel.plot.readable import percent_axis
from customerintel.plot.rows import (
    check_result,
    legend_above,
    paper,
    row_axes,
    shorten,
    write_rows,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from customerintel.audit.format_mix import FormatMix

__all__ = ["format_mix", "persistence"]

Floats = NDArray[np.float64]

_MADE = "core.resilience(log, …)"
#: What is compared, and what a row is called.
_FIGURES: Final = {
    "persistence": "core again",
    "still_active": "bought again",
    "revenue_retention": "spend kept",
}
#: Formats that are told apart, and labels of periods that fit side by side.
_FORMATS, _LABELS = 6, 8


def persistence(resilience: Resilience, *, ax: Axes | None = None) -> Axes:
    """Draw what became of the earlier period's core, beside what would have if nobody changed.

    A core is chosen for a good period, so that some of it would be gone in the next even if
    nobody changed: only what is left or right of the hollow dot is change.

    Parameters
    ----------
    resilience : Resilience
        From ``core.resilience(log, …)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one row per figure (core again, bought again, spend kept where the log has amounts):
        above, what happened; below, what is expected; both with their intervals.

    Raises
    ------
    InvalidArgumentError
        If there are not two whole periods, or an argument is something else.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.plot.core_over_time import persistence
    >>> library = ci.audit.simulate_library(200, years=2, seed=1)
    >>> core = ci.audit.core_customers(library.as_of(), window="365d")
    >>> ax = persistence(core.resilience(library.log, period="year"))
    >>> [one.get_text() for one in ax.get_yticklabels()]
    ['core again', 'bought again']
    """
    check_result(resilience, Resilience, "persistence", _MADE)
    rows = [name for name in _FIGURES if np.isfinite(resilience.figure(name))]
    if resilience.compared is None or not rows:
        raise InvalidArgumentError(
            "persistence compares two whole periods, and this result has none to compare: ask "
            "core.resilience for a shorter period, such as period='quarter'."
        )
    ax = row_axes(ax, 2 * len(rows))
    ways = (
        ("", "observed", "observed", "o", -0.13, MODELS[0], MODELS[0]),
        ("expected_", "expected", "if nobody had changed", "D", 0.13, ink(ax), paper(ax)),
    )
    for before, way, label, marker, shift, colour, face in ways:
        y = np.arange(len(rows)) + shift
        ends = np.array([resilience.interval(f"{before}{name}") for name in rows])
        values = [resilience.figure(name, way) for name in rows]
        ax.hlines(y, ends[:, 0], ends[:, 1], color=colour, linewidth=1.8)
        ax.plot(values, y, marker, ms=6.5, color=colour, markerfacecolor=face, label=label)
    write_rows(ax, [_FIGURES[name] for name in rows])
    title = "The core, one period later"
    frame(ax, title=title, x=_difference(resilience), y="")
    ax.margins(x=0.1)
    percent_axis(ax.xaxis)
    legend_above(ax, title)
    return as_written(ax)


def _difference(resilience: Resilience) -> str:
    """Return which periods are compared, and by how much the first row differs."""
    before, after = resilience.compared or ("", "")
    text = f"{before.removeprefix('to ')} → {after.removeprefix('to ')}"
    excess, (low, high) = resilience.excess_persistence, resilience.interval("excess_persistence")
    if not np.isfinite(excess):
        return text
    said = f"core again, less expected: {100 * excess:+.1f} points"
    if np.isfinite(low + high):
        said += f"\n({100 * low:+.1f} to {100 * high:+.1f})"
    return f"{text}\n{said.replace('-', chr(0x2212))}"


def format_mix(resilience: Resilience, *, ax: Axes | None = None) -> Axes:
    """Draw in which formats the core bought, period by period.

    Parameters
    ----------
    resilience : Resilience
        From ``core.resilience(log, …, formats=…)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one stack per complete period: shares of the purchases of the period's core, formats
        in the order of the result. Of more than six, the smallest are drawn as one.

    Raises
    ------
    InvalidArgumentError
        If the result has no formats, or no complete period, or is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    check_result(resilience, Resilience, "format_mix", _MADE)
    mix = resilience.format_mix
    if mix is None:
        raise InvalidArgumentError(
            "format_mix draws formats, and this result has none: name their column with "
            "core.resilience(log, formats=…)."
        )
    if not len(mix.labels) or not np.isfinite(mix.mix).any():
        raise InvalidArgumentError(
            "format_mix needs a complete period with purchases of a format, and there is none: "
            "ask core.resilience for a shorter period."
        )
    ax = axes_for(ax)
    x, base = np.arange(len(mix.labels)), np.zeros(len(mix.labels))
    for place, (name, shares) in enumerate(_parts(mix)):
        colour = QUIET if place == _FORMATS else MODELS[place]
        ax.bar(
            x, shares, 0.72, bottom=base, color=colour, edgecolor=paper(ax), linewidth=0.8,
            label=in_legend(name),
        )  # fmt: skip
        base = base + shares
    title = "How the core buys"
    ends = all(label.startswith("to ") for label in mix.labels)
    frame(ax, title=title, x="period to" if ends else "period", y="share of purchases")
    _label_periods(ax, [label.removeprefix("to ") for label in mix.labels])
    ax.set_ylim(0.0, 1.0)
    percent_axis(ax.yaxis)
    legend_above(ax, title)
    return as_written(ax)


def _parts(mix: FormatMix) -> list[tuple[str, Floats]]:
    """Return names and shares, those of many small formats as one."""
    shares = np.nan_to_num(mix.mix)
    names = shorten(mix.formats)
    if len(names) <= _FORMATS:
        return list(zip(names, shares.T, strict=True))
    kept = np.sort(np.argsort(-shares.sum(axis=0), kind="stable")[:_FORMATS])
    rest = np.delete(shares, kept, axis=1)
    made = [(names[k], shares[:, k]) for k in kept]
    return [*made, (f"{rest.shape[1]} others", rest.sum(axis=1))]


def _label_periods(ax: Axes, labels: list[str]) -> None:
    """Write labels of periods, every second or third where they would run into each other."""
    width = max(map(len, labels))
    fit = max(2, min(_LABELS, 44 // (width + 2)))
    step = -(-len(labels) // fit)
    # the latest period is always named
    places = np.arange(len(labels))[::-1][::step][::-1]
    ax.set_xticks(places, [labels[k] for k in places])
    ax.set_xlim(-0.6, len(labels) - 0.4)
