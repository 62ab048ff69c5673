"""Reach, relevance and resilience of the core."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.audit.customer_places import open_customers
from customerintel.plot.core_over_time import persistence
from customerintel.report.charts import chart
from customerintel.report.core_formats import formats_view
from customerintel.report.drawing import curves
from customerintel.report.markup import Card, cards, figures, note, paragraph, subhead
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    GAP,
    count,
    days,
    decimal,
    percent,
    points,
    span,
)
from customerintel.report.page import Section
from customerintel.report.periods_as_words import short_day, step_word
from customerintel.report.pictures import picture
from customerintel.report.place_views import reach_view, relevance_view
from customerintel.report.small_groups import unsafe
from customerintel.report.stress_view import stress_view
from customerintel.tables.carried import carried_columns_of

__all__ = ["section"]

TITLE, SHORT = "Reach, relevance, resilience", "The three Rs"
#: The longest of these of which the log holds two is compared.
PERIODS = ((735, "year"), (186, "quarter"), (0, "month"))
FIGURES = {
    "persistence": "Core again", "still_active": "Bought again", "revenue_retention": "Spend kept",
}  # fmt: skip
#: Length of the lists that are compared, and the least that says anything.
TOP, LEAST = 10, 3
#: Share of the active customers that must be found in the table of customers.
KNOWN = 0.02


def section(material: Material) -> Section:
    """Make the section."""
    core, why = material.attempt(lambda: material.core)
    if core is None or core.n_core < FEW:
        return Section("three_rs", TITLE, SHORT, why or "The core is too small to look at.")
    step = next(name for least, name in PERIODS if material.n_days >= least)
    usual = "channel" if "channel" in carried_columns_of(material.log) else None
    formats = material.options.formats or usual
    found, why = material.attempt(
        lambda: core.resilience(material.history, period=step, formats=formats)
    )
    strangers = ""
    body = subhead("Reach: how far does the core stretch?")
    for text in material.places.unclear:
        material.note(text)
    options = _places(material)
    if options is None:
        body += paragraph(
            "This needs to know where customers belong: a table of customers with a segment or an "
            "area, and how many people live in each.",
            kind="absent",
        )
    else:
        strangers = _strangers(core, options)
        body += paragraph(strangers, kind="absent") if strangers else ""
    if options is not None and not strangers:
        reach = material.quietly(lambda: core.reach(**options))
        body += reach_view(reach, material)
        if material.places.told:
            body += note(material.places.told)
        # of few segments, the first ten are all
        options["top"] = min(TOP, max(1, len(reach.segment) // 2))
    body += subhead("Relevance: is the core like the community?")
    if options is None or not material.places.segment:
        body += paragraph("This needs a table of customers with a segment.", kind="absent")
    elif strangers:
        body += paragraph("There are no customers of a known segment to compare.", kind="absent")
    else:
        relevance = material.quietly(lambda: core.relevance(**options))
        body += relevance_view(relevance, has_top=options["top"] >= LEAST)
    body += subhead("Resilience: does the core hold?")
    said = ""
    if found is None:
        body += paragraph(why, kind="absent")
    else:
        inner, said = _resilience(found, step, formats, material)
        body += inner
    return Section("three_rs", TITLE, SHORT, said, body, said)


def _places(material: Material) -> dict[str, Any] | None:
    """Return what `reach` and `relevance` are asked with; None where nothing says so."""
    asked, columns = material.options, material.places
    if asked.customers is None or not (columns.segment or columns.area):
        return None
    found = {
        "customers": asked.customers,
        "population": asked.population,
        "segment": columns.segment,
        "area": columns.area,
        "location": columns.location,
        "count": columns.people,
    }
    return {name: value for name, value in found.items() if value is not None}


def _strangers(core: Any, options: dict[str, Any]) -> str:
    """Say that the table of customers is of others, where it is; shares would all be 0."""
    columns = {name: options.get(name) for name in ("segment", "area", "location")}
    table, _ = open_customers(options["customers"], columns)
    here = core.history.ids.match(table.ids)[0] if len(table) else []
    known = int(np.count_nonzero(core.active[here])) if len(here) else 0
    if known >= max(FEW, KNOWN * core.n_active):
        return ""
    return (
        f"Hardly any of the {count(core.n_active)} active customers is in the table of customers, "
        "so nothing can be said of where they belong. Look whether customer_id is written the same "
        "in both: capital letters, zeros in front, blanks."
    )


def _resilience(found: Any, step: str, formats: str | None, material: Material) -> tuple[str, str]:
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
    body = cards(_numbers(found, (low, high), word))
    made = (_persistence(found, word), _survival(found, word), formats_view(found, formats or ""))
    body += figures([one for one in made if one])
    body += stress_view(found, word, material, lasting=word == PERIODS[0][1])
    return body, said


def _numbers(found: Any, excess: tuple[float, float], word: str) -> list[Card]:
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
                f"{decimal(found.half_life)}{GAP}{word}{'s' if found.half_life != 1 else ''}",
                _half_life(found, word),
            )
        )
    return made


def _persistence(found: Any, word: str) -> str:
    names = [name for name in FIGURES if np.isfinite(found.figure(name))]
    rows = []
    for name in names:
        ends = [span(*map(percent, found.interval(f"{way}{name}"))) for way in ("", "expected_")]
        values = [percent(found.figure(name, way)) for way in ("observed", "expected")]
        rows.append([FIGURES[name], values[0], ends[0], values[1], ends[1]])
    return chart(
        "persistence", picture(lambda ax: persistence(found, ax=ax), xlabel="share"),
        title=f"The core one {word} later",
        says="What became of the core, beside what would have if nobody had changed: a core is "
        "chosen for a good time, so some of it is always gone in the next. Lines are intervals.",
        head=["", "It was", "Interval", "If nobody had changed", "Interval"], rows=rows,
        height=1.1 + 0.42 * len(names),
    )  # fmt: skip


def _survival(found: Any, word: str) -> str:
    active, size = found.survival.active, found.survival.size
    active = np.where(unsafe(active * size, size), np.nan, active)
    if np.count_nonzero(np.isfinite(active)) < 3:
        return ""
    ends = [short_day(x) for x in found.periods.end_dates[found.survival.periods]]
    return chart(
        "survival",
        curves(np.arange(float(len(active))), [("core", active)], kind="percent",
               xlabel=f"{word}s after the first"),
        title="The first core over time",
        says=f"Share of the core of the first {word} that bought in each later one"
        + (f"; {percent(active[-1])} in the last." if np.isfinite(active[-1]) else "."),
        head=[f"{word.capitalize()} to", "Share that bought"],
        rows=[[end, percent(x)] for end, x in zip(ends, active, strict=True)],
    )  # fmt: skip


def _half_life(found: Any, word: str) -> str:
    n = len(found.survival.active)
    how = {"observed": "as it was", "projected": f"projected from {n} {word}s"}
    source = how.get(found.half_life_source, found.half_life_source)
    about = f"about {days(found.half_life_days)}: " if np.isfinite(found.half_life_days) else ""
    return f"{about}until half of the first core buys no more; {source}"
