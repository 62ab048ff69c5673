"""What happened on each day, and which days are unlike others of their weekday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.report.small_groups import few
from customerintel.tables.history import History
from customerintel.tables.visits import visits_of

__all__ = ["Daily", "Gap", "daily_of", "gaps_in", "odd_days", "usual_days_off", "without_few"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Rows that are looked at together, so that nothing of the log's length is made.
STRETCH = 4_000_000
#: Same weekdays on either side that tell what is usual.
AROUND = 6
#: Robust standard deviations beyond which a day is odd.
ODD = 4.0
#: Weekdays with fewer days tell nothing of what is usual.
FEWEST = 8


@dataclass(frozen=True, eq=False)
class Daily:
    """Purchases, sales and returns of every day from the first to the last.

    Parameters
    ----------
    days : datetime64[D] array, shape (n_days,)
        All days, those without a row too.
    purchases, returns : float64 array, shape (n_days,)
        Orders, and rows that are returns.
    sales, returned : float64 array, shape (n_days,) or (0,)
        Money of purchases, and of returns (negative); empty where the log has no amounts.
    customers : float64 array, shape (n_days,)
        Customers with a purchase.
    n_returning : int
        Customers with a return.
    """

    days: NDArray[np.datetime64]
    purchases: Floats
    returns: Floats
    sales: Floats
    returned: Floats
    customers: Floats
    n_returning: int


def daily_of(history: History) -> Daily:
    """Count each day's purchases and returns up to the moment."""
    visits = visits_of(history._log)
    until = history._moment
    if not len(visits.packed):
        empty = np.empty(0)
        return Daily(np.empty(0, "M8[D]"), empty, empty, empty, empty, empty, 0)
    first = int(visits.days.min())
    n = int(visits.days.max()) - first + 1
    counts, money = np.zeros((3, n)), np.zeros((2, n if len(visits.amounts) else 0))
    n_returning = 0
    for low, high in _stretches(visits.offsets):
        rows = slice(int(visits.offsets[low]), int(visits.offsets[high]))
        packed, days = visits.packed[rows], visits.days[rows] - first
        seen = (visits.seen_at[rows] if len(visits.seen_at) else packed >> 2) <= until
        marks = packed & 3
        counts[0] += np.bincount(days[seen & (marks == 0)], minlength=n)
        back = (marks & 1) == 1
        counts[1] += np.bincount(days[seen & back], minlength=n)
        owner = np.repeat(np.arange(low, high), np.diff(visits.offsets[low : high + 1]))
        counts[2] += np.bincount(_once(owner, days, seen & ~back), minlength=n)
        n_returning += len(np.unique(owner[seen & back]))
        if len(visits.amounts):
            for place, chosen in enumerate((seen & ~back, seen & back)):
                weights = visits.amounts[rows][chosen]
                money[place] += np.bincount(days[chosen], weights=weights, minlength=n)
    last = int(np.flatnonzero(counts[:2].sum(axis=0)).max(initial=0)) + 1
    dates = np.datetime64(0, "D") + first + np.arange(last)
    return Daily(
        dates, counts[0, :last], counts[1, :last], money[0, :last], money[1, :last],
        counts[2, :last], n_returning,
    )  # fmt: skip


def _stretches(offsets: Ints) -> Iterator[tuple[int, int]]:
    """Return the first customer of each stretch of rows and the one after the last."""
    cuts = np.arange(0, int(offsets[-1]) + STRETCH, STRETCH)
    edges = np.unique(np.searchsorted(offsets, cuts, "left").clip(0, len(offsets) - 1))
    return pairwise(edges.tolist())


def _once(
    owner: Ints, days: NDArray[np.integer[Any]], chosen: NDArray[np.bool_]
) -> NDArray[np.integer[Any]]:
    """Return the days of some rows, each of a customer's once; they are in order of time."""
    owner, days = owner[chosen], days[chosen]
    new = np.ones(len(days), bool)
    new[1:] = (days[1:] != days[:-1]) | (owner[1:] != owner[:-1])
    return days[new]


