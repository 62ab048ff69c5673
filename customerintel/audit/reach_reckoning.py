"""From customers in their places and a population to `Reach`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit import reach_measures
from customerintel.audit.area_population import AreaPopulation
from customerintel.audit.customer_places import CustomerPlaces
from customerintel.audit.measured import Figures, Measured, measure
from customerintel.audit.reach_measures import SegmentTable
from customerintel.audit.reach_result import Reach
from customerintel.audit.reach_tables import AreaReach, LocationReach, SegmentReach
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["ReachOptions", "reckon_reach", "segment_table"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Of the penetration of all areas together: one below this part of it is not covered.
_PART: Final = 0.1
#: Headline figures of the active customers; the others are of the core.
_OF_ACTIVE: Final = ("penetration", "area_coverage", "weighted_area_coverage")
_AREA_FIGURES: Final = ("area_coverage", "weighted_area_coverage")


@dataclass(frozen=True)
class ReachOptions:
    """What the caller asks for: the arguments of `reach_of` of the same names."""

    at_least: int
    penetration_at_least: float | None
    min_cell: int
    level: float
    n_boot: int
    seed: int

    def measure(self, counts: Ints, figures: Figures, people: Floats | None) -> Measured:
        """Return figures with intervals by the level, replicates and seed asked for."""
        others = 0 if people is None else max(0, round(float(people.sum())) - int(counts.sum()))
        return measure(
            counts, figures, others=others, level=self.level, n_boot=self.n_boot, seed=self.seed
        )


def segment_table(
    core: CoreCustomers, places: CustomerPlaces, people: AreaPopulation | None, at_least: int
) -> SegmentTable:
    """Count active customers by location, segment and whether they are core.

    Where no segment was named, everybody in a known area is of one segment.
    """
    if "segment" in places.names:
        code, size = places.of_history("segment"), len(places.names["segment"])
    else:
        code, size = np.minimum(places.of_history("area"), 0), 1
    n_locations = len(places.names.get("location", ()))
    where = np.zeros(len(code), np.int64)
    if n_locations:
        where = np.maximum(places.of_history("location") + 1, 0)
    kept = core.active & (code >= 0)
    key = ((where * size + code) * 2 + core.in_core)[kept]
    shape = (1 + n_locations, size, 2)
    counts = np.bincount(key, minlength=shape[0] * size * 2).reshape(shape)
    return SegmentTable(counts, *_population(places, people), at_least)


def _population(
    places: CustomerPlaces, people: AreaPopulation | None
) -> tuple[Floats | None, Floats | None]:
    """Return the people of each segment, and of each location and segment where it is known."""
    if people is None:
        return None, None
    with_segments = "segment" in places.names
    whole = people.by("segment") if with_segments else np.array([people.total])
    if "location" not in people.names or "location" not in places.names:
        return whole, None
    if with_segments:
        return whole, people.by_location("segment")
    return whole, people.by("location")[:, None]


def reckon_reach(
    core: CoreCustomers, places: CustomerPlaces, people: AreaPopulation | None,
    options: ReachOptions, left_out: Mapping[str, int],
) -> Reach:  # fmt: skip
    """Return what the caller of `reach_of` gets."""
    table = segment_table(core, places, people, options.at_least)
    active, own = table.split(table.counts, by_location=False)
    _warn_of_nobody(table, active)
    n, n_core = int(active.sum()), int(own.sum())
    few, few_core = 0 < n < options.min_cell, 0 < n_core < options.min_cell
    of_areas = _area_counts(core, places, people, options)
    areas = _areas(of_areas, options)
    headline = _headline(places, table, of_areas, options)
    hidden = [few if name in _OF_ACTIVE else few or few_core for name in headline.names]
    segments = _segments(places, table, options)
    chance = np.nan
    if segments is not None and not few_core:
        chance = float(_by_chance(table, options, by_location=False))
    return Reach(
        segments=segments,
        areas=areas,
        by_location=_locations(places, table, of_areas, options),
        n_active=int(core.active.sum()),
        n_customers=np.nan if few else float(n),
        n_core=np.nan if few_core else float(n_core),
        population=np.nan if people is None else people.total,
        left_out=left_out,
        uncovered=_uncovered(segments, table, active),
        empty_areas=_empty(areas),
        at_least=options.at_least,
        penetration_at_least=np.nan if of_areas is None else of_areas.rate,
        dissimilarity_by_chance=chance,
        min_cell=options.min_cell,
        level=options.level,
        n_boot=options.n_boot,
        _headline=headline.blank(np.array(hidden)),
        _kind=core.history._log.kind,
    )


def _warn_of_nobody(table: SegmentTable, active: Ints) -> None:
    if table.people is None:
        return
    lost = (table.people == 0) & (active > 0)
    if lost.any():
        warn_caller(
            f"Segments with active customers and a population of 0: {int(lost.sum()):,}. They have "
            "no penetration and no index, and count for no coverage. See whether the population "
            "is complete."
        )


@dataclass(frozen=True)
class _Areas:
    """Active customers and people of each area."""

    names: tuple[str, ...]
    counts: Ints
    people: Floats | None
    rate: float
    groups: Mapping[str, Ints]

    def figures(self, options: ReachOptions, group: Ints | None = None) -> Measured | None:
        """Return the coverage of areas, of all or of each group; None without population."""
        people = self.people
        if people is None:
            return None
        return options.measure(
            self.counts,
            lambda n: reach_measures.area_figures(n, people, self.rate, group),
            people,
        )


def _area_counts(
    core: CoreCustomers, places: CustomerPlaces, people: AreaPopulation | None,
    options: ReachOptions,
) -> _Areas | None:  # fmt: skip
    """Count the active customers of each area, by whether they are core."""
    if "area" not in places.names:
        return None
    names, code = places.names["area"], places.of_history("area")
    kept = core.active & (code >= 0)
    key = (code * 2 + core.in_core)[kept]
    counts = np.bincount(key, minlength=2 * len(names)).reshape(len(names), 2)
    lived = None if people is None else people.by("area")
    rate = options.penetration_at_least
    if rate is None:
        rate = np.nan if lived is None else _PART * float(counts.sum() / lived.sum())
    return _Areas(names, counts, lived, rate, _groups_of_areas(places, people))


def _headline(
    places: CustomerPlaces, table: SegmentTable, areas: _Areas | None, options: ReachOptions
) -> Measured:
    """Return the figures of everything."""
    found = options.measure(table.counts, _by_place(table, by_location=False), table.people)
    if "segment" not in places.names:
        found = found.blank(np.array(["penetration" not in name for name in found.names]))
    more = None if areas is None else areas.figures(options)
    return found.with_more(_unknown(2) if more is None else more)


def _unknown(*shape: int) -> Measured:
    """Return area figures that nobody knows."""
    return Measured(_AREA_FIGURES, *(np.full(shape, np.nan) for _ in range(3)))


def _groups_of_areas(places: CustomerPlaces, people: AreaPopulation | None) -> dict[str, Ints]:
    """Return the segment and the location of each area, of those that areas make up."""
    if people is None:
        return {}
    asked = [x for x in ("segment", "location") if x in places.names and x in people.names]
    found = {place: people.of_area(place) for place in asked}
    return {place: group for place, group in found.items() if group is not None}


def _areas(areas: _Areas | None, options: ReachOptions) -> AreaReach | None:
    if areas is None:
        return None
    counts = areas.counts
    return AreaReach.of(
        areas.names, counts.sum(axis=1), counts[:, 1], areas.people, areas.rate, options.min_cell,
        list(areas.groups.values()),
    )  # fmt: skip


def _by_place(table: SegmentTable, *, by_location: bool) -> Figures:
    return lambda n: reach_measures.headline_figures(table, n, by_location=by_location)


def _by_chance(table: SegmentTable, options: ReachOptions, *, by_location: bool) -> Floats:
    return reach_measures.distance_by_chance(
        table, options.n_boot, options.seed, by_location=by_location
    )


def _segments(
    places: CustomerPlaces, table: SegmentTable, options: ReachOptions
) -> SegmentReach | None:
    if "segment" not in places.names:
        return None
    active, own = table.split(table.counts, by_location=False)
    figures = options.measure(
        table.counts, lambda n: reach_measures.index_figures(table, n), table.people
    )
    people = table.compared(active, by_location=False)
    covered = (own >= table.at_least) & (people > 0)
    return SegmentReach.of(
        places.names["segment"], active, own, table.people, figures, covered, options.min_cell
    )


def _locations(
    places: CustomerPlaces, table: SegmentTable, areas: _Areas | None, options: ReachOptions
) -> LocationReach | None:
    if "location" not in places.names:
        return None
    active, own = (x.sum(axis=1) for x in table.split(table.counts, by_location=True))
    found = options.measure(table.counts, _by_place(table, by_location=True), table.people)
    chance = _by_chance(table, options, by_location=True)
    if "segment" not in places.names:
        hidden = np.array(["penetration" not in name for name in found.names])
        found, chance = found.blank(hidden[:, None]), np.full(len(chance), np.nan)
    group = None if areas is None else areas.groups.get("location")
    more = None if areas is None or group is None else areas.figures(options, group)
    found = found.with_more(_unknown(2, len(active)) if more is None else more)
    local = None if table.local is None else table.local.sum(axis=1)
    return LocationReach.of(
        places.names["location"], active, own, local, found, chance, options.min_cell
    )


def _uncovered(segments: SegmentReach | None, table: SegmentTable, active: Ints) -> tuple[str, ...]:
    if segments is None:
        return ()
    lived = table.compared(active, by_location=False) > 0
    return tuple(segments.names[i] for i in np.flatnonzero(lived & ~segments.covered))


def _empty(areas: AreaReach | None) -> tuple[str, ...]:
    if areas is None:
        return ()
    empty = (areas.customers == 0) & (areas.population > 0)
    return tuple(areas.names[i] for i in np.flatnonzero(empty))
