"""Which rows of a column break which rule: whole arrays at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema.columns import Column
from customerintel.schema.forms import INT64_MAX, INT64_MIN, Breach, Kind, NumberForm, TextForm
from customerintel.schema.moments import microseconds, tick_bounds
from customerintel.schema.nulls import is_null
from customerintel.schema.rules import Problem, rule_name

__all__ = ["breaches"]

Mask: TypeAlias = NDArray[np.bool_]
#: One problem and the rows that have it; None stands for "no row".
Finding: TypeAlias = tuple[Problem, Mask | None]

_EXACT_FLOAT: Final = 2**53
#: How many distinct values are remembered: bounds the memory of columns of free objects.
_REMEMBERED: Final = 2**16
#: Rows that fit into the second-level cache.
_BLOCK: Final = 2**15
#: What each kind of column accepts besides texts and objects, by NumPy's letter.
_ACCEPTED: Final[Mapping[Kind, str]] = MappingProxyType(
    {"id": "iuf", "timestamp": "iM", "number": "iuf", "text": "iu", "choice": ""}
)


def breaches(
    column: Column, values: NDArray[Any], null_mask: Mask | None = None
) -> dict[str, Mask]:
    """Return the rows that break a rule, by rule name.

    A row breaks at most one rule of a column: the first in the order of `Column.rules`.
    A row accepted here is accepted by the record, and the other way round.

    Parameters
    ----------
    column : Column
        What the column must hold.
    values : ndarray, shape (n_rows,)
        Ids: integers, integer-valued floats, texts or objects. Timestamps: int64 microseconds
        since 1970-01-01 UTC, datetime64 of any unit, ISO 8601 texts or objects. Numbers:
        integers, floats, decimal texts or objects. Texts and choices: texts or objects.
    null_mask : ndarray of bool, shape (n_rows,), optional
        True where the value is missing. None, NaN, NaT (also as the int64 that stands for
        it in a timestamp) and pandas' NA are missing too.

    Returns
    -------
    dict of str to ndarray of bool, shape (n_rows,)
        Only the rules that some row breaks, in the order of `Column.rules`. Empty: all
        rows are good.

    Raises
    ------
    InvalidArgumentError
        If `column` is no `Column`, an array is not one-dimensional, `null_mask` is not an
        array of bool, or the two differ in length.
    SchemaError
        If the dtype can never hold what the column needs.

    Examples
    --------
    >>> from customerintel.schema import Transaction, columns_of
    >>> amounts = np.array([9.5, np.nan, np.inf])
    >>> breaches(columns_of(Transaction)["amount"], amounts)
    {'null_amount': array([False,  True, False]), 'non_finite_amount': array([False, False,  True])}
    """
    values = np.asarray(values)
    _check_shapes(column, values, null_mask)
    letter = values.dtype.kind
    if letter in "OUT":
        findings = _by_value(column, values)
    elif letter not in _ACCEPTED[column.kind] or values.dtype == np.dtype("datetime64"):
        raise SchemaError(
            f"column {column.name!r} holds {column.kind} values, not {values.dtype}; "
            "convert it, or name another column"
        )
    else:
        findings = _BY_KIND[column.kind](column, values)
    return _settle(column, findings, null_mask, len(values))


def _check_shapes(column: object, values: NDArray[Any], null_mask: object) -> None:
    if not isinstance(column, Column):
        raise InvalidArgumentError(
            f"column is {type(column).__name__}; give one of columns_of(Transaction)"
        )
    if values.ndim != 1:
        raise InvalidArgumentError(
            f"column {column.name!r} has {values.ndim} dimensions; give one value per row"
        )
    if null_mask is not None and not isinstance(null_mask, np.ndarray):
        raise InvalidArgumentError(
            f"the null mask of column {column.name!r} is {type(null_mask).__name__}; give an "
            f"array of bool of shape {values.shape}"
        )
    if null_mask is not None and (null_mask.shape != values.shape or null_mask.dtype != np.bool_):
        raise InvalidArgumentError(
            f"the null mask of column {column.name!r} is {null_mask.dtype} of shape "
            f"{null_mask.shape}; give bool of shape {values.shape}"
        )


def _settle(
    column: Column, findings: Iterator[Finding], null_mask: Mask | None, length: int
) -> dict[str, Mask]:
    """Give each row to its first rule; a null is nothing else besides."""
    found = {problem: mask for problem, mask in findings if mask is not None and mask.any()}
    if null_mask is not None and null_mask.any():
        found[Problem.NULL] = found.get(Problem.NULL, null_mask) | null_mask
    if not found:
        return {}
    result: dict[str, Mask] = {}
    missing = taken = found.pop(Problem.NULL, np.zeros(length, dtype=np.bool_))
    for problem in column.problems:
        mask = missing if problem is Problem.NULL else found.get(problem, missing) & ~taken
        if mask.any():
            result[rule_name(problem, column.name)] = mask
            taken = taken | mask
    return result


def _ids(_column: Column, values: NDArray[Any]) -> Iterator[Finding]:
    if values.dtype.kind == "u":
        yield Problem.OUT_OF_RANGE, _above(values, INT64_MAX)
    if values.dtype.kind != "f":
        return
    missing = np.isnan(values)
    yield Problem.NULL, missing
    with np.errstate(invalid="ignore"):
        fractional = ~missing & (np.trunc(values) != values) | np.isinf(values)
    yield Problem.UNPARSEABLE, fractional
    yield Problem.OUT_OF_RANGE, ~fractional & (np.abs(values) > _EXACT_FLOAT)


def _times(column: Column, values: NDArray[Any]) -> Iterator[Finding]:
    # bounds are asked first: NaT is the smallest int64, so a column within has none
    low = INT64_MIN if column.minimum is None else int(column.minimum)
    high = INT64_MAX if column.maximum is None else int(column.maximum)
    if values.dtype.kind == "M":
        low, high = tick_bounds(values.dtype, low, high)
    viewable = values.dtype.kind == "M" and values.dtype.isnative
    ticks = values.view(np.int64) if viewable else values.astype(np.int64, copy=False)
    if _within(ticks, max(low, INT64_MIN + 1), high):
        return
    missing = ticks == INT64_MIN
    yield Problem.NULL, missing
    yield Problem.OUT_OF_RANGE, ~missing & ((ticks < low) | (ticks > high))


def _within(ticks: NDArray[np.int64], low: int, high: int) -> bool:
    """Whether all lie between the bounds; block by block, so that each is fetched only once."""
    blocks = (ticks[start : start + _BLOCK] for start in range(0, len(ticks), _BLOCK))
    return all(block.min() >= low and block.max() <= high for block in blocks)


def _numbers(column: Column, values: NDArray[Any]) -> Iterator[Finding]:
    if values.dtype.kind == "f":
        # a finite sum has only finite terms: one pass and no mask in the usual case
        with np.errstate(over="ignore", invalid="ignore"):
            clean = bool(np.isfinite(values.sum()))
        if not clean:
            yield Problem.NULL, np.isnan(values)
            yield Problem.NON_FINITE, np.isinf(values)
        if isinstance(column.form, NumberForm) and column.form.whole:
            yield Problem.UNPARSEABLE, np.isfinite(values) & (np.trunc(values) != values)
    yield Problem.OUT_OF_RANGE, _outside(column, values)


def _outside(column: Column, values: NDArray[Any]) -> Mask | None:
    if column.minimum is None and column.maximum is None:
        return None
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    outside: Mask = (values < low) | (values > high)  # NaN is neither
    return outside


def _above(values: NDArray[Any], limit: int) -> Mask:
    return values.astype(np.uint64, copy=False) > np.uint64(limit)


def _integers_as_text(column: Column, values: NDArray[Any]) -> Iterator[Finding]:
    if isinstance(column.form, TextForm) and column.form.pattern is not None:
        yield from _by_value(column, values)


def _by_value(column: Column, values: NDArray[Any]) -> Iterator[Finding]:
    """Check texts and objects."""
    items = values.tolist()
    if _free_text(column) and set(map(type, items)) <= {str, type(None)}:
        yield Problem.NULL, _rows(item is None for item in items)
        if column.kind == "id":
            yield Problem.EMPTY, _rows(item == "" for item in items)
        return
    codes = _problems(column, items)
    for problem in {code for code in codes if code is not None}:
        yield problem, _rows(code is problem for code in codes)


def _free_text(column: Column) -> bool:
    """Whether any text that is not empty will do."""
    form = column.form
    free = isinstance(form, TextForm) and form.pattern is None and not form.secret
    return free or column.kind == "id"


def _rows(flags: Iterable[bool]) -> Mask:
    return np.fromiter(flags, dtype=np.bool_)


def _problems(column: Column, items: list[Any]) -> list[Problem | None]:
    """Read each distinct value once, with the reader of the record."""
    known: dict[tuple[type, object], Problem | None] = {}
    codes: list[Problem | None] = []
    for item in items:
        key = (type(item), item)  # 1, 1.0 and True are equal, but not the same value
        try:
            problem = known[key]
        except KeyError:
            if len(known) >= _REMEMBERED:
                known.clear()
            problem = known[key] = _problem(column, item)
        except TypeError:  # not hashable
            problem = _problem(column, item)
        codes.append(problem)
    return codes


def _problem(column: Column, item: object) -> Problem | None:
    if is_null(item):
        return Problem.NULL
    try:
        value = column.form.parse(item)
    except Breach as breach:
        return breach.problem
    if isinstance(value, datetime):
        value = microseconds(value)
    if isinstance(value, str) or column.kind == "id":
        return None
    return Problem.OUT_OF_RANGE if _outside(column, np.asarray([value])) else None


_BY_KIND: Final[Mapping[Kind, Callable[[Column, NDArray[Any]], Iterator[Finding]]]] = (
    MappingProxyType(
        {"id": _ids, "timestamp": _times, "number": _numbers, "text": _integers_as_text}
    )
)
