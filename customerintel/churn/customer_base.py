"""What the estimators have in common that are customer-base models."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.log_odds import log_odds
from customerintel.exceptions import InvalidArgumentError, NotFittedError

if TYPE_CHECKING:
    from customerintel.models.gamma_rates import GammaRateModel
    from customerintel.tables import History

__all__ = ["CustomerBaseEstimator"]

Floats = NDArray[np.float64]


class CustomerBaseEstimator:
    """P(no purchase in the horizon) in closed form, from frequency, recency and age alone.

    Not P(alive): a customer who is still one may well buy nothing in a short time. Nothing is
    learned from the outcomes of earlier horizons, so the horizon may be longer than the history.
    """

    api_version: ClassVar[int] = 1
    #: Name of the model in `customerintel.models`.
    model: ClassVar[str]

    def __init__(self) -> None:
        self.fit_: GammaRateModel | None = None
        self.horizon_days_: float | None = None
        self._options: dict[str, Any] = {}

    def take_options(self, other: CustomerBaseEstimator) -> None:
        """Take from another, fitted one what need not be searched again; here, nothing."""

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Fit the model to the purchases of a history, by maximum likelihood.

        Parameters
        ----------
        history : History
            What is known.
        horizon_days : float
            Length of the horizon.

        Returns
        -------
        Self

        Raises
        ------
        InvalidArgumentError
            If there are no customers.

        Warns
        -----
        ConvergenceWarning
            If the optimum is on a boundary, or was not reached.
        """
        if not history.n_customers:
            raise InvalidArgumentError(
                f"{self.model} cannot be fitted: the history has no customers. Use a later moment."
            )
        kind = getattr(import_module("customerintel.models"), self.model)
        self.fit_ = kind(**self._options).fit(history.summarize(unit="day"))
        self.horizon_days_ = float(horizon_days)
        return self

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
        if self.fit_ is None or self.horizon_days_ is None:
            raise NotFittedError(f"{type(self).__name__} is not fitted yet. Call fit() first.")
        if not history.n_customers:
            return np.empty(0)
        summary = history.summarize(unit="day")
        return 1.0 - self.fit_.probability_of_purchase(summary, self.horizon_days_)

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return how far being still a customer, and the own rate, move the log-odds.

        P(purchase) = P(alive) · P(purchase | alive). Each factor is exchanged for its mean over
        the customers, in both orders, and the mean of the two changes is its effect
        (Shapley, 1953, with two players).

        Returns
        -------
        dict of str to ndarray of float64, shape (n_customers,)
            ``probability_alive`` and ``rate_while_alive``.
        """
        churn = self.predict(history)
        if self.fit_ is None or not len(churn):
            return {"probability_alive": np.empty(0), "rate_while_alive": np.empty(0)}
        alive = np.clip(self.fit_.probability_alive(history.summarize(unit="day")), 1e-300, 1.0)
        rate = np.clip((1.0 - churn) / alive, 0.0, 1.0)
        a, r = float(alive.mean()), float(rate.mean())
        own, none = log_odds(churn), log_odds(np.full(len(churn), 1.0 - a * r))
        only_alive, only_rate = log_odds(1.0 - alive * r), log_odds(1.0 - a * rate)
        return {
            "probability_alive": 0.5 * ((only_alive - none) + (own - only_rate)),
            "rate_while_alive": 0.5 * ((only_rate - none) + (own - only_alive)),
        }

    def to_state(self) -> dict[str, Any]:
        """Return the fitted parameters."""
        if self.fit_ is None:
            raise NotFittedError(f"{type(self).__name__} is not fitted yet. Call fit() first.")
        from customerintel.models.files import content_of

        return {"horizon_days": self.horizon_days_, "fit": content_of(self.fit_)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        from customerintel.models.files import rebuild

        made = cls()
        made.fit_ = rebuild(state["fit"], "The state")
        made.horizon_days_ = float(state["horizon_days"])
        return made
