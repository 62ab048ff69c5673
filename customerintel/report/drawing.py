"""The few kinds of drawing that the sections share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.readable import short_number
from customerintel.report.svg_theme import (
    COLOURS,
    GRID,
    HEAT,
    HEAT_INK,
    INK,
    MUTED,
    PAPER,
    NothingToDraw,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "columns", "curves", "format_axis", "heat", "in_heat", "plain_axes", "rows_of_bars",
    "tick_labels",
]  # fmt: skip

Floats = NDArray[np.float64]
#: Letters that fit below each other's columns, and between the columns of a legend.
LETTERS, LEGEND = 44, 42


def plain_axes(figure: Figure, *, grid: str | None = "y") -> Axes:
    """Return Axes without a frame."""
    ax = figure.add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.spines["left" if grid == "y" else "bottom"].set_visible(False)
        ax.grid(axis=grid, color=GRID)  # type: ignore[arg-type]
        ax.set_axisbelow(True)
    ax.tick_params(length=0)
    return ax


def format_axis(axis: Any, kind: str) -> None:
    """Write the numbers of an axis as the page does: "count", "money" or "percent"."""
    write: dict[str, Callable[[float], str]] = {
        "count": short_number,
        "money": short_number,
        "percent": lambda x: f"{100 * x:.0f} %".replace("-", "\u2212"),
    }
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    whole = kind == "count"
    steps = [1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10]
    axis.set_major_locator(MaxNLocator(5, integer=whole, steps=steps))
    axis.set_major_formatter(FuncFormatter(lambda x, _: write[kind](x)))


def tick_labels(ax: Axes, labels: Sequence[str], *, at: Floats | None = None) -> None:
    """Label places of the horizontal axis, as many as fit."""
    if not labels:
        ax.set_xticks([])
        return
    most = max(2, LETTERS // (2 + max(map(len, labels), default=1)))
    step = max(1, -(-len(labels) // most))
    shown = range(len(labels) - 1, -1, -step)[::-1]
    places = np.arange(len(labels), dtype=np.float64) if at is None else at
    ax.set_xticks([float(places[k]) for k in shown], [labels[k] for k in shown])


def columns(
    labels: Sequence[str], values: Floats, *, kind: str, colour: str = COLOURS[0],
    faint: NDArray[np.bool_] | None = None,
) -> Callable[[Figure], None]:  # fmt: skip
    """Return what draws one column per period; partial ones are faint."""

    def paint(figure: Figure) -> None:
        if not np.nan_to_num(values).any():
            raise NothingToDraw
        ax = plain_axes(figure)
        places = np.arange(len(values), dtype=np.float64)
        light = np.zeros(len(values), bool) if faint is None else faint
        for chosen, alpha in ((~light, 1.0), (light, 0.45)):
            ax.bar(places[chosen], values[chosen], width=0.78, color=colour, alpha=alpha)
        format_axis(ax.yaxis, kind)
        tick_labels(ax, labels)
        ax.set_xlim(-0.6, len(values) - 0.4)

    return paint


def rows_of_bars(
    labels: Sequence[str], values: Floats, texts: Sequence[str], *,
    second: Floats | None = None, names: tuple[str, str] = ("", ""),
) -> Callable[[Figure], None]:  # fmt: skip
    """Return what draws one bar per row, first row on top, with its text behind it."""

    def paint(figure: Figure) -> None:
        ax = plain_axes(figure, grid=None)
        ax.spines[["bottom", "left"]].set_visible(False)
        places = np.arange(len(values), dtype=np.float64)
        shift, size = (0.0, 0.66) if second is None else (0.2, 0.36)
        ax.barh(places - shift, np.nan_to_num(values), size, color=COLOURS[0], label=names[0])
        ends = np.nan_to_num(values)
        if second is not None:
            ax.barh(places + shift, np.nan_to_num(second), size, color=COLOURS[1], label=names[1])
            ends = np.fmax(ends, np.nan_to_num(second))
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
        most = max(float(ends.max(initial=0.0)), 1e-12)
        for place, (end, text) in enumerate(zip(ends, texts, strict=True)):
            ax.text(max(end, 0.0) + 0.015 * most, place, text, va="center", color=INK, size=9.5)
        longest = max(map(len, texts), default=0)
        ax.set_xlim(min(0.0, float(ends.min(initial=0.0))), most * (1.08 + 0.022 * longest))
        ax.set_ylim(len(values) - 0.4, -0.6)
        ax.set_xticks([])
        ax.set_yticks(places.tolist(), labels, color=INK)

    return paint


def curves(
    x: Floats, lines: Sequence[tuple[str, Floats]], *, kind: str, xlabel: str = "",
    labels: Sequence[str] | None = None, bottom: float | None = 0.0, top: float | None = None,
) -> Callable[[Figure], None]:  # fmt: skip
    """Return what draws lines, told apart by colour and dashes."""

    def paint(figure: Figure) -> None:
        from customerintel.plot.canvas import style

        if not any(np.isfinite(y).any() for _, y in lines):
            raise NothingToDraw
        ax = plain_axes(figure)
        for place, (name, y) in enumerate(lines):
            colour, dashes = style(place)
            # a single point makes no line
            marker = "o" if np.count_nonzero(np.isfinite(y)) == 1 else None
            ax.plot(x, y, color=colour, linestyle=dashes, marker=marker, label=name)
        format_axis(ax.yaxis, kind)
        ax.margins(y=0.1)
        ax.set_ylim(bottom=bottom, top=top)
        if labels is not None:
            tick_labels(ax, labels, at=x)
        else:
            from matplotlib.ticker import MaxNLocator

            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        ax.set_xlabel(xlabel)
        if len(lines) > 1:
            _legend(ax, [name for name, _ in lines])

    return paint


def _legend(ax: Axes, names: Sequence[str]) -> None:
    """Put the legend above the picture, in as many columns as there is room for."""
    fit = LEGEND // (5 + max(map(len, names)))
    ax.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=max(1, min(3, fit)),
        borderaxespad=0.3, columnspacing=1.0, handlelength=1.6, handletextpad=0.5,
    )  # fmt: skip


def in_heat(values: Floats, *, most: float | None = None) -> NDArray[np.int64]:
    """Return each value's place among the shades; -1 where there is none."""
    finite = values[np.isfinite(values)]
    top = most if most is not None else float(finite.max(initial=0.0))
    scaled = np.nan_to_num(values) / (top if top > 0 else 1.0)
    places = np.clip(scaled * len(HEAT), 0, len(HEAT) - 1).astype(np.int64)
    return np.where(np.isfinite(values), places, -1)


