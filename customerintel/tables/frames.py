"""The only module that knows narwhals: columns out of any table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.columns import Raw, as_array, from_array, from_arrow, from_objects
from customerintel.tables.kinds import Kind, eager_backend
from customerintel.tables.roles import refuse_doubled

__all__ = ["Source", "Table", "open_table"]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of the caller's table, read once.

    Parameters
    ----------
    frame : narwhals DataFrame or dict
        The wanted columns, eager: a frame, or arrays and narwhals Series.
    kind : Kind
        What the caller brought.
    n_rows : int
        Number of rows.
    """

    frame: Any
    kind: Kind
    n_rows: int
    _read: dict[str, Raw] = field(default_factory=dict, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that were read."""
        return tuple(self.frame if isinstance(self.frame, dict) else self.frame.columns)

    def __getitem__(self, name: str) -> Raw:
        if name not in self._read:
            column = self.frame[name]
            self._read[name] = (
                from_array(column) if isinstance(column, np.ndarray) else _from_series(column)
            )
        return self._read[name]

    def without(self, names: Sequence[str]) -> Table:
        """Return the table without some of its columns."""
        if isinstance(self.frame, dict):
            kept: Any = {name: self.frame[name] for name in self.frame if name not in names}
        else:
            kept = self.frame.drop(names)
        return Table(kept, self.kind, self.n_rows) if names else self

    def native(self, names: Mapping[str, str], index: NDArray[np.int64] | None = None) -> Any:
        """Return the columns ``names[new] = old`` at the rows `index` as an eager native table."""
        if isinstance(self.frame, dict):
            return {new: self._array(old, index) for new, old in names.items()}
        frame = self.frame.select(**{new: nw.col(old) for new, old in names.items()})
        return (frame if index is None else frame[index]).to_native()

    def _array(self, name: str, index: NDArray[np.int64] | None) -> NDArray[Any]:
        column = self.frame[name]
        if not isinstance(column, np.ndarray):
            raw = self[name]
            if isinstance(raw.values, np.ndarray) and raw.missing is None and raw.zone is None:
                column = raw.values
            else:
                column = np.fromiter(column.to_list(), object, self.n_rows)
        taken: NDArray[Any] = column.view() if index is None else column[index]
        taken.flags.writeable = False  # it may be the caller's own memory
        return taken


@dataclass(frozen=True, eq=False)
class Source:
    """A caller's table, opened once; nothing is collected before `read`.

    Parameters
    ----------
    frame : narwhals frame or mapping
        Eager or lazy.
    kind : Kind
        What the caller brought.
    """

    frame: Any
    kind: Kind

    @property
    def columns(self) -> tuple[Any, ...]:
        """Names of the columns."""
        if isinstance(self.frame, Mapping):
            return tuple(self.frame)
        return tuple(self.frame.collect_schema().names())

    def read(self, names: Sequence[str]) -> Table:
        """Read the named columns; a lazy table is collected, those columns only.

        Raises
        ------
        SchemaError
            If the name of one is no text.
        """
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if not isinstance(name, str):
                raise SchemaError(
                    f"The table has a column named {name!r}, and names of columns must be texts. "
                    f"Rename it, such as to {str(name)!r}, or leave it out."
                )
        frame = self.frame
        if isinstance(frame, Mapping):
            return _read_mapping(frame, wanted, self.kind)
        frame = frame.select(wanted)
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect(backend=_backend(self.kind.eager))
        elif self.kind.name == "modin":
            frame = nw.from_native(frame.to_native()._to_pandas(), eager_only=True)
        elif self.kind.name == "pandas":
            frame = nw.from_native(_own(frame.to_native()), eager_only=True)
        return Table(frame, self.kind, len(frame))


def _own(frame: Any) -> Any:
    """Return a pandas frame that later changes of the caller's do not reach."""
    import pandas as pd

    # with copy-on-write, pandas copies what is shared when one of the owners writes to it
    lazy = int(pd.__version__.split(".")[0]) >= 3 or pd.options.mode.copy_on_write is True
    return frame.copy(deep=not lazy)


def open_table(table: Any) -> Source:
    """Find out what kind of table it is.

    Raises
    ------
    SchemaError
        If it is no table, or two of its columns have the same name.
    """
    if isinstance(table, Mapping):
        return Source(table, Kind("dict"))
    try:
        frame = nw.from_native(nw.to_native(table, pass_through=True))
    except TypeError:
        return _open_stream(table)
    except nw.exceptions.DuplicateError:
        # narwhals found the columns doubled; the error names them as ours
        refuse_doubled(getattr(table, "column_names", None) or list(table.columns))
        raise
    name = str(frame.implementation).lower().removeprefix("implementation.")
    if isinstance(frame, nw.LazyFrame) and name == "polars":
        name = "polars-lazy"
    if name.startswith(("pyspark", "sqlframe")):
        return Source(frame, Kind("pyspark", session=getattr(table, "sparkSession", None)))
    return Source(frame, Kind(name))


def _open_stream(table: Any) -> Source:
    """Take an Arrow stream in; it may be one that can be read only once."""
    known = (
        "Give a pandas, polars, pyarrow, modin, DuckDB, Dask, Ibis or PySpark table, a dict of "
        "arrays, or a path to TransactionLog.from_csv or from_parquet."
    )
    if not hasattr(table, "__arrow_c_stream__"):
        raise SchemaError(f"{type(table).__name__} is not a table that can be read. {known}")
    backend = eager_backend()
    try:
        return Source(nw.from_arrow(table, backend=_backend(backend)), Kind(backend))
    except (TypeError, ValueError) as error:  # of which Arrow's own errors are kinds
        raise SchemaError(
            f"The Arrow stream of {type(table).__name__} is not one of a table. {known}"
        ) from error


def _backend(name: str) -> Literal["pandas", "polars", "pyarrow"]:
    return cast("Literal['pandas', 'polars', 'pyarrow']", name)


def _read_mapping(mapping: Mapping[str, Any], names: Sequence[str], kind: Kind) -> Table:
    columns = {name: _column(mapping[name], name) for name in names}
    if len({len(column) for column in columns.values()}) > 1:
        raise SchemaError(
            "The arrays of the dict differ in length: "
            + ", ".join(f"{name!r} has {len(c):,}" for name, c in columns.items())
            + ". Give one value per row in each."
        )
    return Table(columns, kind, max(map(len, columns.values()), default=0))


def _column(values: Any, name: str) -> Any:
    """Return one column of a dict: an array, or a narwhals Series of another library's column."""
    if not hasattr(values, "to_native") and hasattr(values, "__arrow_c_array__"):
        import pyarrow as pa

        values = pa.chunked_array([pa.array(values)])
    try:
        return nw.from_native(values, series_only=True)
    except TypeError:
        return as_array(values, name)


def _from_series(series: Any) -> Raw:
    native, dtype = series.to_native(), series.dtype
    plain = getattr(native, "dtype", None)
    described = str(dtype)
    if isinstance(plain, np.dtype) and plain.kind in "iufM":
        # pandas over NumPy: what is missing is NaN or NaT, which the rules find
        return Raw(np.ascontiguousarray(native.to_numpy()), None, None, described)
    if isinstance(plain, np.dtype) and plain.kind == "O" and dtype != nw.String:
        return from_objects(native.to_numpy())
    if hasattr(plain, "categories") and hasattr(native, "iloc"):  # pandas
        names = native.cat.categories.to_series()
        raw = _from_series(nw.from_native(names, series_only=True))
        return raw.take(native.cat.codes.to_numpy().astype(np.int64))
    if zone := getattr(plain, "tz", None):  # pandas; narwhals knows not every zone's name
        return _with_zone(native.dt.tz_convert(None).to_numpy(), str(zone), described)
    in_arrow = series.implementation.is_pyarrow() or hasattr(plain, "pyarrow_dtype")
    if in_arrow or dtype in (nw.String, nw.Categorical, nw.Enum):
        found = _through_arrow(series)
        if found is not None:
            return found
    if isinstance(dtype, nw.Datetime) and dtype.time_zone:
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return _with_zone(series.to_numpy(), dtype.time_zone, described)
    if isinstance(dtype, (nw.Date, nw.Datetime)):
        return from_array(np.asarray(series.to_numpy()))
    return _from_numbers(series)


def _with_zone(ticks: Any, zone: str, described: str) -> Raw:
    raw = from_array(np.asarray(ticks))
    return Raw(raw.values, raw.missing, zone, described)


def _through_arrow(series: Any) -> Raw | None:
    """Read texts, decimals and times on their Arrow buffers; None: something else."""
    if series.dtype in (nw.Categorical, nw.Enum) and series.implementation.is_polars():
        series = series.cast(nw.String)
    try:
        # narwhals would copy an Arrow column to make one chunk of it
        column = series.to_native() if series.implementation.is_pyarrow() else series.to_arrow()
    except (ImportError, TypeError, ValueError):
        # no pyarrow, other objects among the texts, or texts that UTF-8 cannot hold
        return from_objects(np.fromiter(series.to_list(), object, len(series)))
    if hasattr(column.type, "value_type") and hasattr(column.type, "index_type"):
        column = column.cast(column.type.value_type)
        if (raw := from_arrow(column)) is None:
            import pyarrow as pa

            chunks = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
            raw = _from_series(nw.from_native(chunks, series_only=True))
        return raw
    return from_arrow(column)


def _from_numbers(series: Any) -> Raw:
    described = str(series.dtype)
    if series.dtype.is_decimal():
        series, described = series.cast(nw.Float64), "Decimal"
    wide = series.dtype in (nw.Int128, nw.UInt128)
    if wide or not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        return from_objects(np.fromiter(series.to_list(), object, len(series)))
    missing = np.asarray(series.is_null().to_numpy(), bool) if series.null_count() else None
    if missing is not None and not series.dtype.is_float():
        # a null would turn the whole column into floats, which hold no large integer
        series = series.fill_null(value=False if series.dtype == nw.Boolean else 0)
    values = np.asarray(series.to_numpy())
    if values.dtype.kind == "O":
        values = np.array([np.nan if v is None else v for v in values.tolist()], np.float64)
    return Raw(np.ascontiguousarray(values), missing, None, described)
