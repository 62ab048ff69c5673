"""Histograms with edges that people read: 1, 2, 3 … orders, 1-2-5 of money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import read_only, seal
from customerintel.tables.building import Column, Labels

__all__ = ["Histogram", "histogram", "money_edges", "order_edges"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: First number of orders of each bin; more of the 1-2-5 kind follow where many buy often.
ORDERS = (1, 2, 3, 4, 5, 6, 11)
#: The last, open bin of orders holds no more than this share of the customers, if it can.
OPEN = 0.10
#: Money below the lowest and above the highest 1 % of customers needs no bins of its own.
TAIL = 0.01
#: The least number above 0: where 0 has a bin of its own, the next begins here.
ABOVE_ZERO = math.nextafter(0.0, 1.0)
#: Steps of the 1-2-5 ladder; beyond, the lower bins are one.
MOST = 18


@dataclass(frozen=True, eq=False)
class Histogram:
    """Customers by the bin that a number of theirs is in.

    Attributes
    ----------
    labels : tuple of str
        "3", "6 to 10", "11 and more"; "20 to 50" holds 20 and not 50.
    lowest, highest : ndarray of float64, shape (n_bins,)
        A bin holds ``lowest <= value < highest``, and that of 0 only 0; the ends may be infinite.
    customers : ndarray of int64, shape (n_bins,)
    spend : ndarray of float64, shape (n_bins,)
        Of the customers in the bin; NaN where the log has no amounts.
    """

    labels: tuple[str, ...]
    lowest: Floats
    highest: Floats
    customers: Ints
    spend: Floats

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def share(self) -> Floats:
        """Share of the customers in each bin."""
        total = self.customers.sum()
        return read_only(self.customers / total if total else np.full(len(self), np.nan))

    @property
    def spend_share(self) -> Floats:
        """Share of the spend of each bin's customers; NaN where there is none in all."""
        return read_only(shares_of(self.spend))

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        return {
            "bin": Labels(np.arange(len(self)), self.labels),
            "lowest": self.lowest,
            "highest": self.highest,
            "customers": self.customers,
            "share": self.share,
            "spend": self.spend,
            "spend_share": self.spend_share,
        }


def shares_of(values: Floats) -> Floats:
    """Return each value over their sum; NaN where that is not positive."""
    total = values.sum()
    return np.asarray(values / total if total > 0 else np.full(len(values), np.nan), np.float64)


def histogram(values: Floats, spend: Floats, edges: Floats, labels: tuple[str, ...]) -> Histogram:
    """Count values between edges, of which the last may be infinite; no bins: no values."""
    if not labels:
        nothing = np.empty(0)
        return Histogram((), nothing, nothing.copy(), np.empty(0, np.int64), nothing.copy())
    bins = np.searchsorted(edges, values, side="right") - 1
    size = len(labels)
    shown = np.where(edges == ABOVE_ZERO, 0.0, edges)
    zero = np.array(labels) == "0"
    return Histogram(
        labels=labels,
        lowest=shown[:-1].copy(),
        highest=np.where(zero, 0.0, shown[1:]),
        customers=np.bincount(bins, minlength=size).astype(np.int64),
        spend=np.bincount(bins, spend, minlength=size).astype(np.float64),
    )


def order_edges(orders: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Return edges and labels for numbers of orders: 1, 2, 3, 4, 5, 6 to 10, 11 and more.

    Where more than a tenth of the customers have 11 orders and more, that bin is cut at 20, 50,
    100, 200 … until no more than a tenth is in the last.
    """
    starts = list(ORDERS)
    for k in range(1, 18):
        beyond = np.count_nonzero(orders >= starts[-1])
        if beyond <= OPEN * len(orders):
            break
        starts.append((2, 5, 10)[(k - 1) % 3] * 10 ** ((k + 2) // 3) + 1)
    labels = [
        f"{low:,}" if high == low + 1 else f"{low:,} to {high - 1:,}"
        for low, high in pairwise(starts)
    ]
    return np.array([*starts, np.inf], np.float64), (*labels, f"{starts[-1]:,} and more")


def money_edges(values: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Return edges of 1, 2, 5, 10, 20, 50 … around most of the values, and labels.

    Values below 0, and 0 itself, have bins of their own where there are any.
    """
    positive = values[values > 0]
    edges, labels = [], []
    if (values < 0).any():
        edges, labels = [-np.inf], ["below 0"]
    if (values == 0).any():
        edges, labels = [*edges, 0.0], [*labels, "0"]
    if not len(positive):
        return _closed(edges, labels)
    ranks = [int(TAIL * (len(positive) - 1)), math.ceil((1 - TAIL) * (len(positive) - 1))]
    low, high = np.partition(positive, ranks)[ranks].tolist()
    ladder = _ladder(low, high)
    least = float(positive.min())
    if least < ladder[0]:
        edges, labels = [*edges, ABOVE_ZERO], [*labels, f"under {_money(ladder[0])}"]
    steps = [f"{_money(one)} to {_money(other)}" for one, other in pairwise(ladder)]
    if float(positive.max()) < ladder[-1]:
        return np.array([*edges, *ladder]), (*labels, *steps)
    return _closed([*edges, *ladder], [*labels, *steps, f"{_money(ladder[-1])} and more"])


def _closed(edges: list[float], labels: list[str]) -> tuple[Floats, tuple[str, ...]]:
    if not labels:
        return np.zeros(1), ()
    return np.array([*edges, np.inf], np.float64), tuple(labels)


def _ladder(low: float, high: float) -> list[float]:
    """Return steps of 1-2-5, the first at most `low` and the last above `high`."""
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high)) + 1
    first = max(first, last - MOST // 3)
    found = [float(f"{m}e{k}") for k in range(first, last + 1) for m in (1, 2, 5)]
    # at the ends of what a float can hold
    steps = [step for step in dict.fromkeys(found) if 0.0 < step < np.inf]
    start = max(0, sum(step <= low for step in steps) - 1)
    stop = sum(step <= high for step in steps) + 1
    return steps[start:stop]


def _money(value: float) -> str:
    return f"{value:,.12g}" if 1e-4 <= value < 1e12 else f"{value:g}"
