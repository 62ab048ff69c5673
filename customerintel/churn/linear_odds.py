"""A fitted linear model of log-odds: columns of features, and log-odds of other models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.design import SOURCES, Design, columns_of
from customerintel.churn.horizons import Horizon
from customerintel.tables import CustomerFeatures, History

__all__ = ["LinearOdds", "features_for"]

Floats = NDArray[np.float64]

#: Customers whose columns are made at a time.
CHUNK = 100_000


@dataclass(frozen=True)
class LinearOdds:
    """Log-odds of no purchase = constant + columns · slopes + other log-odds · weights.

    Parameters
    ----------
    design : Design
        How features become columns.
    slopes : ndarray of float64, shape (n_columns,)
        Of the columns.
    weights : ndarray of float64, shape (n_others,)
        Of the other models' log-odds.
    centres : ndarray of float64, shape (n_others,)
        Their means where it was learned.
    constant : float
        Log-odds of a customer with all columns and other log-odds at their means.
    """

    design: Design
    slopes: Floats
    weights: Floats
    centres: Floats
    constant: float

    def predict(self, features: CustomerFeatures, others: Floats) -> Floats:
        """Return log-odds, shape (n,); `others` is of shape (n, n_others)."""
        found = (others - self.centres) @ self.weights + self.constant
        for start in range(0, len(found), CHUNK):
            part = slice(start, start + CHUNK)
            seen = {name: features[name][part] for name in features}
            found[part] += self.design.matrix(columns_of(seen)) @ self.slopes
        return found

    def contributions(self, features: CustomerFeatures, others: Floats) -> dict[str, Floats]:
        """Return what each feature and the other models add to the constant, each shape (n,)."""
        X = self.design.matrix(columns_of(features))
        found: dict[str, Floats] = {}
        for k, name in enumerate(self.design.names):
            source = SOURCES.get(name, name)
            found[source] = found.get(source, np.zeros(len(X))) + X[:, k] * self.slopes[k]
        if len(self.weights):
            found["customer_base_models"] = (others - self.centres) @ self.weights
        return found

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "design": self.design.to_state(), "slopes": self.slopes, "weights": self.weights,
            "centres": self.centres, "constant": self.constant,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        names = ("slopes", "weights", "centres")
        slopes, weights, centres = (np.asarray(state[name], np.float64) for name in names)
        design, constant = Design.from_state(state["design"]), float(state["constant"])
        return cls(design, slopes, weights, centres, constant)


def features_for(history: History, horizon: Horizon) -> CustomerFeatures:
    """Return the features for a prediction over a horizon."""
    return history.features(ahead=max(1, round(horizon.days)))
