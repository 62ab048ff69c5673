"""`GapEstimator`: silence, measured by the customer's own rhythm, in a logistic regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # for type checkers; at run time a history is whatever comes in
    from customerintel import History

Floats = NDArray[np.float64]


class GapEstimator:
    """Who has been silent for longer than the own rhythm lets expect, has left.

    Two drivers, both logarithms: how many of the customer's usual gaps the silence is long, and
    how many of them the horizon has room for. Their weights are learned from what customers did
    in the horizon before the history's moment, given what was known at its start.

    Parameters
    ----------
    strength : float, default 1.0
        Ridge penalty on the weights.
    """

    api_version = 1

    drivers = ("silence", "rhythm")

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from the last horizon of a history."""
        horizon = np.timedelta64(round(horizon_days * 86_400e6), "us")
        past = history.as_of(history.moment - horizon)
        if past.n_customers == 0:
            raise ValueError("nobody had bought one horizon before the history's moment")
        place = np.searchsorted(history.customer_id, past.customer_id)
        left = history.summarize(unit="day").time_since_last[place] >= horizon_days
        self.horizon_days_ = float(horizon_days)
        self.typical_gap_ = _typical_gap(past)
        self.weights_ = _logistic(self._design(past), left.astype(float), self.strength)
        return self

    def predict(self, history: History, /) -> Floats:
        """Return P(no purchase in the horizon) per customer."""
        weights = self._fitted()
        return 1.0 / (1.0 + np.exp(-self._design(history) @ weights))

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return what each driver adds to the log-odds, beside an average customer."""
        weights = self._fitted()
        parts = self._design(history) * weights
        return {name: parts[:, i + 1] for i, name in enumerate(self.drivers)}

    def to_state(self) -> dict[str, Any]:
        """Return what was learned, as JSON values and arrays."""
        return {
            "weights": self._fitted(),
            "strength": self.strength,
            "horizon_days": self.horizon_days_,
            "typical_gap": self.typical_gap_,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make a fitted estimator of what `to_state` returned."""
        made = cls(state["strength"])
        made.horizon_days_ = state["horizon_days"]
        made.typical_gap_ = state["typical_gap"]
        made.weights_ = np.asarray(state["weights"], float)
        return made

    def _fitted(self) -> Floats:
        if not hasattr(self, "weights_"):
            raise AttributeError("GapEstimator is not fitted; call fit first")
        return self.weights_

    def _design(self, history: History) -> Floats:
        """Return intercept and drivers, one row per customer."""
        seen = history.summarize(unit="day")
        # one gap of the typical length is added: who bought once has a rhythm too
        gap = (seen.recency + self.typical_gap_) / (seen.frequency + 1.0)
        silence = np.log1p(seen.time_since_last / gap)
        rhythm = np.log(self.horizon_days_ / gap)
        return np.column_stack([np.ones(len(gap)), silence, rhythm])


def _typical_gap(history: History) -> float:
    """Return the mean time between purchases, in days; at least one."""
    seen = history.summarize(unit="day")
    return max(1.0, (float(seen.recency.sum()) + 30.0) / (float(seen.frequency.sum()) + 1.0))


def _logistic(design: Floats, left: Floats, strength: float) -> Floats:
    """Fit a logistic regression with a ridge penalty, by Newton's method."""
    penalty = strength * np.eye(design.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-design @ weights))
        slope = design.T @ (left - chance) - penalty @ weights
        curve = (design * (chance * (1.0 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-12:
            break
    return weights
