"""What customers allow, as the fold needs it: intervals by row and purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.consent_intervals import ConsentLines, intervals_of
from customerintel.live.fold_ids import CustomerRows
from customerintel.live.given_events import is_table
from customerintel.schema import Purpose
from customerintel.tables import ConsentLedger
from customerintel.tables.consent_loading import purpose_code
from customerintel.tables.ids import CustomerIds

__all__ = ["EMAIL_MARKETING", "Consents", "ledger_of", "lines_of"]

Ints = NDArray[np.int64]

#: So many late entries are put among the others at once.
_LATE: Final = 4096
#: What an event of opting out takes back.
EMAIL_MARKETING: Final = list(Purpose).index(Purpose.EMAIL_MARKETING)


def ledger_of(entries: Any) -> ConsentLedger:
    """Return a ledger as it is, and one made of a table, records or mappings."""
    if isinstance(entries, ConsentLedger):
        return entries
    if not isinstance(entries, Mapping) and is_table(entries):
        return ConsentLedger.from_frame(entries)
    return ConsentLedger.from_records(entries)


def ids_of(ledger: ConsentLedger) -> tuple[list[str], Ints]:
    """Return the customers of a ledger as texts, and the place among them of each entry."""
    keys, places = np.unique(ledger._rows.keys, return_inverse=True)
    values = CustomerIds(keys, ledger._texts).to_numpy().tolist()
    return [str(value) for value in values], places


def lines_of(ledger: ConsentLedger, rows: CustomerRows) -> ConsentLines:
    """Return the entries of a ledger; customers nobody knows yet get a row."""
    texts, places = ids_of(ledger)
    found, entries = rows.of(texts), ledger._rows
    return ConsentLines(
        found.astype(np.int64)[places] if len(texts) else np.zeros(0, np.int64),
        entries.times, entries.expires, entries.purpose, entries.basis, entries.status,
    )  # fmt: skip


class Consents:
    """The entries for all customers, and the intervals in which they allow each use.

    Entries are kept as they came: what one means hangs on all others of the customer.
    """

    def __init__(self, lines: ConsentLines | None = None) -> None:
        self._sorted = ConsentLines.none()
        self._late = ConsentLines.none() if lines is None else lines
        self._settle()

    def __len__(self) -> int:
        return len(self._sorted) + len(self._late)

    def _settle(self) -> None:
        """Arrange all entries by row, those of a row in the order they came."""
        lines = self._sorted.followed_by(self._late)
        self._sorted = lines.take(np.argsort(lines.row, kind="stable"))
        self._late = ConsentLines.none()

    def add(self, lines: ConsentLines) -> None:
        """Append entries."""
        if len(lines):
            self._late = self._late.followed_by(lines)
            if len(self._late) > _LATE:
                self._settle()

    def withdraw(self, rows: Ints, times: Ints) -> None:
        """Append what events of opting out say."""
        self.add(ConsentLines.withdrawals(rows, times, EMAIL_MARKETING))

    def of_row(self, row: int) -> ConsentLines:
        """Return the entries of one row in the order they came."""
        low, high = np.searchsorted(self._sorted.row, [row, row + 1])
        found = self._sorted.take(np.arange(low, high))
        late = self._late.row == row
        return found.followed_by(self._late.take(late)) if late.any() else found

    def of_rows(self, rows: Ints) -> ConsentLines:
        """Return the entries of some rows; those of a row in the order they came."""
        lines = self.state()
        return lines.take(np.isin(lines.row, rows))

    def merge(self, source: int, into: int) -> None:
        """Let the entries of one row count as those of another."""
        if len(self.of_row(source)):
            self._settle()
            self._sorted.row = np.where(self._sorted.row == source, into, self._sorted.row)
            self._settle()

    def erase(self, rows: Iterable[int]) -> None:
        """Forget the entries of some rows."""
        self._settle()
        gone = np.isin(self._sorted.row, np.fromiter(rows, np.int64))
        self._sorted = self._sorted.take(~gone)

    def allows(self, row: int, purpose: str | Purpose, at: int) -> bool:
        """Tell whether a customer allows a use at a moment (microseconds UTC)."""
        code, lines = purpose_code(purpose), self.of_row(row)
        _, _, start, end = intervals_of(lines.take(lines.purpose == code))
        return bool(((start <= at) & (at < end)).any())

    def lines(self) -> ConsentLines:
        """Return all entries, those of a row in the order they came; it costs next to nothing."""
        parts = vars(self._sorted)
        return self._sorted.followed_by(self._late) if len(self._late) else ConsentLines(**parts)

    def state(self) -> ConsentLines:
        """Return all entries, arranged by row; `Consents(state)` is the same again."""
        self._settle()
        return self._sorted
