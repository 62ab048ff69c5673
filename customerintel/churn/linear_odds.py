"""A fitted linear model of log-odds: columns of features, and log-odds of other models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.design import SOURCES, Design, columns_of
from customerintel.tables import CustomerFeatures

__all__ = ["LinearOdds", "Others"]

Floats = NDArray[np.float64]

#: Customers whose columns are made at a time.
CHUNK = 100_000


#: Other models' log-odds count up to so many spreads from their mean: further out, nothing was
#: learned of them.
FARTHEST = 4.0
#: Least spread that they are divided by.
LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class Others:
    """The scale of other models' log-odds, as learned from one set of customers.

    Parameters
    ----------
    centres, spreads : ndarray of float64, shape (n_others,)
        Their means, and by what they are divided.
    """

    centres: Floats
    spreads: Floats

    @classmethod
    def learn(cls, odds: Floats) -> Self:
        """Learn the scale of log-odds, shape (n, n_others)."""
        if not odds.shape[1]:
            return cls(np.empty(0), np.empty(0))
        return cls(odds.mean(axis=0), np.maximum(odds.std(axis=0), LEAST_SPREAD))

    def matrix(self, odds: Floats) -> Floats:
        """Return them brought to scale, within ±4."""
        found: Floats = np.clip((odds - self.centres) / self.spreads, -FARTHEST, FARTHEST)
        return found


@dataclass(frozen=True)
class LinearOdds:
    """Log-odds of no purchase = constant + columns · slopes + other log-odds · weights.

    Parameters
    ----------
    design : Design
        How features become columns.
    slopes : ndarray of float64, shape (n_columns,)
        Of the columns.
    others : Others
        The scale of other models' log-odds.
    weights : ndarray of float64, shape (n_others,)
        Of these.
    constant : float
        Log-odds of a customer with all columns and other log-odds at their means.
    """

    design: Design
    slopes: Floats
    others: Others
    weights: Floats
    constant: float

    @classmethod
    def of_features(cls, design: Design, slopes: Floats, constant: float) -> Self:
        """Return a model of features alone."""
        none = np.empty(0)
        return cls(design, slopes, Others(none, none), none, constant)

    def predict(self, features: CustomerFeatures, odds: Floats) -> Floats:
        """Return log-odds, shape (n,); those of the others are of shape (n, n_others)."""
        found = self.others.matrix(odds) @ self.weights + self.constant
        for start in range(0, len(found), CHUNK):
            part = slice(start, start + CHUNK)
            seen = {name: features[name][part] for name in features}
            found[part] += self.design.matrix(columns_of(seen)) @ self.slopes
        return found

    def contributions(self, features: CustomerFeatures, odds: Floats) -> dict[str, Floats]:
        """Return what each feature and the other models add to the constant, each shape (n,)."""
        X = self.design.matrix(columns_of(features))
        found: dict[str, Floats] = {}
        for k, name in enumerate(self.design.names):
            source = SOURCES.get(name, name)
            found[source] = found.get(source, np.zeros(len(X))) + X[:, k] * self.slopes[k]
        if len(self.weights):
            found["customer_base_models"] = self.others.matrix(odds) @ self.weights
        return found

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {
            "design": self.design.to_state(), "slopes": self.slopes,
            "centres": self.others.centres, "spreads": self.others.spreads,
            "weights": self.weights, "constant": self.constant,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        names = ("slopes", "centres", "spreads", "weights")
        slopes, centres, spreads, weights = (np.asarray(state[n], np.float64) for n in names)
        design, constant = Design.from_state(state["design"]), float(state["constant"])
        return cls(design, slopes, Others(centres, spreads), weights, constant)
