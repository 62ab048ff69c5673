"""Tables of customers and of the population, for reports on who lives where."""

from __future__ import annotations

import argparse
import csv
import gzip
from pathlib import Path
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.files import Door, read_csv

__all__ = ["place_options"]

_KEY = "customer_id"
#: Columns of numbers; all others are names of something, and stay as they are written.
_NUMBERS = ("population", "count")


def place_options(arguments: argparse.Namespace, *, ids_are_texts: bool) -> dict[str, Any]:
    """Return what `build` is given on who lives where.

    Parameters
    ----------
    arguments
        With ``customers``, ``population``, ``geojson``, ``customer_id``, ``segment``, ``area`` and
        ``location``.
    ids_are_texts : bool
        Whether the log's ids are texts, though those of the customers may look like numbers.

    Raises
    ------
    InvalidArgumentError
        If a file does not exist.
    """
    names = ("segment", "area", "location")
    found = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    for name in ("customers", "population", "geojson"):
        path = getattr(arguments, name)
        if path is None:
            continue
        if not path.is_file():
            raise InvalidArgumentError(f"There is no file {path} (--{name}). Check the path.")
        if name == "geojson":
            found[name] = path
        else:
            found[name] = _read(path, arguments.customer_id, as_texts=ids_are_texts)
    return found


def _read(path: Path, key: str | None, *, as_texts: bool) -> Any:
    """Read all columns of a CSV file; the customers' ids as those of the log."""
    head = _head(path)
    renamed = key if key in head and _KEY not in head else None
    texts = tuple(name for name in head if name not in _NUMBERS)
    ids = () if as_texts else tuple(name for name in (_KEY, renamed) if name in head)
    table = read_csv(path, {}, Door("build", tuple(head), texts, ids))
    if renamed is None:
        return table
    if hasattr(table, "rename_columns"):  # pyarrow
        return table.rename_columns([_KEY if name == renamed else name for name in head])
    is_pandas = type(table).__module__.startswith("pandas")
    return table.rename(**{"columns" if is_pandas else "mapping": {renamed: _KEY}})


def _head(path: Path) -> list[str]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error):
        raise InvalidArgumentError(
            f"{path.name!r} cannot be read as CSV. Check that it is of that format, in UTF-8."
        ) from None
