"""Reach by segment, by area and by location."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.measured import Measured
from customerintel.audit.small_cells import blank, hidden_cells, hidden_parts
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column
from customerintel.tables.text import Text

__all__ = ["AreaReach", "LocationReach", "SegmentReach"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class SegmentReach:
    """Reach of each segment; read-only arrays of shape (n_segments,).

    Attributes
    ----------
    names : tuple of str
        The segments.
    customers, core : ndarray of float64
        Active and core customers; NaN where they are suppressed.
    population : ndarray of float64
        People, or active customers where there is no population.
    figures : Measured
        ``share_of_core``, ``share_of_population``, ``index`` (100 times their ratio),
        ``penetration`` and ``core_penetration``, with intervals.
    covered : ndarray of bool
        With people, and core customers enough.
    suppressed : ndarray of bool
        Whether a number of customers of the row is too small to be shown, or would give such a
        one away.
    """

    names: tuple[str, ...]
    customers: Floats
    core: Floats
    population: Floats
    figures: Measured
    covered: NDArray[np.bool_]
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(
        cls, names: tuple[str, ...], active: Ints, core: Ints, population: Floats | None,
        figures: Measured, covered: Mask, min_cell: int,
    ) -> SegmentReach:  # fmt: skip
        """Make it of whole numbers, of which small ones are suppressed."""
        few, few_core = hidden_cells(active, min_cell), hidden_cells(core, min_cell)
        both = few | few_core if population is None else few_core
        rules = {
            "share_of_core": few_core,
            "share_of_population": few if population is None else np.zeros(len(names), bool),
            "index": both,
            "penetration": few,
            "core_penetration": both,
        }
        return cls(
            names=names,
            customers=blank(active, few),
            core=blank(core, few_core),
            population=blank(active, few) if population is None else population,
            figures=figures.blank(np.stack([rules[name] for name in figures.names])),
            covered=covered,
            suppressed=few | few_core,
        )

    def columns(self) -> dict[str, Column]:
        """Return the columns of the part ``"segments"``."""
        return {
            "segment": Text.of(self.names),
            "customers": self.customers,
            "core_customers": self.core,
            "population": self.population,
            **self.figures.columns(),
            "covered": self.covered,
            "suppressed": self.suppressed,
        }


@dataclass(frozen=True, eq=False, repr=False)
class AreaReach:
    """Reach of each area; read-only arrays of shape (n_areas,).

    Attributes
    ----------
    names : tuple of str
        The areas.
    customers, core : ndarray of float64
        Active and core customers; NaN where they are suppressed.
    population : ndarray of float64
        People, or active customers where there is no population.
    penetration, core_penetration : ndarray of float64
        Active and core customers over the population.
    covered : ndarray of float64
        1 where the penetration is high enough, else 0; NaN where it is suppressed, or nobody
        lives.
    suppressed : ndarray of bool
        As for `SegmentReach`.
    """

    names: tuple[str, ...]
    customers: Floats
    core: Floats
    population: Floats
    penetration: Floats
    core_penetration: Floats
    covered: Floats
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(
        cls, names: tuple[str, ...], active: Ints, core: Ints, population: Floats | None,
        at_least: float, min_cell: int, groups: Sequence[Ints],
    ) -> AreaReach:  # fmt: skip
        """Make it of whole numbers, of which small ones are suppressed.

        `groups` are the segments or locations of the areas, whose numbers are shown as well.
        """
        few, few_core = (_hidden_areas(n, groups, min_cell) for n in (active, core))
        people = np.asarray(active, np.float64) if population is None else population
        lived = people > 0

        def over(counts: Ints, hidden: Mask) -> Floats:
            rate = np.divide(counts, people, out=np.full(len(people), np.nan), where=lived)
            return blank(rate, hidden)

        reached = (active >= at_least * people) & (active > 0)
        unknown = few | ~lived if population is not None else np.ones(len(names), bool)
        return cls(
            names=names,
            customers=blank(active, few),
            core=blank(core, few_core),
            population=blank(active, few) if population is None else people,
            penetration=over(active, few),
            core_penetration=over(core, few_core | few if population is None else few_core),
            covered=blank(reached, unknown),
            suppressed=few | few_core,
        )

    def columns(self) -> dict[str, Column]:
        """Return the columns of the part ``"areas"``."""
        return {
            "area": Text.of(self.names),
            "customers": self.customers,
            "core_customers": self.core,
            "population": self.population,
            "penetration": self.penetration,
            "core_penetration": self.core_penetration,
            "covered": self.covered,
            "suppressed": self.suppressed,
        }


def _hidden_areas(counts: Ints, groups: Sequence[Ints], min_cell: int) -> Mask:
    sums = [np.bincount(group, counts, minlength=int(group.max()) + 1) for group in groups]
    margins = [(g, hidden_cells(n, min_cell)) for g, n in zip(groups, sums, strict=True)]
    return hidden_parts(counts, min_cell, margins)


@dataclass(frozen=True, eq=False, repr=False)
class LocationReach:
    """The headline figures of each location; read-only arrays of shape (n_locations,).

    Attributes
    ----------
    names : tuple of str
        The locations.
    customers, core : ndarray of float64
        Active and core customers of a known segment; NaN where they are suppressed.
    population : ndarray of float64
        People; NaN where the population has no locations.
    figures : Measured
        Those of `Reach`; the coverage of areas is that of the location's own areas, NaN where
        an area may be of several.
    dissimilarity_by_chance : ndarray of float64
        As of `Reach`.
    suppressed : ndarray of bool
        As for `SegmentReach`.
    """

    names: tuple[str, ...]
    customers: Floats
    core: Floats
    population: Floats
    figures: Measured
    dissimilarity_by_chance: Floats
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> Floats:
        return self.figures[name]

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Return lower and upper bounds of a figure, one per location."""
        return self.figures.interval(name)

    @classmethod
    def of(
        cls, names: tuple[str, ...], active: Ints, core: Ints, population: Floats | None,
        figures: Measured, by_chance: Floats, min_cell: int,
    ) -> LocationReach:  # fmt: skip
        """Make it of whole numbers, of which small ones are suppressed."""
        few, few_core = hidden_cells(active, min_cell), hidden_cells(core, min_cell)
        both = few | few_core
        of_active = ("penetration", "area_coverage", "weighted_area_coverage")
        hidden = [few if name in of_active else both for name in figures.names]
        return cls(
            names=names,
            customers=blank(active, few),
            core=blank(core, few_core),
            population=np.full(len(names), np.nan) if population is None else population,
            figures=figures.blank(np.stack(hidden)),
            dissimilarity_by_chance=blank(by_chance, both),
            suppressed=both,
        )

    def columns(self) -> dict[str, Column]:
        """Return the columns of the part ``"locations"``."""
        return {
            "location": Text.of(self.names),
            "customers": self.customers,
            "core_customers": self.core,
            "population": self.population,
            **self.figures.columns(),
            "dissimilarity_by_chance": self.dissimilarity_by_chance,
            "suppressed": self.suppressed,
        }
