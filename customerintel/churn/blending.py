"""Weighing logistic models by how they do on customers and moments that were left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.logistic import LogisticFit
from customerintel.churn.training import Training, left_out_losses

__all__ = ["Blend", "blend"]

Floats = NDArray[np.float64]

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
#: All columns are penalised alike; the mean of the customer-base models is not penalised.
FEATURES, ANCHORED = "features", "anchored"
#: Penalty of what is not penalised: enough for a unique optimum.
FREE = 1e-4
#: A candidate whose mean log loss is greater by 1 / SHARPNESS weighs 1 / e as much.
SHARPNESS = 1000.0
#: The least share of the family that can do without the customer-base models.
LEAST = 0.5


@dataclass(frozen=True)
class Blend:
    """Candidates in one: all are linear, so their weighted mean is too.

    Parameters
    ----------
    slopes : ndarray of float64, shape (n_columns,)
        One per column of the training rows.
    intercepts : ndarray of float64, shape (n_origins,)
        One per moment.
    weights, losses : mapping of str to float
        Of the candidates.
    """

    slopes: Floats
    intercepts: Floats
    weights: Mapping[str, float]
    losses: Mapping[str, float]


def blend(training: Training) -> Blend:
    """Fit all candidates and weigh them.

    Parameters
    ----------
    training : Training
        Rows with at least some customers of each outcome at the latest moment.
    """
    families = [FEATURES, ANCHORED] if training.names else [FEATURES]
    keys = [(family, one) for family in families for one in PENALTIES]
    losses = left_out_losses(training, [_penalty(training, *key) for key in keys])
    weights = _weigh(losses, np.array([family == FEATURES for family, _ in keys]))
    fits: list[LogisticFit] = []
    for key, weight in zip(keys, weights, strict=True):
        if weight > 0.0:
            fits.append(training.fit(_penalty(training, *key)))
    used = weights[weights > 0.0]
    labels = [f"{family}, penalty {one:g}" for family, one in keys]
    return Blend(
        slopes=sum_of(used, [one.slopes for one in fits]),
        intercepts=sum_of(used, [one.intercepts for one in fits]),
        weights=dict(zip(labels, weights.tolist(), strict=True)),
        losses=dict(zip(labels, losses.tolist(), strict=True)),
    )


def sum_of(weights: Floats, parts: list[Floats]) -> Floats:
    """Return the weighted sum of arrays of one shape."""
    found: Floats = weights @ np.array(parts)
    return found


def _penalty(training: Training, family: str, penalty: float) -> Floats:
    """Return the penalty of each column."""
    found = np.full(training.X.shape[1], penalty)
    if family == ANCHORED:
        found[len(training.design.names)] = FREE
    return found


def _weigh(losses: Floats, in_features: NDArray[np.bool_]) -> Floats:
    """Return the weights of the candidates; too small ones are 0."""
    raw = np.exp(-SHARPNESS * (losses - losses.min()))
    own = np.where(in_features, np.exp(-SHARPNESS * (losses - losses[in_features].min())), 0.0)
    weights = LEAST * own / own.sum() + (1.0 - LEAST) * raw / raw.sum()
    weights[weights < 0.01] = 0.0
    found: Floats = weights / weights.sum()
    return found
