"""Validated entries of consent, as a table: in through the door, and out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import Consent, LegalBasis, Purpose
from customerintel.tables.building import Column, Labels, build
from customerintel.tables.consent_changes import without
from customerintel.tables.consent_loading import DOOR, columns_of_records, load_consents
from customerintel.tables.consent_rows import ENDLESS, NOTES, STATUSES, ConsentRows
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.row_log import RowLog
from customerintel.tables.tombstones import Tombstones

__all__ = ["ConsentEntries"]


class ConsentEntries(RowLog):
    """What a `ConsentLedger` holds; how it is read and shown."""

    _door = DOOR
    _what = "entry"
    _rows: ConsentRows
    _columns: tuple[str, ...]
    _erased: Tombstones

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        customer_id: str | None = None,
        purpose: str | None = None,
        basis: str | None = None,
        status: str | None = None,
        timestamp: str | None = None,
        expires_at: str | Literal[False] | None = None,
        notice_version: str | Literal[False] | None = None,
        notice_hash: str | Literal[False] | None = None,
        channel: str | Literal[False] | None = None,
        source: str | Literal[False] | None = None,
        evidence_ref: str | Literal[False] | None = None,
        timestamp_format: str | None = None,
        on_invalid: Literal["raise", "quarantine"] = "raise",
        erased: Tombstones | None = None,
    ) -> Self:
        """Validate a table of entries.

        Parameters
        ----------
        frame : table
            Any kind that `TransactionLog.from_frame` reads. It is never changed.
        customer_id, timestamp : str, optional
            Names of the columns; not needed where they are called so.
        purpose, basis, status : str, optional
            Columns of the words of `Purpose`, `LegalBasis` and `ConsentStatus`; case, blanks and
            hyphens do not count. An unknown word breaks a rule.
        expires_at : str or False, optional
            When a grant ends by itself, later than `timestamp`.
        notice_version, notice_hash, channel, source, evidence_ref : str or False, optional
            Carried along. All columns are found by their own names; `False` leaves one out.
        timestamp_format : str, optional
            As for `TransactionLog.from_frame`.
        on_invalid : {"raise", "quarantine"}, default "raise"
            Whether rows that break a rule are an error or go to :attr:`rejected`.
        erased : Tombstones, optional
            Of a former ledger, :attr:`tombstones`: rows of the customers erased there are left
            out, with a warning.

        Returns
        -------
        ConsentLedger
            Its accepted and rejected rows add up to the rows of `frame`, if nobody was erased.

        Raises
        ------
        SchemaError
            If a column is missing or cannot hold what it should.
        DataValidationError
            If rows break a rule and `on_invalid` is "raise".
        InvalidArgumentError
            If an argument has an unknown value.

        Warns
        -----
        DataQualityWarning
            If rows of erased customers were left out, or the data are odd as in a transaction
            log.
        """
        columns = {
            "customer_id": customer_id, "purpose": purpose, "basis": basis, "status": status,
            "timestamp": timestamp, "expires_at": expires_at, "notice_version": notice_version,
            "notice_hash": notice_hash, "channel": channel, "source": source,
            "evidence_ref": evidence_ref,
        }  # fmt: skip
        parts = load_consents(
            frame, columns, timestamp_format=timestamp_format, on_invalid=on_invalid
        )
        ledger = cls(**parts, erased=erased or Tombstones())
        return without(ledger, ledger._erased.has(ledger._ids), warn=True)

    @classmethod
    def from_records(
        cls,
        records: Consent | Mapping[str, Any] | Iterable[Consent | Mapping[str, Any]],
        *,
        erased: Tombstones | None = None,
    ) -> Self:
        """Make a ledger of records.

        Parameters
        ----------
        records : Consent, mapping, or iterable of them
            Mappings have the fields of `Consent`.
        erased : Tombstones, optional
            As for :meth:`from_frame`.

        Returns
        -------
        ConsentLedger
            Its tables are those of pandas.

        Raises
        ------
        InvalidArgumentError
            If something is neither a record nor a mapping.
        SchemaError
            If a mapping has a field that a `Consent` has not.
        DataValidationError
            If entries break a rule; they are counted from 0.
        """
        found = cls.from_frame(columns_of_records(records), erased=erased)
        return found._with(kind=Kind("pandas"))

    def _with(self, **changed: Any) -> Self:
        """Return the ledger with other parts."""
        parts = {
            "rows": self._rows, "texts": self._texts, "zone": self._zone, "kind": self._kind,
            "rejected": self._rejected, "extras": None, "columns": self._columns,
            "erased": self._erased,
        }  # fmt: skip
        return type(self)(**(parts | changed))

    @property
    def _ids(self) -> CustomerIds:
        """Whose entry each is."""
        return CustomerIds(self._rows.keys, self._texts)

    def _rows_of(self, ids: CustomerIds) -> NDArray[np.bool_]:
        """Tell which entries are of some customers, shape (n_rows,)."""
        if not self.n_rows or not len(ids):
            return np.zeros(self.n_rows, bool)
        asked = CustomerIds(np.unique(ids.keys), ids.texts)
        known = asked.keys if self._texts is None else np.arange(len(self._texts))
        here = CustomerIds(known, self._texts).match(asked)[0]
        return np.isin(self._rows.keys, known[here])

    @property
    def n_rows(self) -> int:
        """Entries."""
        return len(self._rows.keys)

    @property
    def n_customers(self) -> int:
        """Customers with an entry."""
        return len(np.unique(self._rows.keys))

    def to_frame(self) -> Any:
        """Return the entries with canonical column names, in the order they came.

        Returns
        -------
        table
            Of the caller's kind: the columns that were read, in the order of `Consent`. Times
            are in the ledger's time zone.
        """
        rows = self._rows
        words = (tuple(one.value for one in kind) for kind in (Purpose, LegalBasis, STATUSES))
        codes = (rows.purpose, rows.basis, rows.status)
        columns: dict[str, Column] = {"customer_id": self._ids}
        for name, code, names in zip(("purpose", "basis", "status"), codes, words, strict=True):
            columns[name] = Labels(code, names)
        columns["timestamp"] = rows.times.view("M8[us]")
        columns |= {name: getattr(rows, name) for name in NOTES if name in self._columns}
        if "expires_at" in self._columns:
            ends = np.where(rows.expires == ENDLESS, np.iinfo(np.int64).min, rows.expires)
            columns["expires_at"] = ends.view("M8[us]")
        return build(columns, self._kind, self._zone)

    def _facts(self) -> dict[str, object]:
        return {
            "rows": self.n_rows,
            "from": self.start,
            "to": self.end,
            "zone": self._zone,
            "customers": self.n_customers,
            "erased": len(self._erased) or None,
            "rejected": len(self._rejected) or None,
        }

    def __repr__(self) -> str:
        return one_line("ConsentLedger", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, value) for name, value in self._facts().items() if value is not None]
        return html_table("Consent ledger", facts)