def heat(
    values: Floats, texts: Sequence[Sequence[str]], *, down: Sequence[str], across: Sequence[str],
    xlabel: str = "", ylabel: str = "", size: float = 9.0, most: float | None = None,
) -> Callable[[Figure], None]:  # fmt: skip
    """Return what draws a table of shades, each cell with its text."""

    def paint(figure: Figure) -> None:
        from matplotlib.patches import Rectangle

        ax = plain_axes(figure, grid=None)
        ax.spines[["bottom", "left"]].set_visible(False)
        shades = in_heat(values, most=most)
        for (row, column), shade in np.ndenumerate(shades):
            if shade < 0:
                continue
            ax.add_patch(
                Rectangle((column, row), 1, 1, facecolor=HEAT[shade], edgecolor=PAPER, lw=1.2)
            )
            ax.text(
                column + 0.5, row + 0.5, texts[row][column], ha="center", va="center",
                color=HEAT_INK[shade], size=size,
            )  # fmt: skip
        ax.set_xlim(0, values.shape[1])
        ax.set_ylim(values.shape[0], 0)
        ax.set_xticks(np.arange(len(across)) + 0.5, across)
        ax.set_yticks(np.arange(len(down)) + 0.5, down)
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.xaxis.set_label_position("bottom")
        ax.tick_params(colors=MUTED)

    return paint
