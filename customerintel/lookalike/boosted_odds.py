"""The method "boosting": trees of scikit-learn on numbers and on the effects of levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.log_odds import probability_of
from customerintel.exceptions import InvalidArgumentError, MissingDependencyError
from customerintel.lookalike.additive_odds import AdditiveOdds
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.likeness import Training, in_chunks

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

__all__ = ["BoostedOdds", "grow", "require_sklearn"]

Floats = NDArray[np.float64]

#: Trees at most, and how many without gain end the growing.
TREES, PATIENCE = 200, 10
#: Share of the people on whom gain is measured.
TESTED = 0.15


@dataclass(frozen=True, eq=False)
class BoostedOdds:
    """Boosted trees (Friedman 2001, algorithm 5) after an additive model.

    The trees see the numbers as they are and each level as its effect in the additive model: a
    category of many levels would be learnt by heart otherwise.

    Parameters
    ----------
    additive : AdditiveOdds
        What the effects of levels come from.
    trees : HistGradientBoostingClassifier
    shift : float
        What brings log-odds to those of the population.
    """

    additive: AdditiveOdds
    trees: HistGradientBoostingClassifier
    shift: float
    name: str = "boosting"
    unit: str = "log-odds"

    @classmethod
    def fit(cls, training: Training) -> BoostedOdds:
        """Fit the additive model, then the trees."""
        require_sklearn()
        return grow(AdditiveOdds.fit(training), training)

    def margin(self, coded: Coded) -> Floats:
        """Return log-odds of being a seed, shape (n,)."""
        return in_chunks(self._odds, coded)

    def _odds(self, coded: Coded) -> Floats:
        from customerintel.churn.boosting_rows import threads_for

        X = _matrix(self.additive, coded)
        with threads_for(0):  # chunks go side by side already
            found: Floats = self.trees.decision_function(X)
        return found + self.shift

    def chance(self, margin: Floats) -> Floats:
        """Return the chance to be a seed, shape (n,)."""
        return probability_of(margin)

    def parts(self, _coded: Coded, /) -> None:
        """Return nothing: trees do not add up over traits."""
        return

    def to_state(self) -> Mapping[str, Any]:
        """Refuse: only pickle can write trees of scikit-learn, and a pickle runs what it holds."""
        raise InvalidArgumentError(
            f"A model of method {self.name!r} cannot be saved: scikit-learn's trees can only "
            "be pickled, and a pickle runs whatever code it holds. To save one, fit with "
            "method='logistic_pairs'; or keep what score() returned."
        )


def grow(additive: AdditiveOdds, training: Training) -> BoostedOdds:
    """Grow trees beside an additive model."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from customerintel.churn.boosting_rows import boosting

    w = training.weights
    trees = HistGradientBoostingClassifier(
        learning_rate=0.12,
        max_leaf_nodes=8,
        max_iter=TREES,
        min_samples_leaf=int(np.clip(len(training.is_seed) // 500, 10, 200)),
        l2_regularization=5.0,
        early_stopping=True,
        n_iter_no_change=PATIENCE,
        validation_fraction=TESTED,
        random_state=training.seed,
    )
    with boosting(0):  # one thread: the additive model with pairs is fitted at the same time
        X = _matrix(additive, training.coded)
        # weights, even equal ones, make the cutting into bins slow
        trees.fit(X, training.is_seed, sample_weight=None if (w == w[0]).all() else w)
    return BoostedOdds(additive, trees, training.shift)


def _matrix(additive: AdditiveOdds, coded: Coded) -> Floats:
    encoder = additive.encoder
    found = np.empty((coded.n, len(encoder.names)))
    for j, trait in enumerate(encoder.numbers):
        found[:, j] = coded.numbers[trait.name]
    for j, label in enumerate(encoder.labels, start=len(encoder.numbers)):
        slots = encoder.firsts[j] + label.slots(coded.labels[label.name])
        found[:, j] = additive.coefficients[slots]
    return found


def require_sklearn() -> None:
    """Raise `MissingDependencyError` where there is no scikit-learn."""
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise MissingDependencyError(
            "method='boosting' needs scikit-learn, which is not installed. Use method='auto', or "
            'install it: pip install "customerintel[sklearn]".'
        )
