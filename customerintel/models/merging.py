"""Equal rows of numbers: brought together, or numbered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.text import Text

__all__ = ["merge_rows", "number_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def merge_rows(columns: Sequence[Floats], weights: Floats) -> tuple[list[Floats], Floats]:
    """Bring equal rows together and add up their weights; ascending, the last column first."""
    codes, distinct = number_rows(np.stack(columns, axis=1))
    sums = np.bincount(codes, weights, len(distinct)).astype(np.float64)
    return list(np.ascontiguousarray(distinct.T)), sums


def number_rows(rows: Floats) -> tuple[Ints, Floats]:
    """Give equal rows of a matrix one number.

    Returns
    -------
    codes : ndarray of int64, shape (n,)
        The place of each row among the distinct ones.
    distinct : ndarray of float64, shape (n_distinct, m)
        Ascending, the last column first.
    """
    from customerintel.tables.naming import code_texts

    m = rows.shape[1]

    def matrix_of(texts: Text) -> Floats:
        return texts.data.view(np.float64).reshape(-1, m)

    rows = np.ascontiguousarray(rows) + 0.0  # there is only one zero
    # a row is a text of eight bytes per column: millions are told apart without sorting them
    texts = Text(np.arange(len(rows) + 1) * rows.strides[0], rows.view(np.uint8).ravel())
    codes, distinct = code_texts(texts, lambda found: np.lexsort(matrix_of(found).T))
    return codes, matrix_of(distinct)
