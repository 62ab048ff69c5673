"""Covariates of mean 0 and variance 1: what the search sees, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.fitting import Optimum

__all__ = ["Effect", "Placed", "Scale", "check_spread"]

Floats = NDArray[np.float64]


class Effect(NamedTuple):
    """One parameter that covariates multiply by exp(sign · γ'z).

    `kind` names the covariates ("transaction" or "lifetime"), `place` the parameter.
    """

    name: str
    kind: str
    place: int
    sign: float


class Placed(NamedTuple):
    """An effect with the places of its γ among all parameters, and its columns."""

    effect: Effect
    own: slice
    columns: slice


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and standard deviation of each column that was fitted."""

    shift: Floats
    spread: Floats
    placed: Sequence[Placed]

    @classmethod
    def of(cls, columns: Floats, weights: Floats, placed: Sequence[Placed]) -> Scale:
        """Measure the columns of weighted rows; those of 0 and 1 stay as they are.

        What happens to one group of customers then has nothing to do with the others.
        """
        shift = np.average(columns, axis=0, weights=weights)
        squares = np.average((columns - shift) ** 2, axis=0, weights=weights)
        plain = ((columns == 0.0) | (columns == 1.0)).all(axis=0)
        return cls(np.where(plain, 0.0, shift), np.where(plain, 1.0, np.sqrt(squares)), placed)

    def covariates(self, covariates: Floats) -> Floats:
        """Return columns as the search sees them."""
        scaled: Floats = (covariates - self.shift) / self.spread
        return scaled

    def to_search(self, params: Floats) -> Floats:
        """Return natural parameters as the search sees them."""
        found = params.copy()
        for effect, own, columns in self.placed:
            found[effect.place] *= np.exp(effect.sign * (params[own] @ self.shift[columns]))
            found[own] = params[own] * self.spread[columns]
        return found

    def to_natural(self, found: Optimum) -> Optimum:
        """Return an optimum of the search in the columns' own units."""
        with np.errstate(all="ignore"):  # what no number can hold is refused by the caller
            return self._to_natural(found)

    def _to_natural(self, found: Optimum) -> Optimum:
        params, slopes = found.params.copy(), np.eye(len(found.params))
        for effect, own, columns in self.placed:
            params[own] = found.params[own] / self.spread[columns]
            params[effect.place] *= np.exp(-effect.sign * (params[own] @ self.shift[columns]))
        for effect, own, columns in self.placed:
            place = effect.place
            slopes[own, own] = np.diag(1.0 / self.spread[columns])
            slopes[place, place] = params[place] / found.params[place]
            slopes[place, own] = (
                -effect.sign * params[place] * self.shift[columns] / self.spread[columns]
            )
        return replace(found, params=params, covariance=slopes @ found.covariance @ slopes.T)


def check_spread(columns: Floats, labels: Sequence[str]) -> None:
    """Refuse columns that are the same for everybody, or say the same as others.

    Raises
    ------
    InvalidArgumentError
        If their effects could not be told apart.
    """
    scaled = columns - columns.mean(axis=0)
    size = np.abs(scaled).max(axis=0)
    # what is left of a constant is rounding
    flat = size <= 1e-12 * np.abs(columns).max(axis=0)
    if flat.any():
        raise InvalidArgumentError(
            f"The covariate {labels[int(np.argmax(flat))]!r} is the same for all customers, so "
            "it has no effect that could be told. Leave it out."
        )
    if len(labels) and np.linalg.matrix_rank(scaled / size) < len(labels):
        raise InvalidArgumentError(
            f"The covariates {', '.join(labels)} are not independent: one of them follows from "
            "the others. Leave it out."
        )
