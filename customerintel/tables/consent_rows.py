"""The entries of a consent ledger, column by column, and which of them decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import ConsentStatus, LegalBasis
from customerintel.tables.building import Labels

__all__ = ["ENDLESS", "NOTES", "STATUSES", "ConsentRows"]

Ints = NDArray[np.int64]
Codes = NDArray[np.int8]

#: Stands for the end of what does not end by itself.
ENDLESS: Final = np.iinfo(np.int64).max
#: Columns that are carried along.
NOTES: Final = ("notice_version", "notice_hash", "channel", "source", "evidence_ref")
#: Of entries of one moment, the later in this order decides.
STATUSES: Final = (ConsentStatus.GRANT, ConsentStatus.WITHDRAW, ConsentStatus.OBJECT)
_GRANT: Final = STATUSES.index(ConsentStatus.GRANT)
_OBJECT: Final = STATUSES.index(ConsentStatus.OBJECT)
_CONSENT: Final = list(LegalBasis).index(LegalBasis.CONSENT)


@dataclass(frozen=True, eq=False)
class ConsentRows:
    """Accepted entries in the order in which they came.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_rows,)
        Customers: ids, or places in the texts of the ledger.
    times : ndarray of int64, shape (n_rows,)
        Microseconds UTC.
    purpose, basis : ndarray of int8, shape (n_rows,)
        Places in `Purpose` and `LegalBasis`.
    status : ndarray of int8, shape (n_rows,)
        Places in `STATUSES`.
    expires : ndarray of int64, shape (n_rows,)
        Microseconds UTC, `ENDLESS` where there is no end.
    notice_version, notice_hash, channel, source, evidence_ref : Labels
        -1 where there is none.
    """

    keys: Ints
    times: Ints
    purpose: Codes
    basis: Codes
    status: Codes
    expires: Ints
    notice_version: Labels
    notice_hash: Labels
    channel: Labels
    source: Labels
    evidence_ref: Labels

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, index: Ints) -> ConsentRows:
        """Return the entries at `index`."""
        parts: dict[str, Any] = {
            name: Labels(part.codes[index], part.names) if isinstance(part, Labels) else part[index]
            for name, part in vars(self).items()
        }
        return replace(self, **parts)

    def known_until(self, moment: int) -> ConsentRows:  # noqa: ARG002 - as other rows have it
        """Return the same entries: one is known at once."""
        return self

    def without_spare_names(self) -> ConsentRows:
        """Return the same entries, holding no word that no entry has."""
        parts: dict[str, Any] = {}
        for name in NOTES:
            labels: Labels = getattr(self, name)
            used, codes = np.unique(labels.codes, return_inverse=True)
            missing = int(len(used) > 0 and used[0] < 0)
            names = tuple(labels.names[place] for place in used[missing:].tolist())
            parts[name] = Labels((codes - missing).astype(np.int32), names)
        return replace(self, **parts)

    def followed_by(self, other: ConsentRows) -> ConsentRows:
        """Return the entries of both; their keys mean the same."""
        parts: dict[str, Any] = {}
        for name, mine in vars(self).items():
            theirs = getattr(other, name)
            if isinstance(mine, Labels):
                parts[name] = _joined(mine, theirs)
            else:
                parts[name] = np.concatenate([mine, theirs])
        return replace(self, **parts)

    def deciding(self, purpose: int, until: int) -> tuple[Ints, Ints]:
        """Return who has an entry for a purpose, and which of theirs decides.

        Parameters
        ----------
        purpose : int
            Place in `Purpose`.
        until : int
            Microseconds UTC; later entries do not count.

        Returns
        -------
        keys : ndarray of int64
            Customers, ascending.
        rows : ndarray of int64
            The latest entry of each that counts: after an objection, only a grant whose basis
            is consent does. Of entries of one moment, the strictest: an objection before a
            withdrawal before a grant, and of grants the one that ends first.
        """
        rows = np.flatnonzero((self.purpose == purpose) & (self.times <= until))
        columns = (self.basis, ~self.expires, self.status, self.times, self.keys)
        rows = rows[np.lexsort([column[rows] for column in columns])]
        keys, status, place = self.keys[rows], self.status[rows], np.arange(len(rows))
        fresh = np.append(True, keys[1:] != keys[:-1])[: len(rows)]
        begin = np.maximum.accumulate(np.where(fresh, place, 0))
        objection = np.maximum.accumulate(np.where(status == _OBJECT, place, -1))
        stands = (objection >= begin) & (self.basis[rows] != _CONSENT)
        last = np.maximum.accumulate(np.where((status == _GRANT) & stands, -1, place))
        ends = np.flatnonzero(np.append(fresh[1:], True)[: len(rows)])
        return keys[ends], rows[last[ends]]

    def allows(self, rows: Ints, until: int) -> NDArray[np.bool_]:
        """Tell which entries allow the use at a moment, if they decide."""
        return np.asarray((self.status[rows] == _GRANT) & (until < self.expires[rows]), bool)


def _joined(first: Labels, second: Labels) -> Labels:
    """Return labels one after another, equal names being one."""
    names = {name: place for place, name in enumerate(first.names)}
    places = [names.setdefault(name, len(names)) for name in second.names]
    codes = np.array([*places, -1], np.int32)[second.codes]
    return Labels(np.concatenate([first.codes.astype(np.int32), codes]), tuple(names))
