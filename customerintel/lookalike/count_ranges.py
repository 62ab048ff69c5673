"""Numbers of selected people that must not be told, and what can be said of them all the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CountRanges"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CountRanges:
    """How many of each group were selected, as far as it may be told.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_groups,)
        Least and most; the same where the number is told.
    hidden : ndarray of bool, shape (n_groups,)
        Where it is not.
    """

    low: Floats
    high: Floats
    hidden: Mask

    @classmethod
    def of(cls, eligible: Ints, chosen: Ints, min_cell: int) -> CountRanges:
        """Say what can be told beside the sizes of the groups and the size of the audience.

        Who was left out is told by who was not, so neither may be from 1 to `min_cell` - 1. The
        audience less all others would tell a hidden number: another one goes with it, one that
        is not of the highest rate if possible, and of those the largest, on whose ratio a few
        people tell least. All that is told of hidden numbers follows from what is shown; it is a
        guard against arithmetic, not against somebody who runs this rule on all that can be.
        """
        first = np.zeros(len(eligible), bool)
        for counts in (chosen, eligible - chosen):
            first |= (counts > 0) & (counts < min_cell)
        low, high = chosen.astype(np.float64), chosen.astype(np.float64)
        if not first.any():
            return cls(low, high, first)
        hidden, total = first.copy(), float(chosen.sum())
        for another in [None, *_next(eligible, chosen, first)]:
            if another is not None:
                hidden[another] = True
            bounds = _bounds(eligible, chosen, first, hidden, min_cell)
            if _is_safe(*bounds, first, min_cell):
                return cls(*bounds, hidden)
        # the audience is too small to be told of by group
        return cls(np.zeros(len(low)), np.minimum(eligible, total), np.ones(len(low), bool))


def _next(eligible: Ints, chosen: Ints, first: Mask) -> list[int]:
    """Return the groups that may go with those that are hidden, the best first."""
    others = np.flatnonzero(~first & (chosen > 0))
    rate = chosen / np.maximum(eligible, 1)
    is_top = rate[others] == rate.max(initial=0.0)
    return [int(k) for k in others[np.lexsort((-chosen[others], is_top))]]


def _bounds(
    eligible: Ints, chosen: Ints, first: Mask, hidden: Mask, min_cell: int
) -> tuple[Floats, Floats]:
    """Return the least and the most that each number can be, for all who see what is shown."""
    low, high = chosen.astype(np.float64), chosen.astype(np.float64)
    # few selected, or few left out: which of both is not said where both can be
    few, both = chosen < min_cell, eligible < 2 * min_cell
    low[first] = np.where(few | both, 1, eligible - min_cell + 1)[first]
    high[first] = np.where(few & ~both, min_cell - 1, eligible - 1)[first]
    second = hidden & ~first
    low[second], high[second] = min_cell, eligible[second]
    total = float(chosen[hidden].sum())
    for _ in range(2):  # what the others leave
        spare = total - low[hidden].sum()
        short = high[hidden].sum() - total
        new_high = np.minimum(high[hidden], low[hidden] + spare)
        new_low = np.maximum(low[hidden], high[hidden] - short)
        low[hidden], high[hidden] = new_low, new_high
    return low, high


def _is_safe(low: Floats, high: Floats, first: Mask, min_cell: int) -> bool:
    """Whether enough numbers are possible of each that is small."""
    return bool((high - low + 1.0 >= (min_cell + 1) // 2)[first].all())
