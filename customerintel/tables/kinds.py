"""What kind of table a caller brought, so that results can be of the same kind."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError

__all__ = ["Kind", "eager_backend"]

_EAGER = {
    "pandas": "pandas", "modin": "pandas", "dask": "pandas", "pyspark": "pandas", "dict": "pandas",
    "polars": "polars", "polars-lazy": "polars",
    "pyarrow": "pyarrow",
}  # fmt: skip
#: Kinds that a caller may name, with the library and the extra that brings it.
_NAMED = {
    "pandas": ("pandas", None), "polars": ("polars", "polars"), "polars-lazy": ("polars", "polars"),
    "pyarrow": ("pyarrow", "arrow"), "dask": ("dask.dataframe", "dask"),
    "duckdb": ("duckdb", "duckdb"), "ibis": ("ibis", "ibis"), "dict": (None, None),
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

    @classmethod
    def named(cls, name: object) -> Kind:
        """Return the kind that a caller asked for by its name.

        Raises
        ------
        InvalidArgumentError
            If no table is made of that name alone.
        MissingDependencyError
            If its library is not installed.
        """
        if not isinstance(name, str) or name not in _NAMED:
            shown = repr(name) if isinstance(name, str) and len(name) < 40 else type(name).__name__
            raise InvalidArgumentError(f"kind must be one of {', '.join(_NAMED)}; got {shown}.")
        library, extra = _NAMED[name]
        try:
            if library is not None:
                importlib.import_module(library)
        except ImportError:
            raise MissingDependencyError(
                f"Tables of the kind {name!r} need a library that is not installed. Install it: "
                f'pip install "customerintel[{extra}]".'
            ) from None
        return cls(name)


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
