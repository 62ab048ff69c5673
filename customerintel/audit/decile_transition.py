"""Where the customers of each tenth of one period are in the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.deciles import N, best_first, tenths
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["DecileTransition", "transitions"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

DECILES = tuple(f"decile {k}" for k in range(1, N + 1))
BEFORE = (*DECILES, "returned", "new")
NOW = (*DECILES, "did not buy")


@dataclass(frozen=True, eq=False)
class DecileTransition:
    """Customers by their tenth before (rows) and now (columns); decile 1 spends most.

    Attributes
    ----------
    frozen : bool
        Whether the tenths of now have the limits of those before: then a customer who spends as
        much stays, and customers with equal numbers are together, so that the tenths before are
        not all of one size. Otherwise each period has its own tenths with equally many heads,
        and a customer moves because others moved.
    states_before : tuple of str
        The ten deciles, then "returned" and "new": not in the period before.
    states_now : tuple of str
        The ten deciles, then "did not buy".
    counts : ndarray of int64, shape (12, 11)
        Customers.
    cuts : ndarray of float64, shape (10,)
        Lowest number of each tenth before; of an empty one NaN.
    """

    frozen: bool
    states_before: tuple[str, ...]
    states_now: tuple[str, ...]
    counts: Ints
    cuts: Floats

    def __post_init__(self) -> None:
        seal(self)

    @cached_property
    def probabilities(self) -> Floats:
        """Share of each row's customers in each column (Anderson and Goodman 1957, eq. 2.8).

        Rows add up to 1; one without customers is NaN.
        """
        with np.errstate(invalid="ignore"):
            shares: Floats = self.counts / self.counts.sum(axis=1, keepdims=True)
        shares.flags.writeable = False
        return shares

    @property
    def up(self) -> int:
        """Customers of both periods in a better tenth now."""
        return int(np.tril(self.counts[:N, :N], -1).sum())

    @property
    def down(self) -> int:
        """Customers of both periods in a worse tenth now."""
        return int(np.triu(self.counts[:N, :N], 1).sum())

    @property
    def stay(self) -> int:
        """Customers in the same tenth in both periods."""
        return int(np.trace(self.counts[:N, :N]))

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name; one row per pair of states."""
        rows, columns = (index.ravel() for index in np.indices(self.counts.shape))
        return {
            "before": Labels(rows, self.states_before),
            "now": Labels(columns, self.states_now),
            "customers": self.counts.ravel(),
            "probability": self.probabilities.ravel(),
        }


def transitions(
    before: Floats, now: Floats, bought: tuple[Mask, Mask], new: Mask
) -> tuple[DecileTransition, DecileTransition]:
    """Return the moves between tenths with the limits of before, and between each period's own.

    Parameters
    ----------
    before, now : ndarray of float64, shape (n,)
        Spend (or orders) of each customer.
    bought : pair of ndarray of bool, shape (n,)
        Whether they bought before, and now.
    new : ndarray of bool, shape (n,)
        Whether their first purchase came after the period before.
    """
    values = before[bought[0]], now[bought[1]]
    orders = best_first(values[0]), best_first(values[1])
    cuts, last = np.full(N, np.nan), tenths(len(values[0]))
    some = np.diff(last) > 0
    cuts[some] = values[0][orders[0][last[1:][some] - 1]]
    limited = [_limited(one, cuts) for one in values]
    ranked = [_ranked(order) for order in orders]
    return (
        _count(limited, bought, new, cuts, frozen=True),
        _count(ranked, bought, new, cuts, frozen=False),
    )


def _ranked(order: Ints) -> Ints:
    """Return the tenth of each value, from 0, with equally many heads."""
    place = np.empty(len(order), np.int64)
    place[order] = np.repeat(np.arange(N), np.diff(tenths(len(order))))
    return place


def _limited(values: Floats, cuts: Floats) -> Ints:
    """Return the best tenth whose lowest number each value reaches; below all, the last."""
    there = np.flatnonzero(np.isfinite(cuts))  # of fewer than ten customers some tenths are empty
    limits = cuts[there]
    # how many of the descending limits are above the value
    place = len(limits) - np.searchsorted(limits[::-1], values, side="right")
    return np.append(there, N - 1)[place]


def _count(
    places: list[Ints], bought: tuple[Mask, Mask], new: Mask, cuts: Floats, *, frozen: bool
) -> DecileTransition:
    rows, columns = np.where(new, N + 1, N), np.full(len(new), N)
    rows[bought[0]] = places[0]
    columns[bought[1]] = places[1]
    either = bought[0] | bought[1]
    pairs = rows[either] * len(NOW) + columns[either]
    counts = np.bincount(pairs, minlength=len(BEFORE) * len(NOW)).astype(np.int64)
    shape = (len(BEFORE), len(NOW))
    return DecileTransition(frozen, BEFORE, NOW, counts.reshape(shape), cuts)
