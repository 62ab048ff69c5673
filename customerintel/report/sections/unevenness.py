"""How unevenly customers share what is sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from customerintel.audit.inequality import concentration
from customerintel.plot.unevenness import lorenz
from customerintel.report.charts import chart
from customerintel.report.markup import Card, cards, figures, note
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import GAP, count, percent, span
from customerintel.report.page import Section
from customerintel.report.pictures import picture
from customerintel.report.svg_theme import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from customerintel.audit.concentration_result import Concentration

__all__ = ["section"]

TITLE, SHORT = "How concentrated the base is", "Concentration"
#: Shares of the customers in the table of the curve.
SHARES = (0.01, 0.05, 0.10, 0.20, 0.30, 0.50, 0.80)


def section(material: Material) -> Section:
    """Make the section."""
    by: Literal["spend", "frequency"] = "spend" if material.has_amounts else "frequency"
    found, why = material.attempt(lambda: concentration(material.history, by=by))
    if found is None or not np.isfinite(found.gini):
        return Section("unevenness", TITLE, SHORT, why or "Nothing was sold for money.")
    if found.n_customers < 5 * FEW:
        return Section(
            "unevenness", TITLE, SHORT,
            f"There are fewer than {5 * FEW} customers: shares of the best would be those of "
            "single ones.",
        )  # fmt: skip
    what = "net spend" if material.has_amounts else "purchases"
    body = cards(_numbers(found, what)) + figures([_curve(found, what)])
    body += note(
        "Of customers who bought, at 0 if more came back than was sold; those who never bought "
        f"are not among them. In many businesses the best 20{GAP}% bring 60 to 75{GAP}%; the share "
        "grows with the length of the time looked at."
    )
    best = _shares(found)[0]
    finding = (
        f"The best 20{GAP}% of the customers make {percent(found.pareto_share)} of {what}; "
        f"the best {percent(best)} make {percent(found.top_share(best))}."
    )
    return Section("unevenness", TITLE, SHORT, finding, body, finding)


def _shares(found: Concentration) -> list[float]:
    """Return shares of the customers that hold enough of them to be shown."""
    return [share for share in SHARES if share * found.n_customers >= FEW]


def _numbers(found: Concentration, what: str) -> list[Card]:
    low, high = found.interval("pareto_share")
    half = found.customers_for(0.5)
    made = [
        Card(
            f"Share of the best 20{GAP}%",
            percent(found.pareto_share),
            f"interval {span(percent(low), percent(high))}",
        ),
        Card("Gini index", percent(found.gini), "0 if all were alike"),
        Card(
            "Equal customers",
            count(found.effective_customers),
            f"would be as concentrated as these {count(found.n_customers)}",
        ),
    ]
    if half is not None:
        made.append(Card(f"Make half of {what}", count(half, least=FEW), "customers"))
    best = _shares(found)[0]
    made.append(
        Card(
            f"Share of the best {percent(best)}",
            percent(found.top_share(best)),
            "dependence on few",
        )
    )
    return made


def _curve(found: Concentration, what: str) -> str:
    def paint(ax: Axes) -> None:
        lorenz(found, ax=ax)
        best = 1.0 - found.pareto_share
        ax.plot([0.8], [best], "o", color=COLOURS[4], markersize=6)
        ax.text(
            0.77, max(best, 0.0) + 0.02, f"the best 20 %\nmake {percent(found.pareto_share)}",
            ha="right", va="bottom",
        )  # fmt: skip

    rows = [[percent(q), percent(found.top_share(q))] for q in _shares(found)]
    return chart(
        "lorenz", picture(paint), title="Lorenz curve",
        says=f"What the smallest customers have together; the further the line hangs below the "
        f"dotted one, the more unequal. Gini index {percent(found.gini)}.",
        head=["Best customers", f"Share of {what}"], rows=rows, height=3.3,
    )  # fmt: skip
