"""Which of several customers with the same figure come first: an order by their ids' hashes.

It is the same in every process, on every machine and for every kind of table, and a customer's
place in it does not hang on who else is there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.ids import CustomerIds

__all__ = ["tie_numbers", "top_places"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

#: Multipliers and shifts of the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast
#: splittable pseudorandom number generators", OOPSLA; variant 13 of David Stafford).
_STEPS: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def tie_numbers(ids: CustomerIds) -> Words:
    """Return a 64-bit number per customer, of the integer or of the UTF-8 bytes of the text."""
    if ids.texts is None:
        words = ids.keys.view(np.uint64) + _GOLDEN
    else:
        from customerintel._kernels.stable_hash import hash_texts

        text = ids.as_text()
        words = np.empty(len(ids), np.uint64)
        hash_texts(text.data, text.offsets, words)
    for shift, factor in _STEPS:
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    return words ^ (words >> np.uint64(31))


def top_places(values: Floats, ids: CustomerIds, size: int) -> tuple[Ints, float, int, int]:
    """Return the customers with the largest values, ties broken by `tie_numbers`.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        One per customer.
    ids : CustomerIds
        The customers, ascending: the last resort, should two have the same number.
    size : int
        How many, from 1 to n.

    Returns
    -------
    places : ndarray of int64, shape (size,)
        Ascending.
    cut : float
        The smallest value among them.
    n_tied : int
        Customers with that value.
    n_tied_in : int
        Those among them who are in.
    """
    cut = np.partition(values, len(values) - size)[len(values) - size]
    inside = values > cut
    tied = np.flatnonzero(values == cut)
    room = size - int(inside.sum())
    if room < len(tied):
        order = np.argsort(tie_numbers(ids.take(tied)), kind="stable")
        inside[tied[order[:room]]] = True
    else:
        inside[tied] = True
    return np.flatnonzero(inside), float(cut), len(tied), room
