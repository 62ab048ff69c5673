"""From columns as they came to columns as the library holds them, and what is wrong with them.

The rules are those of `customerintel.schema`; here they meet whole columns. A row that
breaks a rule gets a placeholder: it is never used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.schema import Breach, Column, Problem, breaches, is_null, rule_name
from customerintel.schema.forms import NumberForm
from customerintel.tables.columns import Raw
from customerintel.tables.naming import code_texts
from customerintel.tables.notices import warn_caller
from customerintel.tables.scans import Signs, Span, scan_numbers
from customerintel.tables.text import Text

__all__ = [
    "Distinct",
    "Reading",
    "as_objects",
    "read_choice",
    "read_ids",
    "read_labels",
    "read_numbers",
    "read_words",
]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Reading:
    """One column as the library holds it.

    Parameters
    ----------
    values : ndarray
        int64 (ids, times, places of choices) or float64 (numbers).
    broken : dict of str to ndarray of bool
        Rows that break each rule; rules that no row breaks are left out.
    texts : Text, optional
        The distinct ids in ascending order, where `values` are places in it.
    zone : str, optional
        Time zone that the column had.
    span, signs : Span and Signs, optional
        What was seen of times and of numbers when they were checked.
    """

    values: NDArray[Any]
    broken: dict[str, Mask] = field(default_factory=dict)
    texts: Text | None = None
    zone: str | None = None
    span: Span | None = None
    signs: Signs | None = None


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct values of a column, and what is wrong with each.

    Parameters
    ----------
    values : list
        Distinct values that are there, in no order.
    codes : ndarray of int64, shape (n_rows,)
        Each row's place in `values`; nonsense where it is missing.
    missing : ndarray of bool, shape (n_rows,)
        Rows without a value.
    """

    values: list[Any]
    codes: NDArray[np.int64]
    missing: Mask

    @classmethod
    def of(cls, raw: Raw) -> Distinct:
        """Find the distinct values of a column of texts or objects."""
        if isinstance(raw.values, Text):
            codes, texts = code_texts(raw.values)
            missing = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
            present = np.zeros(len(texts), bool)
            present[codes[~missing]] = True
            values = [v if here else None for v, here in zip(texts.to_list(), present, strict=True)]
            return cls(values, codes, missing)
        return cls._of_objects(raw.values)

    @classmethod
    def _of_objects(cls, objects: NDArray[Any]) -> Distinct:
        values: list[Any] = []
        places: dict[Any, int] = {}
        codes = np.zeros(len(objects), np.int64)
        missing = np.zeros(len(objects), bool)
        for i, value in enumerate(objects.tolist()):
            if is_null(value):
                missing[i] = True
                continue
            try:
                # the two 02:30 of an autumn night are equal but for their fold
                key = (type(value), value, getattr(value, "fold", 0))
                place = places.setdefault(key, len(values))
            except TypeError:  # a list or another value that cannot be looked up
                place = len(values)
            if place == len(values):
                values.append(value)
            codes[i] = place
        return cls(values, codes, missing)

    def parse(
        self, column: Column, parse: Callable[[Any], Any]
    ) -> tuple[list[Any], list[Problem | None]]:
        """Parse each value; one that cannot be parsed is None beside its problem."""
        parsed: list[Any] = [None] * len(self.values)
        problems: list[Problem | None] = [None] * len(self.values)
        low, high = column.minimum, column.maximum
        for i, value in enumerate(self.values):
            if value is None:
                continue
            try:
                found = parsed[i] = parse(value)
            except Breach as breach:
                problems[i] = breach.problem
                continue
            if isinstance(found, str):
                continue
            if (low is not None and found < low) or (high is not None and found > high):
                problems[i] = Problem.OUT_OF_RANGE
        return parsed, problems

    def broken(self, column: Column, problems: Sequence[Problem | None]) -> dict[str, Mask]:
        """Spread the problems of the values over the rows, in the order of the rules."""
        found = np.array(
            [-1 if p is None else column.problems.index(p) for p in problems] or [-1], np.int64
        )
        by_row = np.where(self.missing, -1, found[self.codes])
        broken = {}
        for place, problem in enumerate(column.problems):
            mask = self.missing if problem is Problem.NULL else by_row == place
            if mask.any():
                broken[rule_name(problem, column.name)] = mask
        return broken

    def spread(self, values: Iterable[Any], dtype: type) -> NDArray[Any]:
        """Return one value per row from one per distinct value."""
        by_value: NDArray[Any] = np.array(
            [*values, 0], dtype
        )  # one more: where there is no value at all
        return by_value[self.codes]


def read_ids(column: Column, raw: Raw) -> Reading:
    """Read integer or text ids.

    Raises
    ------
    SchemaError
        If the column can hold no ids, or mixes integers and texts.
    """
    if isinstance(raw.values, Text):
        return _text_ids(column, raw.values, raw.missing)
    if raw.values.dtype.kind == "O":
        return _id_objects(column, raw)
    broken = breaches(column, raw.values, raw.missing)
    values = raw.values
    if broken:
        bad = np.logical_or.reduce(list(broken.values()))
        values = np.where(bad, np.zeros(1, values.dtype), values)
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), 0, values)  # one that may be missing
    return Reading(values.astype(np.int64, copy=False), broken)


