"""`Reach`: what `reach_of` finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.measured import Measured
from customerintel.audit.reach_tables import AreaReach, LocationReach, SegmentReach
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.text import Text

__all__ = ["Reach"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Reach:
    """How broadly customers and core cover a population; made by `reach_of`.

    Numbers of customers below `min_cell`, and all that is computed from them, are NaN; so are
    numbers that would give them away. Figures over segments (coverage, breadth, evenness,
    dissimilarity) are reckoned with the hidden segments of a place put together as one, since two
    such figures could else be solved for two hidden numbers. One that stands for several segments
    is covered where it has `at_least` core customers for each of them. The coverage of areas counts
    all areas, and so bounds hidden numbers, without telling them.

    What stays known is the sum of hidden numbers, and between which bounds each lies. Whoever
    holds two results, of windows, cores or columns that differ little, can subtract.

    Attributes
    ----------
    segments : SegmentReach or None
        Per segment; None where none was named.
    areas : AreaReach or None
        Per area; None where none was named.
    by_location : LocationReach or None
        The headline figures of each location; None where none was named.
    n_active : float
        Active customers, those without a place included; NaN where they are so few more than
        `n_customers` that the difference would be a small number.
    n_customers, n_core : float
        Active and core customers with a known segment (or area, where no segment was named). The
        core is NaN too where the others are fewer than `min_cell`.
    population : float
        People; NaN where there is no population and the core is compared with the active
        customers.
    left_out : mapping of str to float
        How many active customers have no place, and why: ``"n_unplaced"`` are not in the table
        of customers; ``"n_no_segment"`` have none; ``"n_unknown_segment"`` have one that the
        population does not have; so too of ``area`` and ``location``. NaN where it is
        suppressed; the warning, which is for whoever holds the data, tells it.
    uncovered : tuple of str
        Segments with people and fewer than `at_least` core customers, as far as they are shown.
    empty_areas : tuple of str
        Areas with people and no active customer.
    at_least : int
        Core customers that make a segment covered.
    penetration_at_least : float
        Penetration that makes an area covered.
    dissimilarity_by_chance : float
        Mean dissimilarity of cores of the same size that are drawn blindly: a small core differs
        from the population by chance alone.
    min_cell : int
        The smallest number of customers that is shown.
    level : float
        Of the intervals.
    n_boot : int
        Replicates that they rest on.
    """

    segments: SegmentReach | None
    areas: AreaReach | None
    by_location: LocationReach | None
    n_active: float
    n_customers: float
    n_core: float
    population: float
    left_out: Mapping[str, float]
    uncovered: tuple[str, ...]
    empty_areas: tuple[str, ...]
    at_least: int
    penetration_at_least: float
    dissimilarity_by_chance: float
    min_cell: int
    level: float
    n_boot: int
    _headline: Measured = field(repr=False)
    _kind: Kind = field(repr=False)

    @property
    def penetration(self) -> float:
        """Active customers over people."""
        return self._headline.number("penetration")

    @property
    def core_penetration(self) -> float:
        """Core customers over people."""
        return self._headline.number("core_penetration")

    @property
    def coverage(self) -> float:
        """Share of the segments with people that have `at_least` core customers."""
        return self._headline.number("coverage")

    @property
    def weighted_coverage(self) -> float:
        """Share of the people who are in such segments."""
        return self._headline.number("weighted_coverage")

    @property
    def breadth(self) -> float:
        """Effective number of segments of the core: exp of the entropy of its shares."""
        return self._headline.number("breadth")

    @property
    def evenness(self) -> float:
        """Breadth over the number of segments with people."""
        return self._headline.number("evenness")

    @property
    def dissimilarity(self) -> float:
        """Share of the core that would have to change segment to be as the population is."""
        return self._headline.number("dissimilarity")

    @property
    def area_coverage(self) -> float:
        """Share of the areas with people in which enough of them are active customers."""
        return self._headline.number("area_coverage")

    @property
    def weighted_area_coverage(self) -> float:
        """Share of the people who live in such areas."""
        return self._headline.number("weighted_area_coverage")

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of the segments whose core is suppressed, and which are put together as one."""
        if self.segments is None:
            return ()
        pairs = zip(self.segments.names, self.segments.suppressed.tolist(), strict=True)
        return tuple(name for name, few in pairs if few)

    @property
    def segment(self) -> tuple[str, ...]:
        """Names of the segments; none where none was named."""
        return () if self.segments is None else self.segments.names

    @property
    def area(self) -> tuple[str, ...]:
        """Names of the areas; none where none was named."""
        return () if self.areas is None else self.areas.names

    @property
    def location(self) -> tuple[str, ...]:
        """Names of the locations; none where none was named."""
        return () if self.by_location is None else self.by_location.names

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the tables that `to_frame` gives."""
        held = {"segments": self.segments, "areas": self.areas, "locations": self.by_location}
        return ("headline", *(name for name, part in held.items() if part is not None))

    def interval(self, name: str) -> tuple[float, float]:
        """Return the bounds of a headline figure.

        Parameters
        ----------
        name : str
            Such as ``"coverage"``. Those of segments and locations are in
            ``segments.figures.interval(name)`` and ``by_location.interval(name)``.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        return self._headline.numbers(name)

    def to_frame(self, part: str | None = None) -> Any:
        """Return one of the tables, of the log's kind.

        Parameters
        ----------
        part : str, optional
            One of :attr:`parts`; by default ``"headline"``.

        Raises
        ------
        InvalidArgumentError
            If there is no such part.
        """
        return build(self._columns(one_of("part", part or "headline", self.parts)), self._kind)

    def _columns(self, part: str) -> Mapping[str, Column]:
        for name, held in (("segments", self.segments), ("areas", self.areas),
                           ("locations", self.by_location)):  # fmt: skip
            if part == name and held is not None:
                return held.columns()
        found = self._headline
        return {
            "measure": Text.of(found.names),
            "estimate": found.estimate,
            "lower": found.lower,
            "upper": found.upper,
        }

    def _facts(self) -> dict[str, object]:
        areas = None if self.areas is None or np.isnan(self.population) else self.area_coverage
        return {
            "customers": self.n_customers,
            "core": self.n_core,
            "population": None if np.isnan(self.population) else self.population,
            "segments": len(self.segment) or None,
            "areas": len(self.area) or None,
            "locations": len(self.location) or None,
            "core_penetration": self.core_penetration,
            "coverage": None if self.segments is None else self.coverage,
            "area_coverage": areas,
        }

    def __repr__(self) -> str:
        return one_line("Reach", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, value) for name, value in self._facts().items() if value is not None]
        return html_table("Reach", facts)
