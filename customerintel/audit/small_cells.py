"""Numbers of customers that are too small to be shown, and those that would give them away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import whole_number

__all__ = ["blank", "check_min_cell", "hidden_cells", "hidden_parts"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def check_min_cell(min_cell: Any) -> int:
    """Return the smallest number of customers that is shown, at least 1.

    Raises
    ------
    InvalidArgumentError
        If it is no whole number of at least 0.
    """
    return max(1, whole_number(min_cell, "min_cell", "customers", least=0))


def hidden_cells(counts: NDArray[Any], min_cell: int) -> Mask:
    """Tell which numbers of customers must not be shown beside their total.

    Those from 1 to `min_cell` − 1 are hidden; 0 is shown. Where the total less what is shown
    would tell a hidden number, or leave the hidden ones but one way to be (all 1, or all
    `min_cell` − 1), the next smallest number is hidden with them, a 0 only where there is no
    other: complementary suppression (Cox 1980, Journal of the American Statistical Association
    75, 377-385). Where there is but one number, its total is as small and must be hidden itself.

    Parameters
    ----------
    counts : ndarray of int or float, shape (m,)
        Numbers of customers, whose total may be known.
    min_cell : int
        The smallest number that is shown; 0 or 1: all.

    Returns
    -------
    ndarray of bool, shape (m,)
        True where a number, and all that is computed from it, must not be shown.

    Examples
    --------
    >>> hidden_cells(np.array([40, 3, 25, 0]), 10)  # 3 = 68 - 40 - 25, so 25 goes as well
    array([False,  True,  True, False])
    """
    counts = np.asarray(counts)
    hidden = (counts > 0) & (counts < min_cell)
    if _is_told(counts[hidden], min_cell):
        hidden[_next_smallest(counts, ~hidden)] = True
    return hidden


def hidden_parts(
    counts: NDArray[Any], min_cell: int, margins: Sequence[tuple[NDArray[np.int64], Mask]]
) -> Mask:
    """Tell which numbers must not be shown beside those of the groups that they add up to.

    Parameters
    ----------
    counts : ndarray of int or float, shape (m,)
        Numbers of customers, such as those of areas.
    min_cell : int
        The smallest number that is shown.
    margins : sequence of (ndarray of int64, ndarray of bool)
        The group of each number, such as the segment of an area, and which groups are hidden
        themselves.

    Returns
    -------
    ndarray of bool, shape (m,)
        As of `hidden_cells`, and so that no group that is shown has a hidden part that the others
        tell, and none that is hidden is the sum of parts that are shown.
    """
    counts = np.asarray(counts)
    if not margins:
        return hidden_cells(counts, min_cell)
    hidden = (counts > 0) & (counts < min_cell)
    parts = [
        (places, bool(few))
        for group, groups in margins
        for places, few in zip(_members(group, len(groups)), groups.tolist(), strict=True)
    ]
    before = -1
    while before < (before := int(hidden.sum())):
        for places, few in parts:
            mine = hidden[places]
            small = counts[places[mine]]
            if not mine.any() if few else _is_told(small, min_cell):
                hidden[places[_next_smallest(counts[places], ~mine)]] = True
    return hidden


def _members(group: NDArray[np.int64], n: int) -> list[NDArray[np.int64]]:
    """Return the places of the members of each group."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, n)))


def _next_smallest(counts: NDArray[Any], shown: Mask) -> NDArray[np.int64]:
    """Return the place of the smallest number that is shown, zeros last; none if there is none."""
    places = np.flatnonzero(shown)
    return places[np.lexsort((counts[places], counts[places] == 0))][:1]


def _is_told(small: NDArray[Any], min_cell: int) -> bool:
    """Whether the sum of the hidden numbers tells one of them."""
    n, total = len(small), small.sum()
    return bool(n == 1 or (n > 1 and total in (n, n * (min_cell - 1))))


def blank(values: NDArray[Any], hidden: Mask) -> Floats:
    """Return numbers as floats, NaN where they are hidden."""
    return np.where(hidden, np.nan, np.asarray(values, np.float64))
