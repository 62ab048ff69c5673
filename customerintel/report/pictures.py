"""Pictures of `customerintel.plot` on the page: no title, and dates as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.report.numbers import GAP, month
from customerintel.report.periods_as_words import short_day
from customerintel.report.svg_theme import NothingToDraw

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["in_words", "picture"]

_DATE = re.compile(r"(?<![\w-])(\d{4})-(?:(Q[1-4])|(0[1-9]|1[0-2])(-[0-3]\d)?)(?![\d-])")
_ORDERS = re.compile(r"\borders\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<=\d)%")


def picture(
    call: Callable[[Any], Any],
    *,
    heights: Sequence[float] = (1.0,),
    title: str = "",
    xlabel: str | None = None,
) -> Callable[[Figure], None]:
    """Return what draws a picture into a figure of the page.

    Parameters
    ----------
    call : callable
        Draws into the Axes that it is given, or into a list of them.
    heights : sequence of float, default (1.0,)
        Heights of the Axes, one below the other.
    title : str, default ""
        Of the first Axes, which the caption of the chart says by itself.
    xlabel : str, optional
        Name of the last horizontal axis, if it is another than the picture's own.
    """

    def paint(figure: Figure) -> None:
        axes = list(
            figure.subplots(len(heights), 1, height_ratios=list(heights), squeeze=False)[:, 0]
        )
        call(axes if len(axes) > 1 else axes[0])
        if not any(map(_shows, axes)):
            raise NothingToDraw
        axes[0].set_title(title, fontsize="medium")
        if xlabel is not None:
            axes[-1].set_xlabel(xlabel)
        for ax in axes:
            _write(ax)

    return paint


def _shows(ax: Axes) -> bool:
    """Whether anything was drawn that is not 0 all over."""
    low, high = ax.dataLim.intervaly.tolist()
    return bool(ax.has_data()) and not low == high == 0.0


def in_words(text: str) -> str:
    r"""Write dates and percentages of a label as the page does.

    Examples
    --------
    >>> in_words("to 2011-12-09"), in_words("2011-Q4"), in_words("2011-12"), in_words("5%")
    ('to 9\xa0Dec\xa02011', 'Q4 2011', 'Dec 2011', '5\xa0%')
    """
    return _PERCENT.sub(f"{GAP}%", _DATE.sub(_word, text))


def _word(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[2]} {found[1]}"
    try:
        moment = np.datetime64(found[0])
    except ValueError:
        return found[0]
    return short_day(moment) if found[4] else month(moment)


def _purchases(found: re.Match[str]) -> str:
    return "Purchases" if found[0][0] == "O" else "purchases"


def _write(ax: Axes) -> None:
    """Write all texts as the page does."""
    for axis in (ax.xaxis, ax.yaxis):
        _write_ticks(axis)
    legend = ax.get_legend()
    for text in (*ax.texts, *(legend.get_texts() if legend is not None else ())):
        text.set_text(in_words(text.get_text()))
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        # the page counts purchases
        text.set_text(in_words(_ORDERS.sub(_purchases, text.get_text())))


def _write_ticks(axis: Axis) -> None:
    """Write labels that are fixed; those of numbers are written as they are drawn."""
    from matplotlib.ticker import FixedLocator

    if isinstance(axis.get_major_locator(), FixedLocator):
        places = axis.get_ticklocs().tolist()
        texts = axis.get_major_formatter().format_ticks(places)
        axis.set_ticks(places, [in_words(text) for text in texts])
