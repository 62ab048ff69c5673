"""Customers by location and segment as they may be told: hidden segments together as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import hidden_rows
from customerintel.audit.told_by_sums import Margin, hidden_in_margins
from customerintel.rfm.read_only import seal

__all__ = ["Forced", "HiddenCounts", "SegmentTable", "ToldTable", "hide_counts", "hide_sums"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SegmentTable:
    """Active customers by location, segment and whether they are core, and the population.

    Attributes
    ----------
    counts : ndarray of int64, shape (1 + n_locations, n_segments, 2)
        The first location holds those of no known one; last axis: not core, core.
    people : ndarray of float64, shape (n_segments,), or None
        The population; None: the active customers themselves are what the core is compared with.
    local : ndarray of float64, shape (n_locations, n_segments), or None
        The population of each location; None: not known, and locations are compared with all.
    at_least : int
        Core customers that make a segment covered.
    """

    counts: Ints
    people: Floats | None
    local: Floats | None
    at_least: int

    def __post_init__(self) -> None:
        seal(self)

    @property
    def by_segment(self) -> Ints:
        """Customers by segment, of shape (n_segments, 2)."""
        return np.asarray(self.counts.sum(axis=0), np.int64)

    @property
    def by_place(self) -> Ints:
        """Customers by location, that of no known one first, of shape (1 + n_locations, 2)."""
        return np.asarray(self.counts.sum(axis=1), np.int64)


@dataclass(frozen=True, eq=False)
class HiddenCounts:
    """Which numbers of a `SegmentTable` must not be shown.

    Attributes
    ----------
    active, core : ndarray of bool, shape (n_segments,)
        Segments whose number of active, and of core customers, is hidden; the second hold the
        first.
    place_active, place_core : ndarray of bool, shape (1 + n_locations,)
        So too of locations.
    cells : ndarray of bool, shape (1 + n_locations, n_segments)
        Segments of each location.
    """

    active: Mask
    core: Mask
    place_active: Mask
    place_core: Mask
    cells: Mask


@dataclass(frozen=True)
class Forced:
    """Numbers that must not be shown for a reason of their own, as in `HiddenCounts`."""

    active: Mask | None = None
    core: Mask | None = None
    place_active: Mask | None = None
    place_core: Mask | None = None


def hide_counts(table: SegmentTable, min_cell: int, forced: Forced | None = None) -> HiddenCounts:
    """Tell what must not be shown.

    Segments of a location are in no table, but figures such as the breadth of two segments can be
    solved for them; so they are hidden as if they were.

    Parameters
    ----------
    table : SegmentTable
        What is counted.
    min_cell : int
        The smallest number that is shown.
    forced : Forced, optional
        What is hidden for another reason.
    """
    forced = forced or Forced()
    active, core = _two_kinds(table.by_segment, min_cell, forced.active, forced.core)
    place_active, place_core = _two_kinds(
        table.by_place, min_cell, forced.place_active, forced.place_core
    )
    n_places, size = table.counts.shape[:2]
    flat = table.counts.reshape(-1, 2)
    # beside a population, the figures of a location tell nothing of the others of a segment
    kept = flat if table.people is None else flat[:, 1:]
    where, segment = np.divmod(np.arange(len(flat)), size)
    while True:
        margins = Margin(segment, core), Margin(where, place_core)
        cells, stuck = hidden_in_margins(kept, min_cell, *margins)
        more = hide_sums(place_core, where[stuck])
        if more is None:
            break
        place_core = hidden_rows(table.by_place, min_cell, more)
    return HiddenCounts(active, core, place_active, place_core, cells.reshape(n_places, size))


def hide_sums(hidden: Mask, stuck: Ints) -> Mask | None:
    """Hide the sums of groups that tell cells; all, if those are; None if there are no more."""
    more = hidden.copy()
    more[stuck] = True
    if len(stuck) and np.array_equal(more, hidden):
        more[:] = True
    return None if np.array_equal(more, hidden) else more


def _two_kinds(
    counts: Ints, min_cell: int, always: Mask | None, always_core: Mask | None
) -> tuple[Mask, Mask]:
    """Return where all customers are hidden, and where the core, of shape (m,)."""
    few = hidden_rows(counts.sum(axis=-1)[:, None], min_cell, always)
    both = few if always_core is None else few | always_core
    return few, hidden_rows(counts, min_cell, both)


@dataclass(frozen=True, eq=False)
class ToldTable:
    """Customers by segment, of everything or of each location, hidden segments put together.

    Those that are hidden have their sum in the place of the first of them, and 0 in the others:
    what is reckoned from these numbers, replicates included, tells no more than they do.

    Attributes
    ----------
    counts : ndarray of int64, shape (…, n_segments, 2)
        Not core and core, hidden segments together.
    people : ndarray of float64, shape (…, n_segments), or None
        The population, so too; None: active customers.
    need : ndarray of float64, shape (…, n_segments)
        Core customers that make a segment covered: of several together, so many for each.
    hidden : ndarray of bool, shape (…, n_segments)
        Which are put together.
    ranked : ndarray of float64, shape (…, n_segments), or None
        The population with every segment by itself.
    counted : bool
        Whether the people of each row are its own, so that it has a penetration.
    """

    counts: Ints
    people: Floats | None
    need: Floats
    hidden: Mask
    ranked: Floats | None
    counted: bool

    def __post_init__(self) -> None:
        seal(self)

    @classmethod
    def of_all(cls, table: SegmentTable, hidden: Mask) -> ToldTable:
        """Make that of everything."""
        return cls.of(table.by_segment, table.people, hidden, table.at_least, counted=True)

    @classmethod
    def of_places(cls, table: SegmentTable, hidden: HiddenCounts) -> ToldTable:
        """Make that of each location, of which hidden ones have no more than a sum."""
        cells, counts = hidden.cells[1:], together(table.counts[1:], hidden.cells[1:])
        if table.people is not None:
            others = counts[..., 0].sum(axis=-1)
            counts[..., 0] = 0
            counts[:, 0, 0] = others
        few, few_core = hidden.place_active, hidden.place_core
        active = table.by_place.sum(axis=1)
        # of a hidden core the active customers alone are told, of hidden customers nothing
        counts[few_core[1:]] = 0
        counts[few_core[1:], 0, 0] = np.where(few, 0, active)[1:][few_core[1:]]
        people = table.people if table.local is None else table.local
        counted = table.people is None or table.local is not None
        if people is not None:
            people = np.broadcast_to(people, cells.shape)
        return cls.of(counts, people, cells, table.at_least, counted=counted)

    @classmethod
    def of(
        cls, counts: Ints, people: Floats | None, hidden: Mask, at_least: int, *, counted: bool
    ) -> ToldTable:
        """Put hidden segments together."""
        need = together(np.full((*hidden.shape, 1), float(at_least)), hidden)[..., 0]
        pooled = None if people is None else together(people[..., None], hidden)[..., 0]
        return cls(together(counts, hidden), pooled, need, hidden, people, counted)

    def split(self, counts: Ints) -> tuple[Ints, Ints]:
        """Return active and core customers of counts of the shape of the table's or (n, …)."""
        return counts.sum(axis=-1), counts[..., 1]

    @property
    def lumped(self) -> Mask:
        """Whether hidden segments, put together, are all that there is, of shape (…)."""
        active, core = self.split(self.counts)
        some = (self.compared(active) > 0) | (core > 0)
        found: Mask = self.hidden.any(axis=-1) & (some.sum(axis=-1) < 2)
        return found

    def compared(self, active: Ints) -> Floats:
        """Return the numbers that the core is compared with."""
        return np.asarray(active, np.float64) if self.people is None else self.people

    def apart(self, values: Floats) -> Floats:
        """Return numbers with those put together dealt out evenly: none is before another."""
        n = self.hidden.sum(axis=-1, keepdims=True)
        mean = np.where(self.hidden, values, 0.0).sum(axis=-1, keepdims=True) / np.maximum(n, 1)
        return np.where(self.hidden, mean, values)


def together(values: NDArray[Any], hidden: Mask) -> NDArray[Any]:
    """Return values of shape (…, S, c), those of hidden segments added up in the first's place."""
    found = np.where(hidden[..., None], 0, values)
    first = hidden & (np.cumsum(hidden, axis=-1) == 1)
    total = np.where(hidden[..., None], values, 0).sum(axis=-2, keepdims=True)
    made: NDArray[Any] = np.where(first[..., None], total, found)
    return made
