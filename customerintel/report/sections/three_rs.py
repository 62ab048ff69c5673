"""Reach, relevance and resilience of the core."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.report.charts import chart
from customerintel.report.drawing import curves, rows_of_bars
from customerintel.report.markup import Card, cards, figures, note, paragraph, subhead, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    MISSING,
    SMALL,
    amounts,
    count,
    days,
    decimal,
    percent,
    points,
    span,
)
from customerintel.report.page import Section
from customerintel.report.periods_as_words import short_day, step_word
from customerintel.report.place_views import reach_view, relevance_view
from customerintel.tables.carried import carried_columns_of

__all__ = ["section"]

TITLE, SHORT = "Reach, relevance, resilience", "The three Rs"
#: The longest of these of which the log holds two is compared.
PERIODS = ((735, "year"), (186, "quarter"), (0, "month"))
#: Length of the lists that are compared.
TOP = 10
BLOWS = {
    "customers": "The {} customers leave", "core": "The core leaves",
    "segment": "The segment {} leaves", "format": "No purchases by {}",
    "churn": "Churn of the core {} as high", "price": "Prices or margin {}",
}  # fmt: skip


def section(material: Material) -> Section:
    """Make the section."""
    core, why = material.attempt(lambda: material.core)
    if core is None or core.n_core < FEW:
        return Section("three_rs", TITLE, SHORT, why or "The core is too small to look at.")
    step = next(name for least, name in PERIODS if material.n_days >= least)
    formats = "channel" if "channel" in carried_columns_of(material.log) else None
    found, why = material.attempt(
        lambda: core.resilience(material.history, period=step, formats=formats)
    )
    body = subhead("Reach: how far does the core stretch?")
    options = _places(material)
    if options is None:
        body += paragraph(
            "This needs to know where customers belong: a table of customers with a segment or an "
            "area, and how many people live in each.",
            kind="absent",
        )
    else:
        reach = material.quietly(lambda: core.reach(**options))
        body += reach_view(reach, material)
        # of few segments, the first ten are all
        options["top"] = min(TOP, max(1, len(reach.segment) // 2))
    body += subhead("Relevance: is the core like the community?")
    if options is None or not material.options.segment:
        body += paragraph("This needs a table of customers with a segment.", kind="absent")
    else:
        relevance = material.quietly(lambda: core.relevance(**options))
        body += relevance_view(relevance)
    body += subhead("Resilience: does the core hold?")
    said = ""
    if found is None:
        body += paragraph(why, kind="absent")
    else:
        inner, said = _resilience(found, step, material)
        body += inner
    return Section("three_rs", TITLE, SHORT, said, body, said)


def _places(material: Material) -> dict[str, Any] | None:
    """Return what `reach` and `relevance` are asked with; None where nothing says so."""
    asked = material.options
    if asked.customers is None or not (asked.segment or asked.area):
        return None
    found = {
        "customers": asked.customers,
        "population": asked.population,
        "segment": asked.segment,
        "area": asked.area,
        "location": asked.location,
    }
    return {name: value for name, value in found.items() if value is not None}


def _resilience(found: Any, step: str, material: Material) -> tuple[str, str]:
    word = step_word(step)
    if found.compared is None or not np.isfinite(found.persistence):
        return (
            paragraph(f"There are not two whole {word}s to compare.", kind="absent"),
            "",
        )
    excess, (low, high) = found.excess_persistence, found.interval("excess_persistence")
    verdict = (
        "could not be compared"
        if not np.isfinite(excess)
        else "holds better than chance alone would have it"
        if low > 0
        else "crumbles faster than chance alone would have it"
        if high < 0
        else "holds about as well as if nobody had changed"
    )
    said = (
        f"{percent(found.persistence)} of the core of the {word} before are core again; "
        f"{percent(found.expected_persistence)} would be if nobody had changed: the core {verdict}."
    )
    body = cards(_numbers(found, (low, high)))
    body += figures([one for one in (_survival(found, word), _formats(found)) if one])
    body += _stress(found, word, material)
    return body, said


def _numbers(found: Any, excess: tuple[float, float]) -> list[Card]:
    made = [
        Card("Core again", percent(found.persistence), "of the core before"),
        Card("Expected if nobody changed", percent(found.expected_persistence)),
        Card(
            "Difference",
            points(found.excess_persistence),
            f"interval {span(points(excess[0]), points(excess[1]))}",
        ),
    ]
    if np.isfinite(found.revenue_retention):
        made.append(
            Card(
                "Spend kept",
                percent(found.revenue_retention),
                f"by the core before; {percent(found.expected_revenue_retention)} expected",
            )
        )
    if np.isfinite(found.half_life):
        made.append(
            Card(
                "Half-life",
                days(found.half_life_days),
                f"of the first core, {found.half_life_source}",
            )
        )
    return made


def _survival(found: Any, word: str) -> str:
    active = found.survival.active
    if len(active) < 3 or not np.isfinite(active).all():
        return ""
    ends = [short_day(x) for x in found.periods.end_dates[found.survival.periods]]
    return chart(
        "survival",
        curves(np.arange(float(len(active))), [("core", active)], kind="percent",
               xlabel=f"{word}s after the first"),
        title="The first core over time",
        says=f"Share of the core of the first {word} that bought in each later one; "
        f"{percent(active[-1])} in the last.",
        head=[f"{word.capitalize()} to", "Share that bought"],
        rows=[[end, percent(x)] for end, x in zip(ends, active, strict=True)],
    )  # fmt: skip


def _formats(found: Any) -> str:
    mix = found.format_mix
    if mix is None or len(mix.labels) < 2:
        return ""
    first, last = mix.mix[0], mix.mix[-1]
    texts = [f"{percent(a)} · {percent(b)}" for a, b in zip(first, last, strict=True)]
    return chart(
        "formats",
        rows_of_bars(
            mix.formats, first, texts, second=last, names=("first", "last"),
        ),
        title="How the core buys",
        says=f"Shares of the core's purchases in the first and the last period; "
        f"{percent(found.bridge_rate)} of the core use both old and new.",
        head=["Format", "First", "Last"],
        rows=[
            [name, percent(a), percent(b)]
            for name, a, b in zip(mix.formats, first, last, strict=True)
        ],
        height=0.9 + 0.42 * len(mix.formats),
    )  # fmt: skip


def _stress(found: Any, word: str, material: Material) -> str:
    tests = found.stress
    if tests is None or not len(tests.kind):
        return ""
    of_money = tests.measure == "spend"
    write = amounts(material.options.currency) if of_money else count
    rows = []
    for k, (kind, what) in enumerate(zip(tests.kind, tests.what, strict=True)):
        gone, few = tests.customers[k], bool(tests.suppressed[k])
        if few or 0 < gone < FEW:
            shown, rest = SMALL, [MISSING] * 3
        else:
            shown = count(gone)
            back = tests.recovery[k]
            rest = [write(tests.at_risk[k]), percent(tests.share[k])]
            rest.append(
                "never"
                if np.isinf(back)
                else f"{decimal(back)} {word}s"
                if back == back
                else MISSING
            )
        rows.append([BLOWS.get(kind, kind + " {}").format(what), shown, *rest])
    name = "Spend at risk" if of_money else "Purchases at risk"
    return (
        subhead("What a blow would cost")
        + table(["Blow", "Customers", name, "Of all", "Made up in"], rows, title="Stress tests")
        + note(
            f"Of the last {word}; the rest is taken to go on growing as the total did "
            f"({percent(tests.growth)} a {word})."
        )
    )
