"""Entries of consent as a record of the log."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np

from customerintel.exceptions import CustomerIntelWarning
from customerintel.live.fold_consent import ids_of
from customerintel.schema import LegalBasis, Purpose
from customerintel.tables import ConsentLedger
from customerintel.tables.consent_rows import ENDLESS, STATUSES

__all__ = ["consent_body", "ledger_of_body", "without_customers"]


def consent_body(ledger: ConsentLedger) -> bytes:
    """Return the entries of a ledger as JSON: what decides, one list per field."""
    texts, places = ids_of(ledger)
    rows = ledger._rows
    words = {
        name: [list(kind)[code].value for code in getattr(rows, name).tolist()]
        for name, kind in (("purpose", Purpose), ("basis", LegalBasis), ("status", STATUSES))
    }
    columns = {
        "customer_id": [texts[place] for place in places.tolist()],
        **words,
        "timestamp": rows.times.tolist(),
        "expires_at": [None if at == ENDLESS else at for at in rows.expires.tolist()],
    }
    return json.dumps(columns, separators=(",", ":")).encode()


def ledger_of_body(body: bytes) -> ConsentLedger:
    """Return the ledger that `consent_body` wrote."""
    columns: dict[str, Any] = json.loads(body)
    for name in ("timestamp", "expires_at"):
        ticks = [np.iinfo(np.int64).min if at is None else at for at in columns[name]]
        columns[name] = np.array(ticks, np.int64).view("M8[us]")
    for name in ("customer_id", "purpose", "basis", "status"):
        columns[name] = np.array(columns[name], object)
    with warnings.catch_warnings():  # what is odd about them was said when they came
        warnings.simplefilter("ignore", CustomerIntelWarning)
        return ConsentLedger.from_frame(columns)


def without_customers(body: bytes, ids: set[str]) -> bytes | None:
    """Return the record without some customers; None: it has none of them, b"": no others."""
    columns = json.loads(body)
    kept = [place for place, who in enumerate(columns["customer_id"]) if who not in ids]
    if len(kept) == len(columns["customer_id"]):
        return None
    if not kept:
        return b""
    left = {name: [values[place] for place in kept] for name, values in columns.items()}
    return json.dumps(left, separators=(",", ":")).encode()
