"""The tables of `Relevance`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from customerintel.tables.building import Column
from customerintel.tables.text import Text

if TYPE_CHECKING:
    from customerintel.audit.relevance_result import LocationRelevance, Relevance, TopList

__all__ = ["columns_of_part"]


def columns_of_part(found: Relevance, part: str) -> dict[str, Column]:
    """Return the columns of one of `Relevance.parts`."""
    if part == "headline":
        return found._headline()
    if part == "segments":
        return {
            "segment": Text.of(found.segment),
            "share_of_core": found.share_of_core,
            "share_of_population": found.share_of_population,
            "suppressed": found.suppressed,
        }
    if part == "tops":
        columns = _tops((found.tops,))
        del columns["location"]
        return columns
    if part == "behaviour_by_segment":
        return found.behaviour_by_segment.columns("segment")
    if part == "behaviour_by_location" and found.behaviour_by_location is not None:
        return found.behaviour_by_location.columns("location")
    made: dict[str, Callable[[LocationRelevance], dict[str, Column]]] = {
        "locations": _locations,
        "location_tops": lambda places: _tops(places.tops, places.names),
        "distances": _distances,
    }
    # without locations it has none of these parts
    return {} if found.by_location is None else made[part](found.by_location)


def _locations(places: LocationRelevance) -> dict[str, Column]:
    return {
        "location": Text.of(places.names),
        "core_customers": places.core,
        **places.figures.columns(),
        "suppressed": places.suppressed,
    }


def _distances(places: LocationRelevance) -> dict[str, Column]:
    """Return one row per pair of locations, each pair once."""
    here, there = np.triu_indices(len(places), 1)
    return {
        "location": Text.of([places.names[i] for i in here]),
        "other": Text.of([places.names[i] for i in there]),
        "jensen_shannon": places.distances[here, there],
    }


def _tops(tops: tuple[TopList, ...], names: tuple[str, ...] = ("",)) -> dict[str, Column]:
    """Return one row per place of a list."""
    rows = [
        (name, of, rank, segment, segment in other)
        for name, top in zip(names, tops, strict=True)
        for of, mine, other in (
            ("core", top.core, top.population), ("population", top.population, top.core)
        )
        for rank, segment in enumerate(mine, start=1)
    ]  # fmt: skip
    location, of, rank, segment, both = zip(*rows, strict=True) if rows else ((),) * 5
    return {
        "location": Text.of(location),
        "list_of": Text.of(of),
        "rank": np.array(rank, np.int64),
        "segment": Text.of(segment),
        "in_both": np.array(both, bool),
    }
