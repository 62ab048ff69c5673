"""`HazardEstimator`: a discrete-time hazard, as a ridge logistic regression on the features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, read_horizon
from customerintel.churn.linear_odds import LinearOdds, features_for
from customerintel.churn.log_odds import probability_of
from customerintel.churn.past import past_origins
from customerintel.churn.training import Training, left_out_losses
from customerintel.exceptions import NotFittedError
from customerintel.models.arguments import whole_number
from customerintel.tables.sampling import sample_history

if TYPE_CHECKING:
    from customerintel.tables import History

__all__ = ["HazardEstimator", "constant_odds", "too_few"]

Floats = NDArray[np.float64]

#: Penalties that are tried.
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)
#: Customers with each outcome below which nothing but the share is learned.
FEWEST = 10


class HazardEstimator:
    """The chance to buy nothing in the next horizon, as logistic regression of the features.

    Each customer at each of up to five past moments is a row (person-period data: Singer and
    Willett, 1993, Journal of Educational Statistics 18(2)): what was known then, and whether
    they bought in the horizon that followed. Slopes are penalised (ridge) as customers and
    moments that were left out tell; each moment has its own level, and the latest is used.

    Parameters
    ----------
    n_customers : int, default 30,000
        Learn from so many customers at most, drawn at random.
    random_state : int, default 0
        Of the drawing.

    Attributes
    ----------
    penalty_ : float
        The one that was chosen.
    n_origins_ : int
        Past moments that were learned from.
    """

    api_version: ClassVar[int] = 1

    def __init__(self, *, n_customers: int = 30_000, random_state: int | None = 0) -> None:
        self.n_customers = n_customers
        self.random_state = random_state
        self.model_: LinearOdds | None = None
        self.horizon_: Horizon | None = None

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from what happened in earlier horizons.

        Raises
        ------
        InvalidArgumentError
            If nobody had bought one horizon before the history's moment.
        """
        horizon = read_horizon(horizon_days)
        most = whole_number(self.n_customers, "n_customers", "customers", least=1)
        sample = sample_history(history, most, self.random_state)
        origins = past_origins(sample, horizon)
        training = Training.collect(sample, origins, horizon, [])
        self.horizon_, self.n_origins_, self.penalty_ = horizon, len(origins), np.inf
        if too_few(origins[0].churned):
            self.model_ = constant_odds(training, origins[0].churned)
            return self
        k = training.X.shape[1]
        losses = left_out_losses(training, [np.full(k, one) for one in PENALTIES])
        self.penalty_ = PENALTIES[int(np.argmin(losses))]
        found = training.fit(np.full(k, self.penalty_))
        none = np.empty(0)
        level = float(found.intercepts[0])
        self.model_ = LinearOdds(training.design, found.slopes, none, none, level)
        return self

    def predict(self, history: History, /) -> Floats:
        """Return P(no purchase in the horizon after the history's moment).

        Returns
        -------
        ndarray of float64, shape (n_customers,)
        """
        model, horizon = self._known()
        if not history.n_customers:
            return np.empty(0)
        none = np.empty((history.n_customers, 0))
        return probability_of(model.predict(features_for(history, horizon), none))

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return what each feature adds to the log-odds of a customer with mean features."""
        model, horizon = self._known()
        none = np.empty((history.n_customers, 0))
        return model.contributions(features_for(history, horizon), none)

    def to_state(self) -> dict[str, Any]:
        """Return what was learned."""
        model, horizon = self._known()
        return {
            "model": model.to_state(), "horizon": horizon.microseconds, "penalty": self.penalty_,
            "n_origins": self.n_origins_,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        made = cls()
        made.model_ = LinearOdds.from_state(state["model"])
        made.horizon_ = Horizon(int(state["horizon"]))
        made.penalty_, made.n_origins_ = float(state["penalty"]), int(state["n_origins"])
        return made

    def _known(self) -> tuple[LinearOdds, Horizon]:
        if self.model_ is None or self.horizon_ is None:
            raise NotFittedError("HazardEstimator is not fitted yet. Call fit() first.")
        return self.model_, self.horizon_


def too_few(churned: NDArray[np.bool_]) -> bool:
    """Whether outcomes tell nothing but the share: one of both is all but missing."""
    return min(int(churned.sum()), int((~churned).sum())) < FEWEST


def constant_odds(training: Training, churned: NDArray[np.bool_]) -> LinearOdds:
    """Return a model that knows the share alone, by the rule of Laplace, halved."""
    share = (float(churned.sum()) + 0.5) / (len(churned) + 1.0)
    none, zeros = np.empty(0), np.zeros(len(training.design.names))
    return LinearOdds(training.design, zeros, none, none, float(np.log(share / (1.0 - share))))
