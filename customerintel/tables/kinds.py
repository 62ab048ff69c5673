"""What kind of table a caller brought, so that results can be of the same kind."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import MissingDependencyError

__all__ = ["Kind", "eager_backend"]

_EAGER = {
    "pandas": "pandas", "modin": "pandas", "dask": "pandas", "pyspark": "pandas", "dict": "pandas",
    "polars": "polars", "polars-lazy": "polars",
    "pyarrow": "pyarrow",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """The kind of a caller's table.

    Parameters
    ----------
    name : str
        "pandas", "polars", "polars-lazy", "pyarrow", "modin", "dask", "duckdb", "ibis",
        "pyspark", "dict" or another backend's name.
    eager : {"pandas", "polars", "pyarrow"}, optional
        The backend that builds results before they become tables of this kind. It is settled
        once, since libraries that are imported later must not change it.
    session : object, optional
        What is needed to make another such table (a Spark session).
    """

    name: str
    eager: str = ""
    session: Any = None

    def __post_init__(self) -> None:
        """Settle the backend."""
        if not self.eager:
            object.__setattr__(self, "eager", _EAGER.get(self.name) or eager_backend())


def eager_backend() -> str:
    """Return the eager backend to collect with: one already loaded, else one installed."""
    order = ("pyarrow", "polars", "pandas")
    for name in order:
        if sys.modules.get(name) is not None:  # None: its import is barred
            return name
    for name in order:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return name
    raise MissingDependencyError(
        "This kind of table needs pyarrow, polars or pandas to be read. "
        'Install one: pip install "customerintel[arrow]".'
    )
