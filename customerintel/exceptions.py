"""Every error and warning of the library: one root each, catchable by what went wrong.

Each message says what was wrong, where, and what to do about it. No message holds
a value of a column that may identify a person.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ConvergenceWarning",
    "CustomerIntelError",
    "CustomerIntelWarning",
    "DataQualityWarning",
    "DataValidationError",
    "InvalidArgumentError",
    "LiveStoreError",
    "MissingDependencyError",
    "NotFittedError",
    "PerformanceWarning",
    "PluginCallError",
    "PluginConflictWarning",
    "PluginContractError",
    "PluginError",
    "PluginLoadError",
    "PluginNotFoundError",
    "SchemaError",
    "SchemeError",
    "SourceError",
    "StoreLockedError",
    "StoreVersionError",
]


class CustomerIntelError(Exception):
    """Root of every error that this library raises on purpose."""


class SchemaError(CustomerIntelError):
    """The table does not have the columns, or the kinds of column, that were asked for."""


class DataValidationError(CustomerIntelError):
    """Rows of the table break rules.

    Attributes
    ----------
    counts : dict of str to int
        Number of rows that break each rule, by rule name.
    rows : dict of str to tuple of int
        The first row numbers (from 0) that break each rule.
    """

    def __init__(
        self,
        message: str,
        counts: Mapping[str, int] | None = None,
        rows: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        super().__init__(message)
        self.counts: dict[str, int] = dict(counts or {})
        self.rows: dict[str, tuple[int, ...]] = dict(rows or {})


class InvalidArgumentError(CustomerIntelError, ValueError):
    """An argument has a value that the function cannot use."""


class SchemeError(InvalidArgumentError):
    """A segment scheme has a hole, an overlap, an unreachable name, or the wrong bins."""


class NotFittedError(CustomerIntelError, AttributeError):
    """A model is asked for results before it was fitted."""


class MissingDependencyError(CustomerIntelError, ImportError):
    """An optional package is needed and not installed; the message holds the pip line."""


class LiveStoreError(CustomerIntelError, OSError):
    """The store of a live engine cannot be read or written; the message says what was kept."""


class StoreLockedError(LiveStoreError):
    """Another engine has this store open: two would decide twice."""


class StoreVersionError(LiveStoreError):
    """The store was written in a format that this version of the library does not read."""


class SourceError(CustomerIntelError, OSError):
    """Where events come from cannot be read; what was ingested before is kept."""


class PluginError(CustomerIntelError):
    """Something is wrong with a plugin; the message names it and its distribution."""


class PluginNotFoundError(PluginError, LookupError):
    """No plugin has this name; the message holds the names that there are."""


class PluginLoadError(PluginError, ImportError):
    """A plugin cannot be imported, or names an object that its module does not have."""


class PluginContractError(PluginError, TypeError):
    """A plugin does not keep to the protocol, or returned what it must not.

    All that is missing or mis-shaped is listed at once.
    """


class PluginCallError(PluginError, RuntimeError):
    """A plugin raised while it was called; its own error is the cause of this one."""


class CustomerIntelWarning(UserWarning):
    """Root of every warning that this library issues."""


class DataQualityWarning(CustomerIntelWarning):
    """The data are usable, but hold something that the caller should know of."""


class ConvergenceWarning(CustomerIntelWarning):
    """A fit ended on a boundary of its parameters, or did not converge."""


class PerformanceWarning(CustomerIntelWarning):
    """The result is right, and a faster way to it exists."""


class PluginConflictWarning(CustomerIntelWarning):
    """Two plugins claim one name; the message says which is used and how to choose."""
