"""What pictures with one row per segment, trait or group share: their labels, marks and legends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import QUIET, axes_for
from customerintel.plot.readable import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "check_result", "legend_above", "listed", "mark_rows", "paper", "row_axes", "shorten",
    "write_rows",
]  # fmt: skip

#: Inches of a row, and of title, legend and label together.
ROW, AROUND = 0.27, 1.5
#: Letters of a label, of a line below the picture, and of a line of its legend.
LETTERS, LINE, LEGEND = 22, 40, 42
#: Points of Axes that are narrow.
NARROW = 300.0
#: Names that are listed at most.
MOST = 12


def check_result(result: Any, kind: type, call: str, how: str) -> None:
    """Check that a picture was given what it draws.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    if not isinstance(result, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        raise InvalidArgumentError(
            f"{call} takes {article} {kind.__name__}; got {type(result).__name__}. Make one with "
            f"{how}."
        )


def row_axes(ax: Any, count: int) -> Axes:
    """Return the Axes that a caller gave, or new ones that are high enough for the rows."""
    return axes_for(ax, size=(7.2, AROUND + ROW * max(count, 3)))


def write_rows(ax: Axes, labels: Sequence[str], *, letters: int = LETTERS) -> None:
    """Write one label per row, the first at the top, and take away what says nothing."""
    ax.set_yticks(range(len(labels)), shorten(labels, letters))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    # marks at the edge stay clear of the labels
    ax.tick_params(axis="y", length=0, pad=8)
    ax.spines["left"].set_visible(False)


def mark_rows(ax: Axes, marks: Iterable[tuple[int, str]]) -> None:
    """Write words into rows that have nothing to draw."""
    for row, words in marks:
        ax.text(
            0.02, row, words, transform=ax.get_yaxis_transform(), va="center", ha="left",
            color=QUIET, style="italic",
        )  # fmt: skip


def shorten(names: Sequence[str], letters: int = LETTERS) -> list[str]:
    """Return names of at most so many letters, no two of them alike.

    The end is cut off, or, of names that would then look alike, a part of the middle.
    """
    every = list(dict.fromkeys(names))
    half = letters // 2
    # where a part is left out: at the end, else as near to the middle as tells names apart
    heads = [letters - 1, *range(half, letters - 1), *range(half - 1, 0, -1)]
    made: dict[str, str] = {}
    for head in heads:
        cuts = [_cut(name, head, letters) for name in every]
        often, taken = Counter(cuts), set(made.values())
        for name, short in zip(every, cuts, strict=True):
            if name not in made and often[short] == 1 and short not in taken:
                made[name] = short
    rest = [name for name in every if name not in made]
    made |= {name: _numbered(name, f" {k}", letters) for k, name in enumerate(rest, 1)}
    return [made[name] for name in names]


def _numbered(name: str, end: str, letters: int) -> str:
    room = letters - len(end)
    return _cut(name, room - 1, room) + end


def _cut(name: str, head: int, letters: int) -> str:
    """Return the first letters of a name and, where there is room, its last; in one line."""
    name = " ".join(name.splitlines())
    if len(name) <= letters:
        return name
    tail = letters - 1 - head
    return f"{name[:head].rstrip()}…{name[-tail:].lstrip() if tail else ''}"


def listed(before: str, names: Sequence[str], *, lines: int = 3) -> str:
    """Return names in a few lines, and how many more there are."""
    from textwrap import wrap

    # a name is not broken over two lines
    short = [one.replace(" ", "\u00a0") for one in shorten(names[:MOST])]
    for shown in range(len(short), 0, -1):
        rest = len(names) - shown
        text = ", ".join(short[:shown]) + (f" and {rest} more" if rest else "")
        made = wrap(f"{before}: {text}", LINE, break_on_hyphens=False)
        if len(made) <= lines:
            return "\n".join(made).replace("\u00a0", " ")
    return f"{before}: {len(names)}"


def legend_above(
    ax: Axes, title: str, *, letters: int = LEGEND, right: bool = False, **how: Any
) -> None:
    """Put the legend between the title and the picture, where it hides nothing.

    `letters` fit side by side in narrow Axes, more in wider ones; `right` lets it reach over the
    labels of the rows. Keywords are those of ``Axes.legend``, such as handles.
    """
    handles = how.pop("handles", None) or ax.get_legend_handles_labels()[0]
    names = [str(one.get_label()) for one in handles]
    letters = max(letters, int(letters * width_of(ax) / NARROW))
    columns = next(
        (k for k in range(len(names), 1, -1) if k * (max(map(len, names)) + 5) <= letters), 1
    )
    if sum(map(len, names)) + 5 * len(names) <= letters:
        columns = len(names)
    legend = ax.legend(
        handles=handles, loc="lower right" if right else "lower center",
        bbox_to_anchor=(1.0 if right else 0.5, 1.0), ncols=columns,
        frameon=False, borderaxespad=0.1, borderpad=0.2, columnspacing=1.2, handlelength=1.4,
        handletextpad=0.5, labelspacing=0.3, **how,
    )  # fmt: skip
    lines = -(-len(names) // columns)
    size = float(legend.get_texts()[0].get_fontsize()) if names else 0.0
    ax.set_title(title, pad=8.0 + 1.5 * size * lines)


def paper(ax: Axes) -> Any:
    """Return the colour of the ground; white where nothing is painted."""
    from matplotlib.colors import to_rgba

    ground = ax.get_facecolor()
    return ground if to_rgba(ground)[3] > 0.0 else "#ffffff"
