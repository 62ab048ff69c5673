"""`Page`: a report as one file of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from customerintel._version import __version__
from customerintel.exceptions import InvalidArgumentError
from customerintel.report.numbers import day
from customerintel.report.style import STYLE
from customerintel.tables.results import html_table, one_line
from customerintel.tables.whole_files import replace_file

__all__ = ["Note", "Page", "Section", "assemble"]

#: What a script adds: another theme, and open tables in print and where there is room for them.
_SCRIPT = """(function(){var r=document.documentElement,b=document.querySelector('.theme');
b.hidden=false;b.onclick=function(){var d=r.dataset.theme||
(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light');
r.dataset.theme=d==='dark'?'light':'dark'};
function open(s){document.querySelectorAll(s).forEach(function(d){d.open=true})}
var w=matchMedia('(min-width:56rem)');function wide(){if(w.matches)
open('.wide,.figures>figure:last-child:nth-child(odd)>details')}wide();w.onchange=wide;
addEventListener('beforeprint',function(){open('details')})})()"""


@dataclass(frozen=True)
class Note:
    """Something that the data made the library warn of.

    Attributes
    ----------
    section : str
        Name of the section in whose making it arose.
    text : str
        The warning, in words.
    """

    section: str
    text: str


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    name : str
        Of the anchor, such as ``"core"``.
    title, short : str
        Of the section, and in the list of contents.
    lead : str
        What was found, in a sentence or two.
    body : str
        HTML.
    finding : str
        What stands out, to be said at the head of the page; empty if nothing does.
    """

    name: str
    title: str
    short: str
    lead: str = ""
    body: str = field(default="", repr=False)
    finding: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """A report on a customer base: one self-contained file; made by `build`.

    Attributes
    ----------
    title : str
        As it was given.
    moment : numpy.datetime64
        The last microsecond that was seen, UTC.
    html : str
        The whole file. It loads nothing from anywhere.
    sections : tuple of str
        Names of the sections, in their order.
    notes : tuple of Note
        Warnings of the computations; the section on data quality tells them.
    """

    title: str
    moment: Any
    html: str = field(repr=False)
    sections: tuple[str, ...]
    notes: tuple[Note, ...]

    def save(self, path: str | Path) -> Path:
        """Write the file.

        Parameters
        ----------
        path : str or Path
            A name in a folder that exists; a file of this name is written over.

        Returns
        -------
        pathlib.Path
            Where it was written.

        Raises
        ------
        InvalidArgumentError
            If `path` is no path, its folder does not exist, it is a folder itself, or the file
            cannot be written; a file that stood there before is then as it was.
        """
        if not isinstance(path, str | Path):
            raise InvalidArgumentError(f"path must be a file name; got {type(path).__name__}.")
        target = Path(path)
        replace_file(target, self.html)
        return target

    def __repr__(self) -> str:
        return one_line("Page", **dict(self._facts()))

    def _repr_html_(self) -> str:
        return html_table(f"Report: {self.title}", self._facts())

    def _facts(self) -> Sequence[tuple[str, object]]:
        return [
            ("title", self.title),
            ("moment", str(self.moment)),
            ("sections", len(self.sections)),
            ("notes", len(self.notes)),
            ("kilobytes", round(len(self.html.encode()) / 1000)),
        ]


def assemble(title: str, subtitle: str, sections: Sequence[Section], *, moment: Any) -> str:
    """Put the file together."""
    links = "".join(f'<li><a href="#{one.name}">{escape(one.short)}</a></li>' for one in sections)
    body = "\n".join(map(_section, sections))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta name="generator" content="customerintel {__version__}">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}: customer report</title>\n<style>{STYLE}</style>\n</head>\n"
        "<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
        f'<header class="top"><div class="wrap"><div><h1>{escape(title)}</h1>'
        f"<p>{escape(subtitle)}</p></div>"
        '<button class="theme" type="button" hidden>Dark / light</button></div></header>\n'
        f'<div class="page wrap"><nav aria-label="Contents"><ol>{links}</ol></nav>\n'
        f'<main id="main">\n{body}\n'
        f"<footer>Made with customerintel {__version__} from transactions up to "
        f"{escape(day(moment))}. Groups of fewer than 10 customers are not shown.</footer>\n"
        f"</main></div>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _section(one: Section) -> str:
    lead = f'<p class="lead">{escape(one.lead)}</p>' if one.lead else ""
    return (
        f'<section id="{one.name}" aria-labelledby="{one.name}-head">'
        f'<h2 id="{one.name}-head">{escape(one.title)}</h2>{lead}{one.body}</section>'
    )
