"""Probabilities to log-odds, which stay finite, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_odds", "probability_of"]

Floats = NDArray[np.float64]

#: Log-odds beyond these are told as these: no finite log proves more.
FAR = 18.0


def log_odds(probability: Floats) -> Floats:
    """Return log(p / (1 − p)), within ±18."""
    from scipy.special import logit

    return np.clip(logit(probability), -FAR, FAR)


def probability_of(odds: Floats) -> Floats:
    """Return 1 / (1 + exp(−z))."""
    from scipy.special import expit

    found: Floats = expit(odds)
    return found
