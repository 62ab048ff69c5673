"""In which traits the seeds differ from the population, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["MISSING", "TraitDifferences", "compare_traits"]

Floats = NDArray[np.float64]

#: How a missing value is named beside the levels.
MISSING = "(missing)"


@dataclass(frozen=True, eq=False, repr=False)
class TraitDifferences:
    """Seeds against the population, one row per number, and per level of a category.

    Rows are in the order of the size of the difference.

    Attributes
    ----------
    trait : tuple of str
        Columns.
    level : tuple of str
        Level; "" of a number, and "(missing)" for the share without a value.
    seeds, population : ndarray of float64, shape (n_rows,)
        Mean of a number, share (0 to 1) of a level; of seeds by weight.
    difference : ndarray of float64, shape (n_rows,)
        Standardised: seeds less population, over the root of the mean of both variances (Austin,
        P. C. 2009, Communications in Statistics 38(6), section 2); NaN where both have none.
    kind : Kind
        Of the tables that `to_frame` makes.
    """

    trait: tuple[str, ...]
    level: tuple[str, ...]
    seeds: Floats
    population: Floats
    difference: Floats
    kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.trait)

    def to_frame(self) -> Any:
        """Return the rows as a table of the population's kind."""
        columns: dict[str, Any] = {
            "trait": np.array(self.trait, object), "level": np.array(self.level, object),
            "seeds": self.seeds, "population": self.population, "difference": self.difference,
        }  # fmt: skip
        return build(columns, self.kind)

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "trait": list(self.trait), "level": list(self.level), "seeds": self.seeds,
            "population": self.population, "difference": self.difference,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any], kind: Kind) -> Self:
        """Return what `to_state` told."""
        trait, level = (tuple(map(str, state[key])) for key in ("trait", "level"))
        keys = ("seeds", "population", "difference")
        arrays = [np.array(state[key], np.float64) for key in keys]
        return cls(trait, level, arrays[0], arrays[1], arrays[2], kind)

    def __repr__(self) -> str:
        top = f"{self.trait[0]} {self.level[0]}".strip() if len(self) else None
        return one_line("TraitDifferences", rows=len(self), largest=top)

    def _repr_html_(self) -> str:
        rows = [
            (f"{trait} {level}".strip(), f"{d:+.2f}")
            for trait, level, d in zip(self.trait, self.level, self.difference, strict=True)
        ]
        return html_table("Standardised differences, seeds less population", rows[:30])


def compare_traits(
    seeds: Coded, weights: Floats, population: Coded, kind: Kind
) -> TraitDifferences:
    """Compare seeds with the population.

    Parameters
    ----------
    seeds, population : Coded
        Of the same traits.
    weights : ndarray of float64, shape (n_seeds,)
    kind : Kind
    """
    rows: list[tuple[str, str, float, float, float]] = []
    for name, values in population.numbers.items():
        rows += _numbers(name, seeds.numbers[name], weights, values)
    for name, trait in population.labels.items():
        size = len(trait.levels) + 1
        ours = np.bincount(seeds.labels[name].codes % size, weights, minlength=size)
        theirs = np.bincount(trait.codes % size, minlength=size)
        shares = ours / ours.sum(), theirs / max(theirs.sum(), 1)
        for level, a, b in zip((*trait.levels, MISSING), *shares, strict=True):
            if a or b:
                rows.append((name, level, *_shares(float(a), float(b))))
    rows.sort(key=lambda row: -abs(row[4]) if row[4] == row[4] else 1.0)
    figures = np.array([row[2:] for row in rows], np.float64).reshape(-1, 3)
    return TraitDifferences(
        tuple(row[0] for row in rows), tuple(row[1] for row in rows), *_columns(figures), kind
    )


def _columns(figures: Floats) -> tuple[Floats, Floats, Floats]:
    return figures[:, 0].copy(), figures[:, 1].copy(), figures[:, 2].copy()


def _numbers(
    name: str, ours: Floats, weights: Floats, theirs: Floats
) -> list[tuple[str, str, float, float, float]]:
    here, there = ~np.isnan(ours), ~np.isnan(theirs)
    found = []
    if here.any() and there.any():
        w, scale = weights[here], _scale(ours[here], theirs[there])
        mine, all_of_them = ours[here] / scale, theirs[there] / scale
        mean = float(np.average(mine, weights=w))
        variance = float(np.average((mine - mean) ** 2, weights=w))
        mean_all, variance_all = float(all_of_them.mean()), float(all_of_them.var())
        spread = np.sqrt(0.5 * (variance + variance_all))
        difference = (mean - mean_all) / spread if spread > 0.0 else np.nan
        found.append((name, "", mean * scale, mean_all * scale, float(difference)))
    gone = float(weights[~here].sum() / weights.sum()), float((~there).mean())
    if any(gone):
        found.append((name, MISSING, *_shares(*gone)))
    return found


def _scale(*parts: Floats) -> float:
    """Return 1; of numbers whose squares or sums are no floats, the greatest of them."""
    greatest = max(float(np.abs(part).max()) for part in parts)
    return 1.0 if greatest == 0.0 or 1e-100 < greatest < 1e100 else greatest


def _shares(ours: float, theirs: float) -> tuple[float, float, float]:
    spread = np.sqrt(0.5 * (ours * (1.0 - ours) + theirs * (1.0 - theirs)))
    return ours, theirs, float((ours - theirs) / spread) if spread > 0.0 else float("nan")
