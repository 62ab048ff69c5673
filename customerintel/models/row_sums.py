"""Sums over rows that do not depend on the number of threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["sum_stretches"]

Floats = NDArray[np.float64]


def sum_stretches(
    add: Callable[[slice, Floats], None], n_rows: int, *, stretch: int, width: int
) -> Floats:
    """Add up what stretches of the rows add, side by side.

    The stretches, each with a sum of its own, are the same for any number of threads, and so is
    the result, to the last bit.

    Parameters
    ----------
    add : callable
        Adds what some rows come to: ``add(rows, out)`` with a slice, and an array of zeros.
    n_rows : int
        How many rows there are.
    stretch : int
        How many of them are summed together.
    width : int
        How many sums there are.

    Returns
    -------
    ndarray of float64, shape (width,)
    """
    from customerintel._kernels.threads import run

    starts = range(0, n_rows, stretch)
    sums = np.zeros((len(starts), width))

    def work(k: int, start: int) -> None:
        add(slice(start, start + stretch), sums[k])

    run(work, list(enumerate(starts)))
    total: Floats = sums.sum(axis=0)
    return total
