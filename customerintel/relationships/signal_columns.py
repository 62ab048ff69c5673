"""One signal as counts, what becomes of them with a prior, and columns that callers give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.shrinkage import Prior, beta_prior, gamma_prior, mean_prior
from customerintel.relationships.signal_definitions import DEFINITIONS
from customerintel.tables.building import Labels

__all__ = ["Column", "checked_mask", "fit_prior", "labelled", "rounded"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """The evidence of one signal; its meaning is in `signal_definitions`.

    Parameters
    ----------
    total : ndarray, shape (n_customers,)
        Count, sum, or the value itself.
    trials : ndarray, shape (n_customers,)
        How much was seen; where it is not above 0 the signal is NaN.
    squares : ndarray, shape (n_customers,), optional
        Sums of squares, which only the prior asks for.
    """

    total: NDArray[Any]
    trials: NDArray[Any]
    squares: NDArray[Any] | None = None

    def take(self, index: NDArray[Any]) -> Column:
        """Return the customers at `index`."""
        return Column(self.total[index], self.trials[index])

    def value(self, name: str, prior: Prior | None) -> Floats:
        """Return the signal; NaN without evidence."""
        total, trials = self.total.astype(np.float64), self.trials.astype(np.float64)
        shrink = DEFINITIONS[name].shrink
        if shrink and prior is not None:
            pulled = prior.strength * prior.mean
            if shrink == "inverse":
                total = (trials + prior.strength) / (total + pulled)
            else:
                total = (total + pulled) / (trials + prior.strength)
        total[~(trials > 0.0)] = np.nan
        return total

    def observed(self) -> Floats:
        """Return the customer's own counts per trial, as they were seen; NaN without evidence."""
        out = np.full(len(self.total), np.nan)
        np.divide(self.total, self.trials, out=out, where=self.trials > 0.0, casting="unsafe")
        return out

    def weight(self, name: str, prior: Prior | None) -> Floats:
        """Return how much of the value is the customer's own, in [0, 1]; 0 where it is NaN."""
        trials = self.trials.astype(np.float64)
        definition = DEFINITIONS[name]
        strength = prior.strength if prior is not None else definition.strength
        known = (trials > 0.0) & ~np.isnan(self.total)
        out = np.zeros(len(trials))
        if definition.shrink == "known":
            np.minimum(trials, 1.0, out=out, where=known)
        else:
            np.divide(trials, trials + strength, out=out, where=known)
        return out


def fit_prior(name: str, column: Column) -> Prior | None:
    """Return the prior of a signal's rates in this base; None where it is not shrunk."""
    definition = DEFINITIONS[name]
    if definition.shrink == "beta":
        return beta_prior(column.total, column.trials, definition.strength)
    if definition.shrink == "gamma":
        return gamma_prior(column.total, column.trials, definition.strength)
    if definition.shrink == "mean" and column.squares is not None:
        return mean_prior(column.total, column.squares, column.trials, definition.strength)
    return None


def rounded(values: Floats) -> Floats:
    """Round to 9 decimals, so that what is equal but for the last bits is equal.

    The steps lie off the halves: no fraction of small numbers is where two ways of adding up
    could fall to different sides.
    """
    out: Floats = np.floor(values * 1e9 + 0.6180339887) / 1e9
    return out


def checked_mask(value: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask that callers gave.

    Raises
    ------
    InvalidArgumentError
        If it has another shape or holds no truth values.
    """
    mask = np.asarray(value)
    if mask.dtype.kind != "b" or mask.shape != shape:
        raise InvalidArgumentError(
            f"{name} must be an array of bool of shape {shape}; got {mask.dtype} of shape "
            f"{mask.shape}."
        )
    return mask


def labelled(words: NDArray[np.object_]) -> Labels:
    """Return words as a column of few distinct names."""
    names = sorted({word for word in words.tolist() if word is not None})
    place = {name: code for code, name in enumerate(names)}
    codes = np.array([place.get(word, -1) for word in words.tolist()], np.int32)
    return Labels(codes, tuple(names))
