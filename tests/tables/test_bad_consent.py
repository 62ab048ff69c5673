"""Consent entries that cannot be read, and questions that cannot be asked."""

from __future__ import annotations

import pytest

from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError
from customerintel.tables.consent_ledger import ConsentLedger
from customerintel.tables.tombstones import Tombstones

GOOD = {
    "customer_id": [1, 1, 2],
    "purpose": ["profiling"] * 3,
    "basis": ["consent"] * 3,
    "status": ["grant", "withdraw", "grant"],
    "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
}
ADVICE = (
    'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the others '
    "in .rejected."
)
PURPOSES = (
    "purpose must be one of 'service', 'analytics', 'personalisation', 'email_marketing', "
    "'ad_matching', 'profiling', 'research'."
)
SIDES = "One side has integer customer ids, the other texts, so nobody could be in both. "


def read(rows=GOOD, **how):
    return ConsentLedger.from_frame(rows, **how)


def broken(n, *rules):
    """The whole message of rows that break rules."""
    lines = "".join(f"  {rule}\n" for rule in rules)
    return f"{n} of 3 rows break a rule (rows count from 0):\n{lines}{ADVICE}"


#: What is given: a call, the class and the whole message.
CASES = {
    "a purpose that nobody knows": (
        lambda: read({**GOOD, "purpose": ["profiling", "everything", None]}),
        DataValidationError,
        broken(2, "null_purpose in 1 row: 2", "unknown_purpose in 1 row: 1"),
    ),
    "a legal basis that nobody knows": (
        lambda: read({**GOOD, "basis": ["consent", "habit", "consent"]}),
        DataValidationError,
        broken(1, "unknown_basis in 1 row: 1"),
    ),
    "a consent that is neither given nor taken back": (
        lambda: read({**GOOD, "status": ["grant", "maybe", "grant"]}),
        DataValidationError,
        broken(1, "unknown_status in 1 row: 1"),
    ),
    "a consent that ends before it begins": (
        lambda: read({**GOOD, "expires_at": ["2024-01-05", "2025-01-01", "2024-02-28"]}),
        DataValidationError,
        broken(2, "expires_at_out_of_range in 2 rows: 0, 2"),
    ),
    "consents without a legal basis": (
        lambda: read({name: column for name, column in GOOD.items() if name != "basis"}),
        SchemaError,
        (
            "Column 'basis' (for basis) is not in the table. It has 4 columns: 'customer_id', "
            "'purpose', 'status', 'timestamp'. Name the column: "
            'ConsentLedger.from_frame(…, basis="…").'
        ),
    ),
    "a purpose that nobody can allow": (
        lambda: read().allowed([1], "everything"),
        InvalidArgumentError,
        PURPOSES,
    ),
    "a purpose that is no text": (
        lambda: read().state(1, None),
        InvalidArgumentError,
        PURPOSES,
    ),
    "one id where many are asked for": (
        lambda: read().allowed("1", "profiling"),
        InvalidArgumentError,
        ("ids takes the ids of customers, one per entry of an array or a list, not one str."),
    ),
    "ids that are missing": (
        lambda: read().allowed([1, None, 2], "profiling"),
        InvalidArgumentError,
        (
            "ids holds entries that are no ids (null_customer_id; entries 1, counted from 0). "
            "Leave them out."
        ),
    ),
    "text ids asked of a ledger of integers": (
        lambda: read().allowed(["1"], "profiling"),
        SchemaError,
        SIDES + "Read both logs with ids of the same kind.",
    ),
    "text ids appended to a ledger of integers": (
        lambda: read().append(
            {name: column[0] for name, column in GOOD.items()} | {"customer_id": "x"}
        ),
        SchemaError,
        SIDES + "Give ids of the same kind.",
    ),
    "a moment of consent that cannot be read": (
        lambda: read().allowed([1], "profiling", at="soon"),
        InvalidArgumentError,
        (
            "at must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; this one cannot be read."
        ),
    ),
    "an entry that is no record": (
        lambda: ConsentLedger.from_records([7]),
        InvalidArgumentError,
        "entries must be Consent records or mappings; entry 0 (counted from 0) is int.",
    ),
    "a text in place of entries": (
        lambda: read().append("yes"),
        InvalidArgumentError,
        "entries must be Consent records or mappings; got str.",
    ),
    "an entry with a field of its own": (
        lambda: ConsentLedger.from_records([{"customer_id": 1, "email": "x@y.org"}]),
        SchemaError,
        (
            "Entry 0 (counted from 0) has 1 field(s) that a Consent has not. It has customer_id, "
            "purpose, basis, status, timestamp, notice_version, notice_hash, channel, source, "
            "evidence_ref, expires_at."
        ),
    ),
    "a salt that is too short": (
        lambda: Tombstones(b"salt"),
        InvalidArgumentError,
        "salt must be 32 random bytes; make it with secrets.token_bytes(32).",
    ),
    "tombstones that are no digests": (
        lambda: Tombstones(bytes(range(32)), frozenset({b"x"})),
        InvalidArgumentError,
        "digests must be bytes, 16 of each erased id.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
