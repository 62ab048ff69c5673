"""Two models in one: the mean of their log-odds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.log_odds import probability_of
from customerintel.lookalike.additive_odds import AdditiveOdds
from customerintel.lookalike.boosted_odds import BoostedOdds, grow, require_sklearn
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training

__all__ = ["BlendedOdds", "fit_both"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlendedOdds:
    """The mean of the log-odds of an additive model and of trees.

    Parameters
    ----------
    additive : AdditiveOdds
    boosted : BoostedOdds
    """

    additive: AdditiveOdds
    boosted: BoostedOdds
    name: str = "blend"
    unit: str = "log-odds"

    @classmethod
    def fit(cls, training: Training) -> Self:
        """Fit both, the trees on the effects of the additive model."""
        require_sklearn()
        return cls(*fit_both(AdditiveOdds.fit(training), training))

    def margin(self, coded: Coded) -> Floats:
        """Return log-odds of being a seed, shape (n,)."""
        return 0.5 * (self.additive.margin(coded) + self.boosted.margin(coded))

    def chance(self, margin: Floats) -> Floats:
        """Return the chance to be a seed, shape (n,)."""
        return probability_of(margin)

    def parts(self, _coded: Coded, /) -> None:
        """Return nothing: trees do not add up over traits."""
        return

    def to_state(self) -> Mapping[str, Any]:
        """Refuse, as the trees do."""
        return self.boosted.to_state()


def fit_both(alone: AdditiveOdds, training: Training) -> tuple[AdditiveOdds, BoostedOdds]:
    """Add pairs to an additive model and, at the same time, grow trees beside it."""
    from customerintel._kernels.threads import run

    tasks: tuple[Callable[[], Any], ...] = (
        lambda: grow(alone, training),
        lambda: alone.with_pairs(training),
    )
    trees, pairs = run(lambda task: task(), [(task,) for task in tasks])
    return pairs, trees
