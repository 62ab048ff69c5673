"""Tables into files: any kind that ``to_frame()`` gives, as CSV or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import MissingDependencyError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_table"]


def write_table(frame: Any, path: Path) -> None:
    """Write a table; the folder is made if there is none.

    Parameters
    ----------
    frame : pandas, polars or Arrow table, or dict of arrays
        What ``to_frame()`` gave.
    path : pathlib.Path
        Ends in ``.csv`` or ``.parquet``.

    Raises
    ------
    MissingDependencyError
        If the file is to be Parquet and no installed package writes it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
        _write_csv(frame, path)
    else:
        _write_parquet(frame, path)


def _write_csv(frame: Any, path: Path) -> None:
    if hasattr(frame, "to_csv"):  # pandas and its relatives
        frame.to_csv(path, index=False)
    elif hasattr(frame, "write_csv"):  # polars
        frame.write_csv(path)
    else:
        columns = frame if isinstance(frame, Mapping) else _columns(frame)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*map(_texts, columns.values()), strict=True))


def _columns(table: Any) -> dict[str, Any]:
    """Return the columns of an Arrow table as arrays."""
    return {
        name: column.to_numpy()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }


def _texts(column: Any) -> list[object]:
    """Return what to write of a column: moments as ISO text, nothing for what is missing."""
    values = np.asarray(column)
    if values.dtype.kind == "M":
        texts = np.datetime_as_string(values, timezone="UTC").tolist()
        return ["" if text == "NaT" else text for text in texts]
    return ["" if value is None or value != value else value for value in values.tolist()]


def _write_parquet(frame: Any, path: Path) -> None:
    if hasattr(frame, "write_parquet"):  # polars
        frame.write_parquet(path)
        return
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingDependencyError(
            f"Writing {path.name} needs the package 'pyarrow', which is not installed here. "
            "Install it with: pip install 'customerintel[arrow]', or write a .csv"
        ) from error
    if isinstance(frame, Mapping):
        arrays = {name: _arrow(np.asarray(column)) for name, column in frame.items()}
        pq.write_table(pa.table(arrays), path)
    else:
        pq.write_table(pa.table(frame), path)


def _arrow(values: np.ndarray[Any, Any]) -> pa.Array:
    """Lay a column out for Arrow: ``pa.array`` would load pandas, a third of the demo's time."""
    import pyarrow as pa

    if values.dtype.kind in "iuf":
        kind: Any = pa.from_numpy_dtype(values.dtype)
    elif values.dtype.kind == "M":
        values, kind = values.astype("datetime64[us]"), pa.timestamp("us", tz="UTC")
    elif all(isinstance(value, str) for value in values.tolist()):
        parts = [value.encode() for value in values.tolist()]
        ends = np.cumsum([0, *map(len, parts)])
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))]
        return pa.Array.from_buffers(pa.large_string(), len(parts), buffers)
    else:
        return pa.array(values)
    missing = np.isnat(values) if values.dtype.kind == "M" else np.zeros(0, dtype=np.bool_)
    valid = np.packbits(~missing, bitorder="little") if missing.any() else None
    buffers = [valid if valid is None else pa.py_buffer(valid), pa.py_buffer(values.copy())]
    return pa.Array.from_buffers(kind, len(values), buffers)
