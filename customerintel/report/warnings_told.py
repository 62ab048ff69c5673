"""The warnings of the computations, in words that a reader of the page can use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from customerintel.report.markup import paragraph
from customerintel.report.page import Note

__all__ = ["MARK", "told"]

#: Stands in the page until all sections are made and all warnings known.
MARK = "<!-- warnings -->"

#: Small numbers of customers, which the page does not tell.
FEWER = re.compile(r"\b[1-9]((?: \w+)? customers?)\b")
#: What a warning means for who reads the page: words of the warning, and the explanation.
_MEANINGS = {
    r"expected spend is NaN": (
        "These customers have no value on this page, and are left out of its sums."
    ),
    r"distinct values than bins|has only \d+ distinct": (
        "Scores of that measure are coarse: many customers share one, and some scores nobody has."
    ),
    r"boundary": (
        "A model of the future found its best fit at the edge of what it can say; its numbers "
        "hold for the base as a whole, less for single customers."
    ),
    r"converge": ("A model did not settle on one answer; read its numbers with care."),
    r"correlat": (
        "How often customers buy and how much they spend go together, which the model of "
        "spend does not know; values of the best customers are then understated."
    ),
    r"no customer of the|areas? that no|unknown area|segment": (
        "Some rows of the tables of customers and of the population do not meet; they are "
        "left out of the comparison."
    ),
    r"bought nothing|negative|below 0|returns": (
        "Money that was given back and cannot be set against a purchase is left out of "
        "shares, which would otherwise exceed the whole."
    ),
}


def told(notes: Sequence[Note], titles: dict[str, str]) -> str:
    """Return the warnings as HTML, each with the section in which it arose."""
    if not notes:
        return paragraph("Nothing: no computation on this page had to warn of anything.")
    return "".join(
        f'<div class="told"><b>{escape(titles.get(one.section, "This page"))}</b>'
        f"<p>{escape(FEWER.sub(_fewer, one.text))}</p>{_meaning(one.text)}</div>"
        for one in notes
    )


def _fewer(found: re.Match[str]) -> str:
    return f"{'F' if not found.start() else 'f'}ewer than 10{found[1]}"


def _meaning(text: str) -> str:
    for pattern, meaning in _MEANINGS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return f"<p>{escape(meaning)}</p>"
    return "<p>The numbers of this section are right as far as they go; read them with this.</p>"
