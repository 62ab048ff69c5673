"""One column as a trait: a number per row, or a place among few levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import is_null
from customerintel.tables.codes import codes_of
from customerintel.tables.columns import Raw
from customerintel.tables.naming import code_texts
from customerintel.tables.text import Text

__all__ = ["OTHER", "NoTraitError", "Seen", "TraitColumn", "look_at"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: The level in which levels beyond the greatest number of them lie together.
OTHER: Final = "(other)"
#: Integers up to this are floats too.
EXACT: Final = 2**53


class NoTraitError(Exception):
    """Why a column can be no trait; its only argument goes on with the name of the column."""


class TraitColumn(NamedTuple):
    """How a column is read: enough to read another table in the same way.

    Parameters
    ----------
    kind : {"number", "date", "duration", "category", "truth"}
        The last two have levels; a date is a number of days since 1970-01-01 UTC, a duration one
        of days.
    levels : tuple of str, default ()
        In ascending order; of rare ones together, ``"(other)"`` last.
    pooled : bool, default False
        Whether there are levels in ``"(other)"``.
    """

    kind: str
    levels: tuple[str, ...] = ()
    pooled: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in ("number", "date", "duration")


@dataclass(frozen=True, eq=False)
class Seen:
    """What a column holds.

    Parameters
    ----------
    kind : str
        As `TraitColumn.kind`, or "nothing" where every value is missing.
    numbers : ndarray of float64, shape (n_rows,)
        NaN where there is none; of a column of texts, empty.
    codes : ndarray of int64, shape (n_rows,)
        Places in `texts`, -1 where there is none; of other columns, empty.
    texts : Text or tuple of str, optional
        The distinct values, ascending.
    whole : bool
        Whether the numbers are integers by type.
    """

    kind: str
    numbers: Floats
    codes: Ints
    texts: Text | tuple[str, ...] = ()
    whole: bool = False

    def as_numbers(self) -> Seen:
        """Return truth values as numbers, 1 where it is true."""
        if self.kind != "truth":
            return self
        return Seen("number", np.where(self.codes < 0, np.nan, self.codes), _NO_CODES, whole=True)

    def as_levels(self) -> Seen:
        """Return numbers as levels: their texts, in the order of the numbers."""
        if self.kind != "number":
            return self
        values = self.numbers + 0.0  # -0.0 is 0.0
        gone = np.isnan(values)
        if self.whole and np.abs(values[~gone]).max(initial=0.0) > EXACT:
            raise NoTraitError("holds integers beyond 2**53; make texts of them to have levels")
        codes, first = codes_of(np.ascontiguousarray(np.where(gone, 0.0, values)).view(np.int64))
        distinct = np.where(gone, 0.0, values)[first]
        order = np.argsort(distinct, kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        texts = tuple(str(int(v)) if v == int(v) else repr(v) for v in distinct[order].tolist())
        return Seen("category", _NO_NUMBERS, np.where(gone, -1, rank[codes]), texts)


_NO_NUMBERS: Floats = np.empty(0, np.float64)
_NO_CODES: Ints = np.empty(0, np.int64)
_TRUTH = ("false", "true")


def look_at(raw: Raw, rows: Ints | None = None) -> Seen:
    """Find out what a column holds.

    Parameters
    ----------
    raw : Raw
        The column.
    rows : ndarray of int64, optional
        Rows of the caller's table that it holds, for messages; None: all as they are.

    Raises
    ------
    NoTraitError
        If it is neither numbers, texts, truth values, dates nor durations.
    """
    values = raw.values
    if isinstance(values, Text):
        return _of_texts(values, raw.missing)
    if values.dtype.kind == "O":
        return _of_objects(values, rows)
    missing = raw.missing if raw.missing is not None else np.zeros(len(raw), bool)
    if values.dtype.kind == "b":
        seen = Seen("truth", _NO_NUMBERS, np.where(missing, -1, values.astype(np.int64)), _TRUTH)
        return seen if not missing.all() else _nothing(len(raw))
    if values.dtype.kind in "mM":
        gone = np.isnat(values) | missing
        kind = "date" if values.dtype.kind == "M" else "duration"
        return _numbers(kind, _days(values), gone, rows)
    if values.dtype.kind not in "iuf":
        raise NoTraitError(
            f"holds values of type {values.dtype}, which is none that a trait can have"
        )
    whole = values.dtype.kind in "iu"
    numbers = values.astype(np.float64)
    return _numbers("number", numbers, missing | np.isnan(numbers), rows, whole=whole)


def _nothing(n: int) -> Seen:
    return Seen("nothing", np.full(n, np.nan), _NO_CODES)


def _numbers(
    kind: str, numbers: Floats, gone: Mask, rows: Ints | None, *, whole: bool = False
) -> Seen:
    if gone.all():
        return _nothing(len(numbers))
    if gone.any():
        numbers = np.where(gone, np.nan, numbers)
    if np.isinf(numbers).any():
        found = np.flatnonzero(np.isinf(numbers))
        first = np.sort(found if rows is None else rows[found])[:5].tolist()
        shown = ", ".join(map(str, first)) + (", …" if len(found) > 5 else "")
        raise NoTraitError(
            f"holds infinite values (rows {shown}), of which there is no mean; make them missing"
        )
    return Seen(kind, numbers, _NO_CODES, whole=whole)


def _days(values: NDArray[Any]) -> Floats:
    """Return dates as days since 1970-01-01, and durations as days."""
    unit = np.datetime_data(values.dtype)[0]
    if unit in ("Y", "M", "generic"):
        values = values.astype(f"{values.dtype.kind}8[D]")
    tick = np.ones(1, "m8[{1}{0}]".format(*np.datetime_data(values.dtype)))
    ticks_per_day = np.timedelta64(1, "D") / tick
    return np.asarray(values.view(np.int64) / ticks_per_day, np.float64)


def _of_texts(values: Text, missing: Mask | None) -> Seen:
    codes, distinct = code_texts(values)
    gone = np.zeros(len(values), bool) if missing is None else missing.copy()
    if len(distinct) and distinct.offsets[0] == distinct.offsets[1]:
        gone |= codes == 0  # an empty text says nothing
    here = np.bincount(codes[~gone], minlength=len(distinct)) > 0
    if not here.any():
        return _nothing(len(values))
    place = np.cumsum(here) - 1
    texts = distinct.take(np.flatnonzero(here))
    return Seen("category", _NO_NUMBERS, np.where(gone, -1, place[codes]), texts)


def _of_objects(values: NDArray[np.object_], rows: Ints | None) -> Seen:
    gone = np.fromiter(map(is_null, values), bool, len(values))
    present = values[~gone].tolist()
    types = {type(value) for value in present}
    if not types:
        return _nothing(len(values))
    if _all(types, (bool, np.bool_)):
        codes = np.full(len(values), -1, np.int64)
        codes[~gone] = np.array(present, bool)
        return Seen("truth", _NO_NUMBERS, codes, _TRUTH)
    numbers = np.full(len(values), np.nan)
    try:
        kind, numbers[~gone] = _of_values(present, types)
    except OverflowError:
        raise NoTraitError(
            "holds numbers beyond all floats; make them smaller or missing"
        ) from None
    return _numbers(kind, numbers, gone, rows, whole=_all(types, (int, np.integer)))


def _of_values(present: list[Any], types: set[type]) -> tuple[str, Sequence[float]]:
    """Return what objects are, and them as numbers."""
    if _all(types, (timedelta, np.timedelta64)):
        return "duration", [float(value / np.timedelta64(1, "D")) for value in present]
    if _all(types, (date, np.datetime64)):
        return "date", [_since_epoch(value) for value in present]
    if not types & {bool, np.timedelta64} and _all(types, (int, float, np.number, Decimal)):
        return "number", [float(value) for value in present]
    names = ", ".join(sorted(one.__name__ for one in types))
    if len(types) > 1:
        raise NoTraitError(f"mixes values of the types {names}; convert it to one type")
    raise NoTraitError(f"holds values of type {names}, which is none that a trait can have")


def _all(types: set[type], wanted: tuple[type, ...]) -> bool:
    return all(issubclass(one, wanted) for one in types)


def _since_epoch(value: Any) -> float:
    if isinstance(value, np.datetime64):
        return float(_days(np.array([value]))[0])
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return float((aware - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1))
    return float((value - date(1970, 1, 1)).days)