def _text_ids(column: Column, values: Text, missing: Mask | None) -> Reading:
    codes, texts = code_texts(values)
    broken: dict[str, Mask] = {}
    if missing is not None and missing.any() and not column.nullable:
        broken[rule_name(Problem.NULL, column.name)] = missing
    if len(texts) and texts.offsets[0] == texts.offsets[1]:  # ascending: only the first is empty
        empty = codes == 0
        if missing is not None:
            empty &= ~missing
        if empty.any():
            broken[rule_name(Problem.EMPTY, column.name)] = empty
    if padded := texts.count_padded():
        warn_caller(
            f"{padded:,} distinct values of {column.name} begin or end with a blank. They are "
            "kept as they are, so ' a' and 'a' are two; strip them before if they are one."
        )
    return Reading(codes, broken, texts)


def _id_objects(column: Column, raw: Raw) -> Reading:
    distinct = Distinct.of(raw)
    parsed, problems = distinct.parse(column, column.form.parse)
    kinds = {type(value) for value in parsed if value is not None}
    if len(kinds) > 1:
        raise SchemaError(
            f"The column of {column.name} mixes integers and texts, so 1 and '1' would be two "
            "ids. Convert the column to one type, for instance to text."
        )
    broken = distinct.broken(column, problems)
    if kinds == {str}:
        found = _text_ids(column, Text.of([value or "" for value in parsed]), None)
        return Reading(distinct.spread(found.values, np.int64), broken, found.texts)
    good = [0 if value is None else value for value in parsed]
    return Reading(distinct.spread(good, np.int64), broken)


def read_numbers(column: Column, raw: Raw) -> Reading:
    """Read numbers as float64; texts are read with a warning."""
    if isinstance(raw.values, np.ndarray) and _is_plain(column, raw.values, raw.missing):
        signs = scan_numbers(raw.values)
        if not signs.strange:
            return Reading(raw.values, signs=signs)
    if isinstance(raw.values, np.ndarray) and raw.values.dtype.kind != "O":
        broken = breaches(column, raw.values, raw.missing)
        values = raw.values.astype(np.float64, copy=False)
        if raw.missing is not None and raw.values.dtype.kind != "f":
            values = np.where(raw.missing, np.nan, values)
        return Reading(values, broken)
    distinct = Distinct.of(raw)
    parsed, problems = distinct.parse(column, column.form.parse)
    numbers = [np.nan if value is None else float(value) for value in parsed]
    if isinstance(raw.values, Text) and np.isfinite(numbers).any():
        warn_caller(
            f"The column of {column.name} holds texts, which were read as numbers with a decimal "
            "point. Convert it to numbers to be sure of the decimal mark."
        )
    values = np.where(distinct.missing, np.nan, distinct.spread(numbers, np.float64))
    return Reading(values, distinct.broken(column, problems))


def _is_plain(column: Column, values: NDArray[Any], missing: Mask | None) -> bool:
    """Whether floats have but to be finite to keep every rule of the column."""
    bounded = column.minimum is not None or column.maximum is not None
    whole = isinstance(column.form, NumberForm) and column.form.whole
    return values.dtype == np.float64 and missing is None and not bounded and not whole


def read_choice(column: Column, raw: Raw) -> Reading:
    """Read words as places in ``column.choices``."""
    distinct = Distinct.of(as_objects(raw))
    parsed, problems = distinct.parse(column, column.form.parse)
    places = [0 if value is None else column.choices.index(str(value)) for value in parsed]
    return Reading(distinct.spread(places, np.int64), distinct.broken(column, problems))


def read_labels(
    column: Column, raw: Raw, parse: Callable[[Any], Any] | None = None
) -> tuple[Reading, tuple[str, ...]]:
    """Read words of which few are distinct, by the reader of the column if no other is given.

    Returns
    -------
    reading : Reading
        Places in the words; -1 where there is none, or one that breaks a rule.
    words : tuple of str
        In the order in which they came, each once, as the rules leave them.
    """
    distinct = Distinct.of(as_objects(raw))
    parsed, problems = distinct.parse(column, parse or column.form.parse)
    words: dict[str, int] = {}
    places = [
        -1 if word is None or problem else words.setdefault(word, len(words))
        for word, problem in zip(parsed, problems, strict=True)
    ]
    codes = distinct.spread(places, np.int32)
    codes[distinct.missing] = -1
    return Reading(codes, distinct.broken(column, problems)), tuple(words)


def read_words(column: Column, raw: Raw) -> tuple[Reading, set[str]]:
    """Read texts of which only the distinct ones matter; return those that break no rule."""
    distinct = Distinct.of(as_objects(raw))
    parsed, problems = distinct.parse(column, column.form.parse)
    return Reading(np.empty(0), distinct.broken(column, problems)), set(parsed) - {None}


def as_objects(raw: Raw) -> Raw:
    """Return numbers as objects, for the rules to judge one by one."""
    if isinstance(raw.values, Text) or raw.values.dtype.kind == "O":
        return raw
    objects = raw.values.astype(object)
    if raw.missing is not None:
        objects[raw.missing] = None
    return Raw(objects, None, None, raw.described)
