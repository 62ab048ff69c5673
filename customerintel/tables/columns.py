"""Columns as they came: NumPy arrays, or texts in Arrow buffers, with a mask of what is missing.

Nothing is copied that need not be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.text import Text

__all__ = ["Raw", "as_array", "from_array", "from_arrow", "from_objects"]

Mask = NDArray[np.bool_]
#: Types whose lists NumPy turns into arrays of the same values.
_PLAIN = (bool, float, np.datetime64)
#: Integers below this, divided by a power of ten up to 22, give the nearest float.
_EXACT, _EXACT_SCALE = 2**53, 22


@dataclass(frozen=True, eq=False)
class Raw:
    """One column as it came.

    Parameters
    ----------
    values : ndarray or Text
        Numbers, datetime64, objects, or texts.
    missing : ndarray of bool, optional
        True where there is no value; None: every row has one.
    zone : str, optional
        Time zone of the column; the values are UTC then.
    described : str
        The column's type in words, for messages.
    """

    values: NDArray[Any] | Text
    missing: Mask | None = None
    zone: str | None = None
    described: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def take(self, index: NDArray[np.int64]) -> Raw:
        """Return the rows at `index`; where it is -1, the value is missing."""
        gone = index < 0
        if not len(self):
            return Raw(np.full(len(index), None, object), gone, self.zone, self.described)
        at = np.where(gone, 0, index)
        if self.missing is not None:
            gone |= self.missing[at]
        values = self.values.take(at) if isinstance(self.values, Text) else self.values[at]
        return Raw(values, gone if gone.any() else None, self.zone, self.described)


def as_array(values: Any, name: str) -> NDArray[Any]:
    """Return a column of a dict as an array without changing any value.

    Raises
    ------
    SchemaError
        If it is no column: a single value, or several dimensions.
    """
    if isinstance(values, np.ma.MaskedArray):
        array: NDArray[Any] = np.asarray(values.data).astype(object)
        array[np.ma.getmaskarray(values)] = None
    elif isinstance(values, np.ndarray):
        # later changes of the caller's must not reach the log
        array = values.copy() if values.flags.writeable else values
    else:
        array = _from_sequence(values, name)
    if array.ndim != 1:
        raise SchemaError(
            f"Column {name!r} of the dict has {array.ndim} dimensions; give one value per row."
        )
    return array


def _from_sequence(values: Any, name: str) -> NDArray[Any]:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise SchemaError(
            f"Column {name!r} of the dict is a single {type(values).__name__}; give a list or an "
            "array with one value per row."
        )
    items = list(values)
    kinds = {type(item) for item in items}
    if kinds == {int}:
        try:
            return np.array(items, np.int64)
        except OverflowError:
            pass  # NumPy would round them to floats
    elif len(kinds) == 1 and kinds <= set(_PLAIN):
        return np.array(items)
    # NumPy would turn [1, "a"] into texts, and cut zero bytes off the end of a text
    return np.fromiter(items, object, len(items))


def from_array(values: NDArray[Any]) -> Raw:
    """Read an array."""
    described = str(values.dtype)
    if values.dtype.kind in "UT":
        return from_objects(values.astype(object))
    if values.dtype.kind == "O":
        return from_objects(values)
    return Raw(np.ascontiguousarray(values), None, None, described)


def from_objects(values: NDArray[np.object_]) -> Raw:
    """Read objects: texts become buffers, anything else stays for the rules to judge."""
    from customerintel.schema import is_null

    kinds = {type(value) for value in values.tolist()}
    if str not in kinds:
        return Raw(values, None, None, "object")
    if kinds == {str}:
        # no text is missing, so none need be asked
        return Raw(Text.of(values.tolist()), None, None, "text")
    missing = np.fromiter((is_null(value) for value in values), bool, len(values))
    if not all(isinstance(value, str) for value in values[~missing]):
        return Raw(values, missing, None, "objects of several types")
    words = np.where(missing, "", values)
    return Raw(Text.of(words.tolist()), missing if missing.any() else None, None, "text")


def from_arrow(column: Any) -> Raw | None:
    """Read an Arrow array of texts, decimals, dates or timestamps; None: of something else."""
    import pyarrow as pa
    from pyarrow import types

    kind = column.type
    missing = None
    if column.null_count:
        missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), bool)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return Raw(_text(column), missing, None, "text")
    if types.is_decimal(kind):
        return Raw(_floats(column), missing, None, "Decimal")
    if types.is_date(kind):
        days = column.cast(pa.date32()).to_numpy(zero_copy_only=False)
        return Raw(np.asarray(days, "M8[D]"), missing, None, str(kind))
    if types.is_timestamp(kind):
        ticks = column.cast(pa.timestamp(kind.unit)).to_numpy(zero_copy_only=False)
        return Raw(np.asarray(ticks, f"M8[{kind.unit}]"), missing, kind.tz, str(kind))
    return None


def _text(column: Any) -> Text:
    import pyarrow as pa

    column = column.cast(pa.large_string())
    if column.null_count:
        column = column.fill_null("")
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if len(column) == 0:
        return Text.of([])
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return Text(ends, np.frombuffer(data or b"", np.uint8))


def _floats(column: Any) -> NDArray[np.float64]:
    """Return the nearest float of each decimal; Arrow's own cast is often one bit off."""
    import pyarrow as pa

    scale = column.type.scale
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if 0 <= scale <= _EXACT_SCALE and column.type.bit_width <= 128 and len(column):
        column = column.fill_null(0).cast(pa.decimal128(38, scale))
        words: NDArray[np.int64] = np.frombuffer(column.buffers()[1], np.int64).reshape(-1, 2)
        low, high = words[column.offset : column.offset + len(column)].T
        if np.array_equal(high, low >> 63) and (np.abs(low) < _EXACT).all():
            return np.asarray(low / float(10**scale), np.float64)
    values = [np.nan if value is None else float(value) for value in column.to_pylist()]
    return np.array(values, np.float64)
