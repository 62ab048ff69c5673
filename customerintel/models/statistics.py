"""What the purchase models look at: frequency, recency and T of each customer, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.arguments import is_number
from customerintel.models.merging import merge_rows
from customerintel.models.row_checks import check_histories, check_unit, refuse_logs
from customerintel.schema import is_null
from customerintel.tables import CustomerSummary
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table, open_table
from customerintel.tables.kinds import Kind
from customerintel.tables.notices import warn_caller
from customerintel.tables.roles import check_names

__all__ = [
    "Encoder",
    "PurchaseStatistics",
    "numbers_of",
    "read_columns",
    "read_statistics",
    "read_weighted",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Encoder(Protocol):
    """What makes numbers of columns with covariates."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that are needed."""

    def encode(self, table: Table) -> Floats:
        """Return one row of numbers per row of the table."""


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
    covariates : ndarray of float64, shape (n, m), optional
        What else is known of each, in numbers.
    """

    frequency: Floats
    recency: Floats
    T: Floats
    weights: Floats
    unit: str | None
    kind: Kind
    covariates: Floats | None = None

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def n_customers(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    def compress(self) -> PurchaseStatistics:
        """Bring rows with equal statistics together and add up their weights.

        Rows with the same covariates follow each other.
        """
        more = [] if self.covariates is None else list(self.covariates.T)
        columns, weights = merge_rows([self.recency, self.frequency, self.T, *more], self.weights)
        last, x, age = columns[:3]
        covariates = np.stack(columns[3:], axis=1) if more else None
        return PurchaseStatistics(x, last, age, weights, self.unit, self.kind, covariates)

    def weighted(self, weights: Floats) -> PurchaseStatistics:
        """Return the rows that have a weight, with these weights."""
        return self._take(np.flatnonzero(weights > 0.0), weights[weights > 0.0])

    def sample(self, size: int) -> PurchaseStatistics:
        """Return `size` customers spread evenly over the rows, which are sorted."""
        place = np.cumsum(self.weights)
        taken = np.searchsorted(place, place[-1] / size * (np.arange(size) + 0.5))
        take, counts = np.unique(taken, return_counts=True)
        return self._take(take, counts.astype(np.float64))

    def runs(self, size: int) -> NDArray[np.int64]:
        """Cut the rows where covariates change and at every `size`: where runs begin and end."""
        cuts = np.arange(0, len(self), size)
        if self.covariates is not None:
            changes = np.flatnonzero((self.covariates[1:] != self.covariates[:-1]).any(axis=1)) + 1
            cuts = np.union1d(cuts, changes)
        return np.append(cuts, len(self)).astype(np.int64)

    def _take(self, index: NDArray[np.intp], weights: Floats) -> PurchaseStatistics:
        return replace(
            self,
            frequency=self.frequency[index],
            recency=self.recency[index],
            T=self.T[index],
            weights=weights,
            covariates=None if self.covariates is None else self.covariates[index],
        )


def read_statistics(
    data: Any, *, unit: str | None = None, covariates: Encoder | None = None
) -> PurchaseStatistics:
    """Read a summary, or any table with columns frequency, recency, T and perhaps weight.

    Parameters
    ----------
    data : CustomerSummary or table
        One row per customer.
    unit : str, optional
        Unit of the ages of a plain table; a summary knows its own.
    covariates : Encoder, optional
        What makes numbers of the columns with covariates.

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
    refuse_logs(data)
    check_unit(unit, None, "The table")
    if isinstance(data, CustomerSummary):
        check_unit(data.unit, unit, "The summary")
        if data.window is not None:
            raise InvalidArgumentError(
                "The summary looks at a window only, so it does not know when customers came, and "
                "no model of purchases can be fitted or asked. Summarise without window."
            )
        if covariates is not None:
            raise InvalidArgumentError(
                "A CustomerSummary has no covariates. Give a table: summary.to_frame() with the "
                f"columns {', '.join(covariates.names)} joined to it, and unit={data.unit!r}."
            )
        frequency, kind = data.frequency.astype(np.float64), data.kind
        found = PurchaseStatistics(
            frequency, data.recency, data.T, np.ones(len(data)), data.unit, kind
        )
    else:
        names = ["frequency", "recency", "T"]
        more = () if covariates is None else covariates.names
        (x, last, age), weights, table = read_weighted(
            data, names, "a customer-base model", more=more
        )
        found = PurchaseStatistics(x, last, age, weights, unit, table.kind)
        check_histories(found, floored=False)
        return found if covariates is None else replace(found, covariates=covariates.encode(table))
    check_histories(found, floored=data.floored)
    return found


def read_columns(data: Any, names: Sequence[str], what: str) -> tuple[list[Floats], Floats, Kind]:
    """Read columns of numbers for `what`, and the column weight or else ones.

    Raises
    ------
    SchemaError
        If a column is missing or holds no numbers.
    """
    columns, weights, table = read_weighted(data, names, what)
    return columns, weights, table.kind


def read_weighted(
    data: Any,
    names: Sequence[str],
    what: str,
    *,
    more: Sequence[str] = (),
    perhaps: Sequence[str] = (),
) -> tuple[list[Floats], Floats, Table]:
    """Read a table and how many customers a row stands for; once, as some sources can be.

    Parameters
    ----------
    data : table
        One row per customer or kind of customer.
    names : sequence of str
        Columns of numbers.
    what : str
        What needs them.
    more : sequence of str, optional
        Columns of anything.
    perhaps : sequence of str, optional
        Columns that are read where they are.

    Returns
    -------
    columns : list of float64 arrays
        The `names`.
    weights : ndarray of float64, shape (n,)
        The column weight, or else ones.
    table : Table
        All columns that were read.

    Raises
    ------
    SchemaError
        If a column is missing or holds no numbers.

    Warns
    -----
    DataQualityWarning
        If there is a column ``weights``, and no ``weight``.
    """
    source = open_table(data)
    check_names([*names, *more], what, source.columns)
    known = [name for name in perhaps if name in source.columns]
    weighted = ["weight"] if "weight" in source.columns else []
    if not weighted and "weights" in source.columns:
        warn_caller(
            "The column 'weights' is not looked at, so every row counts as one customer. If it "
            "holds how many a row stands for, name it 'weight'."
        )
    table = source.read([*dict.fromkeys([*names, *weighted, *more, *known])])
    columns = [numbers_of(table[name], name) for name in names]
    weights = numbers_of(table["weight"], "weight") if weighted else np.ones(table.n_rows)
    return columns, weights, table


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
