"""Who allowed what, when and on what basis: a record that only ever grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import Consent, Purpose
from customerintel.tables.consent_changes import appended, without
from customerintel.tables.consent_entries import ConsentEntries
from customerintel.tables.consent_loading import purpose_code
from customerintel.tables.consent_state import ConsentState, state_of_row, state_without_row
from customerintel.tables.given_ids import given_ids
from customerintel.tables.ids import CustomerIds
from customerintel.tables.moments import read_moment
from customerintel.tables.tombstones import Tombstones

__all__ = ["ConsentLedger"]

Mask = NDArray[np.bool_]


class ConsentLedger(ConsentEntries):
    """Grants, withdrawals and objections, one entry per change, customer and purpose.

    Made by :meth:`from_frame`, :meth:`from_records`, :meth:`from_csv` or :meth:`from_parquet`.
    Nothing is overwritten: :meth:`append` and :meth:`erase` make new ledgers.

    Notes
    -----
    A use is not allowed unless an entry allows it. Of the entries for a customer and a purpose,
    the latest one at the moment decides, with these rules (GDPR, Regulation (EU) 2016/679):

    - After an objection (Article 21), only a grant whose basis is consent (Article 6(1)(a))
      allows the use again. Later grants on other bases, legitimate interests above all, do not
      count: the objection would mean nothing if the business could set it aside by itself.
    - A grant allows until `expires_at`; an earlier entry does not come back when it ends.
      Withdrawals and objections do not expire.
    - Of entries of one moment, the strictest decides, whatever their order.

    This keeps a record; whether a basis holds is for lawyers to judge.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.tables.consent_ledger import ConsentLedger
    >>> ledger = ConsentLedger.from_frame(
    ...     {
    ...         "customer_id": [7, 7, 3],
    ...         "purpose": ["email marketing", "email marketing", "profiling"],
    ...         "basis": ["consent", "consent", "legitimate_interests"],
    ...         "status": ["granted", "withdrawn", "granted"],
    ...         "timestamp": ["2024-01-05", "2024-06-01", "2024-03-01"],
    ...     }
    ... )
    >>> ledger.allowed([7, 3, 5], "profiling", at="2024-12-31")
    array([False,  True, False])
    >>> ledger.state(7, "email_marketing", at="2024-03-31").allowed
    True
    >>> ledger.state(7, "email_marketing", at="2024-12-31").reason
    'withdrawn'
    """

    @property
    def tombstones(self) -> Tombstones:
        """What recognises the erased customers; keep it beside the ledger's own table."""
        return self._erased

    def append(
        self, entries: Consent | Mapping[str, Any] | Iterable[Consent | Mapping[str, Any]]
    ) -> ConsentLedger:
        """Return a ledger with further entries; this one stays as it is.

        Parameters
        ----------
        entries : Consent, mapping, or iterable of them
            As for :meth:`from_records`. Many at once cost what one does.

        Raises
        ------
        InvalidArgumentError, SchemaError, DataValidationError
            As for :meth:`from_records`; SchemaError also if ids are integers here and texts
            there.

        Warns
        -----
        DataQualityWarning
            If entries of erased customers were left out.
        """
        return appended(self, type(self).from_records(entries, erased=self._erased))

    def erase(self, ids: Any) -> ConsentLedger:
        """Return a ledger without any entry of some customers (GDPR, Article 17).

        Parameters
        ----------
        ids : array_like
            Customers, in the ledger or not.

        Returns
        -------
        ConsentLedger
            With :attr:`tombstones` that recognise the erased, whose later entries are left out
            too; to come back, somebody needs a new id. It holds no rejected rows, and nothing of
            this ledger; delete that one, and the tables that both were made from.

        Raises
        ------
        InvalidArgumentError
            If entries are no ids.
        SchemaError
            If ids are integers here and texts there.
        """
        gone = given_ids(ids, "ids")
        ledger = self._with(erased=self._erased.adding(gone))
        return without(ledger, self._rows_of(gone), warn=False)

    def allowed(self, ids: Any, purpose: str | Purpose, at: Any = None) -> Mask:
        """Tell which customers allow a use.

        Parameters
        ----------
        ids : array_like or CustomerIds, shape (n,)
            In any order; those without an entry do not allow it.
        purpose : str or Purpose
            The use.
        at : date, datetime, datetime64 or str, optional
            The moment; now if not given. For what a model learns from, the moment of its history.

        Returns
        -------
        ndarray of bool, shape (n,)
            In the order of `ids`.

        Raises
        ------
        InvalidArgumentError
            If there is no such purpose, a moment cannot be read, or entries are no ids.
        SchemaError
            If ids are integers here and texts there.
        """
        until, code, found = self._moment(at), purpose_code(purpose), given_ids(ids, "ids")
        keys, rows = self._rows.deciding(code, until)
        answer = np.zeros(len(found), bool)
        if len(keys) and len(found):
            distinct, places = np.unique(found.keys, return_inverse=True)
            asked = CustomerIds(distinct, found.texts)
            here, there = CustomerIds(keys, self._texts).match(asked)
            by_asked = np.zeros(len(distinct), bool)
            by_asked[there] = self._rows.allows(rows[here], until)
            answer = by_asked[places]
        return answer

    def state(self, customer_id: Any, purpose: str | Purpose, at: Any = None) -> ConsentState:
        """Return what one customer allows for one purpose, and why.

        Parameters
        ----------
        customer_id : int or str
            The customer.
        purpose : str or Purpose
            The use.
        at : date, datetime, datetime64 or str, optional
            The moment; now if not given.

        Raises
        ------
        InvalidArgumentError, SchemaError
            As for :meth:`allowed`.
        """
        until, code = self._moment(at), purpose_code(purpose)
        asked = given_ids([customer_id], "customer_id")
        if self._erased.has(asked)[0]:
            return state_without_row(code, until, "erased")
        mine = self._rows.take(np.flatnonzero(self._rows_of(asked)))
        rows = mine.deciding(code, until)[1]
        if not len(rows):
            return state_without_row(code, until, "not_recorded")
        return state_of_row(mine, int(rows[0]), until)

    def _moment(self, at: Any) -> int:
        """Return microseconds UTC."""
        if at is None:
            at = datetime.now(UTC)
            return int(np.datetime64(at.replace(tzinfo=None), "us").astype(np.int64))
        return read_moment(at, self._zone, name="at")

    def export(self, customer_id: Any) -> Any:
        """Return all entries of one customer (GDPR, Articles 15 and 20).

        Parameters
        ----------
        customer_id : int or str
            The customer; one without entries gets a table without rows.

        Returns
        -------
        table
            As of :meth:`to_frame`.
        """
        asked = given_ids([customer_id], "customer_id")
        index = np.flatnonzero(self._rows_of(asked))
        return self._with(rows=self._rows.take(index)).to_frame()
