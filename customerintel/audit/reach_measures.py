"""What Reach is reckoned from: customers and core by location and segment, and the population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.distribution_distances import dissimilarity, effective_number, shares_of
from customerintel.rfm.read_only import seal

__all__ = [
    "SegmentTable",
    "area_figures",
    "distance_by_chance",
    "headline_figures",
    "index_figures",
]

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

    def compared(self, active: Ints, *, by_location: bool) -> Floats:
        """Return the numbers that the core is compared with, of the shape of `active` or less."""
        if self.people is None:
            return np.asarray(active, np.float64)
        return self.local if by_location and self.local is not None else self.people

    def split(self, counts: Ints, *, by_location: bool) -> tuple[Ints, Ints]:
        """Return active and core customers, of shape (…, S) or (…, n_locations, S)."""
        kept = counts[..., 1:, :, :] if by_location else counts.sum(axis=-3)
        return kept.sum(axis=-1), kept[..., 1]


def headline_figures(table: SegmentTable, counts: Ints, *, by_location: bool) -> dict[str, Floats]:
    """Return the figures of everything or of each location.

    Counts are of shape (…, 1 + n_locations, S, 2), as those of the table.
    """
    active, core = table.split(counts, by_location=by_location)
    people = table.compared(active, by_location=by_location)
    c, p = shares_of(core.astype(np.float64)), shares_of(people)
    covered = (core >= table.at_least) & (people > 0)
    breadth = effective_number(c)
    nowhere = by_location and table.people is not None and table.local is None
    whole = np.full((), np.nan) if nowhere else people.sum(axis=-1)
    return {
        "penetration": _over(active.sum(axis=-1), whole),
        "core_penetration": _over(core.sum(axis=-1), whole),
        "coverage": _over(covered.sum(axis=-1), (people > 0).sum(axis=-1)),
        "weighted_coverage": (covered * p).sum(axis=-1),
        "breadth": breadth,
        "evenness": _over(breadth, (people > 0).sum(axis=-1)),
        "dissimilarity": dissimilarity(c, p),
    }


def index_figures(table: SegmentTable, counts: Ints) -> dict[str, Floats]:
    """Return per segment the shares of core and base, the index and the penetrations."""
    active, core = table.split(counts, by_location=False)
    people = table.compared(active, by_location=False)
    c, p = shares_of(core.astype(np.float64)), shares_of(people)
    p = np.broadcast_to(p, c.shape)
    return {
        "share_of_core": c,
        "share_of_population": p,
        "index": 100.0 * _over(c, p),
        "penetration": _over(active, people),
        "core_penetration": _over(core, people),
    }


def area_figures(
    counts: Ints, people: Floats, at_least: float, location: Ints | None = None
) -> dict[str, Floats]:
    """Return the share of areas, and of their people, with a penetration of at least so much.

    Parameters
    ----------
    counts : ndarray of int64, shape (…, n_areas, 2)
        Active customers; last axis: not core, core.
    people : ndarray of float64, shape (n_areas,)
        An area without people is none.
    at_least : float
        The penetration by active customers.
    location : ndarray of int64, shape (n_areas,), optional
        Of each area, each location having one at least: the figures of each location, of shape
        (…, n_locations); None: those of all areas together.
    """
    active = counts.sum(axis=-1)
    covered = ((people > 0) & (active >= at_least * people) & (active > 0)).astype(np.float64)
    order, starts = np.arange(len(people)), np.zeros(1, np.int64)
    if location is not None:
        order = np.argsort(location, kind="stable")
        starts = np.searchsorted(location[order], np.arange(int(location.max()) + 1))

    def total(values: Floats) -> Floats:
        added: Floats = np.add.reduceat(values[..., order], starts, axis=-1)
        return added[..., 0] if location is None else added

    return {
        "area_coverage": _over(total(covered), total((people > 0).astype(np.float64))),
        "weighted_area_coverage": _over(total(covered * people), total(people)),
    }


def distance_by_chance(table: SegmentTable, n_boot: int, seed: int, *, by_location: bool) -> Floats:
    """Return the mean dissimilarity of cores of the same size drawn blindly.

    From the population with replacement, or from the active customers without.
    """
    active, core = table.split(table.counts, by_location=by_location)
    people = table.compared(active, by_location=by_location)
    size = core.sum(axis=-1)
    if by_location:
        rows = np.broadcast_to(people, core.shape)
        pairs = zip(rows, size.tolist(), strict=True)
        rng = np.random.default_rng([seed, 2])
        means = [_blind(row, n, n_boot, rng, finite=table.people is None) for row, n in pairs]
        return np.array(means, np.float64)
    rng = np.random.default_rng([seed, 1])
    return np.asarray(_blind(people, int(size), n_boot, rng, finite=table.people is None))


def _blind(
    people: Floats, size: int, n_boot: int, rng: np.random.Generator, *, finite: bool
) -> float:
    p = shares_of(people)
    if not size or np.isnan(p).any():
        return float("nan")
    if finite:
        colors = people.astype(np.int64)
        drawn = rng.multivariate_hypergeometric(colors, size, n_boot, method="marginals")
    else:
        drawn = rng.multinomial(size, p, n_boot)
    return float(dissimilarity(drawn / size, p).mean())


def _over(above: NDArray[np.generic] | Floats, below: NDArray[np.generic] | Floats) -> Floats:
    """Divide; NaN where nothing is below."""
    x, y = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    ratio: Floats = np.divide(x, y, out=np.full(x.shape, np.nan), where=y > 0)
    return ratio
