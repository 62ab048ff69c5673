"""Reach and relevance on the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.report.area_map import map_of_areas
from customerintel.report.charts import chart
from customerintel.report.drawing import rows_of_bars
from customerintel.report.markup import Card, cards, details, figures, note, table
from customerintel.report.material import Material
from customerintel.report.numbers import MISSING, SMALL, count, decimal, percent, span

__all__ = ["reach_view", "relevance_view"]

#: Segments in a picture, and rows in a table.
SHOWN, ROWS = 14, 60


def reach_view(reach: Any, material: Material) -> str:
    """Show how broadly the core covers segments and areas."""
    people = bool(np.isfinite(reach.population))
    body = cards(_reach_cards(reach, people=people))
    drawn = []
    if reach.segments is not None:
        drawn.append(_segments(reach.segments, people=people))
    table_of_areas = ""
    if reach.areas is not None:
        drawn_areas, table_of_areas = _areas(reach, material, people=people)
        drawn.append(drawn_areas)
    body += figures([one for one in drawn if one]) + table_of_areas
    if reach.uncovered:
        body += note(f"Not reached: {_listed(reach.uncovered)}.")
    gone = {name: n for name, n in reach.left_out.items() if n}
    if gone:
        total = sum(gone.values())
        body += note(f"{count(total, least=10)} customers have no known place and are left out.")
    return body


def _reach_cards(reach: Any, *, people: bool) -> list[Card]:
    made = []
    if people:
        made.append(_card("Customers", reach, "penetration", "of the people who live there"))
        made.append(_card("Core customers", reach, "core_penetration", "of the people"))
    if reach.segments is not None:
        made.append(
            _card("Segments reached", reach, "coverage", f"have {reach.at_least} core customers")
        )
        made.append(
            Card(
                "Breadth",
                decimal(reach.breadth),
                f"equal segments, of {count(len(reach.segment))}",
            )
        )
        made.append(
            Card(
                "Would have to change",
                percent(reach.dissimilarity),
                f"of the core, to be as {'people are' if people else 'all customers are'}; "
                f"{percent(reach.dissimilarity_by_chance)} by chance",
            )
        )
    if reach.areas is not None and people:
        made.append(_card("Areas reached", reach, "area_coverage", "with enough customers"))
    return made


def _card(label: str, found: Any, name: str, hint: str) -> Card:
    low, high = found.interval(name)
    return Card(
        label,
        percent(getattr(found, name)),
        f"{hint}; interval {span(percent(low), percent(high))}",
    )


def _segments(found: Any, *, people: bool) -> str:
    index = found.figures["index"]
    core, whole = found.figures["share_of_core"], found.figures["share_of_population"]
    order = np.argsort(-np.nan_to_num(core, nan=-1.0), kind="stable")
    other = "people" if people else "all customers"
    top = order[np.isfinite(core[order])][:SHOWN]
    rows = [
        [
            found.names[k],
            count(found.core[k]) if np.isfinite(found.core[k]) else SMALL,
            percent(core[k]),
            percent(whole[k]),
            _index(index[k]),
        ]
        for k in order[:ROWS]
    ]
    if not len(top):
        return ""
    best = top[int(np.nanargmax(np.where(np.isfinite(index[top]), index[top], -1)))]
    texts = [_index(index[k]) for k in top]
    return chart(
        "reach",
        rows_of_bars(
            [_short(found.names[k]) for k in top], core[top], texts, second=whole[top],
            names=("core", other),
        ),
        title="The core by segment",
        says=f"Share of the core and of {other} in each segment, with the index behind; "
        f"{found.names[best]} stands out with {_index(index[best])}.",
        head=["Segment", "Core customers", "Share of the core", f"Share of {other}", "Index"],
        rows=rows, height=0.8 + 0.32 * len(top),
    )  # fmt: skip


def _index(value: float) -> str:
    return f"{value:.0f}" if np.isfinite(value) else MISSING


def _areas(reach: Any, material: Material, *, people: bool) -> tuple[str, str]:
    """Return a map, if there are shapes, and otherwise a table."""
    found = reach.areas
    rate = found.core_penetration if people else found.core
    order = np.argsort(-np.nan_to_num(rate, nan=-1.0), kind="stable")
    rows = [
        [
            found.names[k],
            count(found.customers[k]) if np.isfinite(found.customers[k]) else SMALL,
            count(found.core[k]) if np.isfinite(found.core[k]) else SMALL,
            percent(found.core_penetration[k]) if people else MISSING,
        ]
        for k in order[:ROWS]
    ]
    head = ["Area", "Customers", "Core customers", "Core of the people"]
    inner = table(head, rows, title="Areas")
    if material.options.geojson is not None:
        kind = "percent" if people else "count"
        return map_of_areas(material.options.geojson, found.names, rate, head, rows, kind=kind), ""
    return "", details(f"Areas, the first {ROWS}" if len(order) > ROWS else "Areas", inner)


def relevance_view(found: Any) -> str:
    """Show how alike the core and the community are."""
    made = []
    for label, name, hint in (
        ("In common", "overlap", f"of the first {found.top} segments"),
        ("Alike", "alignment", "of both mixes lies in the same segments"),
    ):
        value = getattr(found, name, np.nan)
        if np.isfinite(value):
            low, high = found.interval(name)
            made.append(
                Card(label, percent(value), f"{hint}; interval {span(percent(low), percent(high))}")
            )
    body = cards(made)
    both = set(found.tops.both)
    size = max(len(found.tops.core), len(found.tops.population))
    rows = [
        [
            str(k + 1),
            _at(found.tops.core, k),
            _at(found.tops.population, k),
            "yes" if _at(found.tops.core, k) in both else "no",
        ]
        for k in range(size)
    ]
    if rows:
        head = ["Place", "Core", "Community", "Core's in both"]
        body += table(
            head, rows, title="First segments of the core and the community", words=(0, 1, 2, 3)
        )
    return body + _locations(found)


def _locations(found: Any) -> str:
    places = found.by_location
    if places is None:
        return ""
    names = [name for name in ("overlap", "alignment") if name in places.figures.names]
    names = [name for name in names if np.isfinite(places[name]).any()]
    rows = [
        [
            place,
            count(places.core[k]) if np.isfinite(places.core[k]) else SMALL,
            *[percent(places[name][k]) for name in names],
        ]
        for k, place in enumerate(places.names[:ROWS])
    ]
    head = {"overlap": "In common", "alignment": "Alike"}
    said = ""
    if np.isfinite(places.mean_distance):
        said = note(
            f"Between locations, cores lie {decimal(places.mean_distance)} apart on average (0: "
            "the same mix, 1: nothing in common): local offers are worth it where this is high."
        )
    return table(
        ["Location", "Core customers", *[head[name] for name in names]], rows, title="Locations"
    ) + said  # fmt: skip


def _at(names: tuple[str, ...], place: int) -> str:
    return names[place] if place < len(names) else MISSING


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"