def odd_days(days: NDArray[np.datetime64], values: Floats) -> tuple[Floats, Floats]:
    """Compare each day with others of its weekday.

    A day's logarithm is compared with the median of the six same weekdays before and the six
    after it, so that growth and seasons are no oddity; the differences of all days are scaled
    by their median absolute deviation (Hampel 1974, Journal of the American Statistical
    Association 69, 383-393), at least that of a Poisson count and a tenth.

    Parameters
    ----------
    days : datetime64[D] array, shape (n_days,)
        Days in a row.
    values : float64 array, shape (n_days,)
        Numbers or amounts.

    Returns
    -------
    scores, usual : float64 array, shape (n_days,)
        Robust standard deviations from what is usual, and what is usual. Days without
        anything, and weekdays that usually have nothing, have the score 0.
    """
    weekday = (days.astype(np.int64) + 3) % 7
    difference, usual = np.zeros(len(days)), np.full(len(days), np.nan)
    for one in range(7):
        places = np.flatnonzero(weekday == one)
        if len(places) < FEWEST:
            continue
        level = np.log1p(np.maximum(values[places], 0.0))
        padded = np.pad(level, AROUND, constant_values=np.nan)
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1).copy()
        around[:, AROUND] = np.nan  # not the day itself
        middle = np.nanmedian(around, axis=1)
        usual[places] = np.expm1(middle)
        some = (values[places] > 0) & (middle > 0)
        difference[places[some]] = (level - middle)[some]
    looked = difference != 0.0
    spread = 1.4826 * float(np.median(np.abs(difference[looked]))) if looked.any() else 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.fmax(0.1, np.nan_to_num(1.0 / np.sqrt(usual), nan=0.1, posinf=0.1))
    return difference / np.fmax(spread, least), usual


def without_few(daily: Daily) -> Floats:
    """Return the purchases of every day; of days with few customers, what is usual around them.

    That is the median of the days within two weeks, usual days off left out, so that no single
    day tells.
    """
    open_days = np.flatnonzero(~usual_days_off(daily))
    padded = np.pad(daily.purchases[open_days], 14, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 29)
    found = daily.purchases.copy()
    hidden = few(daily.customers[open_days])
    if hidden.any():
        found[open_days[hidden]] = np.nanmedian(around[hidden], axis=1)
    return found


@dataclass(frozen=True)
class Gap:
    """Days in a row without a row, though their weekdays usually have some."""

    first: np.datetime64
    last: np.datetime64

    @property
    def length(self) -> int:
        """Days, both ends included."""
        return int((self.last - self.first).astype(np.int64)) + 1


def usual_days_off(daily: Daily) -> NDArray[np.bool_]:
    """Tell which days have no row and are of a weekday that mostly has none."""
    weekday = (daily.days.astype(np.int64) + 3) % 7
    rows = daily.purchases + daily.returns
    usually = np.array(
        [np.mean(rows[weekday == one] > 0) if len(rows) > 6 else 1.0 for one in range(7)]
    )
    off: NDArray[np.bool_] = (rows == 0) & (usually[weekday] <= 0.5)
    return off


def gaps_in(daily: Daily, *, least: int = 2) -> list[Gap]:
    """Return stretches without any row that are no usual days off, the longest first."""
    empty = (daily.purchases + daily.returns) == 0
    missed = np.flatnonzero(empty & ~usual_days_off(daily))
    # a stretch may hold usual days off, which do not end it
    found: list[Gap] = []
    start = 0
    while start < len(missed):
        stop = start
        while stop + 1 < len(missed) and empty[missed[stop] : missed[stop + 1]].all():
            stop += 1
        if stop - start + 1 >= least:
            found.append(Gap(daily.days[missed[start]], daily.days[missed[stop]]))
        start = stop + 1
    return sorted(found, key=lambda gap: (-gap.length, gap.first))
