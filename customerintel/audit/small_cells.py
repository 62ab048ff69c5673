"""Numbers of customers that are too small to be shown, and those that would give them away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import whole_number

__all__ = ["blank", "check_min_cell", "hidden_cells", "hidden_rows"]

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


def hidden_rows(table: NDArray[Any], min_cell: int, always: Mask | None = None) -> Mask:
    """Tell which rows of a table of numbers of customers must not be shown beside its totals.

    A row with a number from 1 to `min_cell` - 1 in any column is hidden; then more rows, the
    smallest first, until those that are hidden are two at least, and add up to `min_cell` or more
    (or 0) in each column, and not to what only one set of numbers could be. Together they can
    then be shown as one row.

    Parameters
    ----------
    table : ndarray of int, shape (m, c)
        Such as core and other customers of each segment: hiding the row of a segment with 198
        of 200 in the core hides the 2 as well.
    min_cell : int
        The smallest number that is shown; 0 or 1: all.
    always : ndarray of bool, shape (m,), optional
        Rows that are hidden for another reason.

    Returns
    -------
    ndarray of bool, shape (m,)
        All rows, where the table as a whole has so small a number; its total must be hidden too.

    Examples
    --------
    >>> hidden_rows(np.array([[40, 60], [3, 20], [4, 30], [12, 9]]), 10)
    array([False,  True,  True,  True])
    """
    hidden: Mask = np.logical_or.reduce((table > 0) & (table < min_cell), axis=1)
    if always is not None:
        hidden = hidden | always
    while hidden.any() and not hidden.all():
        column = _told_column(table[hidden], min_cell)
        if column is None:
            break
        values = table[:, column]
        more = _next_smallest(values, ~hidden)
        if not values[more].any() and (0 < values[hidden].sum() < min_cell):
            hidden[:] = True  # the total is as small
            break
        hidden[more] = True
    return hidden


def _told_column(hidden: NDArray[Any], min_cell: int) -> int | None:
    """Return a column in which hidden rows are not safe; None: they are."""
    n, total = len(hidden), hidden.sum(axis=0)
    bad = ((total > 0) & (total < min_cell)) | (total == n) | (total == n * (min_cell - 1))
    if n == 1:
        return int(np.argmax(total))
    return int(np.argmax(bad)) if bad.any() else None


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
