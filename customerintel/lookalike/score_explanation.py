"""Why one person has the score that they have: trait by trait, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.coded import Coded, Labelled
from customerintel.lookalike.likeness import Likeness
from customerintel.lookalike.pair_cells import pair_name
from customerintel.lookalike.trait_differences import MISSING
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["ScoreExplanation", "Typical", "explain_one"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Typical:
    """What is usual in the population.

    Parameters
    ----------
    numbers : dict of str to float
        Medians.
    labels : dict of str to str
        Commonest levels.
    """

    numbers: dict[str, float]
    labels: dict[str, str]

    @classmethod
    def of(cls, coded: Coded) -> Typical:
        """Return medians and commonest levels."""
        numbers = {
            name: float(np.nanmedian(values)) if not np.isnan(values).all() else np.nan
            for name, values in coded.numbers.items()
        }
        labels = {}
        for name, trait in coded.labels.items():
            counts = np.bincount(trait.codes[trait.codes >= 0], minlength=len(trait.levels))
            labels[name] = trait.levels[int(np.argmax(counts))]
        return cls(numbers, labels)


@dataclass(frozen=True, eq=False, repr=False)
class ScoreExplanation:
    """What each trait does to the score of one person, the strongest first.

    Attributes
    ----------
    trait : tuple of str
        Columns; "a & b" where two act together.
    value : tuple of str
        What the person has.
    typical : tuple of str
        Median or commonest level of the population.
    contribution : ndarray of float64, shape (n_traits,)
        What the trait adds. Of additive methods, on log-odds against the mean of the population,
        and the contributions add up to `margin` − `base`; of others, how much the margin falls
        if the trait becomes typical.
    additive : bool
        Which of both.
    base, margin : float
        The margin of the population's mean (NaN if not additive), and of the person.
    score : float
        The person's score.
    unit : {"log-odds", "likeness"}
        Of margins and contributions.
    """

    trait: tuple[str, ...]
    value: tuple[str, ...]
    typical: tuple[str, ...]
    contribution: Floats
    additive: bool
    base: float
    margin: float
    score: float
    unit: str
    kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    @property
    def words(self) -> tuple[str, ...]:
        """One sentence per trait that moves the score."""
        against = "the population's mean" if self.additive else "a typical value"
        found = []
        for k, moved in enumerate(self.contribution.tolist()):
            if abs(moved) >= 5e-4:
                verb = "raises" if moved > 0 else "lowers"
                usual = f" (population: {self.typical[k]})" if self.typical[k] else ""
                found.append(
                    f"{self.trait[k]} = {self.value[k]}{usual} {verb} the {self.unit} by "
                    f"{abs(moved):.3g} against {against}."
                )
        return tuple(found)

    def to_frame(self) -> Any:
        """Return one row per trait, as the prospects' kind of table."""
        columns: dict[str, Any] = {
            "trait": np.array(self.trait, object), "value": np.array(self.value, object),
            "typical": np.array(self.typical, object), "contribution": self.contribution,
        }  # fmt: skip
        return build(columns, self.kind)

    def __repr__(self) -> str:
        return one_line("ScoreExplanation", score=self.score, traits=len(self.trait))

    def _repr_html_(self) -> str:
        rows = [
            (trait, f"{c:+.3g}") for trait, c in zip(self.trait, self.contribution, strict=True)
        ]
        return html_table(f"What moves the score, in {self.unit}", rows)


def explain_one(method: Likeness, one: Coded, typical: Typical, kind: Kind) -> ScoreExplanation:
    """Explain the score of one person.

    Parameters
    ----------
    method : Likeness
    one : Coded
        Of one person.
    typical : Typical
        Of the population.
    kind : Kind
        Of tables made of it.
    """
    margin = float(method.margin(one)[0])
    parts = method.parts(one)
    if parts is not None:
        moved = {name: float(part[0]) for name, part in parts.items()}
        base = margin - sum(moved.values())
    else:
        names = [*one.numbers, *one.labels]
        without = method.margin(_each_typical(one, typical))
        moved = {name: margin - float(z) for name, z in zip(names, without, strict=True)}
        base = float("nan")
    order = sorted(moved, key=lambda name: -abs(moved[name]))
    shown, usual = _shown(one), _usual(typical)
    shown |= {
        pair_name(a, b): f"{shown[a]} and {shown[b]}" for a, b in permutations(list(shown), 2)
    }
    return ScoreExplanation(
        trait=tuple(order),
        value=tuple(shown[name] for name in order),
        typical=tuple(usual.get(name, "") for name in order),
        contribution=np.array([moved[name] for name in order]),
        additive=parts is not None,
        base=base,
        margin=margin,
        score=float(method.chance(np.array([margin]))[0]),
        unit=method.unit,
        kind=kind,
    )  # fmt: skip


def _each_typical(one: Coded, typical: Typical) -> Coded:
    """Return one row per trait, in which that trait is typical."""
    names = [*one.numbers, *one.labels]
    numbers, labels = {}, {}
    for name, values in one.numbers.items():
        column = np.repeat(values, len(names))
        column[names.index(name)] = typical.numbers[name]
        numbers[name] = column
    for name, trait in one.labels.items():
        codes = np.repeat(trait.codes, len(names))
        codes[names.index(name)] = trait.levels.index(typical.labels[name])
        labels[name] = Labelled(codes, trait.levels)
    return Coded(len(names), numbers, labels)


def _shown(one: Coded) -> dict[str, str]:
    found = {}
    for name, values in one.numbers.items():
        found[name] = MISSING if np.isnan(values[0]) else f"{values[0]:.6g}"
    for name, trait in one.labels.items():
        found[name] = (*trait.levels, "(a new level)", MISSING)[trait.codes[0]]
    return found


def _usual(typical: Typical) -> dict[str, str]:
    return {name: f"{value:.6g}" for name, value in typical.numbers.items()} | typical.labels
