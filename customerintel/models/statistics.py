"""What the purchase models look at: frequency, recency and T of each customer, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.arguments import is_number
from customerintel.schema import is_null
from customerintel.tables import CustomerSummary
from customerintel.tables.columns import Raw
from customerintel.tables.frames import open_table
from customerintel.tables.kinds import Kind
from customerintel.tables.roles import check_names
from customerintel.tables.text import Text

__all__ = [
    "CORRECT",
    "PurchaseStatistics",
    "check_unit",
    "merge_rows",
    "numbers_of",
    "read_columns",
    "read_statistics",
    "refuse_rows",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: What to do about rows that no summary has.
CORRECT = "Correct them, or make the summary with TransactionLog and summarize()."


@dataclass(frozen=True, eq=False)
class PurchaseStatistics:
    """Sufficient statistics of the purchase models, one row per customer or kind of customer.

    Parameters
    ----------
    frequency : ndarray of float64, shape (n,)
        Repeat purchase periods, whole numbers.
    recency, T : ndarray of float64, shape (n,)
        Age at the last purchase and at the end of observation, in `unit`.
    weights : ndarray of float64, shape (n,)
        How many customers a row stands for.
    unit : str or None
        Unit of the ages; None where a plain table did not say.
    kind : Kind
        The caller's kind of table.
    """

    frequency: Floats
    recency: Floats
    T: Floats
    weights: Floats
    unit: str | None
    kind: Kind

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def n_customers(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    def compress(self) -> PurchaseStatistics:
        """Bring rows with equal statistics together and add up their weights."""
        columns, weights = merge_rows([self.recency, self.frequency, self.T], self.weights)
        last, x, age = columns
        return PurchaseStatistics(x, last, age, weights, self.unit, self.kind)

    def sample(self, size: int) -> PurchaseStatistics:
        """Return `size` customers spread evenly over the rows, which are sorted."""
        place = np.cumsum(self.weights)
        taken = np.searchsorted(place, place[-1] / size * (np.arange(size) + 0.5))
        take, counts = np.unique(taken, return_counts=True)
        return PurchaseStatistics(
            self.frequency[take], self.recency[take], self.T[take], counts.astype(np.float64),
            self.unit, self.kind,
        )  # fmt: skip


def merge_rows(columns: Sequence[Floats], weights: Floats) -> tuple[list[Floats], Floats]:
    """Bring equal rows together and add up their weights; ascending, the last column first."""
    from customerintel.tables.naming import code_texts

    def columns_of(texts: Text) -> list[Floats]:
        return list(np.ascontiguousarray(texts.data.view(np.float64).reshape(-1, len(columns)).T))

    rows = np.stack(columns, axis=1) + 0.0  # there is only one zero
    # a row is a text of eight bytes per column: millions are told apart without sorting them
    texts = Text(np.arange(len(rows) + 1) * rows.strides[0], rows.view(np.uint8).ravel())
    codes, distinct = code_texts(texts, lambda found: np.lexsort(columns_of(found)))
    sums = np.bincount(codes, weights, len(distinct)).astype(np.float64)
    return columns_of(distinct), sums


def read_statistics(data: Any, *, unit: str | None = None) -> PurchaseStatistics:
    """Read a summary, or any table with columns frequency, recency, T and perhaps weight.

    Parameters
    ----------
    data : CustomerSummary or table
        One row per customer.
    unit : str, optional
        Unit of the ages of a plain table; a summary knows its own.

    Returns
    -------
    PurchaseStatistics
        Rows in the order of `data`.

    Raises
    ------
    InvalidArgumentError
        If there are no rows, or rows that no purchase history can have.
    SchemaError
        If a column is missing or holds no numbers.
    """
    if isinstance(data, CustomerSummary):
        check_unit(data.unit, unit, "The summary")
        frequency, kind = data.frequency.astype(np.float64), data.kind
        found = PurchaseStatistics(
            frequency, data.recency, data.T, np.ones(len(data)), data.unit, kind
        )
    else:
        names = ["frequency", "recency", "T"]
        (x, last, age), weights, kind = read_columns(data, names, "a customer-base model")
        found = PurchaseStatistics(x, last, age, weights, unit, kind)
    _check_rows(found)
    return found


def read_columns(data: Any, names: Sequence[str], what: str) -> tuple[list[Floats], Floats, Kind]:
    """Read columns of numbers for `what`, and the column weight or else ones.

    Raises
    ------
    SchemaError
        If a column is missing or holds no numbers.
    """
    source = open_table(data)
    check_names(names, what, source.columns)
    weighted = "weight" in source.columns
    table = source.read([*names, "weight"] if weighted else names)
    columns = [numbers_of(table[name], name) for name in names]
    weights = numbers_of(table["weight"], "weight") if weighted else np.ones(table.n_rows)
    return columns, weights, table.kind


def check_unit(given: str | None, wanted: str | None, what: str) -> None:
    """Refuse ages in another unit than the fit's.

    Raises
    ------
    InvalidArgumentError
        If both are known and differ.
    """
    if given is not None and wanted is not None and given != wanted:
        raise InvalidArgumentError(
            f"{what} counts in the unit {given!r}, and {wanted!r} is needed. "
            f"Summarise with unit={wanted!r}."
        )


def numbers_of(raw: Raw, name: str) -> Floats:
    """Return a column as float64; what is missing becomes NaN.

    Raises
    ------
    SchemaError
        If it holds something else than numbers.
    """
    values = raw.values
    if isinstance(values, np.ndarray) and values.dtype.kind == "O":
        items = [None if is_null(item) else item for item in values.tolist()]
        if all(item is None or is_number(item) for item in items):
            values = np.array([np.nan if item is None else item for item in items], np.float64)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iuf":
        raise SchemaError(f"Column {name!r} must hold numbers; convert it before.")
    values = np.ascontiguousarray(values, np.float64)
    return values if raw.missing is None else np.where(raw.missing, np.nan, values)


def _check_rows(rows: PurchaseStatistics) -> None:
    """Refuse what no purchase history can be."""
    if not len(rows):
        raise InvalidArgumentError(
            "There are no customers in the data, so there is nothing to fit or to predict."
        )
    x, last, age, weights = rows.frequency, rows.recency, rows.T, rows.weights
    with np.errstate(invalid="ignore"):
        broken: Mapping[str, Mask] = {
            "a frequency, recency, T or weight that is missing or not finite": ~(
                np.isfinite(x) & np.isfinite(last) & np.isfinite(age) & np.isfinite(weights)
            ),
            "a frequency that is negative or not a whole number": (x < 0) | (x != np.floor(x)),
            "a negative recency or T": (last < 0) | (age < 0),
            "a recency above T": last > age,
            "a recency above 0 without a repeat purchase": (x == 0) & (last > 0),
            "repeat purchases at recency 0": (x > 0) & (last == 0),
            "a weight that is not positive": weights <= 0,
        }
    refuse_rows(broken, CORRECT)


def refuse_rows(broken: Mapping[str, Mask], advice: str) -> None:
    """Raise for the first rule that rows break: how many, and the first of them.

    Raises
    ------
    InvalidArgumentError
        If a mask has a row.
    """
    for what, mask in broken.items():
        if mask.any():
            n = int(mask.sum())
            where = ", ".join(map(str, np.flatnonzero(mask)[:5]))
            rows_have = "1 row has" if n == 1 else f"{n:,} rows have"
            raise InvalidArgumentError(f"{rows_have} {what} (first rows: {where}). {advice}")
