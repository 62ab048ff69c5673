"""Groups of few people: told of together, or left out where they are few even so."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.proxies import Groups

__all__ = ["OTHERS", "without_small"]

Mask = NDArray[np.bool_]

#: Groups of few people, together.
OTHERS = "(others)"


def without_small(
    attributes: Mapping[str, Groups], min_cell: int
) -> tuple[dict[str, Groups], dict[str, bool], Mask]:
    """Put groups of fewer than `min_cell` people together, and leave out who are few even so.

    No group of enough people is given up for one of few. Who is left out by one attribute is left
    out of all: another one would tell how many they are.

    Parameters
    ----------
    attributes : mapping of str to Groups
        Of the same people.
    min_cell : int

    Returns
    -------
    tuple
        The groups of those who are kept, each of `min_cell` people or more; whether there are
        others, by attribute; and who is kept, a mask.
    """
    first = next(iter(attributes.values()))
    kept = np.ones(len(first.codes), bool)
    left = dict.fromkeys(attributes, False)
    while True:
        found = {}
        for name, groups in attributes.items():
            found[name], out = _merge(Groups(groups.codes[kept], groups.names), min_cell)
            if out.any():
                left[name] = True
                kept[np.flatnonzero(kept)[out]] = False
                break
        else:
            return found, left, kept


def _merge(groups: Groups, min_cell: int) -> tuple[Groups, Mask]:
    """Return the groups of enough people, others as one, and who cannot be told of."""
    sizes = np.bincount(groups.codes, minlength=len(groups.names))
    small = (sizes > 0) & (sizes < min_cell)
    n_small = int(sizes[small].sum())
    out = small[groups.codes]
    # groups that are all as large as a small one can be are told by their sum
    if n_small and (n_small < min_cell or n_small == small.sum() * (min_cell - 1)):
        return groups, out
    large = np.flatnonzero(sizes >= min_cell)
    place = np.full(len(sizes), len(large))
    place[large] = np.arange(len(large))
    names = tuple(groups.names[k] for k in large.tolist())
    if n_small:
        names = (*names, OTHERS)
    return Groups(place[groups.codes], names), np.zeros(len(out), bool)
