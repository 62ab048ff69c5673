"""How a consent ledger grows, and how customers leave it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.consent_loading import ROLES
from customerintel.tables.frames import open_table
from customerintel.tables.naming import code_texts
from customerintel.tables.notices import warn_caller
from customerintel.tables.rejections import Rejections
from customerintel.tables.text import Text

if TYPE_CHECKING:
    from customerintel.tables.consent_entries import ConsentEntries

__all__ = ["appended", "without"]

Ints = NDArray[np.int64]
Ledger = TypeVar("Ledger", bound="ConsentEntries")


def without(ledger: Ledger, gone: NDArray[np.bool_], *, warn: bool) -> Ledger:
    """Return a ledger without some rows and without anything that was only in them.

    Parameters
    ----------
    ledger : ConsentLedger
        Whose tombstones know the customers of these rows.
    gone : ndarray of bool, shape (n_rows,)
        The rows.
    warn : bool
        Whether to say that rows were left out; nobody is surprised by those just erased.
    """
    n_gone = int(gone.sum())
    if warn and not n_gone:
        return ledger
    if warn:
        rows = f"{n_gone:,} entries are" if n_gone > 1 else "1 entry is"
        left = "were" if n_gone > 1 else "was"
        warn_caller(f"{rows} of customers who were erased, and {left} left out.")
    kept = ledger._rows.take(np.flatnonzero(~gone)).without_spare_names()
    texts = ledger._texts
    if texts is not None:  # the texts of the erased must go, too
        used, keys = np.unique(kept.keys, return_inverse=True)
        texts = texts.take(used)
        kept = replace(kept, keys=keys.astype(np.int64))
    return ledger._with(rows=kept, texts=texts, rejected=_none_rejected(len(kept)))


def _none_rejected(n_rows: int) -> Rejections:
    """Return rejections that hold no row of the table that was read."""
    return Rejections(
        n_rows_in=n_rows,
        rows=np.empty(0, np.int64),
        codes=np.empty(0, np.int16),
        rules=(),
        breaches={},
        first={},
        _table=open_table({"customer_id": []}).read(["customer_id"]),
        _columns=("customer_id",),
    )


def appended(first: Ledger, second: Ledger) -> Ledger:
    """Return a ledger with the entries of both, of the first one's kind of table.

    Raises
    ------
    SchemaError
        If one has integer ids and the other texts.
    """
    if not second.n_rows:
        return first
    mine, theirs, texts = _same_keys(first, second)
    rows = replace(first._rows, keys=mine).followed_by(replace(second._rows, keys=theirs))
    given = {*first._columns, *second._columns}
    return first._with(rows=rows, texts=texts, columns=tuple(r for r in ROLES if r in given))


def _same_keys(first: Ledger, second: Ledger) -> tuple[Ints, Ints, Text | None]:
    """Return the keys of both, which mean the same, and their texts."""
    mine, theirs = first._rows.keys, second._rows.keys
    if not first.n_rows:
        return mine, theirs, second._texts
    if (first._texts is None) != (second._texts is None):
        raise SchemaError(
            "One side has integer customer ids, the other texts, so nobody could be in both. "
            "Give ids of the same kind."
        )
    if first._texts is None or second._texts is None:
        return mine, theirs, None
    texts, more = first._texts, second._texts
    both = Text(
        np.concatenate([texts.offsets, more.offsets[1:] + texts.offsets[-1]]),
        np.concatenate([texts.data, more.data]),
    )
    codes, distinct = code_texts(both)
    return codes[: len(texts)][mine], codes[len(texts) :][theirs], distinct
