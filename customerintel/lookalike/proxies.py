"""Which traits tell an attribute that no model may look at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from customerintel.audit import contingency
from customerintel.tables.traits import Traits

__all__ = ["Groups", "cramers_v", "groups_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Groups of alike many people that a number is cut into.
QUANTILES = 10
#: Of an attribute that is a number, which is told of by its groups.
QUARTERS = 4


class Groups:
    """People by the value of one trait; those without one are a group of their own.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Places in `names`.
    names : tuple of str
        Of the groups.
    """

    def __init__(self, codes: Ints, names: tuple[str, ...]) -> None:
        self.codes, self.names = codes, names


def groups_of(traits: Traits, name: str, *, quantiles: int = QUANTILES) -> Groups:
    """Return the groups of one trait: its levels, or stretches of alike many people."""
    if name in traits.categorical:
        codes, levels = traits.categorical[name]
        names = (*levels, "(not given)")
        outside = (codes < 0) | (codes >= len(levels))
        return Groups(np.where(outside, len(levels), codes).astype(np.int64), names)
    values = traits.numeric[name]
    some = values[~np.isnan(values)]
    if not len(some):
        return Groups(np.zeros(len(values), np.int64), ("(not given)",))
    edges = np.unique(np.quantile(some, np.arange(1, quantiles) / quantiles))
    # a stretch ends with its edge, so that one value is not cut in two
    place = np.searchsorted(edges, values, "left")
    group = np.full(len(values), len(edges) + 1, np.int64)
    there = ~np.isnan(values)
    group[there] = place[there]
    shown = [f"{edge:.4g}" for edge in edges]
    if not shown:
        return Groups(group, ("all", "(not given)"))
    between = (f"over {low} to {high}" for low, high in pairwise(shown))
    names = (f"up to {shown[0]}", *between, f"over {shown[-1]}", "(not given)")
    return Groups(group, names)


def cramers_v(left: Groups, right: Groups) -> float:
    """Return how much one tells of the other, from 0 to 1.

    Cramér's V without its bias (Bergsma 2013, Journal of the Korean Statistical Society 42,
    323-328); NaN where one has a single group.
    """
    size = (len(left.names), len(right.names))
    table = np.bincount(left.codes * size[1] + right.codes, minlength=size[0] * size[1])
    return contingency.cramers_v(table.reshape(size))[0]
