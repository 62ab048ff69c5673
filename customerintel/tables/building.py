"""Results as tables of the caller's own kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.text import Text
from customerintel.tables.zones import offset_name

__all__ = ["Column", "Labels", "as_kind", "beside", "build", "fresh_name", "with_extras"]


@dataclass(frozen=True, eq=False)
class Labels:
    """A column of few distinct names.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
        Places in `names`; -1 where there is none.
    names : tuple of str
        Distinct names, in their order.
    """

    codes: NDArray[Any]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def to_numpy(self) -> NDArray[np.object_]:
        """Return an object array in which equal names are one object; None where there is none."""
        values: NDArray[np.object_] = np.array([*self.names, None], object)[self.codes]
        return values


Column: TypeAlias = "NDArray[Any] | Labels | CustomerIds | Text"


def build(columns: Mapping[str, Column], kind: Kind, zone: str | None = None) -> Any:
    """Make a table of the caller's kind.

    Parameters
    ----------
    columns : mapping of str to column
        Arrays, `Labels`, `CustomerIds` or `Text`, all of one length. ``datetime64``
        arrays are UTC.
    kind : Kind
        What the caller brought.
    zone : str, optional
        Time zone in which ``datetime64`` columns are shown; None: without zone.
    """
    if kind.name == "dict":
        # copies, since results are read-only and a table is the caller's
        return {name: np.array(_plain(column)) for name, column in columns.items()}
    eager = _EAGER[kind.eager](columns, zone)
    return as_kind(eager, kind)


def _plain(column: Column) -> NDArray[Any]:
    return column if isinstance(column, np.ndarray) else column.to_numpy()


def _is_text(column: Column) -> bool:
    return isinstance(column, Text) or (
        isinstance(column, CustomerIds) and column.texts is not None
    )


def as_kind(eager: Any, kind: Kind) -> Any:
    """Turn an eager table of the kind's backend into one of the kind itself."""
    name = kind.name
    if name == "polars-lazy":
        return eager.lazy()
    if name == "modin":
        import modin.pandas

        return modin.pandas.DataFrame(eager)
    if name == "dask":
        import dask.dataframe

        return dask.dataframe.from_pandas(eager, npartitions=1)  # type: ignore[no-untyped-call]
    if name == "duckdb":
        import duckdb

        if kind.eager == "pandas":
            return duckdb.from_df(eager)
        return duckdb.from_arrow(eager if kind.eager == "pyarrow" else eager.to_arrow())
    if name == "ibis":
        import ibis

        return ibis.memtable(eager)
    if name.startswith("pyspark"):
        return _to_spark(eager, kind)
    return eager


def _to_spark(eager: Any, kind: Kind) -> Any:
    import pandas as pd

    # Spark knows neither categories nor pandas' own texts
    plain = pd.DataFrame(
        {
            name: eager[name].astype(object)
            if isinstance(eager[name].dtype, (pd.CategoricalDtype, pd.StringDtype))
            else eager[name]
            for name in eager.columns
        }
    )
    if len(plain):
        return kind.session.createDataFrame(plain)
    # Spark finds the types of a table by its rows, so it gets one to look at
    row = {
        name: pd.Series(["" if column.dtype == object else 0]).astype(column.dtype)
        for name, column in plain.items()
    }
    return kind.session.createDataFrame(pd.DataFrame(row)).limit(0)


def _pandas(columns: Mapping[str, Column], zone: str | None) -> Any:
    import pandas as pd

    made: dict[str, Any] = {}
    for name, column in columns.items():
        if isinstance(column, Labels):
            names = pd.Index(column.names, dtype=str)
            made[name] = pd.Categorical.from_codes(column.codes.astype(np.intp), names)
        elif isinstance(column, np.ndarray) and column.dtype.kind == "M" and zone:
            made[name] = pd.DatetimeIndex(column).tz_localize("UTC").tz_convert(zone)
        elif _is_text(column):
            made[name] = _pandas_texts(_plain(column))
        else:
            made[name] = _plain(column)
    # a copy, since results are read-only and a frame is the caller's
    return pd.DataFrame(made, copy=True)


