"""Covariates as numbers: amounts as they are, texts as one column per level but the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models.row_checks import refuse_rows
from customerintel.models.statistics import numbers_of
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table, open_table
from customerintel.tables.naming import code_texts
from customerintel.tables.text import Text

__all__ = ["Coding", "Covariate", "check_columns"]

Floats = NDArray[np.float64]

#: A text with more levels is rather a name than a covariate.
_MOST_LEVELS = 100
#: Columns that the models look at themselves.
_OWN = ("frequency", "recency", "T", "weight", "customer_id")
#: What to do about rows whose covariate cannot be used.
_CORRECT = "Correct the rows, or leave them out."


@dataclass(frozen=True)
class Covariate:
    """How one column becomes numbers.

    Parameters
    ----------
    name : str
        The column.
    levels : tuple of str, optional
        Of a text, ascending; the first has no effect, the others are compared with it. None:
        the column holds numbers.
    """

    name: str
    levels: tuple[str, ...] | None

    @classmethod
    def learn(cls, name: str, raw: Raw) -> Self:
        """Look at a column that is fitted."""
        if not isinstance(raw.values, Text):
            return cls(name, None)
        _, distinct = code_texts(_present(raw))
        if len(distinct) > _MOST_LEVELS:
            raise InvalidArgumentError(
                f"The covariate {name!r} has {len(distinct):,} different texts, and at most "
                f"{_MOST_LEVELS} can each have an effect. Group them."
            )
        return cls(name, tuple(sorted(distinct.to_list())))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the numbers."""
        if self.levels is None:
            return (self.name,)
        return tuple(f"{self.name}={level}" for level in self.levels[1:])

    def encode(self, raw: Raw) -> Floats:
        """Return the numbers of each row, shape (n, len(labels))."""
        if self.levels is None:
            return self._amounts(raw)[:, None]
        if not isinstance(raw.values, Text):
            raise SchemaError(f"Column {self.name!r} must hold texts, as in the fit; convert it.")
        codes, distinct = code_texts(raw.values)
        known = {level: k for k, level in enumerate(self.levels)}
        place = np.array([known.get(text, -1) for text in distinct.to_list()], np.int64)
        level = place[codes]
        gone = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
        refuse_rows({f"no value in the covariate {self.name!r}": gone}, _CORRECT)
        refuse_rows(
            {f"a level of {self.name!r} that the fit has not seen": level < 0},
            "Name it like one that it has seen, or fit again with such customers.",
        )
        found: Floats = (level[:, None] == np.arange(1, len(self.levels))).astype(np.float64)
        return found

    def _amounts(self, raw: Raw) -> Floats:
        values = raw.values
        if isinstance(values, np.ndarray) and values.dtype.kind == "b":
            raw = Raw(values.astype(np.float64), raw.missing)
        amounts = numbers_of(raw, self.name)
        broken = {f"a covariate {self.name!r} that is missing or not finite": ~np.isfinite(amounts)}
        refuse_rows(broken, _CORRECT)
        return amounts


@dataclass(eq=False)
class Coding:
    """How the columns of a model with covariates become numbers; learned from the fit.

    Parameters
    ----------
    transaction, lifetime : tuple of str
        Columns that change how often customers buy, and how long they stay.
    """

    transaction: tuple[str, ...]
    lifetime: tuple[str, ...]
    covariates: dict[str, Covariate] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns, each once."""
        return tuple(dict.fromkeys([*self.transaction, *self.lifetime]))

    def labels(self, kind: str) -> tuple[str, ...]:
        """Return the names of the numbers that change purchases or lifetimes."""
        columns: tuple[str, ...] = getattr(self, kind)
        found = [label for name in columns for label in self.covariates[name].labels]
        return tuple(found)

    def encode(self, table: Table) -> Floats:
        """Return the numbers of each row: those of purchases, then those of lifetimes.

        The first table that is encoded says what the columns hold.
        """
        if not self.covariates:
            self.covariates = {name: Covariate.learn(name, table[name]) for name in self.names}
        parts = {name: self.covariates[name].encode(table[name]) for name in self.names}
        return np.hstack([parts[name] for name in [*self.transaction, *self.lifetime]])

    def check_levels(self) -> None:
        """Refuse texts that are the same for everybody.

        Raises
        ------
        InvalidArgumentError
            If there is one.
        """
        for name, found in self.covariates.items():
            if not found.labels:
                raise InvalidArgumentError(
                    f"The covariate {name!r} is the same for all customers, so it has no effect "
                    "that could be told. Leave it out."
                )

    def encode_one(self, values: Mapping[str, Any]) -> Floats:
        """Return the numbers of one customer, shape (m,)."""
        if not isinstance(values, Mapping) or set(values) != set(self.names):
            listed = values if isinstance(values, Mapping) else (type(values).__name__,)
            raise InvalidArgumentError(
                f"The model has the covariates {', '.join(self.names)}; "
                f"got {', '.join(map(str, listed)) or 'none'}."
            )
        # NumPy's own kind of text is one, too
        plain = {name: str(v) if isinstance(v, str) else v for name, v in values.items()}
        source = open_table({name: [plain[name]] for name in self.names})
        row: Floats = self.encode(source.read(list(self.names)))[0]
        return row

    def to_json(self) -> dict[str, Any]:
        """Return what a file holds."""
        levels = {name: found.levels for name, found in self.covariates.items()}
        return {"transaction": self.transaction, "lifetime": self.lifetime, "levels": levels}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        for levels in content["levels"].values():
            if levels is not None and not all(isinstance(level, str) for level in levels):
                raise TypeError("levels that are no texts")
        found = {
            name: Covariate(name, None if levels is None else tuple(levels))
            for name, levels in content["levels"].items()
        }
        return cls(tuple(content["transaction"]), tuple(content["lifetime"]), found)


def check_columns(columns: Sequence[str], argument: str) -> tuple[str, ...]:
    """Return names of columns as a tuple.

    Raises
    ------
    InvalidArgumentError
        If they are no sequence of different names.
    """
    listed = isinstance(columns, list | tuple) and all(isinstance(name, str) for name in columns)
    if not listed or len(set(columns)) != len(columns):
        raise InvalidArgumentError(
            f'{argument} must be a list of different column names, such as ["Channel"].'
        )
    own = [name for name in columns if name in _OWN]
    if own:
        raise InvalidArgumentError(
            f"{argument} names {own[0]!r}, which the model explains. Name what is known besides."
        )
    return tuple(columns)


def _present(raw: Raw) -> Text:
    """Return the texts that are there."""
    assert isinstance(raw.values, Text)  # noqa: S101 - for the type checker
    return raw.values if raw.missing is None else raw.values.take(np.flatnonzero(~raw.missing))
