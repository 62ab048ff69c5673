"""Reading traits out of tables; the bodies of `read_traits` and `read_like`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import PII
from customerintel.tables.columns import Raw
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.frames import Table, open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.roles import check_names, missing_column, refuse_doubled
from customerintel.tables.trait_columns import NoTraitError, Seen, TraitColumn, look_at
from customerintel.tables.trait_levels import find_levels, place_levels
from customerintel.tables.trait_names import class_of, is_code, reason_against
from customerintel.tables.traits import KINDS, Traits

__all__ = ["Wanted", "read_again"]

Ints = NDArray[np.int64]

#: What a column held, in words.
_HELD = {
    "number": "numbers", "date": "dates", "duration": "durations", "category": "categories",
    "truth": "truth values",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Opened:
    """A table whose columns can be asked for.

    Parameters
    ----------
    source : Source or Table
        Where the columns are.
    columns : tuple of str
        Those that may be traits.
    index : ndarray of int64, optional
        Rows of the source, in the order wanted; None: all as they are.
    told : mapping of str to PII
        Classes of a `CustomerTable`.
    ids : CustomerIds, optional
        Of a `CustomerTable`.
    """

    source: Any
    columns: tuple[Any, ...]
    index: Ints | None
    told: Mapping[str, PII]
    ids: CustomerIds | None

    @classmethod
    def of(cls, table: Any) -> Opened:
        """Open a table of any kind."""
        if not isinstance(table, CustomerTable):
            source = open_table(table)
            refuse_doubled(source.columns)
            return cls(source, source.columns, None, {}, None)
        index: Ints | None = table._index
        if np.array_equal(table._index, np.arange(table._table.n_rows)):
            index = None
        columns = (*table.traits, *table.areas)
        return cls(table._table, columns, index, table.pii, table.ids)

    def read(self, names: Sequence[str]) -> Table:
        """Read columns of the source, which may collect it."""
        if isinstance(self.source, Table):
            return self.source
        # of a table without columns, nobody knows the number of rows
        found: Table = self.source.read(list(names) or list(self.columns[:1]))
        return found

    def look(self, table: Table, name: str) -> Seen:
        """Find out what a column holds."""
        raw: Raw = table[name]
        seen = look_at(raw if self.index is None else raw.take(self.index), self.index)
        dtype = str(getattr(table.frame[name], "dtype", ""))
        return seen.as_levels() if dtype.startswith(("Categorical", "Enum", "category")) else seen


def _n_rows(opened: Opened, table: Table) -> int:
    return table.n_rows if opened.index is None else len(opened.index)


@dataclass(frozen=True, eq=False)
class Wanted:
    """Which columns to read, and how."""

    opened: Opened
    names: tuple[str, ...] | None
    left_out: Mapping[str, str]
    kinds: Mapping[str, str]
    max_levels: int

    @classmethod
    def of(
        cls, table: Any, names: Any, exclude: Any, kinds: Any, pii: Any, allow: Any, max_levels: Any
    ) -> Wanted:
        """Check the arguments and set aside what is no trait by its name or class."""
        opened = Opened.of(table)
        if not isinstance(max_levels, int) or isinstance(max_levels, bool) or max_levels < 1:
            raise InvalidArgumentError(
                f"max_levels must be a whole number of levels, at least 1; got {max_levels!r}."
            )
        _check_mappings(kinds, pii)
        for argument, given in (
            ("names", names or ()), ("exclude", exclude), ("kinds", kinds), ("pii", pii),
            ("allow", allow),
        ):  # fmt: skip
            check_names(given, argument, opened.columns)
        left_out: dict[str, str] = {}
        for name in opened.columns if names is None else names:
            if name in exclude:
                left_out[name] = "excluded"
            elif not isinstance(name, str):
                left_out[str(name)] = "its name is no text"
            elif why := reason_against(name, class_of(name, pii, opened.told), tuple(allow)):
                if names is not None or name in kinds:
                    raise SchemaError(f"Column {name!r} cannot be a trait: {why}.")
                left_out[name] = why
        return cls(opened, None if names is None else tuple(names), left_out, kinds, max_levels)

    def read(self) -> Traits:
        """Read and type the columns."""
        opened, left_out = self.opened, dict(self.left_out)
        given = opened.columns if self.names is None else dict.fromkeys(self.names)
        chosen = [name for name in given if str(name) not in left_out]
        table = opened.read(chosen)
        columns, numeric, categorical = {}, {}, {}
        for name in chosen:
            try:
                seen = self._typed(name, opened.look(table, name))
                if seen.kind in ("category", "truth"):
                    columns[name], codes = find_levels(seen, self.max_levels)
                    categorical[name] = codes, columns[name].levels
                else:
                    columns[name], numeric[name] = TraitColumn(seen.kind), seen.numbers
            except NoTraitError as why:
                if self.names is not None or name in self.kinds:
                    raise SchemaError(f"Column {name!r} cannot be a trait: it {why}.") from None
                left_out[name] = f"it {why}"
        order = {name: left_out[name] for name in map(str, opened.columns) if name in left_out}
        return Traits(columns, numeric, categorical, order, _n_rows(opened, table), opened.ids)

    def _typed(self, name: str, seen: Seen) -> Seen:
        """Return a column as the caller wants it to be."""
        kind = self.kinds.get(name)
        if seen.kind == "nothing":
            raise NoTraitError("holds no value in any row")
        if kind == "numeric":
            seen = seen.as_numbers()
            if seen.kind == "category":
                raise NoTraitError("holds texts; convert it to numbers, or leave it out of kinds")
        elif kind == "categorical":
            seen = seen.as_levels()
            if seen.kind in ("date", "duration"):
                raise NoTraitError(
                    f"holds {_HELD[seen.kind]}, which have no levels; make texts of them"
                )
        elif seen.kind == "number" and is_code(name) and _are_whole(seen.numbers):
            raise NoTraitError(
                "holds integers that stand for something, by its name, so their mean says "
                f'nothing; kinds={{{name!r}: "categorical"}} takes them as levels'
            )
        return seen


def _are_whole(numbers: NDArray[np.float64]) -> bool:
    """Whether all are integers, be it as the floats that missing ones make of them."""
    known = numbers[~np.isnan(numbers)]
    return bool((known == np.floor(known)).all())


def _check_mappings(kinds: Any, pii: Any) -> None:
    for argument, given in (("kinds", kinds), ("pii", pii)):
        if not isinstance(given, Mapping):
            raise InvalidArgumentError(
                f"{argument} takes a dict by the names of columns, not {type(given).__name__}."
            )
    for name, kind in kinds.items():
        if kind not in KINDS:
            raise InvalidArgumentError(
                f"kinds[{name!r}] must be 'numeric' or 'categorical'; got {kind!r}."
            )


def read_again(table: Any, wanted: Mapping[str, TraitColumn]) -> Traits:
    """Read columns as they were read before; the body of `read_like`."""
    opened = Opened.of(table)
    for name in wanted:
        if name not in opened.columns:
            raise missing_column(name, "a trait that was read before", opened.columns)
    found = opened.read(list(wanted))
    numeric, categorical = {}, {}
    for name, column in wanted.items():
        try:
            seen = _as_before(opened.look(found, name), column)
        except NoTraitError as why:
            raise SchemaError(f"Column {name!r} cannot be read as before: it {why}.") from None
        if column.is_numeric:
            numeric[name] = seen.numbers
        else:
            codes = place_levels(seen, column.levels, pooled=column.pooled)
            categorical[name] = codes, column.levels
    return Traits(wanted, numeric, categorical, {}, _n_rows(opened, found), opened.ids)


def _as_before(seen: Seen, column: TraitColumn) -> Seen:
    """Return a column as the kind that it was."""
    if seen.kind == "nothing":
        n = len(seen.numbers)
        return seen if column.is_numeric else Seen(column.kind, seen.numbers, np.full(n, -1))
    if column.kind == "number":
        seen = seen.as_numbers()
    elif column.kind == "category" and seen.kind == "number":
        seen = seen.as_levels()
    elif column.kind == "category" and seen.kind == "truth":
        seen = Seen("category", seen.numbers, seen.codes, seen.texts)
    if seen.kind != column.kind:
        raise NoTraitError(
            f"held {_HELD[column.kind]} and now holds {_HELD[seen.kind]}; convert it to what it was"
        )
    return seen
