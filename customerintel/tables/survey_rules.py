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


def common_scales(groups: Ints, low: Floats, high: Floats, voting: Mask) -> tuple[Floats, Floats]:
    """Return for each row the scale that most rows of its group have.

    Parameters
    ----------
    groups : ndarray of int64, shape (n_rows,)
        Rows that ask the same, as numbers from `numbered`.
    low, high : ndarray of float64, shape (n_rows,)
        Scale of each row.
    voting : ndarray of bool, shape (n_rows,)
        Rows whose scales count. Of scales with alike many rows, the one that came first wins.

    Returns
    -------
    low, high : ndarray of float64, shape (n_rows,)
        NaN where no row of the group has a vote.
    """
    rows = np.flatnonzero(voting)
    n_groups = int(groups.max(initial=-1)) + 1
    found = np.full((2, n_groups), np.nan)
    if len(rows):
        pairs = numbered([groups[rows], low[rows], high[rows]])
        _, first, votes = np.unique(pairs, return_index=True, return_counts=True)
        group = groups[rows[first]]
        order = np.lexsort((first, -votes, group))
        best = order[np.append(True, group[order][1:] != group[order][:-1])]
        winners = rows[first[best]]
        found[:, groups[winners]] = low[winners], high[winners]
    return found[0][groups], found[1][groups]


def seen_before(codes: Ints, rows: Ints) -> Ints:
    """Return those of `rows`, which ascend, whose code an earlier one of them has."""
    _, first = np.unique(codes[rows], return_index=True)
    again = np.ones(len(rows), bool)
    again[first] = False
    return rows[again]
