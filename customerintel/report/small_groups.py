"""What must not be told, so that no number on the page is that of a few customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import hidden_rows
from customerintel.report.material import FEW
from customerintel.report.numbers import MISSING, SMALL, count, percent

__all__ = [
    "DASH", "TRANSITION", "few", "hidden_cohorts", "hidden_groups", "hidden_in",
    "hidden_over_time", "middle", "number", "rough", "share", "unsafe",
]  # fmt: skip

Mask = NDArray[np.bool_]

#: What a dash in a table stands for.
DASH = (
    f"A dash stands for what is not shown: it would be of fewer than {FEW} customers, or tell of "
    "so few."
)

#: Sums of retained, lapsed, returned, new and inactive customers that are known: who bought in
#: the first and in the second of two periods, who did not in either, and all.
TRANSITION = ((0, 1), (0, 2, 3), (2, 3, 4), (1, 4), (0, 1, 2, 3, 4))


def few(counts: Any) -> Mask:
    """Tell which numbers of customers are too small to be shown; 0 is no customer's."""
    found: Mask = (np.asarray(counts) > 0) & (np.asarray(counts) < FEW)
    return found


def unsafe(part: Any, whole: Any) -> Mask:
    """Tell where a part of a group, or the rest of it, is that of a few customers."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    # shares that models give need not be of whole customers
    return few(np.round(part)) | few(np.round(whole - part))


def share(part: float, whole: float) -> str:
    """Write the share of a part in a group, a dash where it would tell of a few."""
    if not whole > 0 or unsafe(part, whole):
        return MISSING
    return percent(part / whole)


def number(n: Any, *, hidden: Any) -> str:
    """Write a number of customers: "under 10" of the few, a dash where others hide with them."""
    return (SMALL if few(n) else MISSING) if hidden else count(n)


def hidden_groups(counts: Any) -> Mask:
    """Tell which groups, whose total is known, are not shown; those that are have 10 or more."""
    return hidden_rows(np.asarray(counts)[:, None], FEW)


def hidden_cohorts(customers: Any) -> Mask:
    """Tell which cohorts are not shown; that of the last period is told elsewhere, if not small."""
    customers = np.asarray(customers)
    hidden = few(customers)
    while hidden.any() and (hidden.sum() < 2 or customers[hidden].sum() < FEW):
        left = np.flatnonzero(~hidden[:-1] & (customers[:-1] > 0))
        if not len(left):
            hidden[:] = True
            break
        hidden[left[np.argmin(customers[left])]] = True
    return hidden


def hidden_in(counts: Any, sums: Sequence[Any]) -> Mask:
    """Tell which numbers are not shown where the sums of some of them are known.

    Of each sum, those that are hidden are two at least, and 10 customers or more together.

    Parameters
    ----------
    counts : sequence of int, shape (m,)
        Numbers of customers.
    sums : sequence of sequence of int
        Places of the numbers of each sum.
    """
    counts = np.asarray(counts)
    hidden = few(counts)
    again = True
    while again:
        again = False
        for one in sums:
            places = np.asarray(one)
            gone, left = places[hidden[places]], places[~hidden[places]]
            if len(gone) and len(left) and (len(gone) < 2 or counts[gone].sum() < FEW):
                order = np.lexsort((counts[left], counts[left] == 0))
                hidden[left[order[0]]] = again = True
    return hidden


def hidden_over_time(active: Any) -> Mask:
    """Tell of which periods no sum is shown, where that of all of them is.

    Periods with a few customers and those beside them are hidden, so that a sum of several
    periods, cut in another way, does not tell theirs; and one at least with 10 customers, who
    then are among those of the rest.
    """
    active = np.asarray(active)
    hidden = few(active)
    if not hidden.any():
        return hidden
    hidden[1:] |= few(active)[:-1]
    hidden[:-1] |= few(active)[1:]
    shown = np.flatnonzero(~hidden & (active > 0))
    if not (active[hidden] >= FEW).any() and len(shown):
        hidden[shown[np.argmin(active[shown])]] = True
    return hidden


def middle(values: Any) -> float:
    """Return the mean of the middle tenth, of 10 values at least: a median is a customer's own.

    Examples
    --------
    >>> middle(np.arange(101.0))
    50.0
    """
    values = np.asarray(values, np.float64)
    size = min(len(values), max(FEW, len(values) // 10))
    size += (len(values) - size) % 2  # as many on either side
    start = (len(values) - size) // 2
    chosen = np.partition(values, (start, start + size - 1))[start : start + size]
    # halves, as a sum of very large values would not fit
    return float(np.sum(chosen / size)) if size else np.nan


def rough(value: float) -> float:
    """Return a number to two digits that matter.

    Examples
    --------
    >>> rough(348.27), rough(-0.0517)
    (350.0, -0.052)
    """
    return float(f"{value:.1e}") if np.isfinite(value) else float(value)
