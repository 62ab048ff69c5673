"""The warnings of the computations, in words that a reader of the page can use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from customerintel.report.markup import paragraph
from customerintel.report.page import Note

__all__ = ["MARK", "in_plain_words", "told"]

#: Stands in the page until all sections are made and all warnings known.
MARK = "<!-- warnings -->"

#: Small numbers of customers, which the page does not tell.
FEWER = re.compile(r"\b[1-9]((?: \w+)? customer)s?\b( has| is| was)?")
_SEVERAL = {" has": " have", " is": " are", " was": " were"}
#: Words of a program, which tell a reader of the page nothing.
_JARGON = re.compile(r"\w=|\w\(|\bNaN\b|\u2192|\w_\w|\b\w+(?:NBD|Geo|Gamma)\w*\b|\bnull model\b")
#: What a warning means for who reads the page: words of the warning, and the explanation.
_MEANINGS = {
    r"\ba \u2192 0": (
        "The model of purchases found that no customer is ever lost for good. It lets everybody go "
        "on buying as before, so the customer value is an upper end rather than the middle."
    ),
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
    r"Several columns could hold": (
        "That part of the comparison is left out until a column is named."
    ),
    r"no customer of the|areas? that no|unknown area|population|active customers, ": (
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
    # several warnings may say one thing
    said = {"".join(f"<p>{escape(x)}</p>" for x in _in_words(one.text)): one for one in notes[::-1]}
    return "".join(
        f'<div class="told"><b>{escape(titles.get(one.section, "This page"))}</b>{words}</div>'
        for words, one in reversed(said.items())
    )


def in_plain_words(text: str) -> str:
    """Write a warning of the library so that who writes no programs can use it.

    Examples
    --------
    >>> in_plain_words("The A fit did not converge. Set a penalty such as penalty=0.001.")
    'A model did not settle on one answer; read its numbers with care. The A fit did not converge.'
    """
    return " ".join(_in_words(text))


def _in_words(text: str) -> list[str]:
    """Return what a warning means, and what of it can be read."""
    sentences = re.split(r"(?<=[.!?]) +(?=[A-Z])", FEWER.sub(_fewer, text))
    plain = " ".join(one for one in sentences if not _JARGON.search(one))
    meaning = _meaning(text)
    found = [one for one in (meaning, plain) if one]
    return found or ["Some numbers of this part rest on little; read them with care."]


def _fewer(found: re.Match[str]) -> str:
    verb = _SEVERAL.get(found[2] or "", "")
    return f"{'F' if not found.start() else 'f'}ewer than 10{found[1]}s{verb}"


def _meaning(text: str) -> str:
    for pattern, meaning in _MEANINGS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return meaning
    return ""
