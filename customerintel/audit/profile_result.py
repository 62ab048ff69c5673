"""What sets a group apart: the result of `profile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.level_differences import LevelDifferences
from customerintel.audit.numeric_differences import NumericDifferences
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["Profile"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Profile:
    """Traits of a group against the rest, the largest effect first; made by `profile`.

    Attributes
    ----------
    trait, kind, source, reason : tuple of str
        Name; "number", "date", "duration", "category" or "truth"; "customers" (their table) or
        "behaviour" (features of the history); and why there is no effect, "" where there is one.
    effect : ndarray of float64
        Correlation of the trait with being in the group, from 0, no difference, to 1: of
        categories the bias-corrected Cramér's V (Bergsma 2013) and, signed by who has more, of
        numbers the point-biserial correlation, which is Pearson's r with a trait of 1 and 0.
    p_value, q_value : ndarray of float64
        Of "no difference"; q is the least false-discovery rate at which the trait is significant.
    significant, suppressed : ndarray of bool
        Whether ``q_value <= fdr``, and whether the figures are of too few customers to be told.
    known_group, known_rest : ndarray of float64
        Share of the customers of either side with a value.
    numeric : NumericDifferences
        Means, medians, standardised differences.
    levels : LevelDifferences
        Shares and over-indices.
    left_out : mapping of str to str
        Columns that are no traits, and why.
    n_group, n_rest : int
        Customers on either side.
    n_unknown : int
        Ids given that no customer of the history has.
    n_without_traits : int
        Customers of either side who are not in the table of customers.
    level, fdr, correction, test, min_cell
        As given.
    """

    trait: tuple[str, ...]
    kind: tuple[str, ...]
    source: tuple[str, ...]
    reason: tuple[str, ...]
    effect: Floats
    p_value: Floats
    q_value: Floats
    significant: Mask
    suppressed: Mask
    known_group: Floats
    known_rest: Floats
    numeric: NumericDifferences
    levels: LevelDifferences
    left_out: Mapping[str, str]
    n_group: int
    n_rest: int
    n_unknown: int
    n_without_traits: int
    level: float
    fdr: float
    correction: str
    test: str
    min_cell: int
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        seal(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "left_out": dict(self.left_out)}  # closed mappings cannot be pickled

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()

    def __len__(self) -> int:
        return len(self.trait)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the tables: ``"traits"``, ``"numeric"``, ``"levels"``, ``"left_out"``."""
        return ("traits", "numeric", "levels", "left_out")

    def to_frame(self, part: str = "traits") -> Any:
        """Return one of the tables, of the log's kind.

        Parameters
        ----------
        part : {"traits", "numeric", "levels", "left_out"}, default "traits"
            One row per trait, numeric trait, level or column left out.

        Raises
        ------
        InvalidArgumentError
            If there is no such table.
        """
        if part not in self.parts:
            raise InvalidArgumentError(
                f"part must be one of {', '.join(map(repr, self.parts))}; got {part!r}."
            )
        if part == "numeric":
            return build(self.numeric.columns(), self._kind)
        if part == "levels":
            return build(self.levels.columns(), self._kind)
        if part == "left_out":
            names = _words(tuple(self.left_out)), _words(tuple(self.left_out.values()))
            return build(dict(zip(("column", "reason"), names, strict=True)), self._kind)
        columns: dict[str, Column] = {
            name: _words(getattr(self, name)) for name in ("trait", "kind", "source")
        }
        for name in ("effect", "p_value", "q_value", "significant", "suppressed", "known_group",
                     "known_rest"):  # fmt: skip
            columns[name] = getattr(self, name)
        columns["reason"] = _words(self.reason)
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "group": self.n_group,
            "rest": self.n_rest,
            "traits": len(self),
            "significant": int(self.significant.sum()),
            "left_out": len(self.left_out),
        }

    def __repr__(self) -> str:
        return one_line("Profile", **self._facts())

    def _repr_html_(self) -> str:
        shown = zip(self.trait, self.effect.tolist(), strict=True)
        rows: list[tuple[str, object]] = [*self._facts().items()]
        return html_table("Profile of a group", [*rows, *(pair for pair in shown)])


def _words(words: Sequence[str]) -> Labels:
    known = {word: place for place, word in enumerate(dict.fromkeys(words))}
    return Labels(np.array([known[word] for word in words], np.int64), tuple(known))
