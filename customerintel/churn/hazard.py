"""`HazardEstimator`: a discrete-time hazard, as a ridge logistic regression on the features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from customerintel.churn.design import Design, columns_of
from customerintel.churn.horizons import features_for
from customerintel.churn.learned_odds import LearnedOdds, constant_odds
from customerintel.churn.linear_odds import LinearOdds
from customerintel.churn.past import too_few
from customerintel.churn.training import Training, left_out_losses

if TYPE_CHECKING:
    from customerintel.tables import History

__all__ = ["HazardEstimator"]

#: Penalties that are tried.
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)


class HazardEstimator(LearnedOdds):
    """The chance to buy nothing in the next horizon, as logistic regression of the features.

    Each customer at each of up to five past moments is a row (person-period data: Singer and
    Willett, 1993, Journal of Educational Statistics 18(2)): what was known then, and whether
    they bought in the horizon that followed. Slopes are penalised (ridge) as customers and
    moments that were left out tell; each moment has its own level, and the latest is used.

    Parameters
    ----------
    n_customers : int, default 30,000
        Learn from so many customers at most, drawn at random; all are predicted.
    random_state : int, default 0
        Of the drawing.

    Attributes
    ----------
    penalty_ : float
        The one that was chosen; infinite where there were too few outcomes to learn from.
    n_origins_ : int
        Past moments that were learned from.

    Examples
    --------
    >>> import customerintel as ci
    >>> params = dict(r=0.9, alpha=40.0, s=0.6, beta=150.0)
    >>> truth = ci.models.ParetoNBD.from_params(params, unit="day")
    >>> history = truth.simulate(400, T=500.0, seed=1).as_of("2001-05-14")
    >>> scorer = ci.churn.get("hazard").fit(history, horizon="90d")
    >>> scorer.estimator.n_origins_
    5
    """

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from what happened in earlier horizons.

        Raises
        ------
        InvalidArgumentError
            If nobody had bought one horizon before the history's moment.
        """
        sample, horizon, origins = self._begin(history, horizon_days)
        useful = [one for one in origins if not too_few(one.churned)]
        self.penalty_, self.n_origins_ = np.inf, len(useful)
        if not useful:
            design = Design.learn([columns_of(features_for(sample, horizon))])
            self.model_ = constant_odds(design, origins[0].churned)
            return self
        training = Training.collect(sample, useful, horizon, [])
        k = training.X.shape[1]
        losses = left_out_losses(training, [np.full(k, one) for one in PENALTIES])
        self.penalty_ = PENALTIES[int(np.argmin(losses))]
        found = training.fit(np.full(k, self.penalty_))
        level = float(found.intercepts[0])
        self.model_ = LinearOdds.of_features(training.design, found.slopes, level)
        return self

    def _facts(self) -> dict[str, object]:
        return super()._facts() | ({} if self.model_ is None else {"penalty": self.penalty_})

    def to_state(self) -> dict[str, Any]:
        """Return what was learned."""
        return super().to_state() | {"penalty": self.penalty_}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        made = super().from_state(state)
        made.penalty_ = float(state["penalty"])
        return made
