"""What the estimators have in common that learn log-odds from horizons that are over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.design import Design
from customerintel.churn.horizons import Horizon, features_for, read_horizon
from customerintel.churn.linear_odds import LinearOdds
from customerintel.churn.log_odds import probability_of
from customerintel.churn.past import Origin, past_origins
from customerintel.exceptions import NotFittedError
from customerintel.models.arguments import whole_number
from customerintel.tables.results import one_line
from customerintel.tables.sampling import sample_history

if TYPE_CHECKING:
    from customerintel.tables import History

__all__ = ["LearnedOdds", "constant_odds"]

Floats = NDArray[np.float64]


class LearnedOdds:
    """Log-odds that are linear in features, and in what other models say.

    Parameters
    ----------
    n_customers : int, default 30,000
        Learn from so many customers at most, drawn at random; all are predicted.
    random_state : int, default 0
        Of the drawing.
    """

    api_version: ClassVar[int] = 1

    def __init__(self, *, n_customers: int = 30_000, random_state: int | None = 0) -> None:
        self.n_customers = n_customers
        self.random_state = random_state
        self.model_: LinearOdds | None = None
        self.horizon_: Horizon | None = None
        self.n_origins_ = 0

    def _begin(
        self, history: History, horizon_days: float
    ) -> tuple[History, Horizon, list[Origin]]:
        """Return the customers to learn from, the horizon, and the moments that are over."""
        horizon = read_horizon(horizon_days)
        most = whole_number(self.n_customers, "n_customers", "customers", least=1)
        sample = sample_history(history, most, self.random_state)
        origins = past_origins(sample, horizon)
        self.horizon_, self.n_origins_ = horizon, len(origins)
        return sample, horizon, origins

    def predict(self, history: History, /) -> Floats:
        """Return P(no purchase in the horizon after the history's moment).

        Returns
        -------
        ndarray of float64, shape (n_customers,)

        Raises
        ------
        NotFittedError
            If nothing was fitted.
        """
        model, horizon = self._known()
        if not history.n_customers:
            return np.empty(0)
        return probability_of(model.predict(features_for(history, horizon), self._others(history)))

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return what each driver adds to the log-odds of a customer with mean features.

        Returns
        -------
        dict of str to ndarray of float64, shape (n_customers,)
            By feature.
        """
        model, horizon = self._known()
        return model.contributions(features_for(history, horizon), self._others(history))

    def to_state(self) -> dict[str, Any]:
        """Return what was learned."""
        model, horizon = self._known()
        return {
            "model": model.to_state(), "horizon": horizon.microseconds,
            "n_origins": self.n_origins_,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        made = cls()
        made.model_ = LinearOdds.from_state(state["model"])
        made.horizon_, made.n_origins_ = Horizon(int(state["horizon"])), int(state["n_origins"])
        return made

    def _facts(self) -> dict[str, object]:
        """Return what a fit says of itself, in short."""
        if self.horizon_ is None:
            return {}
        return {"horizon_days": self.horizon_.days, "origins": self.n_origins_}

    def __repr__(self) -> str:
        return one_line(type(self).__name__, **self._facts())

    def _others(self, history: History) -> Floats:
        """Return what other models say, shape (n_customers, n_others)."""
        return np.empty((history.n_customers, 0))

    def _known(self) -> tuple[LinearOdds, Horizon]:
        if self.model_ is None or self.horizon_ is None:
            raise NotFittedError(f"{type(self).__name__} is not fitted yet. Call fit() first.")
        return self.model_, self.horizon_


def constant_odds(design: Design, churned: NDArray[np.bool_]) -> LinearOdds:
    """Return a model that knows the share alone: (left + 1/2) / (all + 1)."""
    share = (float(churned.sum()) + 0.5) / (len(churned) + 1.0)
    zeros = np.zeros(len(design.names))
    return LinearOdds.of_features(design, zeros, float(np.log(share / (1.0 - share))))
