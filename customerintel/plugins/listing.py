"""`PluginListing`: every plugin of a kind, and whether it can be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import CustomerIntelError
from customerintel.plugins.candidates import Candidate
from customerintel.plugins.loaded import LoadedPlugin

__all__ = ["Listed", "PluginListing"]


@dataclass(frozen=True, eq=False, repr=False)
class Listed:
    """One row of a listing.

    Attributes
    ----------
    name : str
        What it is asked for by; with its distribution where another has the bare name.
    source : {"registered", "built-in", "entry point"}
        Where it comes from.
    distribution, version : str or None
        Of the package that brings it.
    object : str
        Where it is defined.
    status : {"ok", "broken", "not installed", "not used"}
        Whether it can be used; "not installed": an optional package is missing; "not used": it
        is blocked, or not in the list of the environment.
    reason : str
        Why not; empty if it can.
    plugin : LoadedPlugin or CustomerIntelError
        The plugin, or the error that asking for it raises.
    """

    name: str
    source: str
    distribution: str | None
    version: str | None
    object: str
    status: str
    reason: str
    plugin: LoadedPlugin | CustomerIntelError

    @classmethod
    def of(cls, name: str, one: Candidate, status: str, plugin: Any) -> Listed:
        """Make the row of a candidate and of what asking for it gave."""
        reason = "" if isinstance(plugin, LoadedPlugin) else str(plugin)
        return cls(
            name, one.source, one.distribution, one.version, one.value, status, reason, plugin
        )

    def __repr__(self) -> str:
        whose = "".join(f", {text}" for text in (self.distribution, self.version) if text)
        return f"Listed({self.name}: {self.status}, {self.source}{whose})"


@dataclass(frozen=True, eq=False, repr=False)
class PluginListing:
    """All plugins of a kind; made by ``plugins()``.

    Iterating gives pairs: name, and `LoadedPlugin` or the error that asking for it raises.

    Attributes
    ----------
    kind : str
        What such a plugin is called.
    rows : tuple of Listed
        One row per plugin, by name.
    """

    kind: str
    rows: tuple[Listed, ...]

    def __iter__(self) -> Iterator[tuple[str, LoadedPlugin | CustomerIntelError]]:
        return ((row.name, row.plugin) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def broken(self) -> tuple[Listed, ...]:
        """The rows of those that cannot be used, except those that are not to be."""
        return tuple(row for row in self.rows if row.status not in {"ok", "not used"})

    def to_frame(self) -> Any:
        """Return one row per plugin.

        Returns
        -------
        pandas.DataFrame
            Columns ``name``, ``source``, ``distribution``, ``version``, ``object`` (where it is
            defined), ``status`` and ``reason``, as of `Listed`.
        """
        import pandas as pd

        return pd.DataFrame(self._cells(), columns=list(_COLUMNS))

    def _cells(self) -> Sequence[tuple[Any, ...]]:
        return [tuple(getattr(row, name) for name in _COLUMNS) for row in self.rows]

    def __repr__(self) -> str:
        from customerintel.tables.results import one_line

        counts = dict.fromkeys((row.status.replace(" ", "_") for row in self.rows), 0)
        for row in self.rows:
            counts[row.status.replace(" ", "_")] += 1
        names = ", ".join(row.name for row in self.rows if row.status == "broken")
        broken = {"broken": f"[{names}]"} if names else {}
        return one_line("PluginListing", kind=self.kind, plugins=len(self), **counts | broken)

    def _repr_html_(self) -> str:
        from customerintel.tables.results import html_table

        shown: list[tuple[str, object]] = []
        for row in self.rows:
            whose = " ".join(text for text in (row.distribution, row.version) if text)
            told = f"{row.status}: {row.reason}" if row.reason else row.status
            shown.append((row.name, " · ".join(text for text in (whose, told) if text)))
        return html_table(f"Plugins: {self.kind}s", shown)


_COLUMNS = ("name", "source", "distribution", "version", "object", "status", "reason")
