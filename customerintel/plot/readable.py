"""What keeps small pictures readable: short numbers, labels that fit, shades below text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.canvas import MODELS, QUIET, _pyplot, ink, make_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "HATCH",
    "MINUS",
    "SHADE",
    "hatch_cells",
    "in_two_lines",
    "legend_on_top",
    "number_axis",
    "percent",
    "percent_axis",
    "period_ticks",
    "shaded_cells",
    "short_number",
    "short_periods",
    "stacked_axes",
    "whole_axis",
    "width_of",
]  # fmt: skip

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Opacity at which text in the colour of texts can still be read on every colour, in light and in
#: dark styles.
SHADE = 0.65
MINUS = "\N{MINUS SIGN}"
#: What a cell is hatched with whose period is not over.
HATCH = "////"
#: Rows and columns of which every cell can be labelled.
LABELLED = 14
#: Points: text below this is no longer text, and text above it is larger than is needed.
SMALLEST, LARGEST = 6.5, 9.5
#: Width of a digit, in sizes of the font.
DIGIT = 0.64


def short_number(number: float) -> str:
    """Write a number in few letters: 1,234 is "1.2k"."""
    for scale, letter in ((1e12, "T"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= 0.9995 * scale:
            return f"{number / scale:,.3g}{letter}".replace("-", MINUS)
    return f"{number:,.3g}".replace("-", MINUS)


def percent(share: float) -> str:
    """Write a share as a percentage of as many digits as it needs."""
    return f"{100.0 * share:.3g} %".replace("-", MINUS)


def number_axis(axis: Any, *, most: int = 5) -> None:
    """Write numbers of an axis in few letters."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: short_number(x)))


def percent_axis(axis: Any, *, most: int = 5) -> None:
    """Write shares of an axis as per cent."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: percent(x)))


def whole_axis(axis: Any, *, most: int = 8) -> None:
    """Put ticks of an axis at whole numbers."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))


def short_periods(labels: Sequence[str]) -> tuple[list[str], str]:
    """Return labels of periods without what all of them share, and the name of their axis."""
    if labels and all(one.startswith("to ") for one in labels if one != "earlier"):
        return [one.removeprefix("to ") for one in labels], "period up to"
    return list(labels), "period"


def in_two_lines(label: str) -> str:
    """Break the label of a period that has both of its days."""
    return label.replace(" to ", "\nto ")


def width_of(ax: Axes) -> float:
    """Return about how many points Axes are wide."""
    figure = ax.figure
    return 72.0 * float(ax.bbox.width) / float(figure.dpi if figure is not None else 100.0)


def _tick_size() -> float:
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=mpl.rcParams["xtick.labelsize"]).get_size_in_points())


def period_ticks(ax: Axes, labels: Sequence[str]) -> None:
    """Label places 0, 1, … of the horizontal axis, as many as there is room for."""
    each = _tick_size() * DIGIT * (max(map(len, labels)) + 1.5)
    step = max(1, int(np.ceil(len(labels) * each / width_of(ax))))
    # from the latest back, which matters most
    shown = range(len(labels) - 1, -1, -step)[::-1]
    ax.set_xticks(list(shown), [labels[k] for k in shown])


def legend_on_top(ax: Axes) -> None:
    """Put the legend within the Axes, above all that is drawn, with room of its own."""
    handles, labels = ax.get_legend_handles_labels()
    each = LARGEST * DIGIT * (max(map(len, labels)) + 4.5)
    columns = max(1, min(3, len(labels), int(width_of(ax) / each)))
    rows = -(-len(labels) // columns)
    low, high = ax.get_ylim()
    tall = width_of(ax) * float(ax.bbox.height / ax.bbox.width)
    room = min(0.55, (1.45 * LARGEST * rows + 4.0) / tall)
    ax.set_ylim(top=low + high / (1.0 - room) - low / (1.0 - room))
    ax.legend(
        handles, labels, frameon=False, loc="upper left", ncols=columns, fontsize=LARGEST,
        columnspacing=1.0, handlelength=1.8, handletextpad=0.5, labelspacing=0.3,
        borderaxespad=0.2,
    )  # fmt: skip


def stacked_axes(
    ax: Any, count: int, *, size: tuple[float, float], heights: Sequence[float] | None = None
) -> list[Axes]:
    """Return `count` Axes: those that a caller gave, or new ones below each other.

    Raises
    ------
    InvalidArgumentError
        If `ax` is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    if ax is not None:
        return make_axes(ax, count, size=size)
    made = _pyplot().subplots(
        count, 1, figsize=size, layout="constrained", height_ratios=heights, squeeze=False
    )[1]
    return list(made[:, 0])


def shaded_cells(
    ax: Axes, values: Floats, texts: Sequence[Sequence[str]], *, legend: str,
    limits: tuple[float, float] | None = None,
) -> bool:  # fmt: skip
    """Draw a table as shades of one colour, with texts in the cells if they fit.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : ndarray of float64, shape (rows, columns)
        NaN: no cell.
    texts : sequence of sequences of str
        One per cell.
    legend : str
        Name of the values, for the colour bar that tables without texts have.
    limits : pair of float, optional
        What is palest and strongest.

    Returns
    -------
    bool
        Whether texts have been written.
    """
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    ends = [to_rgba(MODELS[0], 0.04), to_rgba(MODELS[0], SHADE)]
    shades = LinearSegmentedColormap.from_list("shades", ends)
    shown = np.ma.masked_invalid(values)
    low, high = limits or (min(0.0, float(shown.min())), float(shown.max()))
    mesh = ax.pcolormesh(
        shown, cmap=shades, vmin=low, vmax=high if high > low else low + 1.0,
        rasterized=values.size > 10_000,
    )  # fmt: skip
    ax.set_ylim(values.shape[0], 0)
    ax.spines[["top", "right", "left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    size = _text_size(ax, values, texts)
    if size >= SMALLEST:
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value) and texts[row][column]:
                ax.text(
                    column + 0.5, row + 0.5, texts[row][column], ha="center", va="center",
                    color=ink(ax), size=size,
                )  # fmt: skip
        return True
    bar = ax.figure.colorbar(mesh, ax=ax, label=legend)
    bar.outline.set_visible(False)
    (percent_axis if "share" in legend else number_axis)(bar.ax.yaxis)
    return False


def _text_size(ax: Axes, values: Floats, texts: Sequence[Sequence[str]]) -> float:
    """Return the size of texts that fit into the cells; 0 where there are too many."""
    rows, columns = values.shape
    if max(rows, columns) > LABELLED:
        return 0.0
    longest = max((len(one) for row in texts for one in row), default=0)
    fits = width_of(ax) / columns / (DIGIT * (longest + 0.6))
    return float(min(LARGEST, fits))


def hatch_cells(ax: Axes, cells: Mask) -> None:
    """Hatch cells of a table, one unit wide and high each."""
    if not cells.any():
        return
    from matplotlib.collections import PolyCollection

    row, column = np.nonzero(cells)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    squares = np.column_stack([column, row])[:, None, :] + corners
    ax.add_collection(
        PolyCollection(list(squares), facecolor="none", edgecolor=QUIET, hatch=HATCH, linewidth=0.0)
    )
