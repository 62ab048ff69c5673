"""`Optimum`, and the scale on which it is searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAR", "LIMIT", "Likelihood", "Optimum", "SearchScale"]

Floats = NDArray[np.float64]
#: Log-likelihood at natural parameters, and its gradient with respect to them.
Likelihood = Callable[[Floats], tuple[float, Floats]]

#: Beyond exp(±this) times its usual size, a parameter is on its boundary.
FAR = 13.0
#: Where the search stops following a parameter.
LIMIT = 40.0


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the likelihood is greatest.

    Parameters
    ----------
    params : ndarray of float64, shape (k,)
        Natural scale.
    log_likelihood : float
        Without the penalty.
    covariance : ndarray of float64, shape (k, k)
        Inverse of the observed information, natural scale; NaN on a boundary.
    status : {"interior", "boundary", "not_converged"}
        How the search ended.
    boundary : tuple of str
        Parameters that run away: ``"beta → inf"`` or ``"a → 0"``.
    """

    params: Floats
    log_likelihood: float
    covariance: Floats
    status: str
    boundary: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SearchScale:
    """Positive parameters are searched as logarithms, effects of covariates as they are.

    Parameters
    ----------
    names : sequence of str
        Of all parameters.
    usual : ndarray of float64, shape (k,)
        Logarithms of usual sizes of the positive parameters, which come first.
    ranges : ndarray of float64, shape (m,)
        From the least to the greatest value of the column that each effect belongs to.
    """

    names: Sequence[str]
    usual: Floats
    ranges: Floats

    @property
    def n_positive(self) -> int:
        """How many parameters are positive."""
        return len(self.usual)

    def searched(self, params: Sequence[float] | Floats) -> Floats:
        """Return parameters as they are searched."""
        place = np.array(params, np.float64)
        place[: self.n_positive] = np.log(place[: self.n_positive])
        return place

    def natural(self, place: Floats) -> Floats:
        """Return parameters from where the search is."""
        params = place.copy()
        params[: self.n_positive] = np.exp(place[: self.n_positive])
        return params

    def slopes(self, params: Floats) -> Floats:
        """Return what a small step of the search changes in the parameters."""
        slopes = np.ones(len(params))
        slopes[: self.n_positive] = params[: self.n_positive]
        return slopes

    def ends(self, place: Floats) -> tuple[str, ...]:
        """Return what has run away: beyond what data tell from zero or infinity."""
        k = self.n_positive
        logs = (place[:k] - self.usual).tolist()
        found = [_end(name, log, "0") for name, log in zip(self.names, logs, strict=False)]
        reach = (place[k:] * self.ranges).tolist()
        found += [_end(name, log, "-inf") for name, log in zip(self.names[k:], reach, strict=True)]
        return tuple(end for end in found if end)


def _end(name: str, log: float, low: str) -> str:
    return f"{name} → {'inf' if log > 0.0 else low}" if abs(log) > FAR else ""
