"""The methods "logistic" and "logistic_pairs": log-odds of being a seed, added up over traits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.additive_fit import (
    choose_strengths,
    curvature_of,
    fit_additive,
    log_odds_of,
    penalty_of,
    terms_of,
)
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training, in_chunks
from customerintel.lookalike.pair_cells import pair_name
from customerintel.lookalike.pair_search import find_pairs
from customerintel.lookalike.sparse_rows import Encoder, Rows

__all__ = ["AdditiveOdds"]

Floats = NDArray[np.float64]

#: Strengths from which the search for better ones starts.
FIRST, FIRST_OF_PAIRS = 5.0, 20.0
#: People, and seeds among them, from whom strengths are learned; the effects are, from all.
ENOUGH, ENOUGH_SEEDS = 60_000, 20_000
#: The last search ends where a step would lower the loss, a sum over many people, by less.
NEAR = 1e-4


@dataclass(frozen=True, eq=False)
class AdditiveOdds:
    """Log-odds = constant + an effect per trait (+ one per pair of traits that act together).

    The effect of a number is a line between knots; that of a category, one value per level.
    How strongly each trait's effects are held back is learned from the data, trait by trait.

    Parameters
    ----------
    name : {"logistic", "logistic_pairs"}
    encoder : Encoder
        How traits become coefficients.
    coefficients : ndarray of float64, shape (encoder.size,)
        The constant first.
    strengths : ndarray of float64
        How strongly each penalised term is held back.
    centres : ndarray of float64, shape (n_terms,)
        Mean effect of each trait and pair in the population.
    """

    name: str
    encoder: Encoder
    coefficients: Floats
    strengths: Floats
    centres: Floats
    unit: str = "log-odds"

    @classmethod
    def fit(cls, training: Training, *, name: str = "logistic") -> Self:
        """Fit to seeds and others."""
        alone = cls._additive(training)
        return alone if name == "logistic" else alone.with_pairs(training)

    @classmethod
    def _additive(cls, training: Training) -> Self:
        encoder = Encoder.learn(training.coded)
        rows = encoder.rows(training.coded)
        start = np.zeros(encoder.size)
        share = np.average(training.is_seed, weights=training.weights)
        start[0] = np.log(share) - np.log1p(-share)
        strengths = np.full(len(terms_of(encoder)), FIRST)
        return cls._of("logistic", training, encoder, rows, strengths, start)

    def with_pairs(self, training: Training) -> Self:
        """Return the model with pairs of traits, fitted to the same; itself, if none stands out."""
        y = training.is_seed.astype(np.float64)
        rows = self.encoder.rows(training.coded)
        start = self.coefficients.copy()
        start[0] -= training.shift
        pairs = find_pairs(self.encoder, rows, y, training.weights, log_odds_of(rows, start))
        if not pairs:
            kept = (self.encoder, self.coefficients, self.strengths, self.centres)
            return type(self)("logistic_pairs", *kept)
        encoder = self.encoder.with_pairs(pairs)
        start = np.concatenate([start, np.zeros(encoder.size - len(start))])
        strengths = np.concatenate([self.strengths, np.full(len(pairs), FIRST_OF_PAIRS)])
        rows = encoder.rows(training.coded)
        return self._of("logistic_pairs", training, encoder, rows, strengths, start)

    @classmethod
    def _of(
        cls, name: str, training: Training, encoder: Encoder, rows: Rows, strengths: Floats,
        start: Floats,
    ) -> Self:  # fmt: skip
        terms = terms_of(encoder)
        part = training.thinned(ENOUGH, ENOUGH_SEEDS)
        few = rows if part is training else encoder.rows(part.coded)
        start = start.copy()
        start[0] += training.shift - part.shift
        y = part.is_seed.astype(np.float64)
        b, strengths = choose_strengths(few, y, part.weights, terms, encoder.size, strengths, start)
        if part is not training:
            b = b.copy()
            b[0] += part.shift - training.shift
            y, penalty = training.is_seed.astype(np.float64), penalty_of(terms, strengths, len(b))
            # rows that were drawn stand for those that were not
            n = [int(kind.sum()) for kind in (training.is_seed, part.is_seed)]
            more = len(training.is_seed) - n[0], len(part.is_seed) - n[1]
            stand = np.where(part.is_seed, n[0] / n[1], more[0] / more[1])
            curve = curvature_of(few, stand * part.weights, b)
            b = fit_additive(rows, y, training.weights, penalty, b, NEAR, curve)
        # the others stand for the population: seeds are few in it
        others = rows.take(~training.is_seed)
        centres = np.array([part.mean() for part in _effects(others, b, len(encoder.numbers))])
        b[0] += training.shift
        return cls(name, encoder, b, strengths, centres)

    @property
    def constant(self) -> float:
        """Log-odds of somebody whose every effect is the population's mean."""
        return float(self.coefficients[0] + self.centres.sum())

    def margin(self, coded: Coded) -> Floats:
        """Return log-odds of being a seed, shape (n,)."""
        b = self.coefficients
        return in_chunks(lambda part: log_odds_of(self.encoder.rows(part), b), coded)

    def chance(self, margin: Floats) -> Floats:
        """Return the chance to be a seed, shape (n,)."""
        from scipy.special import expit

        found: Floats = expit(margin)
        return found

    def parts(self, coded: Coded, /) -> dict[str, Floats]:
        """Return what each trait and pair adds to the log-odds of the population's mean."""
        rows = self.encoder.rows(coded)
        effects = _effects(rows, self.coefficients, len(self.encoder.numbers))
        names = list(self.encoder.names)
        for pair in self.encoder.pairs:
            names.append(pair_name(names[pair.first], names[pair.second]))
        return {
            name: effect - centre
            for name, effect, centre in zip(names, effects, self.centres, strict=True)
        }

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "name": self.name, "encoder": self.encoder.to_state(), "centres": self.centres,
            "coefficients": self.coefficients, "strengths": self.strengths,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        encoder = Encoder.from_state(state["encoder"])
        keys = ("coefficients", "strengths", "centres")
        b, strengths, centres = (np.asarray(state[key], np.float64) for key in keys)
        if b.shape != (encoder.size,) or centres.shape != (len(encoder.sizes),):
            raise ValueError("the coefficients are not those of the traits")
        return cls(str(state["name"]), encoder, b, strengths, centres)


def _effects(rows: Rows, b: Floats, n_numbers: int) -> list[Floats]:
    found = []
    for j in range(rows.place.shape[1]):
        at = rows.place[:, j]
        if j < n_numbers:
            w = rows.weight[:, j]
            found.append(b[at] * (1.0 - w) + b[at + 1] * w)
        else:
            found.append(b[at])
    return found
