"""What the spend model looks at: purchases and mean spend of each customer, checked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.merging import merge_rows
from customerintel.models.row_checks import CORRECT, refuse_logs, refuse_rows
from customerintel.models.statistics import read_columns
from customerintel.tables import CustomerSummary
from customerintel.tables.kinds import Kind

__all__ = ["SpendStatistics", "read_spend"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SpendStatistics:
    """Sufficient statistics of the spend model, one row per customer or kind of customer.

    Parameters
    ----------
    frequency : ndarray of float64, shape (n,)
        Repeat purchase periods, whole numbers.
    spend : ndarray of float64, shape (n,)
        Mean spend per repeat period; anything where the frequency is 0.
    weights : ndarray of float64, shape (n,)
        How many customers a row stands for.
    kind : Kind
        The caller's kind of table.
    """

    frequency: Floats
    spend: Floats
    weights: Floats
    kind: Kind

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def n_customers(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    @property
    def usable(self) -> Mask:
        """Whether the spend is a positive number."""
        return np.isfinite(self.spend) & (self.spend > 0.0)

    def repeaters(self, *, leave_out: bool) -> SpendStatistics:
        """Return the customers with repeat purchases.

        Raises
        ------
        InvalidArgumentError
            If there are none, or some have a spend that is no positive number and those are
            not to be left out.
        """
        again = self.frequency > 0.0
        bad = again & ~self.usable
        if bad.any() and not leave_out:
            customers, of = self.weights[bad].sum(), self.weights[again].sum()
            where = ", ".join(map(str, np.flatnonzero(bad)[:5]))
            raise InvalidArgumentError(
                f"{customers:,.15g} of {of:,.15g} customers with repeat purchases have a mean "
                f"spend that is missing, zero or negative (first rows: {where}), which the "
                "Gamma-Gamma model cannot have. Call fit(data, nonpositive='leave_out') to fit "
                "without them."
            )
        kept = self._take(again & ~bad)
        if not len(kept):
            raise InvalidArgumentError(
                "No customer has a repeat purchase with a positive spend, so there is nothing to "
                "fit the spend on. Take a longer history."
            )
        return kept

    def correlation(self) -> float:
        """Pearson correlation of frequency and spend over the customers; NaN if one is constant."""
        x, m = (
            column - np.average(column, weights=self.weights)
            for column in (self.frequency, self.spend)
        )
        w = self.weights
        # exact equality: averages of equal values may differ from them by a rounding
        if np.ptp(self.frequency) == 0.0 or np.ptp(self.spend) == 0.0:
            return math.nan
        return float((w @ (x * m)) / math.sqrt((w @ (x * x)) * (w @ (m * m))))

    def compress(self) -> SpendStatistics:
        """Sort by frequency and spend, bring equal rows together and add up their weights."""
        (m, x), weights = merge_rows([self.spend, self.frequency], self.weights)
        return SpendStatistics(x, m, weights, self.kind)

    def scaled(self, unit: float) -> SpendStatistics:
        """Return the spend in multiples of `unit`."""
        return replace(self, spend=self.spend / unit)

    def every(self, step: int) -> SpendStatistics:
        """Return every `step`-th row: of sorted ones, a sample of all frequencies and spends."""
        return SpendStatistics(
            self.frequency[::step], self.spend[::step], self.weights[::step], self.kind
        )

    def _take(self, mask: Mask) -> SpendStatistics:
        return SpendStatistics(
            self.frequency[mask], self.spend[mask], self.weights[mask], self.kind
        )


def read_spend(data: Any) -> SpendStatistics:
    """Read a summary, or any table with columns frequency, monetary_value and perhaps weight.

    Raises
    ------
    InvalidArgumentError
        If there are no rows, a frequency is no count or a weight not positive.
    SchemaError
        If a column is missing or holds no numbers, or the log has no amounts.
    """
    refuse_logs(data)
    if isinstance(data, CustomerSummary):
        if not data.has_amounts:
            raise SchemaError(
                "The log has no amounts, so nobody's spend is known. Make it with amount=…."
            )
        found = SpendStatistics(
            data.frequency.astype(np.float64), data.monetary_value, np.ones(len(data)), data.kind
        )
    else:
        names = ["frequency", "monetary_value"]
        (x, spend), weights, kind = read_columns(data, names, "the spend model")
        found = SpendStatistics(x, spend, weights, kind)
    _check(found)
    return found


def _check(rows: SpendStatistics) -> None:
    if not len(rows):
        raise InvalidArgumentError("There are no customers in the data.")
    x, weights = rows.frequency, rows.weights
    broken = {
        "a frequency that is missing, negative or not a whole number": ~(
            np.isfinite(x) & (x >= 0.0) & (x == np.floor(x))
        ),
        "a weight that is missing or not positive": ~(np.isfinite(weights) & (weights > 0.0)),
    }
    refuse_rows(broken, CORRECT)
