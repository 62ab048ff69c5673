"""Where the money of a log comes from: its own column, or quantity times unit price."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import Reading

__all__ = [
    "MONEY",
    "collect_breaches",
    "hint_at_amount",
    "make_negative",
    "settle_amount",
    "signed_amounts",
]

Mask = NDArray[np.bool_]
#: Roles that make the amount.
MONEY: Final = ("amount", "quantity", "unit_price")
#: Names under which amounts often come, besides those close to "amount".
AMOUNT_WORDS: Final = frozenset(
    {"total", "revenue", "sales", "spend", "price", "value", "total_price"}
)


def settle_amount(roles: dict[str, str], given: Mapping[str, str | bool | None]) -> tuple[str, ...]:
    """Return the roles that make the amount: itself, or quantity and unit price, or none."""
    pair = ("quantity", "unit_price")
    named = [name for name in pair if given[name]]
    if len(named) == 1 and "amount" not in roles:
        other = pair[1 - pair.index(named[0])]
        if other not in roles:
            raise SchemaError(
                f"{named[0]} is given without {other}, so there is no amount. "
                f"Name the column of {other} too, or that of amount."
            )
    if len(named) == 2 and given["amount"] is None:
        roles.pop("amount", None)
    if "amount" in roles:
        return ("amount",)
    if all(name in roles for name in pair) and (named or given["amount"] is not False):
        return pair
    return ()


def hint_at_amount(available: Sequence[Any]) -> None:
    """Say so if a column that is not named looks like the amount."""
    for name in available:
        word = str(name).casefold()
        if word in AMOUNT_WORDS or difflib.get_close_matches(word, ["amount"], cutoff=0.7):
            warn_caller(
                f"The log has no amounts, so money is NaN. If column {name!r} is the amount, say "
                f"amount={name!r}; if there is none, amount=False."
            )
            return


def collect_breaches(readings: Mapping[str, Reading]) -> dict[str, Mask]:
    """Return the breaches of all columns; a number that makes an amount may not be missing."""
    broken: dict[str, Mask] = {}
    for role, reading in readings.items():
        broken.update(reading.broken)
        if role in ("quantity", "unit_price") and np.isnan(reading.values).any():
            # a number that may be missing elsewhere is needed to make an amount
            missing = np.isnan(reading.values)
            for mask in reading.broken.values():
                missing &= ~mask
            if missing.any():
                broken[f"null_{role}"] = missing
    return broken


def signed_amounts(
    readings: Mapping[str, Reading], broken: dict[str, Mask]
) -> tuple[NDArray[np.float64] | None, dict[str, Mask]]:
    """Return the signed amounts, and the breaches with those that only the product shows."""
    if "amount" in readings:
        amounts = readings["amount"].values
    elif "unit_price" in readings and "quantity" in readings:
        with np.errstate(over="ignore", invalid="ignore"):
            amounts = readings["quantity"].values * readings["unit_price"].values
        infinite = np.isinf(amounts)
        for mask in broken.values():
            infinite &= ~mask
        if infinite.any():
            broken["non_finite_amount"] = infinite
    else:
        return None, broken
    return amounts, broken


def make_negative(
    amounts: NDArray[np.float64] | None, returned: Mask
) -> NDArray[np.float64] | None:
    """Take positive amounts of rows that are marked as returns as negative, and say so."""
    if amounts is None:
        return None
    positive = returned & (amounts > 0)
    if not positive.any():
        return amounts
    warn_caller(
        f"{int(positive.sum()):,} rows are marked as returns, refunds or cancellations and have a "
        "positive amount. It was taken as money given back (negative)."
    )
    return np.where(positive, -amounts, amounts)
