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
from customerintel.audit.reach_areas import AreaCounts, count_areas, hide_with_areas
from customerintel.audit.reach_result import Reach
from customerintel.audit.reach_tables import AreaReach, LocationReach, SegmentReach
from customerintel.audit.told_segments import HiddenCounts, SegmentTable, ToldTable
from customerintel.audit.told_totals import told_totals
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["ReachOptions", "reckon_reach", "segment_table"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Headline figures of the active customers; the others are of the core.
_OF_ACTIVE: Final = ("penetration", "area_coverage", "weighted_area_coverage")
_AREA_FIGURES: Final = ("area_coverage", "weighted_area_coverage")
_BY_SEGMENT: Final = (
    "share_of_core", "share_of_population", "index", "penetration", "core_penetration",
)  # fmt: skip


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
    _warn_of_nobody(table, table.by_segment.sum(axis=1))
    of_areas = count_areas(core, places, people, options.penetration_at_least)
    hidden = hide_with_areas(table, of_areas, options.min_cell)
    told = ToldTable.of_all(table, hidden.segments.core)
    whole = told_totals(table, core.n_active, left_out, options.min_cell)
    areas = None
    if of_areas is not None:
        areas = AreaReach.of(
            of_areas.names, of_areas.counts, of_areas.people, of_areas.rate, hidden.areas
        )
    headline = _headline(places, told, of_areas, options)
    few = [x in _OF_ACTIVE and np.isnan(whole.customers) for x in headline.names]
    few_core = [x not in _OF_ACTIVE and np.isnan(whole.core) for x in headline.names]
    segments = _segments(places, table, hidden.segments, options)
    chance = np.nan
    if segments is not None and not np.isnan(whole.core):
        chance = float(reach_measures.distance_by_chance(told, options.n_boot, options.seed))
    return Reach(
        segments=segments,
        areas=areas,
        by_location=_locations(places, table, hidden.segments, of_areas, options),
        n_active=whole.active,
        n_customers=whole.customers,
        n_core=whole.core,
        population=np.nan if people is None else people.total,
        left_out=whole.left_out,
        uncovered=_uncovered(segments),
        empty_areas=_empty(areas),
        at_least=options.at_least,
        penetration_at_least=np.nan if of_areas is None else of_areas.rate,
        dissimilarity_by_chance=chance,
        min_cell=options.min_cell,
        level=options.level,
        n_boot=options.n_boot,
        _headline=headline.blank(np.array(few) | np.array(few_core)),
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


def _headline(
    places: CustomerPlaces, told: ToldTable, areas: AreaCounts | None, options: ReachOptions
) -> Measured:
    """Return the figures of everything."""
    found = options.measure(told.counts, _by_place(told), told.people)
    if "segment" not in places.names:
        found = found.blank(np.array(["penetration" not in name for name in found.names]))
    more = None if areas is None else _area_figures(areas, options)
    return found.with_more(_unknown(2) if more is None else more)


def _area_figures(
    areas: AreaCounts, options: ReachOptions, group: Ints | None = None
) -> Measured | None:
    """Return the coverage of areas, of all or of each group; None without population."""
    people = areas.people
    if people is None:
        return None
    return options.measure(
        areas.counts,
        lambda n: reach_measures.area_figures(n, people, areas.rate, group),
        people,
    )


def _unknown(*shape: int) -> Measured:
    """Return area figures that nobody knows."""
    return Measured(_AREA_FIGURES, *(np.full(shape, np.nan) for _ in range(3)))


def _by_place(told: ToldTable) -> Figures:
    return lambda n: reach_measures.headline_figures(told, n)


def _segments(
    places: CustomerPlaces, table: SegmentTable, hidden: HiddenCounts, options: ReachOptions
) -> SegmentReach | None:
    if "segment" not in places.names:
        return None
    # each figure is of counts that are told: replicates of others would depend on hidden ones
    own, all_of_it = (ToldTable.of_all(table, x) for x in (hidden.core, hidden.active))
    of_core = options.measure(
        own.counts, lambda n: reach_measures.core_by_segment(own, n), own.people
    )
    counts = all_of_it.counts.sum(axis=-1, keepdims=True) * np.array([1, 0])
    of_active = options.measure(
        counts, lambda n: reach_measures.active_by_segment(all_of_it, n), all_of_it.people
    )
    return SegmentReach.of(
        places.names["segment"], table.by_segment, table.people,
        of_core.with_more(of_active).only(_BY_SEGMENT), table.at_least,
        (hidden.active, hidden.core),
    )  # fmt: skip


def _locations(
    places: CustomerPlaces, table: SegmentTable, hidden: HiddenCounts, areas: AreaCounts | None,
    options: ReachOptions,
) -> LocationReach | None:  # fmt: skip
    if "location" not in places.names:
        return None
    told, counts = ToldTable.of_places(table, hidden), table.by_place[1:]
    found = options.measure(told.counts, _by_place(told), table.people)
    chance = reach_measures.distance_by_chance(told, options.n_boot, options.seed)
    if "segment" not in places.names:
        blanked = np.array(["penetration" not in name for name in found.names])
        found, chance = found.blank(blanked[:, None]), np.full(len(chance), np.nan)
    group = None if areas is None else areas.groups.get("location")
    more = None if areas is None or group is None else _area_figures(areas, options, group)
    found = found.with_more(_unknown(2, len(counts)) if more is None else more)
    local = None if table.local is None else table.local.sum(axis=1)
    return LocationReach.of(
        places.names["location"], counts, local, found, chance,
        (hidden.place_active[1:], hidden.place_core[1:]),
    )  # fmt: skip


def _uncovered(segments: SegmentReach | None) -> tuple[str, ...]:
    if segments is None:
        return ()
    return _named(segments.names, (segments.population > 0) & (segments.covered == 0))


def _named(names: tuple[str, ...], mask: Mask) -> tuple[str, ...]:
    return tuple(names[i] for i in np.flatnonzero(mask))


def _empty(areas: AreaReach | None) -> tuple[str, ...]:
    if areas is None:
        return ()
    return _named(areas.names, (areas.customers == 0) & (areas.population > 0))