def _pandas_texts(values: NDArray[Any]) -> Any:
    import pandas as pd

    try:
        return pd.Series(values, dtype=None if len(values) else str)
    except UnicodeEncodeError:  # a text with half a character, which pandas' texts cannot hold
        return pd.Series(values, dtype=object)


def _polars(columns: Mapping[str, Column], zone: str | None) -> Any:
    import polars as pl

    made = []
    for name, column in columns.items():
        values = column if isinstance(column, Labels) else _plain(column)
        if isinstance(values, Labels):
            names = pl.Series(values.names, dtype=pl.String)
            codes = pl.Series(values.codes.astype(np.int64))
            picked = names.gather(codes.set(codes < 0, None))
            made.append(picked.cast(pl.Enum(values.names)).alias(name))
        elif values.dtype.kind == "M":
            made.append(_polars_times(pl.Series(name, values.astype("M8[us]")), zone))
        elif values.dtype.kind != "O":
            made.append(pl.Series(name, values))
        elif _is_text(column):
            made.append(pl.Series(name, values.tolist(), dtype=pl.String))
        else:
            made.append(pl.Series(name, values.tolist(), strict=False))
    return pl.DataFrame(made)


def _polars_times(series: Any, zone: str | None) -> Any:
    if zone is None:
        return series
    series = series.dt.replace_time_zone("UTC")
    # polars has no fixed offsets: the moments stay, and are shown in UTC
    return series if offset_name(zone) else series.dt.convert_time_zone(zone)


def _pyarrow(columns: Mapping[str, Column], zone: str | None) -> Any:
    import pyarrow as pa

    made: dict[str, Any] = {}
    for name, column in columns.items():
        if isinstance(column, Labels):
            codes = pa.array(column.codes, type=pa.int32(), mask=column.codes < 0)
            made[name] = pa.DictionaryArray.from_arrays(codes, pa.array(column.names, pa.string()))
        elif isinstance(column, Text) or (isinstance(column, CustomerIds) and _is_text(column)):
            text = column if isinstance(column, Text) else column.as_text()
            buffers = [None, pa.py_buffer(text.offsets), pa.py_buffer(text.data)]
            made[name] = pa.LargeStringArray.from_buffers(len(text), buffers[1], buffers[2])
        elif isinstance(column, np.ndarray) and column.dtype.kind == "M":
            instants = pa.array(column.astype("M8[us]"), pa.timestamp("us"))
            if zone:  # naive ones would be taken as wall-clock time of the zone
                instants = instants.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
            made[name] = instants
        else:
            made[name] = pa.array(_plain(column))
    return pa.table(made)


_EAGER = {"pandas": _pandas, "polars": _polars, "pyarrow": _pyarrow}


def beside(left: Any, right: Any, backend: str) -> Any:
    """Put two eager tables (or dicts) side by side.

    A name that both have gets an underscore behind it in the right one.
    """
    taken = set(_names(left, backend))
    names = _names(right, backend)
    new = {name: fresh_name(name, taken) for name in names}
    if backend == "dict":
        return {**left, **{new[name]: column for name, column in right.items()}}
    if backend == "pyarrow":
        for name in names:
            left = left.append_column(new[name], right.column(name))
        return left
    if backend == "polars":
        return left.hstack(right.rename(new))
    import pandas as pd

    right = right.set_axis(list(new.values()), axis=1).reset_index(drop=True)
    return pd.concat([left, right], axis=1)


def with_extras(columns: Mapping[str, Column], extras: Any, kind: Kind, zone: str | None) -> Any:
    """Make a table of the caller's kind of own columns and of native ones that are carried along.

    Parameters
    ----------
    columns : mapping of str to column
        As for `build`.
    extras : table or None
        Eager and native, or a dict of arrays.
    kind, zone
        As for `build`.
    """
    if extras is None:
        return build(columns, kind, zone)
    if kind.name == "dict":
        return beside(build(columns, kind), extras, "dict")
    eager = build(columns, Kind(kind.eager), zone)
    return as_kind(beside(eager, extras, kind.eager), kind)


def _names(table: Any, backend: str) -> list[str]:
    if backend == "dict":
        return list(table)
    return list(table.column_names if backend == "pyarrow" else table.columns)


def fresh_name(name: str, taken: set[str]) -> str:
    """Return the name with underscores behind it until it is not taken, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
