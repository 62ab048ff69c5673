"""Pieces of HTML; every text that comes from outside is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from customerintel.report.numbers import GAP

__all__ = [
    "Card",
    "bullets",
    "cards",
    "details",
    "figures",
    "long_table",
    "note",
    "pairs",
    "paragraph",
    "subhead",
    "table",
]

#: Rows of a table that a telephone shows without being asked.
LONG = 6
#: Columns that paper has room for beside another table, in letters of the usual size.
MANY = 4
#: Letters from which on the name of a row may take two lines, but not more.
WIDE = 14


@dataclass(frozen=True)
class Card:
    """A number that is read at a glance."""

    label: str
    value: str
    hint: str = ""


def cards(chosen: Iterable[Card]) -> str:
    """Set numbers side by side."""
    made = "".join(
        f'<div class="card"><dt>{escape(one.label)}</dt><dd>{_value(one.value)}'
        + (f"<small>{escape(one.hint)}</small>" if one.hint else "")
        + "</dd></div>"
        for one in chosen
    )
    return f'<dl class="cards">{made}</dl>' if made else ""


def _value(text: str) -> str:
    """Set the word of a number, and a code of letters before it, smaller than its digits."""
    number, gap, word = text.rpartition(GAP)
    if not (gap and word.isalpha()):
        number, word = text, ""
    code, _, digits = number.rpartition(GAP)
    if code.lstrip("\u2212").isalpha():
        # where the card is narrow, the line breaks behind the code
        number = f"<i>{escape(code)}</i> {escape(digits)}"
    else:
        number = escape(number)
    return f"{number}<i>{GAP}{escape(word)}</i>" if word else number


def paragraph(text: str, *, kind: str = "") -> str:
    """Set a sentence or a few."""
    return f"<p{_kind(kind)}>{escape(text)}</p>"


def note(text: str) -> str:
    """Set a remark on how to read what stands above it."""
    return paragraph(text, kind="note")


def subhead(text: str) -> str:
    """Set the head of a part of a section."""
    return f"<h3>{escape(text)}</h3>"


def bullets(texts: Iterable[str], *, kind: str = "") -> str:
    """Set a list of sentences."""
    made = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul{_kind(kind)}>{made}</ul>" if made else ""


def pairs(made: Iterable[tuple[str, str]]) -> str:
    """Set names, each with a sentence."""
    inner = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in made
    )
    return f'<dl class="pairs">{inner}</dl>' if inner else ""


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    words: Sequence[int] = (0,),
) -> str:
    """Set a table that scrolls within its own box where the screen is narrow.

    Parameters
    ----------
    head, rows
        Texts of the cells.
    title : str
        What is read out where the table cannot be seen.
    words : sequence of int, default (0,)
        Columns of words, set to the left; numbers are set to the right.
    """
    kinds = [' class="w"' if place in words else "" for place in range(len(head))]
    top = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(head, kinds, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(title)}">'
        f"<table{_kind('many' if len(head) > MANY else '')}><thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(row: Sequence[str], kinds: Sequence[str]) -> str:
    first, *others = zip(row, kinds, strict=True)
    long = first[1].replace('"w"', '"w l"') if len(first[0]) > WIDE else first[1]
    return f'<th scope="row"{long}>{escape(first[0])}</th>' + "".join(
        f"<td{kind}>{escape(text)}</td>" for text, kind in others
    )


def details(title: str, inner: str, *, kind: str = "") -> str:
    """Set something that is opened by who wants to see it.

    Of the kind "wide", it is open where there is room; of the kind "screen", it is not printed.
    """
    return f"<details{_kind(kind)}><summary>{escape(title)}</summary>{inner}</details>"


def long_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str, words: Sequence[int] = (0,)
) -> str:
    """Set a table that is folded on a telephone if it has many rows."""
    made = table(head, rows, title=title, words=words)
    return made if len(rows) <= LONG else details(f"{title}: {len(rows)} rows", made, kind="wide")


def figures(made: Iterable[str]) -> str:
    """Set charts side by side where there is room."""
    inner = "".join(made)
    return f'<div class="figures">{inner}</div>' if inner else ""


def _kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
