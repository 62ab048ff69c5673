"""The comparisons of a profile: every trait by itself, then all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.level_differences import LevelDifferences, association, compare_levels
from customerintel.audit.numeric_differences import FIGURES, NumericDifferences, compare_numbers
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.traits import Traits

__all__ = [
    "Comparison",
    "Options",
    "compare_traits",
    "largest_first",
    "levels_of",
    "numbers_of",
    "q_values",
    "refuse_doubled",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """How traits are compared; as `profile` takes them."""

    level: float
    fdr: float
    correction: Literal["bh", "by"]
    test: str
    min_cell: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """One trait of the group and of the rest.

    Parameters
    ----------
    trait, kind, source : str
        Its name, "number", "date", "duration", "category" or "truth", and "customers" or
        "behaviour".
    known : tuple of int
        Customers of either side with a value.
    figures : mapping
        With ``effect``, ``p_value``, ``reason`` and ``suppressed``; of numbers also `FIGURES`.
    levels : mapping, optional
        Of categories: the columns of `LevelDifferences`.
    names : tuple of str
        Of the levels.
    """

    trait: str
    kind: str
    source: str
    known: tuple[int, int]
    figures: Mapping[str, Any]
    levels: Mapping[str, Any] | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def of_numbers(
        cls, trait: str, kind: str, source: str, group: Floats, rest: Floats, options: Options
    ) -> Comparison:
        """Compare numbers, NaN where there is none."""
        group, rest = group[~np.isnan(group)], rest[~np.isnan(rest)]
        figures = compare_numbers(
            group, rest, level=options.level, test=options.test, min_cell=options.min_cell
        )
        return cls(trait, kind, source, (len(group), len(rest)), figures)

    @classmethod
    def of_levels(
        cls, trait: str, kind: str, names: tuple[str, ...], group: Ints, rest: Ints,
        options: Options,
    ) -> Comparison:  # fmt: skip
        """Compare counts of levels; those that nobody of either side has are left out."""
        some = (group + rest) > 0
        group, rest = group[some], rest[some]
        levels = compare_levels(group, rest, level=options.level, min_cell=options.min_cell)
        names = tuple(name for name, here in zip(names, some.tolist(), strict=True) if here)
        figures = association(group, rest, levels["suppressed"])
        known = int(group.sum()), int(rest.sum())
        return cls(trait, kind, "customers", known, figures, levels, names)


def compare_traits(traits: Traits, sides: Sequence[Ints], options: Options) -> list[Comparison]:
    """Compare every trait of a table at the rows of the group and of the rest."""
    found = []
    group, rest = sides
    for name, column in traits.columns.items():
        if column.is_numeric:
            values = traits.numeric[name]
            found.append(
                Comparison.of_numbers(
                    name, column.kind, "customers", values[group], values[rest], options
                )
            )
            continue
        codes, names = traits.categorical[name]
        size = len(names) + 1  # the first is of those without a value
        ours, theirs = (np.bincount(codes[rows] + 1, minlength=size)[1:] for rows in sides)
        found.append(Comparison.of_levels(name, column.kind, names, ours, theirs, options))
    return found


def refuse_doubled(compared: Sequence[Comparison]) -> None:
    """Raise `InvalidArgumentError` if two traits have the same name."""
    names = [one.trait for one in compared]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise InvalidArgumentError(
            f"{', '.join(map(repr, doubled))}: a column of the customers and a feature of their "
            "behaviour have the same name. Leave one out by exclude=, or name features in "
            "behaviour=."
        )


def largest_first(sizes: Iterable[float]) -> list[int]:
    """Return the order by absolute value, the largest first, NaN last, equal ones as they are."""
    absolute = np.abs(np.fromiter(sizes, np.float64))
    return [
        int(k) for k in np.argsort(np.where(np.isnan(absolute), np.inf, -absolute), kind="stable")
    ]


def q_values(p: Floats, correction: Literal["bh", "by"]) -> Floats:
    """Return p-values adjusted for their number; NaN stays."""
    from scipy.stats import false_discovery_control

    q = np.full(len(p), np.nan)
    known = np.isfinite(p)
    if known.any():
        q[known] = false_discovery_control(p[known], method=correction)
    return q


def numbers_of(compared: Sequence[Comparison], q: Floats, options: Options) -> NumericDifferences:
    """Return the numeric traits, the largest standardised difference first."""
    mine = [k for k, one in enumerate(compared) if one.levels is None]
    figures = [compared[k].figures for k in mine]
    order = largest_first(one["hedges_g"] for one in figures)
    columns: dict[str, Any] = {
        name: np.array([figures[k][name] for k in order], np.float64) for name in FIGURES
    }
    adjusted = q[mine][order] if mine else np.empty(0)
    return NumericDifferences(
        trait=tuple(compared[mine[k]].trait for k in order),
        q_value=adjusted,
        significant=adjusted <= options.fdr,
        suppressed=np.array([figures[k]["suppressed"] for k in order], bool),
        **columns,
    )


def levels_of(compared: Sequence[Comparison], options: Options) -> LevelDifferences:
    """Return the levels of the categorical traits, in the order of the traits."""
    traits: list[str] = []
    names: list[str] = []
    parts: dict[str, list[Any]] = {}
    for one in compared:
        if one.levels is None:
            continue
        order = largest_first(one.levels["standardized_difference"])
        traits += [one.trait] * len(order)
        names += [one.names[k] for k in order]
        for name, values in one.levels.items():
            parts.setdefault(name, []).append(values[order])
    columns: dict[str, Any] = {
        field.name: np.concatenate(parts[field.name]) if parts else np.empty(0)
        for field in fields(LevelDifferences)
        if field.name not in ("trait", "level", "q_value", "significant")
    }
    columns["suppressed"] = columns["suppressed"].astype(bool)
    q = q_values(columns["p_value"], options.correction)
    return LevelDifferences(
        trait=tuple(traits), level=tuple(names), q_value=q, significant=q <= options.fdr, **columns
    )
