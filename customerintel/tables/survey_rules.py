"""Rules of surveys that concern several rows: scales that contradict each other, second answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["common_scales", "numbered", "seen_before"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def numbered(columns: Sequence[NDArray[Any]]) -> Ints:
    """Return a number per row, from 0, that is the same where all columns are; NaN equals NaN.

    Not every number up to the greatest need be there, but it is of the order of the rows.
    """
    n_rows = len(columns[0])
    codes, size = np.zeros(n_rows, np.int64), 1
    for column in columns:
        own, n = _places(column)
        if size * n > 2**62:
            codes = _dense(codes)
            size = n_rows
        codes, size = codes * n + own, size * n
    return codes if size <= n_rows else _dense(codes)


def _places(column: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Return a number per value, and how many there may be."""
    if column.dtype == np.int32:  # places already, -1 where there is none
        return column + 1, int(column.max(initial=-1)) + 2
    own = _dense(column)
    return own, int(own.max(initial=0)) + 1


def _dense(values: NDArray[Any]) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64, copy=False)


def common_scales(
    groups: Ints, low: Floats, high: Floats, voting: Mask, times: Ints
) -> tuple[Floats, Floats]:
    """Return for each row the scale that its group had by then: that of the earliest answer.

    Later answers, however many, change nothing about earlier ones.

    Parameters
    ----------
    groups : ndarray of int64, shape (n_rows,)
        Rows that ask the same, as numbers from `numbered`.
    low, high : ndarray of float64, shape (n_rows,)
        Scale of each row.
    voting : ndarray of bool, shape (n_rows,)
        Rows whose scales count.
    times : ndarray of int64, shape (n_rows,)
        When each answer was given; of answers of one moment, the row that came first counts.

    Returns
    -------
    low, high : ndarray of float64, shape (n_rows,)
        NaN where no row of the group had a scale by then.
    """
    rows = np.flatnonzero(voting)
    n_groups = int(groups.max(initial=-1)) + 1
    found = np.full((2, n_groups), np.nan)
    since = np.full(n_groups, np.iinfo(np.int64).max)
    first = rows[_first_of_each(groups[rows], times[rows])]
    found[:, groups[first]] = low[first], high[first]
    since[groups[first]] = times[first]
    late = times >= since[groups]
    return np.where(late, found[0][groups], np.nan), np.where(late, found[1][groups], np.nan)


def seen_before(codes: Ints, rows: Ints, times: Ints) -> Ints:
    """Return those of `rows`, which ascend, whose code an earlier answer of them has."""
    again = np.ones(len(rows), bool)
    again[_first_of_each(codes[rows], times[rows])] = False
    return rows[again]


def _first_of_each(codes: Ints, times: Ints) -> Ints:
    """Return the place of the earliest of each code; of those of one moment, the first."""
    order = np.lexsort((times, codes))
    begins = np.ones(len(order), bool)
    begins[1:] = codes[order][1:] != codes[order][:-1]
    return order[begins]
