"""Properties of events as columns of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.wanted import AMOUNT, Property
from customerintel.schema.forms import Breach, NumberForm

__all__ = ["column_of", "nested", "number_of", "rows_of"]

_NAN: Final = float("nan")
_FORM: Final = NumberForm()
#: Types that NumPy reads as this room does: true is 1.
_PLAIN: Final = frozenset({float, int, bool})
#: Larger integers may lie beyond all floats.
_SAFE: Final = frozenset({float, bool})
_WORDS: Final = frozenset({str, type(None)})


def number_of(value: object) -> float:
    """Return a property as a number: NaN for what is none.

    Examples
    --------
    >>> number_of(True), number_of("12.5"), number_of("gold")
    (1.0, 12.5, nan)
    """
    if isinstance(value, bool):
        return float(value)
    if not isinstance(value, (int, float, str)):
        return _NAN
    try:
        number = _FORM.parse(value)
    except Breach:
        return _NAN
    return number if math.isfinite(number) else _NAN


def _places_of(values: Sequence[Any], texts: Sequence[str]) -> NDArray[np.float64]:
    places: dict[str | None, float] = {None: _NAN}
    for place, text in reversed([*enumerate(texts, 1)]):
        places[text] = float(place)  # of a text that is there twice, the first place
    if not set(map(type, values)) <= _WORDS:
        return np.fromiter((_place_of(v, places) for v in values), np.float64, len(values))
    return np.fromiter(map(places.get, values, repeat(0.0)), np.float64, len(values))


def _place_of(value: object, places: Mapping[str | None, float]) -> float:
    if isinstance(value, str):
        return places.get(value, 0.0)
    return 0.0 if isinstance(value, (bool, int, float)) else _NAN


def column_of(values: Sequence[Any], texts: Sequence[str] | None) -> NDArray[np.float64]:
    """Return one property of many events as a column.

    Parameters
    ----------
    values : sequence
        What JSON can hold; None where it is missing.
    texts : sequence of str, optional
        As of `Property`.
    """
    if texts is not None:
        return _places_of(values, texts)
    gone = values.count(None)
    if gone == len(values):
        return np.full(len(values), _NAN)
    if gone:
        values = [_NAN if value is None else value for value in values]
    kinds = set(map(type, values))
    if kinds <= _SAFE:
        return np.array(values, np.float64)
    if kinds <= _PLAIN:
        try:
            return np.array(values, np.float64)
        except OverflowError:
            pass  # an integer beyond all floats is no number here
    return np.fromiter(map(number_of, values), np.float64, len(values))


def nested(properties: Any, path: Sequence[str]) -> Any:
    """Return what a path leads to; None if it leads nowhere."""
    for key in path:
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(key)
    return properties


def rows_of(
    properties: Sequence[Mapping[str, Any] | None],
    values: Sequence[float | None],
    wanted: Sequence[Property],
) -> NDArray[np.float64]:
    """Return one row per wanted property, one column per event.

    Parameters
    ----------
    properties : sequence of mapping or None
        Of each event.
    values : sequence of float or None
        The number that goes with each event.
    wanted : sequence of Property
        What to read.
    """
    out = np.empty((len(wanted), len(properties)))
    for row, asked in enumerate(wanted):
        if asked.path == AMOUNT:
            ways = ([nested(p, (name,)) for p in properties] for name in ("total", "revenue"))
            out[row] = first_number(column_of(way, None) for way in (*ways, values))
        else:
            out[row] = column_of([nested(p, asked.path) for p in properties], asked.texts)
    return out


def first_number(columns: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the first of several columns that has a number, row by row.

    Columns are only asked for while a number is missing.
    """
    found = iter(columns)
    out = next(found)
    while (gone := np.isnan(out)).any():
        column = next(found, None)
        if column is None:
            break
        out = np.where(gone, column, out)
    return out
