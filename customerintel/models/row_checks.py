"""What rows of customers may be: checks that say which rows are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History, TransactionLog
from customerintel.tables.moments import UNITS
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.models.statistics import PurchaseStatistics

__all__ = [
    "CORRECT",
    "check_fit_unit",
    "check_histories",
    "check_unit",
    "refuse_logs",
    "refuse_rows",
]

Mask = NDArray[np.bool_]

#: What to do about rows that no summary has.
CORRECT = "Correct them, or make the summary with TransactionLog and summarize()."


def refuse_logs(data: Any) -> None:
    """Refuse what a summary is made from.

    Raises
    ------
    InvalidArgumentError
        If it is a log, a history, or a split.
    """
    if isinstance(data, TransactionLog):
        raise InvalidArgumentError(
            "A model looks at a summary of customers, not at a log. Make one: "
            "ci.summarize(log, as_of=…, unit=…)."
        )
    if isinstance(data, History):
        raise InvalidArgumentError(
            "A model looks at a summary of customers, not at a history. Make one: "
            "history.summarize(unit=…)."
        )
    if hasattr(data, "calibration") and hasattr(data, "holdout_end"):
        raise InvalidArgumentError(
            "A model looks at a summary of customers, not at a split. Give split.calibration."
        )


def check_unit(given: str | None, wanted: str | None, what: str) -> None:
    """Refuse ages in another unit than the fit's.

    Raises
    ------
    InvalidArgumentError
        If one is no unit, or both are known and differ.
    """
    for name in (given, wanted):
        if name is not None and name not in UNITS:
            raise InvalidArgumentError(
                f"unit must be one of {', '.join(map(repr, UNITS))}; got {name!r}."
            )
    if given is not None and wanted is not None and given != wanted:
        raise InvalidArgumentError(
            f"{what} counts in the unit {given!r}, and {wanted!r} is needed. "
            f"Summarise with unit={wanted!r}."
        )


def check_histories(rows: PurchaseStatistics, *, floored: bool) -> None:
    """Refuse what no purchase history can be.

    Raises
    ------
    InvalidArgumentError
        If there are no rows, or some that cannot be.
    """
    if not len(rows):
        raise InvalidArgumentError(
            "There are no customers in the data, so there is nothing to fit or to predict."
        )
    x, last, age, weights = rows.frequency, rows.recency, rows.T, rows.weights
    with np.errstate(invalid="ignore"):
        broken: Mapping[str, Mask] = {
            "a frequency that is missing or not finite": ~np.isfinite(x),
            "a recency that is missing or not finite": ~np.isfinite(last),
            "a T that is missing or not finite": ~np.isfinite(age),
            "a weight that is missing or not finite": ~np.isfinite(weights),
            "a frequency that is negative or not a whole number": (x < 0) | (x != np.floor(x)),
            "a negative recency or T": (last < 0) | (age < 0),
            "a recency above T": last > age,
            "a recency above 0 without a repeat purchase": (x == 0) & (last > 0),
            # ages that are rounded down may be 0
            "repeat purchases at recency 0": (x > 0) & (last == 0) & (not floored),
            "a weight that is not positive": weights <= 0,
        }
    refuse_rows(broken, CORRECT)


def check_fit_unit(given: str | None, wanted: str | None) -> None:
    """Refuse ages in another unit than the fit's, and warn where it has none.

    Raises
    ------
    InvalidArgumentError
        If both are known and differ.
    """
    check_unit(given, wanted, "The data")
    if given is not None and wanted is None:
        warn_caller(
            f"The model knows no unit of time, and the data count in the unit {given!r}: whether "
            "they agree cannot be told. Give it where the model is made: fit(table, unit=…) or "
            "from_params(params, unit=…)."
        )


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
