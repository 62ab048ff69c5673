"""A chart as the page shows it: picture, caption, words for who cannot see it, and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from customerintel.report.markup import details, paragraph, table
from customerintel.report.svg_theme import NothingToDraw, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["chart"]


def chart(
    key: str,
    paint: Callable[[Figure], None],
    *,
    title: str,
    says: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    alt: str = "",
    height: float = 2.8,
    words: Sequence[int] = (0,),
) -> str:
    """Make a ``<figure>``.

    Parameters
    ----------
    key : str
        Of this chart alone within the page.
    paint : callable
        Draws into the figure that it is given.
    title, says : str
        What it is, and what is to be seen in it.
    head, rows
        The numbers that are drawn.
    alt : str, optional
        Words in the place of the picture; by default title and sentence.
    height : float, default 2.8
        Inches.
    words : sequence of int, default (0,)
        Columns of the table that hold words.
    """
    alt = alt or f"{title}. {says}"
    try:
        svg = draw(key, paint, height=height, alt=alt)
    except NothingToDraw:
        svg = paragraph(
            "There is nothing to draw: no number here is above 0, or those there are are of too "
            "few customers to be told.",
            kind="absent",
        )
    numbers = details("The numbers", table(head, rows, title=f"{title}: the numbers", words=words))
    return (
        f'<figure id="fig-{key}" role="group" aria-label="{escape(title)}">'
        f"<figcaption><b>{escape(title)}</b>{escape(says)}</figcaption>{svg}{numbers}</figure>"
    )
