"""The method "pu_elkan_noto": the others hold positives that nobody knows of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.additive_odds import AdditiveOdds
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training

__all__ = ["ElkanNoto"]

Floats = NDArray[np.float64]

#: Share of the seeds, and of the others, on which c is measured.
HELD_OUT = 0.2


@dataclass(frozen=True, eq=False)
class ElkanNoto:
    """P(positive | x) = P(seed | x) / c, where c = P(seed | positive).

    Elkan, C. and Noto, K. (2008), Learning classifiers from only positive and unlabeled data,
    KDD: lemma 1, and e1 of section 3: c is the mean of P(seed | x) over seeds that were held
    out. It holds if seeds are drawn from the positives by chance alone.

    Parameters
    ----------
    odds : AdditiveOdds
        P(seed | x) in the population.
    c : float
        Share of the positives that are seeds, in (0, 1].
    """

    odds: AdditiveOdds
    c: float
    name: str = "pu_elkan_noto"
    unit: str = "log-odds"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Fit the chance to be a seed, and measure c on seeds that were held out."""
        held = training.held_out(HELD_OUT)
        part = AdditiveOdds.fit(training.take(~held), name="logistic_pairs")
        seeds = training.take(held & training.is_seed)
        chances = part.chance(part.margin(seeds.coded))
        c = float(np.average(chances, weights=seeds.weights))
        return cls(AdditiveOdds.fit(training, name="logistic_pairs"), min(max(c, 1e-9), 1.0))

    def margin(self, coded: Coded) -> Floats:
        """Return the log-odds of being a seed, by which people are ranked: 1/c changes no rank."""
        return self.odds.margin(coded)

    def chance(self, margin: Floats) -> Floats:
        """Return min(1, P(seed | x) / c), shape (n,)."""
        found: Floats = np.minimum(1.0, self.odds.chance(margin) / self.c)
        return found

    def weight_of_positive(self, coded: Coded) -> Floats:
        """Return the chance that somebody who is no seed is a positive, shape (n,).

        Elkan and Noto (2008), equation 4: (1 − c)/c · g/(1 − g), at most 1.
        """
        margin = self.margin(coded)
        found: Floats = np.minimum(1.0, (1.0 - self.c) / self.c * np.exp(np.minimum(margin, 50.0)))
        return found

    def parts(self, coded: Coded, /) -> dict[str, Floats]:
        """Return what each trait adds to the log-odds of the population's mean."""
        return self.odds.parts(coded)

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"odds": self.odds.to_state(), "c": self.c}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        c = float(state["c"])
        if not 0.0 < c <= 1.0:
            raise ValueError("c lies outside (0, 1]")
        return cls(AdditiveOdds.from_state(state["odds"]), c)
