"""What all pictures share: the Axes they are drawn into, colours, and names of models."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "MODELS",
    "QUIET",
    "as_written",
    "axes_for",
    "date_axis",
    "frame",
    "in_legend",
    "ink",
    "make_axes",
    "style",
]

#: What models say: apart from each other for the colour-blind, too (Okabe and Ito 2008). What
#: happened has the colour of the text, and lines differ by their dashes besides.
MODELS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
#: Dashes of lines, in the order of the colours.
DASHES = ("solid", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1, 1.5)))
QUIET = "#7b8794"
#: Of no width: before names that a legend would leave out.
GUARD = "\N{ZERO WIDTH SPACE}"


def _pyplot() -> ModuleType:
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise MissingDependencyError(
            'Pictures need matplotlib: pip install "customerintel[plot]".'
        ) from error
    return plt


def axes_for(ax: Any, *, size: tuple[float, float] = (7.2, 4.2)) -> Axes:
    """Return the Axes that a caller gave, or those of a new figure.

    Raises
    ------
    InvalidArgumentError
        If `ax` is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    return make_axes(ax, 1, size=size)[0]


def make_axes(ax: Any, count: int, *, size: tuple[float, float]) -> list[Axes]:
    """Return `count` Axes: those that a caller gave, or new ones side by side.

    Raises
    ------
    InvalidArgumentError
        If `ax` is something else.
    MissingDependencyError
        If matplotlib is not installed.
    """
    pyplot = _pyplot()
    from matplotlib.axes import Axes

    if ax is None:
        made = pyplot.subplots(1, count, figsize=size, layout="constrained", squeeze=False)[1]
        return list(made[0])
    given = [ax] if isinstance(ax, Axes) else list(ax) if _is_several(ax) else []
    if len(given) != count or not all(isinstance(one, Axes) for one in given):
        wanted = "a matplotlib Axes" if count == 1 else f"{count} matplotlib Axes"
        got = f"{len(given)} things" if _is_several(ax) else type(ax).__name__
        raise InvalidArgumentError(
            f"ax must be {wanted}, such as from matplotlib.pyplot.subplots(1, {count}); got {got}."
        )
    return given


def _is_several(ax: Any) -> bool:
    return isinstance(ax, list | tuple) or getattr(ax, "ndim", 0) == 1


def style(place: int) -> tuple[str, Any]:
    """Return colour and dashes of the model at a place of the legend."""
    return MODELS[place % len(MODELS)], DASHES[place % len(DASHES)]


def ink(ax: Axes) -> Any:
    """Return the colour of texts, which is seen in light and dark styles alike."""
    return ax.title.get_color()


def frame(ax: Axes, *, title: str, x: str, y: str) -> None:
    """Write the title and the labels, and take away what says nothing."""
    ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.spines[["top", "right"]].set_visible(False)


def date_axis(ax: Axes) -> None:
    """Write dates so short that they do not run into each other."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(formatter)


def in_legend(name: str) -> str:
    """Return a name that a legend does not leave out; `as_written` takes the guard off again."""
    return name if name and not name.startswith("_") else GUARD + name


def as_written(ax: Axes) -> Axes:
    """Let all texts be drawn as they are, and return the Axes.

    Names come from data: "$0 to $50k" is no formula. That is said of each text, and not of all
    of matplotlib, so it holds whenever the figure is drawn and whoever draws besides.
    """
    from matplotlib.text import Text
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    numbers: set[Any] = set()
    for axis in (ax.xaxis, ax.yaxis):
        # other ticks have no names, but may have powers of ten
        if not isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter):
            numbers |= {axis.offsetText, *axis.get_ticklabels(which="both")}
    for text in ax.findobj(Text):
        if text not in numbers:
            text.set(parse_math=False, usetex=False)
    legend = ax.get_legend()
    for text in legend.get_texts() if legend is not None else []:
        text.set_text(text.get_text().removeprefix(GUARD))
    return ax
