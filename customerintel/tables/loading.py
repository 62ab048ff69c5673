"""From any table to the parts of a `TransactionLog`: roles, rules, quarantine, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import Column, Transaction, columns_of
from customerintel.tables.accepting import (
    Mask,
    accepted_rows,
    carried_columns,
    missing_rows,
    read_column,
    reject,
    take,
)
from customerintel.tables.amounts import (
    MONEY,
    collect_breaches,
    hint_at_amount,
    make_negative,
    settle_amount,
    signed_amounts,
)
from customerintel.tables.building import Labels
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table, open_table
from customerintel.tables.orders import RETURNS, arrange
from customerintel.tables.reading import Reading, read_words
from customerintel.tables.rejections import Rejections
from customerintel.tables.roles import assign_roles, check_names, check_on_invalid

__all__ = ["load"]

#: Kinds whose amounts are taken as negative.
GIVEN_BACK: Final = ("return", "refund", "cancellation")
#: Roles whose values the library computes with, in the order in which their rules are asked.
COMPUTED: Final = (
    "customer_id", "timestamp", "amount", "quantity", "unit_price", "order_id", "kind",
    "cost", "currency",
)  # fmt: skip
#: Columns of `to_frame` that are made anew.
_OWN: Final = ("customer_id", "timestamp", "amount", "kind")


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
    index = accepted_rows(rejected, on_invalid)
    return _parts(table, roles, readings, amounts, index, rejected, keep, returns)


def _check_words(returns: str, on_invalid: str) -> None:
    if not isinstance(returns, str) or returns not in RETURNS:
        raise InvalidArgumentError(
            f"returns must be one of {', '.join(map(repr, RETURNS))}; got {returns!r}."
        )
    check_on_invalid(on_invalid)


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
    if column.kind != "text":
        return read_column(column, raw, timestamp_format)
    reading, words = read_words(column, raw)
    if len(words) > 1:
        raise SchemaError(
            f"The column of {column.name} holds {len(words)} currencies "
            f"({', '.join(sorted(words)[:5])}{', …' if len(words) > 5 else ''}). A log has one: "
            "convert the amounts, or make one log per currency."
        )
    return reading


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
    accepted = partial(take, index=index)
    amounts = None if amounts is None else accepted(amounts)
    kinds = returned = orders = without = None
    if "kind" in readings:
        kinds, returned = _kinds(accepted(readings["kind"].values))
        amounts = make_negative(amounts, returned)
    if "order_id" in readings:
        orders = accepted(readings["order_id"].values)
        without = accepted(missing_rows(table[roles["order_id"]]))
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
    carried = carried_columns(roles, keep, _OWN)
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


def _kinds(codes: NDArray[Any]) -> tuple[Labels, Mask]:
    """Return the kinds by name, and which of them give money back."""
    choices = columns_of(Transaction)["kind"].choices
    return Labels(codes, choices), np.isin(codes, [choices.index(word) for word in GIVEN_BACK])
