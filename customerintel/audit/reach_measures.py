"""What Reach is reckoned from: customers and core by location and segment, and the population."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.distribution_distances import dissimilarity, effective_number, shares_of
from customerintel.audit.told_segments import ToldTable

__all__ = [
    "active_by_segment",
    "area_figures",
    "core_by_segment",
    "distance_by_chance",
    "headline_figures",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def headline_figures(told: ToldTable, counts: Ints) -> dict[str, Floats]:
    """Return the figures of everything or of each location.

    Counts are of shape (…, S, 2), as those of the table.
    """
    active, core = told.split(counts)
    people = told.compared(active)
    c, p = shares_of(core.astype(np.float64)), shares_of(people)
    covered = (core >= told.need) & (people > 0)
    breadth = effective_number(c)
    whole = people.sum(axis=-1) if told.counted else np.full((), np.nan)
    of_all = {
        "penetration": _over(active.sum(axis=-1), whole),
        "core_penetration": _over(core.sum(axis=-1), whole),
    }
    of_segments = {
        "coverage": _over(covered.sum(axis=-1), (people > 0).sum(axis=-1)),
        "weighted_coverage": (covered * p).sum(axis=-1),
        "breadth": breadth,
        "evenness": _over(breadth, (people > 0).sum(axis=-1)),
        "dissimilarity": dissimilarity(c, p),
    }
    return of_all | {
        name: np.where(told.lumped, np.nan, values) for name, values in of_segments.items()
    }


def core_by_segment(told: ToldTable, counts: Ints) -> dict[str, Floats]:
    """Return per segment the share of the core, the index and the core's penetration."""
    active, core = told.split(counts)
    people = told.compared(active)
    c = shares_of(core.astype(np.float64))
    return {
        "share_of_core": c,
        "index": 100.0 * _over(c, np.broadcast_to(shares_of(people), c.shape)),
        "core_penetration": _over(core, people),
    }


def active_by_segment(told: ToldTable, counts: Ints) -> dict[str, Floats]:
    """Return per segment the share of the base and the penetration."""
    active, _ = told.split(counts)
    people = told.compared(active)
    return {
        "share_of_population": np.broadcast_to(shares_of(people), active.shape),
        "penetration": _over(active, people),
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


def distance_by_chance(told: ToldTable, n_boot: int, seed: int) -> Floats:
    """Return the mean dissimilarity of cores of the same size drawn blindly.

    From the population with replacement, or from the active customers without.
    """
    active, core = told.split(told.counts)
    people, size = told.compared(active), core.sum(axis=-1)
    rows = np.broadcast_to(people, core.shape)
    finite = told.people is None
    rng = np.random.default_rng([seed, core.ndim])
    pairs = zip(np.atleast_2d(rows), np.atleast_1d(size).tolist(), strict=True)
    means = [_blind(row, n, n_boot, rng, finite=finite) for row, n in pairs]
    return np.where(told.lumped, np.nan, np.reshape(means, size.shape))


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
