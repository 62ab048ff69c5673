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

#: People by whom c is measured, at least.
LEAST = 100


@dataclass(frozen=True, eq=False)
class ElkanNoto:
    """P(positive | x) = P(seed | x) / c, where c = P(seed | positive).

    Elkan, C. and Noto, K. (2008), Learning classifiers from only positive and unlabeled data,
    KDD: lemma 1, which holds if seeds are drawn from the positives by chance alone. Then no
    group of people has a greater share of seeds than c, and one of positives alone has just c
    (section 3: e3, the greatest P(seed | x)). Here the greatest share is sought among the people
    who rank highest by a model that did not see them, at least 100 of them, less one standard
    error, so that it is not one of chance.

    **c is thus an estimate from below**: right where those who rank highest are all positives,
    too small where even the best traits leave doubt, and nothing in the data tells which (Elkan
    and Noto's e1, the mean over held-out seeds, is smaller still unless classes do not overlap
    at all). The chances are too high by the same factor; the ranking is not changed by it.

    Parameters
    ----------
    odds : AdditiveOdds
        P(seed | x) in the population.
    c : float
        Share of the positives that are seeds, in (0, 1], from below.
    """

    odds: AdditiveOdds
    c: float
    name: str = "pu_elkan_noto"
    unit: str = "log-odds"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Fit the chance to be a seed, and measure c on people whom the model had not seen."""
        odds = AdditiveOdds.fit(training, name="logistic_pairs")
        return cls(odds, _greatest_share(_unseen_margins(training), training))

    def margin(self, coded: Coded) -> Floats:
        """Return the log-odds of being a seed, by which people are ranked: 1/c changes no rank.

        Nor does it that a chance ends at 1: those who share it still have a rank by this.
        """
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


def _unseen_margins(training: Training) -> Floats:
    """Return the log-odds of each by a model of the other half, shape (n,)."""
    first = training.held_out(0.5)
    found = np.empty(len(first))
    for half in (first, ~first):
        other = AdditiveOdds.fit(training.take(~half), name="logistic_pairs")
        found[half] = other.margin(training.take(half).coded)
    return found


def _greatest_share(margin: Floats, training: Training) -> float:
    """Return the greatest share of seeds among those who rank highest, less a standard error."""
    order = np.argsort(-margin, kind="stable")
    is_seed = training.is_seed[order]
    seeds = np.cumsum(np.where(is_seed, training.weights[order], 0.0))
    share = seeds / (seeds + np.cumsum(~is_seed))
    n = np.arange(1, len(order) + 1)
    low = share - np.sqrt(share * (1.0 - share) / n)
    # people of one margin count together
    ends = np.append(np.diff(margin[order]) != 0.0, True) & (n >= min(LEAST, len(n)))
    most = float(np.clip(low[ends].max(), 1e-9, 1.0 - 1e-9))
    # a sample has more seeds than the population
    odds = most / (1.0 - most) * np.exp(training.shift)
    return float(odds / (1.0 + odds))
