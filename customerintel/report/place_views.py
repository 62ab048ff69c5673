"""Reach and relevance on the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.plot.place_dots import reach as draw_reach
from customerintel.plot.place_dots import relevance as draw_relevance
from customerintel.report.area_map import map_of_areas
from customerintel.report.charts import chart
from customerintel.report.markup import Card, cards, details, figures, long_table, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import MISSING, count, decimal, percent, span
from customerintel.report.pictures import picture
from customerintel.report.small_groups import DASH

__all__ = ["reach_view", "relevance_view"]

#: Segments in a picture, and rows in a table.
SHOWN, ROWS = 14, 60


def reach_view(reach: Any, material: Material) -> str:
    """Show how broadly the core covers segments and areas."""
    people = bool(np.isfinite(reach.population))
    body = cards(_reach_cards(reach, people=people))
    drawn = []
    if reach.segments is not None:
        drawn.append(_segments(reach, people=people))
    table_of_areas = ""
    if reach.areas is not None:
        drawn_areas, table_of_areas = _areas(reach, material, people=people)
        drawn.append(drawn_areas)
    body += figures([one for one in drawn if one]) + table_of_areas
    if reach.uncovered:
        body += note(f"Not reached: {_listed(reach.uncovered)}.")
    if any(reach.left_out.values()):
        total = sum(reach.left_out.values())
        who = f"{count(total)} customers" if total >= FEW else "A few customers"
        body += note(f"{who} have no known place and are left out.")
    parts = [one for one in (reach.segments, reach.areas) if one is not None]
    if any(np.isnan(one.core).any() for one in parts):
        body += note(DASH)
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


def _segments(reach: Any, *, people: bool) -> str:
    found = reach.segments
    index, (low, high) = found.figures["index"], found.figures.interval("index")
    core, whole = found.figures["share_of_core"], found.figures["share_of_population"]
    order = np.argsort(-np.nan_to_num(core, nan=-1.0), kind="stable")
    other = "people" if people else "all customers"
    rows = [
        [
            found.names[k],
            count(found.core[k]),
            percent(core[k]),
            percent(whole[k]),
            _index(index[k]),
            span(_index(low[k]), _index(high[k])),
        ]
        for k in order[:ROWS]
    ]
    known = np.flatnonzero(np.isfinite(index))
    if not len(known):
        return ""
    best = known[int(np.argmax(index[known]))]
    shown = min(SHOWN, len(found.names))
    return chart(
        "reach", picture(lambda ax: draw_reach(reach, top=SHOWN, ax=ax)),
        title="The core by segment",
        says=f"Share of the core over share of {other}, times 100, with intervals: above 100, the "
        f"segment is more at home in the core. The highest is {_index(index[best])}, of "
        f"{found.names[best]}.",
        head=["Segment", "Core customers", "Share of the core", f"Share of {other}", "Index",
              "Interval"],
        rows=rows, height=1.3 + 0.27 * shown,
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
            count(found.customers[k]),
            count(found.core[k]),
            percent(found.core_penetration[k]) if people else MISSING,
        ]
        for k in order[:ROWS]
    ]
    head = ["Area", "Customers", "Core customers", "Core of the people"]
    if material.options.geojson is not None:
        value = "core_penetration" if people else "core"
        return map_of_areas(reach, material.options.geojson, value, head, rows), ""
    title = f"Areas, the first {ROWS}" if len(order) > ROWS else "Areas"
    return "", details(title, table(head, rows, title="Areas"))


def relevance_view(found: Any, *, has_top: bool = True) -> str:
    """Show how alike the core and the community are; the first segments only if there are many."""
    made = []
    for label, name, hint in (
        ("In common", "overlap", f"of the first {found.top} segments"),
        ("Alike", "alignment", "of both mixes lies in the same segments"),
    ):
        value = getattr(found, name, np.nan)
        if np.isfinite(value) and (has_top or name != "overlap"):
            low, high = found.interval(name)
            made.append(
                Card(label, percent(value), f"{hint}; interval {span(percent(low), percent(high))}")
            )
    body = cards(made)
    both = set(found.tops.both)
    body += figures([_mix(found)])
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
    if rows and has_top:
        head = ["Place", "Core", "Community", "Core's in both"]
        body += long_table(
            head, rows, title="First segments of the core and the community", words=(0, 1, 2, 3)
        )
    return body + _locations(found, has_top=has_top)


def _mix(found: Any) -> str:
    """Set the mix of the core beside that of the community."""
    core, other = found.share_of_core, found.share_of_population
    gap = np.where(np.isfinite(core), core - other, np.nan)
    if not np.isfinite(gap).any():
        return ""
    larger = np.fmax(np.nan_to_num(core, nan=-1.0), np.nan_to_num(other, nan=-1.0))
    order = np.argsort(-larger, kind="stable")
    most = int(np.nanargmax(np.abs(gap)))
    return chart(
        "relevance", picture(lambda ax: draw_relevance(found, top=SHOWN, ax=ax)),
        title="Segments of core and community",
        says=f"Share of each segment in both; they lie furthest apart for {found.segment[most]}, "
        f"with {percent(core[most])} of the core and {percent(other[most])} of the community.",
        head=["Segment", "Share of the core", "Share of the community"],
        rows=[[found.segment[k], percent(core[k]), percent(other[k])] for k in order[:ROWS]],
        height=1.1 + 0.27 * min(SHOWN, len(core)),
    )  # fmt: skip


def _locations(found: Any, *, has_top: bool) -> str:
    places = found.by_location
    if places is None:
        return ""
    names = [name for name in ("overlap", "alignment") if name in places.figures.names]
    names = [name for name in names if has_top or name != "overlap"]
    names = [name for name in names if np.isfinite(places[name]).any()]
    rows = [
        [
            place,
            count(places.core[k]),
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
    return long_table(
        ["Location", "Core customers", *[head[name] for name in names]], rows, title="Locations"
    ) + said  # fmt: skip


def _at(names: tuple[str, ...], place: int) -> str:
    return names[place] if place < len(names) else MISSING


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more
