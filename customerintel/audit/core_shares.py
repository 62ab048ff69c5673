"""What share of everything the core customers have, and how sure that is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.customer_draws import draw
from customerintel.models.intervals import bounds

__all__ = ["share_bounds", "share_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Standard deviations by which the cut may move among the ranks.
_REACH: Final = 6.0
#: Of the customers of a class, so many at either end stand alone, ...
_ALONE: Final = 256
#: ... and the others are put into so many groups of like amounts.
_GROUPS: Final = 2048


def share_of(amounts: Floats, in_core: Mask) -> float:
    """Return what the core has of a total; NaN where there is none, or money is not known."""
    total = float(amounts.sum())
    return float(amounts[in_core].sum()) / total if total > 0.0 else math.nan


def share_bounds(
    amounts: Floats, in_core: Mask, rank_by: Floats | None, level: float, n_boot: int, seed: int
) -> tuple[float, float]:
    """Return the percentile interval of the core's share over customers drawn anew.

    Parameters
    ----------
    amounts : ndarray of float64, shape (n,)
        What is shared.
    in_core : ndarray of bool, shape (n,)
        Who is in the core.
    rank_by : ndarray of float64, shape (n,), optional
        What the core is chosen by: the cut is found anew among the customers drawn, and ties at
        it count in proportion. None: the membership of each customer stays.

    Notes
    -----
    Only customers near the cut can change sides, so they keep their own ranks; the others are
    of two classes. Of each class, customers with nearly equal amounts are drawn together.
    """
    n = len(amounts)
    if not n or not float(amounts.sum()) > 0.0:
        return math.nan, math.nan
    size = int(in_core.sum())
    classes = (~in_core).astype(np.int64) if rank_by is None else _classes(rank_by, size)
    order = np.lexsort((amounts, classes))
    starts, first = _starts(classes[order])
    counts = np.diff(np.append(starts, n)).astype(np.float64)
    means = np.add.reduceat(amounts[order], starts) / counts
    drawn = draw(counts, n_boot, seed)
    people = np.add.reduceat(drawn, first, axis=1)
    held = np.add.reduceat(drawn * means, first, axis=1)
    if rank_by is None:
        above = held[:, 0] if size else np.zeros(n_boot)
    else:
        above = _above(people, held, size)
    total = held.sum(axis=1)
    shares = np.full(n_boot, np.nan)
    np.divide(above, total, out=shares, where=total > 0.0)
    lower, upper = bounds(shares, level)
    return float(lower), float(upper)


def _classes(values: Floats, size: int) -> Ints:
    """Give values near the cut a number, largest first: 0 is above them, the last below."""
    n = len(values)
    share = size / n
    reach = math.ceil(_REACH * math.sqrt(n * share * (1.0 - share))) + 1
    ascending = np.sort(values)
    high = ascending[min(n - 1, n - size + reach)]
    low = ascending[max(0, n - size - reach)]
    near = np.unique(values[(values >= low) & (values <= high)])[::-1]
    place = 1 + np.searchsorted(-near, -values)
    place[values > high] = 0
    place[values < low] = len(near) + 1
    return place


def _starts(classes: Ints) -> tuple[Ints, Ints]:
    """Return where groups begin, and which groups begin a class, of customers in their order."""
    n = len(classes)
    fresh = np.flatnonzero(np.append(True, classes[1:] != classes[:-1]))
    sizes = np.diff(np.append(fresh, n))
    size, j = np.repeat(sizes, sizes), np.arange(n) - np.repeat(fresh, sizes)
    inner = size - 2 * _ALONE
    middle = _ALONE + (j - _ALONE) * _GROUPS // np.maximum(inner, 1)
    group = np.where(j < _ALONE, j, middle)
    group = np.where(j >= size - _ALONE, j + _ALONE + _GROUPS - size + _ALONE, group)
    group = np.where(inner <= _GROUPS, j, group)  # few enough to stand alone
    starts = np.flatnonzero((j == 0) | np.append(True, group[1:] != group[:-1]))
    return starts, np.searchsorted(starts, fresh)


def _above(people: Ints, held: Floats, size: int) -> Floats:
    """Return what the `size` customers with the highest ranks hold, in each replicate."""
    zeros = np.zeros((len(people), 1))
    reached = np.concatenate([zeros, np.cumsum(people, axis=1)], axis=1)
    sums = np.concatenate([zeros, np.cumsum(held, axis=1)], axis=1)
    rows = zip(reached, sums, strict=True)
    return np.array([np.interp(size, ranks, row) for ranks, row in rows])
