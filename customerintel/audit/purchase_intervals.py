"""Days between purchases: those that ended with one, and those that are still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.moments import DAY, Calendar

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells
    from customerintel.tables.visits import Visits

__all__ = ["Curves", "days_to_second", "gaps_of", "left_after", "left_at", "quantiles_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


#: Numbers of customers by group and day that are held at a time.
HELD = 1 << 18


@dataclass(frozen=True, eq=False)
class Curves:
    """Who has still not bought again after so many days, one row per group of customers.

    Attributes
    ----------
    left : ndarray of float64, shape (groups, days)
        Share (Kaplan and Meier 1958, Journal of the American Statistical Association 53,
        section 2): those whom nobody has seen for long enough count as long as they were seen.
    spread : ndarray of float64, shape (groups, days)
        Root of Greenwood's (1926) sum, ``sqrt(sum d / (n (n - d)))``.
    at_risk : ndarray of float64, shape (groups, days)
        Who had been seen for so long and had not bought again before.
    """

    left: Floats
    spread: Floats
    at_risk: Floats


def left_after(closed: Ints, still: Ints) -> Curves:
    """Return the share that is left after each number of days.

    Parameters
    ----------
    closed, still : ndarray of int64, shape (groups, days)
        Intervals of each length that ended, and that had not ended when last seen.
    """
    at_risk: Floats = np.cumsum((closed + still)[:, ::-1], axis=1)[:, ::-1].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(closed > 0, closed / at_risk, 0.0)
        added = np.where(closed > 0, closed / (at_risk * (at_risk - closed)), 0.0)
    left = np.asarray(np.cumprod(1.0 - share, axis=1), np.float64)
    spread = np.asarray(np.sqrt(np.cumsum(added, axis=1)), np.float64)
    return Curves(left, spread, at_risk)


def left_at(
    group: Ints, days: Ints, ended: NDArray[np.bool_], n_groups: int, at: Ints
) -> tuple[Curves, Floats]:
    """Return the share that is left at some days, and when half are gone, by group.

    Parameters
    ----------
    group, days : ndarray of int64, shape (n,)
        Of each interval.
    ended : ndarray of bool, shape (n,)
        Whether it ended with a purchase, or had not ended when last seen.
    n_groups : int
        Groups count from 0.
    at : ndarray of int64, shape (m,)
        Days that are asked about.

    Returns
    -------
    curves : Curves
        Of shape (n_groups, m). As `left_after`, whose work grows with the longest interval; this
        one's grows with the distinct lengths, however long they are.
    half : ndarray of float64, shape (n_groups,)
        Days until half are gone; NaN where half never are.
    """
    occurs = np.zeros(int(days.max(initial=0)) + 1, bool)
    occurs[days] = True
    place = np.cumsum(occurs)[days]
    # a first place of no day, before anybody has gone, and a last one, at which nobody is left
    length = np.concatenate([[np.nan], np.flatnonzero(occurs), [np.nan]])
    width = len(length)
    past, until = np.searchsorted(length[1:-1], at, "right"), np.searchsorted(length[1:-1], at) + 1
    rows, half = np.empty((3, n_groups, len(at))), np.empty(n_groups)
    some = max(1, HELD // width)
    for begin in range(0, n_groups, some):
        n = min(some, n_groups - begin)
        mine = (group >= begin) & (group < begin + n)
        key, over = (group[mine] - begin) * width + place[mine], ended[mine]
        counts = (np.bincount(one, minlength=n * width) for one in (key[over], key[~over]))
        curves = left_after(*(one.reshape(n, width) for one in counts))
        span = slice(begin, begin + n)
        rows[0, span], rows[1, span] = curves.left[:, past], curves.spread[:, past]
        rows[2, span] = curves.at_risk[:, until]
        first = quantiles_of(curves.left, np.array([0.5]))[:, 0]
        half[span] = length[np.where(np.isnan(first), 0, first).astype(np.int64)]
    return Curves(*rows), half


def quantiles_of(left: Floats, shares: Floats) -> Floats:
    """Return after how many days each share is gone, shape (groups, shares); NaN: never seen."""
    gone = 1.0 - left
    # a share that is reached but for rounding is reached
    reached = gone[:, :, None] >= shares - 1e-12
    first = np.argmax(reached, axis=1).astype(np.float64)
    return np.where(reached.any(axis=1), first, np.nan)


def days_to_second(cells: Cells) -> tuple[Ints, Ints]:
    """Return days from each customer's first purchase to one on a later day, and to the moment.

    Returns
    -------
    second : ndarray of int64, shape (n,)
        -1 where none has followed.
    waited : ndarray of int64, shape (n,)
    """
    from customerintel._kernels import cohorts, threads

    n = len(cells.ids)
    out = np.empty(n, np.int32)
    columns = _columns(cells, np.arange(n))
    threads.run(cohorts.second_days, [(*span, *columns, out) for span in threads.stretches(n)])
    calendar = Calendar("day", cells.history._log.time_zone)
    return out.astype(np.int64), _today(cells) - calendar.floor(cells.first) // DAY


def gaps_of(cells: Cells, members: Ints) -> tuple[Ints, Ints]:
    """Return how many intervals of each length ended, and how many are still open.

    Parameters
    ----------
    members : ndarray of int64
        Places of customers; the days between any two of their days with a purchase that follow
        each other are an interval, and so are those from the last one to the moment.
    """
    from customerintel._kernels import cohorts, threads

    if not len(members):
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    today = _today(cells)
    calendar = Calendar("day", cells.history._log.time_zone)
    longest = today - int(calendar.floor(cells.first[members].min()[None])[0]) // DAY
    spans = threads.stretches(len(members))
    found = [np.zeros((2, longest + 1), np.int64) for _ in spans]
    columns = _columns(cells, members)
    threads.run(
        cohorts.count_gaps,
        [(*span, *columns, today, *part) for span, part in zip(spans, found, strict=True)],
    )
    closed, still = np.sum(found, axis=0)
    return closed, still


def _columns(cells: Cells, members: Ints) -> tuple[Ints, Ints, Ints, Ints, NDArray[np.int32], int]:
    """Return where the members are among the visits, the visits, and the moment."""
    from customerintel.tables.visits import visits_of

    visits: Visits = visits_of(cells.history._log)
    places = members
    if len(cells.ids) < len(visits.keys):  # else they are the same, since both ascend
        places = np.searchsorted(visits.keys, cells.ids.keys[members])
    until = np.int64(cells.history._moment)
    return places, visits.offsets, visits.packed, visits.seen_at, visits.days, int(until)


def _today(cells: Cells) -> int:
    """Return the day of the moment, since 1970."""
    calendar = Calendar("day", cells.history._log.time_zone)
    return int(calendar.floor(np.array([cells.history._moment]))[0]) // DAY
