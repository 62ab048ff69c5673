"""From any table to the parts of a `TransactionLog`: roles, rules, quarantine, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import Column, Transaction, columns_of, is_null
from customerintel.tables.amounts import (
    MONEY,
    collect_breaches,
    hint_at_amount,
    make_negative,
    settle_amount,
    signed_amounts,
)
from customerintel.tables.building import Labels, fresh_name
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table, open_table
from customerintel.tables.notices import warn_caller
from customerintel.tables.orders import RETURNS, arrange
from customerintel.tables.reading import (
    Reading,
    read_choice,
    read_ids,
    read_numbers,
    read_words,
)
from customerintel.tables.rejections import Rejections
from customerintel.tables.roles import assign_roles, check_names, check_on_invalid
from customerintel.tables.times import read_times

__all__ = ["load", "reject"]

Mask = NDArray[np.bool_]
#: Kinds whose amounts are taken as negative.
GIVEN_BACK: Final = ("return", "refund", "cancellation")
#: Roles whose values the library computes with, in the order in which their rules are asked.
COMPUTED: Final = (
    "customer_id", "timestamp", "amount", "quantity", "unit_price", "order_id", "kind",
    "cost", "currency",
)  # fmt: skip


def load(
    frame: Any,
    given: Mapping[str, str | bool | None],
    words: Mapping[str, str],
    *,
    keep: Sequence[str],
    timestamp_format: str | None,
) -> dict[str, Any]:
    """Return the arguments of `TransactionLog` for a table; see its ``from_frame``."""
    returns, on_invalid = words["returns"], words["on_invalid"]
    _check_words(returns, on_invalid)
    source = open_table(frame)
    available = source.columns
    caller = "TransactionLog.from_frame"
    roles = assign_roles(given, available, required=("customer_id", "timestamp"), caller=caller)
    check_names(keep, "keep", available)
    computed = settle_amount(roles, given)
    if not computed and given["amount"] is None:
        hint_at_amount(available)
    table = source.read([*roles.values(), *keep])
    readings = _read_all(table, roles, computed, timestamp_format)
    amounts, broken = signed_amounts(readings, collect_breaches(readings))
    rejected = reject(table, broken, [*roles.values(), *keep])
    if len(rejected) and on_invalid == "raise":
        raise rejected.error()
    index = None
    if len(rejected):
        good = np.ones(table.n_rows, bool)
        good[rejected.rows] = False
        index = np.flatnonzero(good)
        _warn_if_nothing_left(index, table.n_rows)
    return _parts(table, roles, readings, amounts, index, rejected, keep, returns)


def _check_words(returns: str, on_invalid: str) -> None:
    if not isinstance(returns, str) or returns not in RETURNS:
        raise InvalidArgumentError(
            f"returns must be one of {', '.join(map(repr, RETURNS))}; got {returns!r}."
        )
    check_on_invalid(on_invalid)


def _warn_if_nothing_left(index: NDArray[np.int64], n_rows: int) -> None:
    if not len(index):
        warn_caller(
            f"All {n_rows:,} rows were rejected, so the log is empty. "
            "See .rejected.counts() for the rules that they broke."
        )


def _read_all(
    table: Table,
    roles: Mapping[str, str],
    computed: Sequence[str],
    timestamp_format: str | None,
) -> dict[str, Reading]:
    """Read the columns that the library computes with; the others are only carried along."""
    columns = columns_of(Transaction)
    return {
        role: _read_one(columns[role], table[roles[role]], timestamp_format)
        for role in COMPUTED
        if role in roles and (role not in MONEY or role in computed)
    }


def _read_one(column: Column, raw: Raw, timestamp_format: str | None) -> Reading:
    if column.kind == "id":
        return read_ids(column, raw)
    if column.kind == "timestamp":
        return read_times(column, raw, timestamp_format)
    if column.kind == "number":
        return read_numbers(column, raw)
    if column.kind == "choice":
        return read_choice(column, raw)
    reading, words = read_words(column, raw)
    if len(words) > 1:
        raise SchemaError(
            f"The column of {column.name} holds {len(words)} currencies "
            f"({', '.join(sorted(words)[:5])}{', …' if len(words) > 5 else ''}). A log has one: "
            "convert the amounts, or make one log per currency."
        )
    return reading


def reject(table: Table, broken: Mapping[str, Mask], columns: Sequence[str]) -> Rejections:
    """Give each bad row to the first rule that it broke."""
    rules = tuple(broken)
    codes = np.full(table.n_rows if rules else 0, -1, np.int16)
    for place in reversed(range(len(rules))):
        codes[broken[rules[place]]] = place
    rows = np.flatnonzero(codes >= 0)
    return Rejections(
        n_rows_in=table.n_rows,
        rows=rows,
        codes=codes[rows],
        rules=rules,
        breaches={rule: int(mask.sum()) for rule, mask in broken.items()},
        first={rule: tuple(np.flatnonzero(mask)[:5].tolist()) for rule, mask in broken.items()},
        _table=table,
        _columns=tuple(dict.fromkeys(columns)),
    )


def _parts(
    table: Table,
    roles: Mapping[str, str],
    readings: Mapping[str, Reading],
    amounts: NDArray[np.float64] | None,
    index: NDArray[np.int64] | None,
    rejected: Rejections,
    keep: Sequence[str],
    returns: str,
) -> dict[str, Any]:
    """Take the accepted rows and arrange them."""
    accepted = partial(_take, index=index)
    amounts = None if amounts is None else accepted(amounts)
    kinds = returned = orders = without = None
    if "kind" in readings:
        kinds, returned = _kinds(accepted(readings["kind"].values))
        amounts = make_negative(amounts, returned)
    if "order_id" in readings:
        orders = accepted(readings["order_id"].values)
        without = accepted(_missing(table[roles["order_id"]], table.n_rows))
    customers, times = readings["customer_id"], readings["timestamp"]
    events = arrange(
        accepted(customers.values),
        accepted(times.values),
        amounts,
        returned=returned,
        orders=orders,
        without_order=without,
        returns=returns,
        **_known(readings, amounts) if index is None else {},
    )
    carried = _carried(roles, keep)
    return {
        "events": events,
        "texts": customers.texts,
        "zone": times.zone,
        "kind": table.kind,
        "rejected": rejected,
        "kinds": kinds,
        "has_amounts": amounts is not None,
        "extras": table.native(carried, index) if carried else None,
    }


def _known(readings: Mapping[str, Reading], amounts: NDArray[np.float64] | None) -> dict[str, Any]:
    """Return what the check of the columns has shown of all rows."""
    money = readings.get("amount")
    untouched = money is not None and amounts is money.values
    return {
        "span": readings["timestamp"].span,
        "signs": money.signs if money is not None and untouched else None,
    }


def _take(values: NDArray[Any], index: NDArray[np.int64] | None) -> NDArray[Any]:
    return np.ascontiguousarray(values if index is None else values[index])


def _kinds(codes: NDArray[Any]) -> tuple[Labels, Mask]:
    """Return the kinds by name, and which of them give money back."""
    choices = columns_of(Transaction)["kind"].choices
    return Labels(codes, choices), np.isin(codes, [choices.index(word) for word in GIVEN_BACK])


def _carried(roles: Mapping[str, str], keep: Sequence[str]) -> dict[str, str]:
    """Return the columns that go along, by their name in the log."""
    done = ("customer_id", "timestamp", "amount", "kind")
    carried = {role: column for role, column in roles.items() if role not in done}
    taken = {*carried, *done}
    for name in dict.fromkeys(keep):
        if carried.get(name) != name:
            carried[fresh_name(name, taken)] = name
    return carried


def _missing(raw: Raw, n_rows: int) -> Mask:
    if raw.missing is not None:
        return raw.missing
    if isinstance(raw.values, np.ndarray):
        if raw.values.dtype.kind == "f":
            return np.asarray(np.isnan(raw.values), bool)
        if raw.values.dtype.kind == "O":
            return np.array([is_null(value) for value in raw.values.tolist()], bool)
    return np.zeros(n_rows, bool)
