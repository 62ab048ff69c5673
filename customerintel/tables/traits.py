"""Traits of customers: which columns of a table describe them, typed once for all that compares.

Identity and sensitive data are never read unless they are asked for by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import PII
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line
from customerintel.tables.trait_columns import TraitColumn

__all__ = ["Traits", "read_like", "read_traits"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]

#: Levels of a categorical trait that are kept apart if nothing else is said.
MAX_LEVELS = 100
KINDS = ("numeric", "categorical")
_MAPPINGS = ("columns", "numeric", "categorical", "left_out")


@dataclass(frozen=True, eq=False, repr=False)
class Traits:
    """Typed traits, one entry per row of the table; made by `read_traits`.

    Attributes
    ----------
    columns : mapping of str to TraitColumn
        How each trait is read, in the order of the table.
    numeric : mapping of str to ndarray of float64, shape (n_rows,)
        NaN where there is no value. Dates are days since 1970-01-01 UTC, durations days.
    categorical : mapping of str to (ndarray of int32, tuple of str)
        Places in the levels, and the levels; -1 where there is no value, ``len(levels)`` where
        `read_like` met one that is no level.
    left_out : mapping of str to str
        Columns that are no traits, and why.
    n_rows : int
    ids : CustomerIds or None
        The customers of a `CustomerTable`, in its order; None of other tables.
    """

    columns: Mapping[str, TraitColumn]
    numeric: Mapping[str, Floats]
    categorical: Mapping[str, tuple[Codes, tuple[str, ...]]]
    left_out: Mapping[str, str]
    n_rows: int
    ids: CustomerIds | None = None

    def __post_init__(self) -> None:
        """Close every mapping and array."""
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for values in self.numeric.values():
            values.flags.writeable = False
        for codes, _ in self.categorical.values():
            codes.flags.writeable = False

    def __getstate__(self) -> dict[str, Any]:
        # closed mappings cannot be pickled
        return {**vars(self), **{name: dict(getattr(self, name)) for name in _MAPPINGS}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()

    def __len__(self) -> int:
        return self.n_rows

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the traits, in the order of the table."""
        return tuple(self.columns)

    @cached_property
    def constant(self) -> tuple[str, ...]:
        """Traits with one value in all rows that have one, and those without any value."""
        return tuple(name for name in self.columns if self._is_constant(name))

    def _is_constant(self, name: str) -> bool:
        if name in self.numeric:
            values = self.numeric[name]
            low = np.fmin.reduce(values, initial=np.inf)
            return bool(low >= np.fmax.reduce(values, initial=-np.inf))
        codes, _ = self.categorical[name]
        some = codes[codes >= 0]
        return len(some) == 0 or bool(some.min() == some.max())

    def take(self, index: NDArray[Any]) -> Traits:
        """Return the rows at `index` (places or a mask); every level stays."""
        numeric = {name: values[index] for name, values in self.numeric.items()}
        levels = {name: (codes[index], known) for name, (codes, known) in self.categorical.items()}
        n = int(np.count_nonzero(index)) if np.asarray(index).dtype == bool else len(index)
        ids = None if self.ids is None else self.ids.take(index)
        return Traits(self.columns, numeric, levels, self.left_out, n, ids)

    def __repr__(self) -> str:
        return one_line(
            "Traits",
            rows=self.n_rows,
            numeric=len(self.numeric),
            categorical=len(self.categorical),
            left_out=len(self.left_out) or None,
        )

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [("rows", self.n_rows)]
        rows += [(name, column.kind) for name, column in self.columns.items()]
        rows += [(name, f"left out: {why}") for name, why in self.left_out.items()]
        return html_table("Traits", rows)


def read_traits(
    table: Any,
    *,
    names: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    pii: Mapping[str, str | PII] | None = None,
    allow: Sequence[str] = (),
    max_levels: int = MAX_LEVELS,
) -> Traits:
    """Read the columns of a table that describe customers.

    Numbers, dates and durations are numeric traits; texts and truth values categorical ones.

    Parameters
    ----------
    table : CustomerTable or table
        Any kind that `TransactionLog.from_frame` reads. Of a `CustomerTable`, traits and areas in
        the order of its customers.
    names : sequence of str, optional
        Columns to read, and no others: one that cannot be a trait is an error then.
    exclude : sequence of str
        Columns to leave out.
    kinds : mapping of str to {"numeric", "categorical"}, optional
        Of columns whose type does not tell, such as ``{"branch_id": "categorical"}``.
    pii : mapping of str to PII or str, optional
        PII classes of columns, as `CustomerTable.from_frame` takes them.
    allow : sequence of str
        Columns to read although they are identity or sensitive data by class or name.
    max_levels : int, default 100
        Levels of a categorical trait; rarer ones lie together in ``"(other)"``.

    Returns
    -------
    Traits

    Raises
    ------
    SchemaError
        If a column does not exist, or one of `names` or `kinds` cannot be a trait: free text,
        identity data, values of no kind that can be compared.
    InvalidArgumentError
        If an argument cannot be used.

    Notes
    -----
    Left out, with a reason in `Traits.left_out`: columns of the PII classes "direct" and
    "sensitive", be it by the class that was told or by a name such as ``email`` or ``religion``
    (they are not even read); free text, which is more than `max_levels` distinct texts of which
    more than half of the rows hold one of their own or that are long (over 30 letters or 4 words
    on average), or long ones that mostly differ; integers that stand for something, such as ids
    and postcodes; nested values; and columns without any value. An empty text is a missing value.
    Constant columns are kept and listed in `Traits.constant`.

    Examples
    --------
    >>> from customerintel.tables.traits import read_traits
    >>> traits = read_traits({
    ...     "email": ["a@x.org", "b@x.org", "c@x.org"],
    ...     "age": [31, None, 45],
    ...     "plan": ["basic", "gold", "basic"],
    ... })
    >>> traits
    Traits(rows=3, numeric=1, categorical=1, left_out=1)
    >>> traits.numeric["age"].tolist(), traits.categorical["plan"][1]
    ([31.0, nan, 45.0], ('basic', 'gold'))
    """
    from customerintel.tables.trait_reading import Wanted

    wanted = Wanted.of(table, names, exclude, kinds or {}, pii or {}, allow, max_levels)
    return wanted.read()


def read_like(table: Any, traits: Traits | Mapping[str, TraitColumn]) -> Traits:
    """Read the same traits of another table, typed as they were.

    Parameters
    ----------
    table : CustomerTable or table
        With a column of each trait; others are not read.
    traits : Traits or mapping of str to TraitColumn
        What was read before, or its `Traits.columns`.

    Returns
    -------
    Traits
        With the same names and levels. A value that is no level has the code ``len(levels)``, or
        that of ``"(other)"`` where levels were pooled.

    Raises
    ------
    SchemaError
        If a column is missing or holds another kind of values.

    Examples
    --------
    >>> from customerintel.tables.traits import read_like, read_traits
    >>> traits = read_traits({"plan": ["basic", "gold"]})
    >>> read_like({"plan": ["gold", "silver", None]}, traits).categorical["plan"][0].tolist()
    [1, 2, -1]
    """
    from customerintel.tables.trait_reading import read_again

    return read_again(table, traits.columns if isinstance(traits, Traits) else traits)
