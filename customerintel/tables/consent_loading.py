"""From any table to the parts of a `ConsentLedger`: roles and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import Breach, Consent, Problem, Purpose, columns_of, rule_name
from customerintel.tables.accepting import (
    Mask,
    accepted_rows,
    missing_rows,
    read_column,
    reject,
    take,
)
from customerintel.tables.building import Labels
from customerintel.tables.consent_rows import ENDLESS, NOTES, STATUSES, ConsentRows
from customerintel.tables.files import Door
from customerintel.tables.frames import Table, open_table
from customerintel.tables.reading import Reading, read_labels
from customerintel.tables.roles import assign_roles, check_on_invalid

__all__ = ["DOOR", "columns_of_records", "load_consents", "purpose_code"]

_REQUIRED: Final = ("customer_id", "purpose", "basis", "status", "timestamp")
#: Roles, in the order in which their rules are asked.
ROLES: Final = (*_REQUIRED, *NOTES, "expires_at")
DOOR: Final = Door(
    caller="ConsentLedger.from_frame",
    roles=ROLES,
    as_text=("customer_id", "timestamp", "expires_at", *NOTES),
    ids=("customer_id",),
)


def load_consents(
    frame: Any,
    given: Mapping[str, str | bool | None],
    *,
    timestamp_format: str | None,
    on_invalid: str,
) -> dict[str, Any]:
    """Return the arguments of `ConsentLedger` for a table; see its ``from_frame``."""
    check_on_invalid(on_invalid)
    source = open_table(frame)
    roles = assign_roles(given, source.columns, required=_REQUIRED, caller=DOOR.caller)
    table = source.read(list(roles.values()))
    readings, words = _read_all(table, roles, timestamp_format)
    rejected = reject(table, _breaches(readings), list(roles.values()))
    index = accepted_rows(rejected, on_invalid)
    return {
        "rows": _rows(readings, words, index, table.n_rows),
        "texts": readings["customer_id"].texts,
        "zone": readings["timestamp"].zone,
        "kind": table.kind,
        "rejected": rejected,
        "extras": None,
        "columns": tuple(role for role in ROLES if role in roles),
    }


def _read_all(
    table: Table, roles: Mapping[str, str], timestamp_format: str | None
) -> tuple[dict[str, Reading], dict[str, tuple[str, ...]]]:
    """Read every column by its rules."""
    columns = columns_of(Consent)
    readings: dict[str, Reading] = {}
    words: dict[str, tuple[str, ...]] = {}
    for role in (role for role in ROLES if role in roles):
        column, raw = columns[role], table[roles[role]]
        missing = missing_rows(raw)
        if column.nullable and missing.all():
            continue  # a column of nothing may be of any type
        if role in NOTES:
            readings[role], words[role] = read_labels(column, raw)
            continue
        reading = read_column(column, raw, timestamp_format)
        if role == "expires_at" and missing.any():
            values = np.where(missing, ENDLESS, reading.values)
            reading = Reading(values, reading.broken)
        readings[role] = reading
    return readings, words


def _breaches(readings: Mapping[str, Reading]) -> dict[str, Mask]:
    """Collect the rows that break each rule, in the order of the roles."""
    broken: dict[str, Mask] = {}
    for reading in readings.values():
        broken |= reading.broken
    if "expires_at" in readings:
        ends, times = readings["expires_at"], readings["timestamp"]
        early = np.asarray(ends.values <= times.values, bool)
        for unread in (*ends.broken.values(), *times.broken.values()):
            early &= ~unread
        if early.any():
            rule = rule_name(Problem.OUT_OF_RANGE, "expires_at")
            broken[rule] = broken.get(rule, early) | early
    return broken


def _rows(
    readings: Mapping[str, Reading],
    words: Mapping[str, tuple[str, ...]],
    index: NDArray[np.int64] | None,
    n_rows: int,
) -> ConsentRows:
    """Take the accepted rows."""

    def column(role: str, dtype: type) -> NDArray[Any]:
        return take(readings[role].values, index).astype(dtype, copy=False)

    n = n_rows if index is None else len(index)
    notes = {
        role: Labels(column(role, np.int32), words[role])
        if role in words
        else Labels(np.full(n, -1, np.int32), ())
        for role in NOTES
    }
    choices = columns_of(Consent)["status"].choices
    places = np.array([STATUSES.index(word) for word in choices], np.int8)
    endless = np.full(n, ENDLESS, np.int64)
    return ConsentRows(
        keys=column("customer_id", np.int64),
        times=column("timestamp", np.int64),
        purpose=column("purpose", np.int8),
        basis=column("basis", np.int8),
        status=places[column("status", np.int64)],
        expires=column("expires_at", np.int64) if "expires_at" in readings else endless,
        **notes,
    )


def columns_of_records(records: Any) -> dict[str, list[Any]]:
    """Return the columns of records: `Consent`, or mappings with its fields.

    Raises
    ------
    InvalidArgumentError
        If something is neither.
    SchemaError
        If a mapping has a field that is none.
    """
    if isinstance(records, Consent | Mapping):
        records = [records]
    if isinstance(records, str | bytes) or not isinstance(records, Iterable):
        raise InvalidArgumentError(
            f"entries must be Consent records or mappings; got {type(records).__name__}."
        )
    found: dict[str, list[Any]] = {role: [] for role in ROLES}
    for row, record in enumerate(records):
        if not isinstance(record, Consent | Mapping):
            raise InvalidArgumentError(
                f"entries must be Consent records or mappings; entry {row} (counted from 0) is "
                f"{type(record).__name__}."
            )
        values = dict(record)
        if strange := [name for name in values if name not in found]:
            raise SchemaError(
                f"Entry {row} (counted from 0) has {len(strange)} field(s) that a Consent has "
                f"not. It has {', '.join(ROLES)}."
            )
        for role, column in found.items():
            value = values.get(role)
            column.append(value.value if isinstance(value, Enum) else value)
    return {
        role: column
        for role, column in found.items()
        if role in _REQUIRED or any(value is not None for value in column)
    }


def purpose_code(purpose: object) -> int:
    """Return the place of a purpose in `Purpose`.

    Raises
    ------
    InvalidArgumentError
        If there is no such purpose.
    """
    column = columns_of(Consent)["purpose"]
    try:
        return column.choices.index(str(column.form.parse(purpose)))
    except Breach as error:
        known = ", ".join(repr(one.value) for one in Purpose)
        raise InvalidArgumentError(f"purpose must be one of {known}.") from error
