"""What a blow would cost: customers, segments or formats that are lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.plot.stress_bars import stress
from customerintel.report.charts import chart
from customerintel.report.markup import figures, note, subhead
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import MISSING, amounts, count, decimal, percent
from customerintel.report.pictures import picture
from customerintel.report.small_groups import DASH, few

__all__ = ["of_stress", "stress_view"]

#: Stress tests in a picture.
TESTS = 10
BLOWS = {
    "customers": "The {} customers leave", "core": "The core leaves",
    "segment": "The segment {} leaves", "format": "No purchases by {}",
    "churn": "Churn of the core {} as high", "price": "Prices or margin {}",
}  # fmt: skip


def stress_view(found: Any, word: str, material: Material, *, lasting: bool) -> str:
    """Show what would be missing in a period after a blow.

    Growth is carried on only if it is `lasting`: that of a season would go on for ever.
    """
    tests = found.stress
    if tests is None or not len(tests.kind):
        return ""
    of_money = tests.measure == "spend"
    write = amounts(material.options.currency) if of_money else count
    rows = []
    for k, (kind, what) in enumerate(zip(tests.kind, tests.what, strict=True)):
        gone = tests.customers[k]
        if tests.suppressed[k] or few(gone):
            shown, rest = count(gone, least=FEW), [MISSING] * (2 + lasting)
        else:
            shown = count(gone)
            rest = [write(tests.at_risk[k]), percent(tests.share[k])]
            rest += [_made_up(tests.recovery[k], word)] * lasting
        rows.append([BLOWS.get(kind, kind + " {}").format(what), shown, *rest])
    name = "Spend at risk" if of_money else "Purchases at risk"
    known = np.flatnonzero(np.isfinite(tests.share))
    if not len(known):
        return ""
    worst = known[int(np.argmax(tests.share[known]))]
    blow = BLOWS.get(tests.kind[worst], "{}").format(tests.what[worst])
    return (
        subhead("What a blow would cost")
        + figures(
            [
                chart(
                    "stress", picture(lambda ax: stress(found, top=TESTS, ax=ax), xlabel=name),
                    title=f"{name}, and share of all",
                    says=f"What would be missing in a {word}: most, "
                    f"{percent(tests.share[worst])}, if this came: {blow[0].lower()}{blow[1:]}.",
                    head=["Blow", "Customers", name, "Of all", *["Made up in"] * lasting],
                    rows=rows,
                    height=0.9 + 0.27 * min(TESTS, len(rows)),
                )
            ]
        )
        + note(of_stress(found, tests, word, lasting=lasting))
    )  # fmt: skip


def _made_up(periods: float, word: str) -> str:
    if np.isinf(periods):
        return "never"
    return f"{decimal(periods)} {word}s" if np.isfinite(periods) else MISSING


def of_stress(found: Any, tests: Any, word: str, *, lasting: bool) -> str:
    """Say whom and what time the table is of."""
    said = f"Of the last {word}."
    core = tests.customers[list(tests.kind).index("core")] if "core" in tests.kind else np.nan
    rest = found.core.n_core - core
    if np.isfinite(core) and rest > 0 and not few(rest):
        said += (
            f" {count(core)} of the {count(found.core.n_core)} core customers bought in it; the "
            "others could not be missed then."
        )
    if lasting and np.isfinite(tests.growth):
        said += (
            f" “Made up in”: the rest is taken to go on growing as the total did "
            f"({percent(tests.growth)} a {word})."
        )
    return f"{said} {DASH}" if np.asarray(tests.suppressed).any() else said
