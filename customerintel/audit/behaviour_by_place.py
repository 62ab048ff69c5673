"""How the customers of each segment and location use the business: who is active, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.customer_places import CustomerPlaces
from customerintel.audit.score_intervals import score_interval
from customerintel.audit.small_cells import blank, hidden_cells, hidden_rows
from customerintel.exceptions import DataValidationError
from customerintel.rfm.read_only import seal
from customerintel.schema.columns import Column as Rules
from customerintel.schema.fields import PII, Category
from customerintel.schema.forms import NumberForm
from customerintel.tables.building import Column
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.frames import open_table
from customerintel.tables.reading import read_numbers
from customerintel.tables.roles import missing_column
from customerintel.tables.text import Text

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["OPINIONS", "Behaviour", "Use", "behaviour_by", "behaviours", "read_use"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Columns of the customers that a caller may name.
OPINIONS = ("satisfaction", "share_of_wallet")


@dataclass(frozen=True, eq=False, repr=False)
class Behaviour:
    """What customers do, by segment or by location; read-only arrays, one entry per name.

    Attributes
    ----------
    names : tuple of str
        Segments or locations; or ``"all"``.
    customers : ndarray of float64
        Customers of the table.
    active : ndarray of float64
        Those with a purchase in the core's window; NaN also where the others are too few to be
        shown.
    active_rate, active_rate_lower, active_rate_upper : ndarray of float64
        Active over all customers of the table, with the score interval.
    repeat_rate, repeat_rate_lower, repeat_rate_upper : ndarray of float64
        Share of the active with two purchases or more in the window, with the score interval. NaN
        also where those, or the others, are too few to be shown: the rate times the active is
        their number.
    orders_per_active : ndarray of float64
        Purchases in the window over active customers; NaN where the repeat rate is, which it
        would bound.
    breadth : ndarray of float64
        Mean number of distinct categories that the active ever bought; NaN where the log has no
        categories.
    satisfaction, share_of_wallet : ndarray of float64
        Means over the active customers of whom it is known; NaN where no column was named.
    suppressed : ndarray of bool
        Whether a number of customers of the row (all, active or not, with one purchase or more)
        is too small to be shown, or would give such a one away.
    """

    names: tuple[str, ...]
    customers: Floats
    active: Floats
    active_rate: Floats
    active_rate_lower: Floats
    active_rate_upper: Floats
    repeat_rate: Floats
    repeat_rate_lower: Floats
    repeat_rate_upper: Floats
    orders_per_active: Floats
    breadth: Floats
    satisfaction: Floats
    share_of_wallet: Floats
    suppressed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.names)

    def columns(self, place: str) -> dict[str, Column]:
        """Return the columns of a part; the first is called `place`."""
        names = (
            "customers", "active", *_with_bounds("active_rate"), *_with_bounds("repeat_rate"),
            "orders_per_active", "breadth", *OPINIONS, "suppressed",
        )  # fmt: skip
        return {place: Text.of(self.names), **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, eq=False)
class Use:
    """What is known of each customer of the table of customers.

    Attributes
    ----------
    active : ndarray of bool, shape (n_table,)
        Whether there was a purchase in the window.
    purchases : ndarray of float64, shape (n_table,)
        In the window.
    means : mapping of str to ndarray of float64, shape (n_table,)
        ``"breadth"``, ``"satisfaction"`` and ``"share_of_wallet"``; NaN where it is not known.
    """

    active: NDArray[np.bool_]
    purchases: Floats
    means: dict[str, Floats]


def read_use(
    core: CoreCustomers, customers: CustomerTable, places: CustomerPlaces,
    opinions: dict[str, str | None], available: Sequence[Any],
) -> Use:  # fmt: skip
    """Bring purchases and opinions together, one entry per customer of the table.

    Raises
    ------
    SchemaError
        If a column is missing.
    DataValidationError
        If it does not hold numbers.
    """
    history, n = core.history, len(customers)
    window = None if core.window is None else np.timedelta64(core.window, "us")
    summary = history.summarize(window=window)
    bought = np.zeros(history.n_customers)
    bought[history.ids.match(summary.ids)[0]] = summary.n_purchases
    here = np.flatnonzero(places.row >= 0)
    there = places.row[here]

    def spread(values: Floats, rest: float) -> Floats:
        found = np.full(n, rest)
        found[there] = values[here]
        return found

    extras = history._log._extras
    means = {"breadth": np.full(n, np.nan)}
    if extras is not None and "category" in open_table(extras).columns:
        means["breadth"] = spread(history.features()["breadth"], np.nan)
    for name, column in opinions.items():
        means[name] = (
            np.full(n, np.nan) if column is None else _numbers(customers, column, name, available)
        )
    active = spread(core.active.astype(np.float64), 0.0) > 0.0
    return Use(active, spread(bought, 0.0), means)


def _numbers(customers: CustomerTable, column: str, role: str, available: Sequence[Any]) -> Floats:
    if column not in customers.pii:
        raise missing_column(column, role, available)
    rules = Rules(
        name=role, kind="number", required=False, nullable=True, finite=True,
        category=Category.QUALITATIVE, pii=PII.BEHAVIOURAL, form=NumberForm(),
    )  # fmt: skip
    reading = read_numbers(rules, customers._table[column].take(customers._index))
    bad = {rule: int(mask.sum()) for rule, mask in reading.broken.items()}
    if bad:
        told = ", ".join(f"{rule} of {n:,} customers" for rule, n in bad.items())
        raise DataValidationError(
            f"Column {column!r} (for {role}) must hold numbers or nothing: {told}. Correct them, "
            "or name another column.",
            bad,
        )
    return np.asarray(reading.values, np.float64)


def behaviours(use: Use, places: CustomerPlaces, min_cell: int, level: float) -> dict[str, Any]:
    """Return what customers of a known segment do: all, and by segment and location.

    Fields of `Relevance`; that of locations is None where none was named.
    """
    segment = places.codes["segment"]

    def by(code: Ints, names: tuple[str, ...]) -> Behaviour:
        # -2: of no known segment, and in no total
        return behaviour_by(use, np.where(segment >= 0, code, -2), names, min_cell, level)

    there = places.codes.get("location")
    return {
        "behaviour": by(np.zeros(len(segment), np.int64), ("all",)),
        "behaviour_by_segment": by(segment, places.names["segment"]),
        "behaviour_by_location": None
        if there is None
        else by(np.maximum(there, -1), places.names["location"]),
    }


def behaviour_by(
    use: Use, codes: Ints, names: tuple[str, ...], min_cell: int, level: float
) -> Behaviour:
    """Add up what the customers with each code do.

    Codes below 0 are left out; those of -1 count in a total that is told, so that hidden numbers
    may not follow from what they lack of it.
    """
    known = codes >= 0
    code, size = codes[known], len(names)
    active, purchases = use.active[known], use.purchases[known]
    customers = np.bincount(code, minlength=size)
    n = np.bincount(code[active], minlength=size)
    few, few_active, few_again = _hidden(use, codes, size, min_cell)

    def per_active(values: Floats) -> Floats:
        total = np.bincount(code[active], values[active], minlength=size)
        return blank(_over(total, n), few_again)

    def mean(values: Floats) -> Floats:
        there = active & np.isfinite(values)
        told = np.bincount(code[there], minlength=size)
        total = np.bincount(code[there], values[there], minlength=size)
        return blank(_over(total, told), few_active | hidden_cells(told, min_cell))

    again = np.bincount(code[active & (purchases >= 2)], minlength=size)
    means = {name: mean(values[known]) for name, values in use.means.items()}
    return Behaviour(
        names=names,
        customers=blank(customers, few),
        active=blank(n, few_active),
        **_rate("active_rate", n, customers, few_active, level),
        **_rate("repeat_rate", again, n, few_again, level),
        orders_per_active=per_active(purchases),
        **means,
        suppressed=few_again,
    )


def _hidden(use: Use, codes: Ints, size: int, min_cell: int) -> tuple[Mask, Mask, Mask]:
    """Tell where all customers, the active, and those who came again must not be shown.

    Each holds the one before it; the last is that of customers of no known place.
    """
    kind = np.where(use.active, np.where(use.purchases >= 2, 2, 1), 0)
    kept = codes >= -1
    key = (np.where(codes >= 0, codes, size) * 3 + kind)[kept]
    counts = np.bincount(key, minlength=3 * (size + 1)).reshape(-1, 3)
    active = counts[:, 1:].sum(axis=1)
    few = hidden_rows(counts.sum(axis=1)[:, None], min_cell)
    few_active = hidden_rows(np.stack([counts[:, 0], active], axis=1), min_cell, few)
    few_again = hidden_rows(counts[:, 1:], min_cell, few_active)
    return few[:size], few_active[:size], few_again[:size]


def _with_bounds(name: str) -> tuple[str, str, str]:
    return name, f"{name}_lower", f"{name}_upper"


def _rate(
    name: str, part: Ints, whole: Ints, hidden: NDArray[np.bool_], level: float
) -> dict[str, Floats]:
    found = _over(part, whole), *score_interval(part, whole, level)
    return {key: blank(x, hidden) for key, x in zip(_with_bounds(name), found, strict=True)}


def _over(above: NDArray[Any], below: NDArray[Any]) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return ratio
