"""What every method of finding look-alikes learns from, and what it can do then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.coded import Coded

__all__ = [
    "CHUNK", "METHODS", "Likeness", "Training", "check_method", "fit_method", "in_chunks",
    "kind_of",
]  # fmt: skip

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: People whose scores are made at a time.
CHUNK = 65_536

#: Where each method lives.
METHODS: Mapping[str, str] = {
    "logistic": "additive_odds:AdditiveOdds",
    "logistic_pairs": "additive_odds:AdditiveOdds",
    "pu_elkan_noto": "elkan_noto:ElkanNoto",
    "centroid": "centroid_cosine:CentroidCosine",
    "mahalanobis": "seed_ellipsoid:SeedEllipsoid",
    "knn": "gower_neighbours:GowerNeighbours",
    "boosting": "boosted_odds:BoostedOdds",
    "blend": "blended_odds:BlendedOdds",
}


@dataclass(frozen=True, eq=False)
class Training:
    """Seeds and a sample of the others.

    Parameters
    ----------
    coded : Coded
        Their traits.
    is_seed : ndarray of bool, shape (n,)
        Who is a seed.
    weights : ndarray of float64, shape (n,)
        Of mean 1 among the seeds; 1 for each other.
    shift : float
        What brings log-odds of this sample to those of the population: the log of the share of
        the others that are in it, less the log of the share of the seeds that are.
    seed : int
        Of all draws.
    """

    coded: Coded
    is_seed: Mask
    weights: Floats
    shift: float
    seed: int

    def take(self, rows: NDArray[Any]) -> Training:
        """Return some of them."""
        return Training(
            self.coded.take(rows), self.is_seed[rows], self.weights[rows], self.shift, self.seed
        )

    def thinned(self, most: int, most_seeds: int) -> Training:
        """Draw some of them: all seeds, up to a number, and others as there is room."""
        rng = np.random.default_rng([self.seed, 3])
        seeds, others = np.flatnonzero(self.is_seed), np.flatnonzero(~self.is_seed)
        n_seeds = min(len(seeds), most_seeds)
        n_others = min(len(others), most - n_seeds)
        if n_seeds == len(seeds) and n_others == len(others):
            return self
        drawn = (
            rng.choice(kind, n, replace=False) for kind, n in ((seeds, n_seeds), (others, n_others))
        )
        part = self.take(np.sort(np.concatenate([*drawn])))
        shift = np.log(n_others / len(others)) - np.log(n_seeds / len(seeds))
        return replace(part, shift=self.shift + float(shift))

    def held_out(self, share: float) -> Mask:
        """Draw who is held out: the same share of the seeds and of the others, one at least."""
        rng = np.random.default_rng([self.seed, 1])
        found = np.zeros(len(self.is_seed), bool)
        for kind in (self.is_seed, ~self.is_seed):
            places = rng.permutation(np.flatnonzero(kind))
            found[places[: max(1, round(share * len(places)))]] = True
        return found


class Likeness(Protocol):
    """A fitted method."""

    @property
    def name(self) -> str:
        """The name of the method."""

    @property
    def unit(self) -> str:
        """What `margin` is in: "log-odds" or "likeness"."""

    def margin(self, coded: Coded) -> Floats:
        """Return what people are ranked by, shape (n,): the higher, the more alike."""

    def chance(self, margin: Floats) -> Floats:
        """Return it as a number in [0, 1], shape (n,)."""

    def parts(self, coded: Coded, /) -> Mapping[str, Floats] | None:
        """Return what each trait adds to the margin of the population's mean; None: not additive.

        Each of shape (n,).
        """

    def to_state(self) -> Mapping[str, Any]:
        """Return what it is made of, as JSON has it but for arrays."""


def check_method(method: object) -> str:
    """Return the name of a method.

    Raises
    ------
    InvalidArgumentError
        If there is none of this name.
    """
    names = ["auto", *METHODS]
    if not isinstance(method, str) or method not in names:
        raise InvalidArgumentError(
            f"method must be one of {', '.join(map(repr, names))}; got {method!r}."
        )
    return method


def kind_of(name: str) -> Any:
    """Return the class of a method, which is imported now."""
    module, _, kind = METHODS[name].partition(":")
    return getattr(import_module(f"customerintel.lookalike.{module}"), kind)


def fit_method(name: str, training: Training) -> Likeness:
    """Fit a method, which is not "auto"."""
    if name.startswith("logistic"):
        found: Likeness = kind_of(name).fit(training, name=name)
    else:
        found = kind_of(name).fit(training)
    return found


def in_chunks(score: Callable[[Coded], Floats], coded: Coded) -> Floats:
    """Return the scores of many people, some at a time: memory stays bounded."""
    from customerintel._kernels.threads import run

    starts = range(0, coded.n, CHUNK)

    def work(start: int) -> Floats:
        return score(coded.take(slice(start, start + CHUNK)))

    found = run(work, [(start,) for start in starts])
    return np.concatenate(found) if found else np.empty(0)
