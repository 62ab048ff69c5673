"""Reach by segment, by area and by location."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.measured import Measured
from customerintel.audit.small_cells import blank
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
    covered : ndarray of float64
        1 with people, and core customers enough, else 0; NaN where those are suppressed.
    suppressed : ndarray of bool
        Whether a number of customers of the row, in the core or out of it, is too small to be
        shown, or would give such a one away.
    """

    names: tuple[str, ...]
    customers: Floats
    core: Floats
    population: Floats
    figures: Measured
    covered: Floats
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(
        cls, names: tuple[str, ...], counts: Ints, population: Floats | None,
        figures: Measured, at_least: int, hidden: tuple[Mask, Mask],
    ) -> SegmentReach:  # fmt: skip
        """Make it of other and core customers, and where all and where the core are hidden."""
        few, few_core = hidden
        active = counts.sum(axis=-1)
        people = np.asarray(active, np.float64) if population is None else population
        rules = {
            "share_of_core": few_core,
            "share_of_population": few if population is None else np.zeros(len(names), bool),
            "index": few_core,
            "penetration": few,
            "core_penetration": few_core,
        }
        return cls(
            names=names,
            customers=blank(active, few),
            core=blank(counts[:, 1], few_core),
            population=blank(active, few) if population is None else population,
            figures=figures.blank(np.stack([rules[name] for name in figures.names])),
            covered=blank((counts[:, 1] >= at_least) & (people > 0), few_core),
            suppressed=few_core,
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
        cls, names: tuple[str, ...], counts: Ints, population: Floats | None, at_least: float,
        hidden: tuple[Mask, Mask],
    ) -> AreaReach:  # fmt: skip
        """Make it of other and core customers, and where all and where the core are hidden."""
        few, few_core = hidden
        active, core = counts.sum(axis=-1), counts[:, 1]
        people = np.asarray(active, np.float64) if population is None else population
        lived = people > 0

        def over(numbers: Ints, hidden: Mask) -> Floats:
            rate = np.divide(numbers, people, out=np.full(len(people), np.nan), where=lived)
            return blank(rate, hidden)

        reached = (active >= at_least * people) & (active > 0)
        unknown = few | ~lived if population is not None else np.ones(len(names), bool)
        return cls(
            names=names,
            customers=blank(active, few),
            core=blank(core, few_core),
            population=blank(active, few) if population is None else people,
            penetration=over(active, few),
            core_penetration=over(core, few_core),
            covered=blank(reached, unknown),
            suppressed=few_core,
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
        Those of `Reach`, with the segments that are hidden in the location together; the coverage
        of areas is that of the location's own areas, NaN where an area may be of several.
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
        cls, names: tuple[str, ...], counts: Ints, population: Floats | None,
        figures: Measured, by_chance: Floats, hidden: tuple[Mask, Mask],
    ) -> LocationReach:  # fmt: skip
        """Make it of other and core customers, and where all and where the core are hidden."""
        few, few_core = hidden
        of_active = ("penetration", "area_coverage", "weighted_area_coverage")
        rules = [few if name in of_active else few_core for name in figures.names]
        return cls(
            names=names,
            customers=blank(counts.sum(axis=-1), few),
            core=blank(counts[:, 1], few_core),
            population=np.full(len(names), np.nan) if population is None else population,
            figures=figures.blank(np.stack(rules)),
            dissimilarity_by_chance=blank(by_chance, few_core),
            suppressed=few_core,
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
