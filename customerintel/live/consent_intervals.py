"""From the entries of a consent ledger to the intervals in which each use is allowed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import ConsentStatus, LegalBasis
from customerintel.tables.consent_rows import ENDLESS, STATUSES

__all__ = ["ConsentLines", "intervals_of"]

Ints = NDArray[np.int64]

_GRANT: Final = STATUSES.index(ConsentStatus.GRANT)
_OBJECT: Final = STATUSES.index(ConsentStatus.OBJECT)
_WITHDRAW: Final = STATUSES.index(ConsentStatus.WITHDRAW)
_CONSENT: Final = list(LegalBasis).index(LegalBasis.CONSENT)


@dataclass
class ConsentLines:
    """Entries of a ledger, by row of the fold.

    Parameters
    ----------
    row : ndarray of int64, shape (n,)
        Customers.
    time, expires : ndarray of int64, shape (n,)
        Microseconds UTC; `ENDLESS` where a grant does not end by itself.
    purpose, basis, status : ndarray of int8, shape (n,)
        Places in `Purpose`, `LegalBasis` and `STATUSES`.
    """

    row: Ints
    time: Ints
    expires: Ints
    purpose: NDArray[np.int8]
    basis: NDArray[np.int8]
    status: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> ConsentLines:
        """Return the entries at some places, or under a mask."""
        return ConsentLines(*(getattr(self, one.name)[index] for one in fields(self)))

    def followed_by(self, other: ConsentLines) -> ConsentLines:
        """Return the entries of both."""
        names = [one.name for one in fields(self)]
        return ConsentLines(
            *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names)
        )

    @classmethod
    def none(cls) -> ConsentLines:
        """Return no entries."""
        long, short = np.zeros(0, np.int64), np.zeros(0, np.int8)
        return cls(long, long, long, short, short, short)

    @classmethod
    def withdrawals(cls, rows: Ints, times: Ints, purpose: int) -> ConsentLines:
        """Return the withdrawals that events of opting out stand for."""
        n = len(rows)
        return cls(
            rows.astype(np.int64),
            times.astype(np.int64),
            np.full(n, ENDLESS, np.int64),
            np.full(n, purpose, np.int8),
            np.full(n, _CONSENT, np.int8),
            np.full(n, _WITHDRAW, np.int8),
        )


def intervals_of(lines: ConsentLines) -> tuple[Ints, Ints, Ints, Ints]:
    """Return when each customer allows each use, by the rules of `ConsentLedger`.

    Returns
    -------
    row, purpose, start, end : ndarray of int64
        Allowed where ``start <= t < end``; ordered by row, purpose and start, without overlap.
        A grant that is followed by another one ends there, so that a withdrawal in between takes
        away the first only.
    """
    keys = (lines.basis, ~lines.expires, lines.status, lines.time, lines.purpose, lines.row)
    order = np.lexsort(keys)
    one = lines.take(order)
    n, place = len(one), np.arange(len(one))
    if not n:
        return place, place, place, place
    fresh = np.append(True, (one.row[1:] != one.row[:-1]) | (one.purpose[1:] != one.purpose[:-1]))
    begin = np.maximum.accumulate(np.where(fresh, place, 0))
    objection = np.maximum.accumulate(np.where(one.status == _OBJECT, place, -1))
    stands = (objection >= begin) & (one.basis != _CONSENT)
    # the entry that decides once this one is in, as in ConsentRows.deciding
    decides = np.maximum.accumulate(np.where((one.status == _GRANT) & stands, -1, place))
    # of entries of one moment only the last state counts
    last = np.append(fresh[1:] | (one.time[1:] != one.time[:-1]), True)
    kept = np.flatnonzero(last)
    changed = np.append(True, decides[kept[1:]] != decides[kept[:-1]])
    starts = kept[changed]
    entry = decides[starts]
    ends = np.full(len(starts), ENDLESS, np.int64)
    same = ~fresh_between(begin, starts)
    ends[:-1][same] = one.time[starts[1:]][same]
    ends = np.minimum(ends, one.expires[entry])
    allowed = (one.status[entry] == _GRANT) & (one.time[starts] < ends)
    chosen = starts[allowed]
    return (
        one.row[chosen].astype(np.int64),
        one.purpose[chosen].astype(np.int64),
        one.time[chosen],
        ends[allowed],
    )


def fresh_between(begin: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Tell where the next of `starts` belongs to another customer or purpose."""
    return np.asarray(begin[starts[1:]] != begin[starts[:-1]], bool)
