"""Charts as inline SVG whose colours are the page's, so that they follow dark and light."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import MissingDependencyError
from customerintel.plot.canvas import MODELS, QUIET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS", "GRID", "HEAT", "HEAT_INK", "INK", "MUTED", "PAPER", "WIDTH", "NothingToDraw",
    "draw",
]  # fmt: skip

#: Inches; texts of 10 points are then readable on a telephone.
WIDTH = 4.8
#: Colours that stand for a custom property of the page; never seen as themselves.
INK, MUTED, PAPER, GRID = "#010203", "#010204", "#010205", "#010206"
COLOURS = MODELS
HEAT = tuple(f"#0a0b{place:02d}" for place in range(10, 18))
HEAT_INK = tuple(f"#0a0c{place:02d}" for place in range(10, 18))

_PROPERTIES = {
    INK: "ink", MUTED: "muted", PAPER: "card", GRID: "line", QUIET: "quiet",
    "#000000": "ink", "#ffffff": "card",
    **{colour: f"c{place}" for place, colour in enumerate(COLOURS, 1)},
    **{colour: f"h{place}" for place, colour in enumerate(HEAT)},
    **{colour: f"i{place}" for place, colour in enumerate(HEAT_INK)},
}  # fmt: skip
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "customerintel", "font.size": 10.5,
    "axes.titlesize": 10.5, "axes.labelsize": 10.5, "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0, "legend.fontsize": 10.0, "text.color": INK, "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED, "axes.titlecolor": INK,
    "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6,
    "grid.color": GRID, "grid.linewidth": 0.6, "legend.frameon": False, "lines.linewidth": 1.8,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "text.parse_math": False,
    "axes.unicode_minus": True, "xtick.major.pad": 6.0, "path.simplify": True,
    "path.simplify_threshold": 0.2,
}  # fmt: skip


class NothingToDraw(Exception):  # noqa: N818
    """All numbers of a chart are missing or 0: axes without a content would say nothing."""


_LOOKS = {
    "axes", "contour", "errorbar", "figure", "font", "grid", "hatch", "hist", "image", "legend",
    "lines", "markers", "patch", "path", "savefig", "scatter", "svg", "text", "xtick", "ytick",
}  # fmt: skip


#: Matplotlib escapes "<" and ">" of texts and attributes, so this is a tag and nothing else.
_TAG = re.compile(r"<[^<>]*>")
_REFERENCE = re.compile(r"(?:url\(#|xlink:href=\"#)([^\")]+)")


@contextmanager
def _style() -> Iterator[None]:
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingDependencyError(
            'The charts of a report need matplotlib: pip install "customerintel[plot]".'
        ) from error
    # whatever the caller's own style is, reports look alike
    usual = {name: mpl.rcParamsDefault[name] for name in mpl.rcParams if _is_look(name)}
    look: Any = {**usual, **_STYLE}
    with mpl.rc_context(look):
        yield


def _is_look(name: str) -> bool:
    return name.partition(".")[0] in _LOOKS


def draw(key: str, paint: Callable[[Figure], None], *, height: float, alt: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    key : str
        Of this chart alone within the page.
    paint : callable
        Draws into the figure that it is given.
    height : float
        Inches.
    alt : str
        What is seen, in words.

    Returns
    -------
    str
        An ``<svg>`` element, the same for the same data.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    with _style():
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure)
        text = StringIO()
        with warnings.catch_warnings():
            # letters are drawn by the browser, with its fonts
            warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
            # very long names leave little room: the drawing is small then, and not wrong
            warnings.filterwarnings("ignore", message="constrained_layout", category=UserWarning)
            figure.savefig(text, format="svg", metadata={"Date": None})
    return _embed(text.getvalue(), key, alt)


def _embed(svg: str, key: str, alt: str) -> str:
    """Make a file of matplotlib part of a page."""
    box = re.search(r'viewBox="([^"]+)"', svg)
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    inner = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", inner, flags=re.DOTALL)
    # it would apply to the whole page
    inner = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", inner, flags=re.DOTALL)
    used = {name for tag in _TAG.findall(inner) for name in _REFERENCE.findall(tag)}
    # texts hold what comes from outside, and stay as they are
    inner = _TAG.sub(lambda tag: _own(tag[0], key, used), inner)
    inner = re.sub(r">\n\s*<", ">\n<", inner).strip()
    return (
        f'<svg class="chart" viewBox="{box[1] if box else ""}" role="img" '
        f'aria-label="{escape(alt)}">{inner}</svg>'
    )


def _own(tag: str, key: str, used: set[str]) -> str:
    """Give a tag the page's colours and fonts, and ids of this chart alone."""
    tag = re.sub(r"(#[0-9a-f]{6})\b", _property, tag)
    tag = re.sub(r' id="([^"]+)"', lambda at: f' id="{key}-{at[1]}"' if at[1] in used else "", tag)
    tag = re.sub(r"url\(#", f"url(#{key}-", tag)
    tag = re.sub(r'xlink:href="#', f'href="#{key}-', tag)
    tag = re.sub(r' transform="rotate\(-0[^"]*"', "", tag)
    tag = re.sub(r"(\d+\.\d\d)\d+", r"\1", tag)  # a hundredth of a point is not seen
    # the page says which fonts, the drawing how large
    tag = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font-size: \1px", tag)
    tag = re.sub(r"font-family: [^;\"]*;? ?", "", tag)
    tag = re.sub(r"; stroke-linejoin: miter|stroke-linejoin: miter; ?", "", tag)
    return re.sub(r"\n\s*", "\n", tag)


def _property(found: re.Match[str]) -> str:
    name = _PROPERTIES.get(found[1])
    return f"var(--{name})" if name else found[1]
