"""Who is in the top share, where customers tied at the cut are in with one chance each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["top_membership", "top_of_counts"]

Floats = NDArray[np.float64]


def top_membership(values: Floats, share: float) -> Floats:
    """Return how much of each customer is in the top share.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        What customers are ranked by, of the active ones only.
    share : float
        Of the customers, between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        1 above the cut value, 0 below it, and for those at it the same part each, so that all
        together come to ``share * n``: what a draw among the tied gives on average. No rule for
        ties, and no customer's id, has a say in it.

    Examples
    --------
    >>> import numpy as np
    >>> top_membership(np.array([5.0, 1.0, 1.0, 3.0, 1.0]), 0.5)
    array([1.        , 0.16666667, 0.16666667, 1.        , 0.16666667])
    """
    n = len(values)
    size = share * n
    if size <= 0.0:
        return np.zeros(n)
    place = n - math.ceil(size - 1e-9)
    cut = np.partition(values, place)[place]
    inside: Floats = (values > cut).astype(np.float64)
    tied = values == cut
    inside[tied] = (size - inside.sum()) / tied.sum()
    return inside


def top_of_counts(weights: Floats, share: float) -> Floats:
    """Return `top_membership` of customers who stand together by their count.

    Parameters
    ----------
    weights : ndarray of float64, shape (m,)
        Customers with each count, by ascending count.
    share : float
        Of the customers.

    Examples
    --------
    >>> import numpy as np
    >>> top_of_counts(np.array([3.0, 1.0, 1.0]), 0.5).round(3)
    array([0.167, 1.   , 1.   ])
    """
    size = share * weights.sum()
    above = weights.sum() - np.cumsum(weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.clip((size - above) / weights, 0.0, 1.0)
    return np.asarray(np.where(weights > 0.0, inside, 0.0))
