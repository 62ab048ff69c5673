"""What a registry of types expects of signals: levels, and from them how likely each bin is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.loadings import LOADINGS
from customerintel.relationships.type_fields import DIMENSIONS, TWO_SIDED

if TYPE_CHECKING:
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["Levels", "bin_shares", "confusion", "levels_of"]

Floats = NDArray[np.float64]

#: Spread of customers of one type about its level, in parts of the spread of all customers: where
#: the type's signature names the signal, and where the level only follows from the prototype.
NAMED, DERIVED = 0.6, 0.9
#: Least spread: of a signal that hardly anybody has.
LEAST_SPREAD = 0.02
#: How often a customer is taken to state the own type, and how near other types must be, in the
#: mean distance per dimension, to be stated in its place.
STATES_OWN, NEARNESS = 0.65, 0.2
#: Where the cumulated distribution of a base is looked up.
_GRID = np.linspace(-2.0, 3.0, 1001)


class Levels(NamedTuple):
    """Where the typical customer of each type lies on each signal, and how widely others do.

    Parameters
    ----------
    center : ndarray of float64, shape (n_signals, n_types)
        On a scale from 0, the least of all customers, to 1, the most.
    spread : ndarray of float64, shape (n_signals, n_types)
        In parts of the spread of all customers' ranks.
    """

    center: Floats
    spread: Floats


def levels_of(types: TypeRegistry, names: Sequence[str]) -> Levels:
    """Return the levels that a registry expects.

    Parameters
    ----------
    types : TypeRegistry
        Its signatures come first; what they leave out follows from the prototypes by `LOADINGS`.
    names : sequence of str
        Of the signals.
    """
    signed = np.array([dimension in TWO_SIDED for dimension in DIMENSIONS])
    prototypes = np.where(signed, (types.prototypes + 1.0) / 2.0, types.prototypes)
    center = np.full((len(names), len(types)), 0.5)
    spread = np.full((len(names), len(types)), DERIVED)
    for row, name in enumerate(names):
        loading = np.array([LOADINGS.get(name, {}).get(d, 0.0) for d in DIMENSIONS])
        known = np.where(np.isnan(prototypes), 0.5, prototypes) - 0.5
        center[row] = np.clip(0.5 + known @ loading, 0.0, 1.0)
        for column, one in enumerate(types.values()):
            if name in one.signature:
                center[row, column] = one.signature[name]
                spread[row, column] = NAMED
    return Levels(center, spread)


def bin_shares(levels: Levels, mix: Floats, sizes: Sequence[Floats]) -> Floats:
    """Return how many customers of each type to expect in each bin.

    The levels of all types, each in its share of the base and spread as a normal distribution,
    make up the distribution of the base; the bins cut it where they cut the observed one. So a
    type is expected higher in a base in which others are lower.

    Parameters
    ----------
    levels : Levels
        Of the types.
    mix : ndarray of float64, shape (n_types,)
        Share of each type in the base.
    sizes : sequence of ndarray of float64
        Per signal, the observed share of each bin.

    Returns
    -------
    ndarray of float64, shape (n_signals, most bins, n_types)
        Sums to 1 over the bins of a signal.
    """
    from scipy.special import ndtr

    most = max((len(size) for size in sizes), default=1)
    out = np.zeros((len(sizes), most, len(mix)))
    for row, size in enumerate(sizes):
        center = levels.center[row]
        spread = np.maximum(LEAST_SPREAD, levels.spread[row] * _spread_of_ranks(size))
        base = ndtr((_GRID[:, None] - center) / spread) @ mix
        cuts = np.interp(np.cumsum(size)[:-1], base, _GRID)
        below = ndtr((cuts[:, None] - center) / spread)
        edges = np.vstack([np.zeros_like(center), below, np.ones_like(center)])
        out[row, : len(size)] = np.diff(edges, axis=0)
    return out


def _spread_of_ranks(size: Floats) -> float:
    """Return the standard deviation of mid-ranks, where each bin is a tie."""
    middle = np.cumsum(size) - 0.5 * size
    return float(np.sqrt((size * (middle - 0.5) ** 2).sum()))


def confusion(types: TypeRegistry) -> Floats:
    """Return how likely a customer of each type (columns) is to state each type (rows).

    An assumption until labelled customers are there: a customer states the own type with a
    probability of 0.65, and another the more often the nearer its prototype is.
    """
    prototypes = types.prototypes
    apart = prototypes[:, None, :] - prototypes[None, :, :]
    distance = np.sqrt(np.nanmean(apart * apart, axis=2))
    near = np.exp(-0.5 * (distance / NEARNESS) ** 2) + 1e-3
    np.fill_diagonal(near, 0.0)
    stated: Floats = (1.0 - STATES_OWN) * near / near.sum(axis=0)
    np.fill_diagonal(stated, STATES_OWN)
    return stated
