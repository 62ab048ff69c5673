"""`Relevance`: what `relevance_of` finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.behaviour_by_place import Behaviour
from customerintel.audit.measured import Measured
from customerintel.rfm.read_only import seal
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.text import Text

__all__ = ["LocationRelevance", "Relevance", "TopList"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TopList:
    """The first segments of the core and of the population, greatest first.

    Segments that are tied at the last place are all in, so that a list may be longer than `top`;
    segments whose core is hidden are in no list of the core.

    Attributes
    ----------
    core, population : tuple of str
        Names of segments.
    least, most : float
        The overlap over all ways to break ties.
    """

    core: tuple[str, ...]
    population: tuple[str, ...]
    least: float
    most: float

    @property
    def both(self) -> tuple[str, ...]:
        """Segments in both lists, in the order of the core's."""
        return tuple(name for name in self.core if name in self.population)


@dataclass(frozen=True, eq=False, repr=False)
class LocationRelevance:
    """The figures of each location; read-only arrays of shape (n_locations,).

    Attributes
    ----------
    names : tuple of str
        The locations.
    core : ndarray of float64
        Core customers of a known segment; NaN where they are suppressed.
    figures : Measured
        Those of `Relevance`.
    tops : tuple of TopList
        One per location; empty lists where the location is suppressed.
    distances : ndarray of float64, shape (n_locations, n_locations)
        Jensen-Shannon distances between the cores; NaN where one is suppressed or empty.
    suppressed : ndarray of bool
        Whether the core is too small to be shown, or would give such a one away.
    """

    names: tuple[str, ...]
    core: Floats
    figures: Measured
    tops: tuple[TopList, ...]
    distances: Floats
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> Floats:
        return self.figures[name]

    @property
    def mean_distance(self) -> float:
        """Mean distance between two locations; NaN where there are no two."""
        apart = self.distances[np.triu_indices(len(self), 1)]
        apart = apart[np.isfinite(apart)]
        return float(apart.mean()) if len(apart) else float("nan")

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Return lower and upper bounds of a figure, one per location."""
        return self.figures.interval(name)


@dataclass(frozen=True, eq=False, repr=False)
class Relevance:
    """How well the segments of the core agree with those of a population.

    Made by `relevance_of`. Numbers of customers below `min_cell`, and all that is computed from
    them, are NaN; so are numbers that would give them away. Alignment and distances are reckoned
    with the hidden segments of a place put together as one (of both places, for the distance of
    two); in orders, they are tied, each with an equal part of what they have together. See `Reach`
    for the reason and for what stays known.

    Attributes
    ----------
    segment : tuple of str
        Names of the segments.
    share_of_core, share_of_population : ndarray of float64, shape (n_segments,)
        Shares that are compared; NaN where they are suppressed.
    suppressed : ndarray of bool, shape (n_segments,)
        Where the core is hidden.
    tops : TopList
        The first `top` segments of both.
    by_location : LocationRelevance or None
        The figures of each location; None where none was named.
    behaviour, behaviour_by_segment, behaviour_by_location : Behaviour
        What all customers of a known segment do, and those of each segment and location (None
        where none was named).
    n_active : float
        Active customers, those without a place included; as of `Reach`.
    n_customers, n_core : float
        Active and core customers with a known segment.
    left_out : mapping of str to float
        As of `Reach`.
    top : int
        Length of the lists.
    persistence : float
        Of rank-biased overlap.
    min_cell, n_boot : int
        The smallest number of customers that is shown; replicates.
    level : float
        Of the intervals.
    """

    segment: tuple[str, ...]
    share_of_core: Floats
    share_of_population: Floats
    suppressed: NDArray[np.bool_]
    tops: TopList
    by_location: LocationRelevance | None
    behaviour: Behaviour
    behaviour_by_segment: Behaviour
    behaviour_by_location: Behaviour | None
    n_active: float
    n_customers: float
    n_core: float
    left_out: Mapping[str, float]
    top: int
    persistence: float
    min_cell: int
    level: float
    n_boot: int
    _figures: Measured = field(repr=False)
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def overlap(self) -> float:
        """Share of the first `top` segments that core and population have in common.

        The mean over all ways to break ties; NaN with no more than `top` segments, which are in
        every list.
        """
        return self._figures.number("overlap")

    @property
    def rank_biased_overlap(self) -> float:
        """How alike the two orders are, with most weight on the first places; 1: the same."""
        return self._figures.number("rank_biased_overlap")

    @property
    def spearman(self) -> float:
        """Correlation of the two orders over all segments."""
        return self._figures.number("spearman")

    @property
    def alignment(self) -> float:
        """Σ min(c, p): the part of the core that is as the population is."""
        return self._figures.number("alignment")

    @property
    def jensen_shannon(self) -> float:
        """Jensen-Shannon distance, base 2: 0 alike, 1 nothing in common."""
        return self._figures.number("jensen_shannon")

    @property
    def location(self) -> tuple[str, ...]:
        """Names of the locations; none where none was named."""
        return () if self.by_location is None else self.by_location.names

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the tables that `to_frame` gives."""
        more = ("locations", "location_tops", "distances", "behaviour_by_location")
        plain = ("headline", "segments", "tops", "behaviour_by_segment")
        return plain if self.by_location is None else (*plain, *more)

    def interval(self, name: str) -> tuple[float, float]:
        """Return the bounds of a figure, such as ``"alignment"``.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        return self._figures.numbers(name)

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
        from customerintel.audit.relevance_tables import columns_of_part

        part = one_of("part", part or "headline", self.parts)
        return build(columns_of_part(self, part), self._kind)

    def _headline(self) -> dict[str, Column]:
        found = self._figures
        return {
            "measure": Text.of(found.names),
            "estimate": found.estimate,
            "lower": found.lower,
            "upper": found.upper,
        }

    def _facts(self) -> dict[str, object]:
        return {
            "customers": self.n_customers,
            "core": self.n_core,
            "segments": len(self.segment),
            "locations": len(self.location) or None,
            "top": self.top,
            "overlap": self.overlap,
            "alignment": self.alignment,
        }

    def __repr__(self) -> str:
        return one_line("Relevance", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, value) for name, value in self._facts().items() if value is not None]
        return html_table("Relevance", facts)
