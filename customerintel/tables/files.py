"""CSV and Parquet files, read by whichever library is there."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError, SchemaError
from customerintel.tables.roles import assign_roles, check_names

__all__ = ["Door", "read_csv", "read_parquet"]


@dataclass(frozen=True)
class Door:
    """What a kind of log reads from a file.

    Parameters
    ----------
    caller : str
        Name of the method that takes a table, for messages.
    roles : tuple of str
        Roles of columns; other columns are left unread.
    as_text : tuple of str
        Roles whose values must not be guessed at: 007 is not 7, 03/04 is no date.
    ids : tuple of str
        Of these, the ones that become integers if every one of them is written so.
    """

    caller: str
    roles: tuple[str, ...]
    as_text: tuple[str, ...]
    ids: tuple[str, ...]


TRANSACTIONS = Door(
    "TransactionLog.from_frame",
    (
        "customer_id", "timestamp", "amount", "quantity", "unit_price", "order_id", "kind",
        "category", "channel", "promo", "cost", "currency",
    ),
    ("customer_id", "timestamp", "order_id"),
    ("customer_id", "order_id"),
)  # fmt: skip


#: What stands for a missing value, whichever library reads; anything else is a value.
MISSING = ("", "NULL", "null", "NA", "N/A", "NaN", "nan")
#: How an integer is written: no leading zero, and short enough for 64 bits.
INTEGER = r"^(0|-?[1-9][0-9]{0,17})$"


Reader: TypeAlias = Callable[[Path, Mapping[str, Any], Door], Any]


def read_parquet(path: str | Path, columns: Mapping[str, Any], door: Door = TRANSACTIONS) -> Any:
    """Read the needed columns of a Parquet file as a table of pyarrow or polars."""
    readers = {"pyarrow": _parquet_pyarrow, "polars": _parquet_polars}
    return _read(readers, path, columns, door, "Parquet")


def read_csv(path: str | Path, columns: Mapping[str, Any], door: Door = TRANSACTIONS) -> Any:
    """Read the needed columns of a CSV file as a table of pyarrow, polars or pandas."""
    readers = {"pyarrow": _csv_pyarrow, "polars": _csv_polars, "pandas": _csv_pandas}
    return _read(readers, path, columns, door, "CSV")


def _read(
    readers: Mapping[str, Reader], path: str | Path, columns: Mapping[str, Any], door: Door,
    format_name: str,
) -> Any:  # fmt: skip
    """Read, and turn the reader's own error into one of ours."""
    if not isinstance(path, (str, Path)):
        raise InvalidArgumentError(
            f"A path must be a str or a Path; got {type(path).__name__}. For a table, use "
            f"{door.caller}."
        )
    found = Path(path)
    if not found.exists():
        raise InvalidArgumentError(
            f"There is no file {found.name!r} in the folder given. Check the path to the "
            f"{format_name} file."
        )
    reader = _reader(readers)
    encoding = ", in UTF-8" if format_name == "CSV" else ""
    try:
        return reader(found, columns, door)
    except (InvalidArgumentError, SchemaError):
        raise
    except Exception as error:  # noqa: BLE001 - every reader has errors of its own
        # the reader's own message may show a line of the file: it is not passed on
        raise SchemaError(
            f"{found.name!r} cannot be read as {format_name} ({type(error).__name__}). "
            f"Check that the file is complete and of that format{encoding}."
        ) from None


def _reader(readers: Mapping[str, Reader]) -> Reader:
    """Return the reader of a library that is loaded, else of one that is installed."""
    for name, reader in readers.items():
        if sys.modules.get(name) is not None:  # None: its import is barred
            return reader
    for name, reader in readers.items():
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return reader
    listed = " or ".join(", ".join(readers).rsplit(", ", 1))
    raise MissingDependencyError(
        f'Reading this file needs {listed}: pip install "customerintel[arrow]".'
    )


def _wanted(columns: Mapping[str, Any], available: Sequence[str], door: Door) -> list[str]:
    """Return the columns that the roles and `keep` name, in the order of the file."""
    keep = columns.get("keep", ())
    check_names(keep, "keep", available)
    given = {role: columns.get(role) for role in door.roles}
    roles = assign_roles(given, available, required=(), caller=door.caller)
    names = {*roles.values(), *keep}
    return [name for name in available if name in names]


def _named(roles: Sequence[str], columns: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return those of `names` that play one of the roles."""
    playing = {columns.get(role) or role for role in roles}
    return [name for name in names if name in playing]


def _parquet_pyarrow(path: Path, columns: Mapping[str, Any], door: Door) -> Any:
    import pyarrow.parquet as pq

    available = pq.ParquetDataset(path).schema.names
    return pq.read_table(path, columns=_wanted(columns, available, door))


def _parquet_polars(path: Path, columns: Mapping[str, Any], door: Door) -> Any:
    import polars as pl

    frame = pl.scan_parquet(path)
    available = frame.collect_schema().names()
    return frame.select(_wanted(columns, available, door)).collect()


def _csv_pyarrow(path: Path, columns: Mapping[str, Any], door: Door) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    with csv.open_csv(path) as lines:
        wanted = _wanted(columns, lines.schema.names, door)
    options = csv.ConvertOptions(
        include_columns=wanted,
        column_types=dict.fromkeys(_named(door.as_text, columns, wanted), pa.string()),
        strings_can_be_null=True,
        null_values=MISSING,
    )
    table = csv.read_csv(path, convert_options=options)
    for name in _named(door.ids, columns, wanted):
        column = table.column(name)
        if pc.all(pc.match_substring_regex(column, INTEGER), min_count=0).as_py():
            table = table.set_column(wanted.index(name), name, column.cast(pa.int64()))
    return table


def _csv_polars(path: Path, columns: Mapping[str, Any], door: Door) -> Any:
    import polars as pl

    available = pl.read_csv(path, n_rows=0, infer_schema=False).columns
    wanted = _wanted(columns, available, door)
    frame = pl.read_csv(
        path,
        columns=wanted,
        schema_overrides=dict.fromkeys(_named(door.as_text, columns, wanted), pl.String),
        null_values=list(MISSING),
        infer_schema_length=None,
    )
    integers = [
        name
        for name in _named(door.ids, columns, wanted)
        if frame[name].drop_nulls().str.contains(INTEGER).all()
    ]
    return frame.with_columns(pl.col(integers).cast(pl.Int64)) if integers else frame


def _csv_pandas(path: Path, columns: Mapping[str, Any], door: Door) -> Any:
    import pandas as pd

    wanted = _wanted(columns, list(pd.read_csv(path, nrows=0).columns), door)
    with warnings.catch_warnings():
        # told which columns to read, pandas would drop the last cells of a line that has too many
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            path,
            index_col=False,
            dtype=dict.fromkeys(_named(door.as_text, columns, wanted), "string"),
            keep_default_na=False,
            na_values=list(MISSING),
        )[wanted]
    for name in _named(door.ids, columns, wanted):
        if frame[name].dropna().str.fullmatch(INTEGER).all():
            frame[name] = frame[name].astype("Int64")
    return frame
