"""Every kind of table that the library reads: how to make one, and how to read a result back."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest

Columns = dict[str, list[Any]]


class OnlyArrow:
    """Has nothing but ``__arrow_c_stream__``, and gives its stream only once."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        table, self._table = self._table, None
        if table is None:
            raise RuntimeError("this stream was read before")
        return table.__arrow_c_stream__(requested_schema)


def of_pandas(columns):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(columns)
    # an index that is no row number: rows are counted by place
    return frame.set_axis(np.arange(len(frame))[::-1] * 10, axis=0)


def of_pandas_objects(columns):
    pd = pytest.importorskip("pandas")
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def of_pandas_nullable(columns):
    with np.errstate(invalid="ignore"):  # of pandas, which looks whether infinity is an integer
        return of_pandas(columns).convert_dtypes(dtype_backend="numpy_nullable")


def of_pandas_arrow(columns):
    pytest.importorskip("pyarrow")
    with np.errstate(invalid="ignore"):
        return of_pandas(columns).convert_dtypes(dtype_backend="pyarrow")


def of_polars(columns):
    return pytest.importorskip("polars").DataFrame(columns)


def of_polars_lazy(columns):
    return of_polars(columns).lazy()


def of_pyarrow(columns):
    table = pytest.importorskip("pyarrow").table(columns)
    half = len(table) // 2
    # several chunks, of which the second begins inside its buffers
    return pytest.importorskip("pyarrow").concat_tables([table.slice(0, half), table.slice(half)])


def of_lists(columns):
    return {name: list(values) for name, values in columns.items()}


def of_arrays(columns):
    made = {}
    for name, values in columns.items():
        array = np.array(values)
        if array.dtype.kind == "O" and {type(v) for v in values} == {datetime}:
            array = np.array(values, "M8[us]")
        made[name] = array
    return made


def of_duckdb(columns):
    return pytest.importorskip("duckdb").from_arrow(of_pyarrow(columns))


def of_ibis(columns):
    return pytest.importorskip("ibis").memtable(of_pyarrow(columns))


def of_dask(columns):
    dask = pytest.importorskip("dask.dataframe", reason="dask[dataframe] is not installed")
    return dask.from_pandas(of_pandas(columns).reset_index(drop=True), npartitions=2)


def of_arrow_stream(columns):
    return OnlyArrow(of_pyarrow(columns))


def of_arrow_reader(columns):
    return of_pyarrow(columns).to_reader()


def of_modin(columns):
    os.environ.setdefault("MODIN_ENGINE", "python")
    reason = (
        "modin is not installed (it needs an older pandas, so it has an environment of its own)"
    )
    return pytest.importorskip("modin.pandas", reason=reason).DataFrame(columns)


@cache
def spark_session():
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if shutil.which("java") is None:
        pytest.skip("pyspark needs a Java machine, and there is none on the path")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # its workers need the same packages
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    return builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()


def of_pyspark(columns):
    return spark_session().createDataFrame(of_pandas(columns))


def _is(*path: str) -> Callable[[Any], bool]:
    """Return a test for a class that is named by where it can be found."""

    def test(table: Any) -> bool:
        module = pytest.importorskip(path[0])
        return type(table) is getattr(module, path[1])

    return test


def _is_spark(table: Any) -> bool:
    return type(table).__module__.startswith("pyspark.sql") and type(table).__name__ == "DataFrame"


def _is_arrays(table: Any) -> bool:
    return type(table) is dict and all(type(v) is np.ndarray for v in table.values())


def _is_ibis(table: Any) -> bool:
    return isinstance(table, pytest.importorskip("ibis").Table)


@dataclass(frozen=True)
class TableKind:
    """One kind of table.

    Parameters
    ----------
    name : str
        For the names of tests.
    make : callable
        From a dict of lists to the table.
    is_kind : callable
        Whether a result is of the kind that the caller brought.
    once : bool
        Whether it can be read only once.
    lazy : bool
        Whether it computes nothing before it must.
    zones : bool
        Whether it keeps the name of a time zone.
    """

    name: str
    make: Callable[[Columns], Any]
    is_kind: Callable[[Any], bool] = field(repr=False)
    once: bool = False
    lazy: bool = False
    zones: bool = True


_PANDAS = _is("pandas", "DataFrame")
_PYARROW = _is("pyarrow", "Table")
KINDS = [
    TableKind("pandas", of_pandas, _PANDAS),
    TableKind("pandas-objects", of_pandas_objects, _PANDAS),
    TableKind("pandas-nullable", of_pandas_nullable, _PANDAS),
    TableKind("pandas-pyarrow", of_pandas_arrow, _PANDAS),
    TableKind("polars", of_polars, _is("polars", "DataFrame")),
    TableKind("polars-lazy", of_polars_lazy, _is("polars", "LazyFrame"), lazy=True),
    TableKind("pyarrow", of_pyarrow, _PYARROW),
    TableKind("lists", of_lists, _is_arrays),
    TableKind("arrays", of_arrays, _is_arrays),
    TableKind("duckdb", of_duckdb, _is("duckdb", "DuckDBPyRelation"), lazy=True, zones=False),
    TableKind("ibis", of_ibis, _is_ibis, lazy=True),
    TableKind("dask", of_dask, _is("dask.dataframe", "DataFrame"), lazy=True),
    TableKind("arrow-stream", of_arrow_stream, _PYARROW, once=True),
    TableKind("arrow-reader", of_arrow_reader, _PYARROW, once=True),
    TableKind("modin", of_modin, _is("modin.pandas", "DataFrame")),
    TableKind("pyspark", of_pyspark, _is_spark, lazy=True, zones=False),
]


def contents(table: Any) -> Columns:
    """Return any table as lists of plain values: missing is None, times are naive UTC."""
    if isinstance(table, dict):
        columns = {name: list(values) for name, values in table.items()}
    else:
        columns = _eager(table)
    return {name: [_plain(value) for value in values] for name, values in columns.items()}


def _eager(table: Any) -> Columns:
    kind = type(table).__module__.partition(".")[0]
    if kind in ("duckdb", "_duckdb"):
        table = table.to_arrow_table()
    elif kind == "ibis":
        table = table.to_pyarrow()
    elif kind == "dask":
        table = table.compute()
    elif kind == "modin":
        table = table._to_pandas()
    elif kind == "pyspark":
        table = table.toPandas()
    elif type(table).__name__ == "LazyFrame":
        table = table.collect()
    if hasattr(table, "to_pydict"):
        return table.to_pydict()
    if hasattr(table, "to_dicts"):
        return table.to_dict(as_series=False)
    return {name: table[name].tolist() for name in table.columns}


def _plain(value: Any) -> Any:
    if hasattr(value, "to_pydatetime"):
        value = None if value != value else value.to_pydatetime(warn=False)
    elif isinstance(value, np.datetime64):
        value = None if np.isnat(value) else value.astype("M8[us]").item()
    elif isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if value is None or type(value).__name__ == "NAType" or value != value:
        return None
    return value
