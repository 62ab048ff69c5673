"""Names of segments, areas and locations, numbered: 7, 7.0 and "7" are one name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.columns import Raw
from customerintel.tables.reading import Distinct
from customerintel.tables.text import Text

__all__ = ["number_names", "translate"]

Ints = NDArray[np.int64]


def number_names(raw: Raw) -> tuple[Ints, tuple[str, ...]]:
    """Give each name of a column a number.

    Parameters
    ----------
    raw : Raw
        Texts, numbers or anything else that names places. Whole floats, which pandas makes of
        integers where one is missing, are taken as integers.

    Returns
    -------
    codes : ndarray of int64, shape (n_rows,)
        Places in the names; -1 where there is none. An empty text is none.
    names : tuple of str
        Ascending: as numbers if all are whole numbers, else by code point.
    """
    values, codes, missing = _distinct(raw)
    words = [None if value is None else _word(value) for value in values]
    present = np.zeros(len(words), bool)
    present[codes[~missing]] = True
    found = {word for word, here in zip(words, present, strict=True) if word and here}
    names = _ordered(found)
    place = {name: number for number, name in enumerate(names)}
    by_value = np.array([*(place.get(word or "", -1) for word in words), -1], np.int64)
    return np.where(missing, -1, by_value[codes]), names


def _distinct(raw: Raw) -> tuple[list[Any], Ints, NDArray[np.bool_]]:
    """Return distinct values, their place per row, and which rows have none."""
    values = raw.values
    if isinstance(values, Text) or values.dtype.kind == "O":
        found = Distinct.of(raw)
        return found.values, found.codes, found.missing
    missing = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
    if values.dtype.kind == "f":
        missing = missing | np.isnan(values)
    elif values.dtype.kind in "mM":
        missing = missing | np.isnat(values)
    distinct, codes = np.unique(values, return_inverse=True)
    return distinct.tolist(), codes.astype(np.int64), missing


def _word(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _ordered(names: set[str]) -> tuple[str, ...]:
    if all(name.lstrip("-").isdecimal() for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))


def translate(codes: Ints, names: tuple[str, ...], target: tuple[str, ...]) -> Ints:
    """Return codes of the same names in another list; -1 stays, -2 where it is not there."""
    place = {name: number for number, name in enumerate(target)}
    by_code = np.array([*(place.get(name, -2) for name in names), -1], np.int64)
    return by_code[codes]
