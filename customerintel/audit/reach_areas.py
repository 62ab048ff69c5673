"""Active customers of each area, and which of their numbers must not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.area_population import AreaPopulation
from customerintel.audit.customer_places import CustomerPlaces
from customerintel.audit.told_by_sums import Margin, hidden_in_margins
from customerintel.audit.told_segments import (
    Forced,
    HiddenCounts,
    SegmentTable,
    hide_counts,
    hide_sums,
)

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["AreaCounts", "HiddenNumbers", "count_areas", "hide_with_areas"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Of the penetration of all areas together: one below this part of it is not covered.
_PART: Final = 0.1


@dataclass(frozen=True, eq=False)
class AreaCounts:
    """Active customers and people of each area.

    Attributes
    ----------
    names : tuple of str
        The areas.
    counts : ndarray of int64, shape (n_areas, 2)
        Not core and core.
    people : ndarray of float64, shape (n_areas,), or None
        The population.
    rate : float
        Penetration that makes an area covered.
    groups : mapping of str to ndarray of int64, shape (n_areas,)
        The ``"segment"`` and the ``"location"`` that each area is a part of, where it is of one.
    rest, rest_groups : ndarray of int64, shapes (n, 2) and {name: (n,)}
        Customers of a known segment and no known area, by segment and location: they are in no
        table, but what the areas lack of their segment. Locations count from 0, no known one.
    """

    names: tuple[str, ...]
    counts: Ints
    people: Floats | None
    rate: float
    groups: Mapping[str, Ints]
    rest: Ints
    rest_groups: Mapping[str, Ints]


@dataclass(frozen=True, eq=False)
class HiddenNumbers:
    """What must not be shown: of segments and locations, and of areas (all, core)."""

    segments: HiddenCounts
    areas: tuple[Mask, Mask]


def count_areas(
    core: CoreCustomers, places: CustomerPlaces, people: AreaPopulation | None,
    rate: float | None,
) -> AreaCounts | None:  # fmt: skip
    """Count the active customers of each area; None where no areas were named."""
    if "area" not in places.names:
        return None
    names, code = places.names["area"], places.of_history("area")
    kept = core.active & (code >= 0)
    key = (code * 2 + core.in_core)[kept]
    counts = np.bincount(key, minlength=2 * len(names)).reshape(len(names), 2)
    lived = None if people is None else people.by("area")
    if rate is None:
        rate = np.nan if lived is None else _PART * float(counts.sum() / lived.sum())
    rest, rest_groups = _without_area(core, places)
    return AreaCounts(names, counts, lived, rate, _groups(core, places, people), rest, rest_groups)


def _groups(
    core: CoreCustomers, places: CustomerPlaces, people: AreaPopulation | None
) -> dict[str, Ints]:
    """Return the segment and location of each area, by the population or else by customers."""
    found: dict[str, Ints] = {}
    area = places.of_history("area")
    for place in ("segment", "location"):
        if place not in places.names:
            continue
        group = None if people is None or place not in people.names else people.of_area(place)
        if group is None:
            code = places.of_history(place)
            both = core.active & (area >= 0) & (code >= 0)
            group = np.zeros(len(places.names["area"]), np.int64)
            group[area[both]] = code[both]
            if not np.array_equal(group[area[both]], code[both]):
                continue
        found[place] = group
    return found


def _without_area(core: CoreCustomers, places: CustomerPlaces) -> tuple[Ints, dict[str, Ints]]:
    size = len(places.names.get("segment", ("",)))
    segment = np.zeros(len(core.active), np.int64)
    where = np.zeros(len(core.active), np.int64)
    if "segment" in places.names:
        segment = places.of_history("segment")
    if "location" in places.names:
        where = np.maximum(places.of_history("location") + 1, 0)
    kept = core.active & (places.of_history("area") < 0) & (segment >= 0)
    if "segment" not in places.names:
        kept &= False  # nobody else is counted then
    n_places = 1 + len(places.names.get("location", ()))
    key = ((where * size + segment) * 2 + core.in_core)[kept]
    counts = np.bincount(key, minlength=n_places * size * 2).reshape(-1, 2)
    some = np.flatnonzero(counts.any(axis=1))
    return counts[some], {"segment": some % size, "location": some // size}


def hide_with_areas(table: SegmentTable, areas: AreaCounts | None, min_cell: int) -> HiddenNumbers:
    """Tell what must not be shown, so that areas do not tell their segments, nor these areas."""
    n_places, size = table.counts.shape[:2]
    forced = Forced(*(np.zeros(n, bool) for n in (size, size, n_places, n_places)))
    while True:
        hidden = hide_counts(table, min_cell, forced)
        if areas is None:
            return HiddenNumbers(hidden, (np.zeros(0, bool), np.zeros(0, bool)))
        few, told = _hidden_areas(
            areas, min_cell, hidden.active, hidden.place_active, both=False, always=None
        )
        few_core, told_core = _hidden_areas(
            areas, min_cell, hidden.core, hidden.place_core, both=True, always=few
        )
        more = _and_sums(forced, areas, told, told_core)
        if more is None:
            n = len(areas.names)
            return HiddenNumbers(hidden, (few[:n], few_core[:n]))
        forced = more


def _and_sums(forced: Forced, areas: AreaCounts, told: Mask, told_core: Mask) -> Forced | None:
    """Add the locations whose sums tell areas; None where there are no more."""
    name = "location" if "location" in areas.groups else "segment"
    if name not in areas.groups:
        return None
    groups = _with_rest(areas, name)
    fields = ("place_active", "place_core") if name == "location" else ("active", "core")
    found = {}
    for field, stuck in zip(fields, (told, told_core), strict=True):
        more = hide_sums(getattr(forced, field), groups[stuck])
        if more is not None:
            found[field] = more
    return replace(forced, **found) if found else None


def _with_rest(areas: AreaCounts, name: str) -> Ints:
    """Return the group of each area and of those without one; 0 is that of no known location."""
    shift = int(name == "location")
    return np.append(areas.groups[name] + shift, areas.rest_groups[name])


def _hidden_areas(
    areas: AreaCounts, min_cell: int, segments: Mask, locations: Mask, *, both: bool,
    always: Mask | None,
) -> tuple[Mask, Mask]:  # fmt: skip
    counts = np.concatenate([areas.counts, areas.rest])
    if not both:
        counts = counts.sum(axis=1, keepdims=True)
    margins = []
    for name, hidden in (("segment", segments), ("location", locations)):
        if name in areas.groups:
            margins.append(Margin(_with_rest(areas, name), hidden))
        else:
            margins.append(Margin(np.zeros(len(counts), np.int64), np.zeros(1, bool)))
    return hidden_in_margins(counts, min_cell, margins[0], margins[1], always)
