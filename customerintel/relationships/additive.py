"""Multinomial logistic regression on bins: an additive score per type, pulled to a first guess."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rows", "fit_additive", "log_loss", "scores_of"]

Floats = NDArray[np.float64]

#: Customers in one sum, whatever the number of threads, so that sums do not depend on it.
PIECE = 8_192


class Rows(NamedTuple):
    """Labelled customers.

    Parameters
    ----------
    bins : ndarray of uint8, shape (n_rows, n_columns)
        What is known of each.
    weights : ndarray of float32, shape (n_rows, n_columns)
        How much it counts.
    codes : ndarray of int64, shape (n_rows,)
        Each one's type.
    """

    bins: NDArray[np.uint8]
    weights: NDArray[np.float32]
    codes: NDArray[np.int64]

    def take(self, index: NDArray[np.generic]) -> Rows:
        """Return some of the rows."""
        return Rows(self.bins[index], self.weights[index], self.codes[index])


def scores_of(rows: Rows, table: Floats, prior: Floats) -> Floats:
    """Return the log-odds score of each type, shape (n_rows, n_types)."""
    from customerintel._kernels import assigning, threads

    n = len(rows.bins)
    scores = np.tile(prior, (n, 1))
    spans = [(start, min(n, start + PIECE)) for start in range(0, n, PIECE)]
    threads.run(
        assigning.score, [(rows.bins, rows.weights, table, *span, scores) for span in spans]
    )
    return scores


def log_loss(scores: Floats, codes: NDArray[np.int64]) -> float:
    """Return the mean of -log P(type)."""
    from scipy.special import logsumexp

    at = scores[np.arange(len(codes)), codes]
    return float((logsumexp(scores, axis=1) - at).mean())


def fit_additive(
    rows: Rows, first: Floats, prior: Floats, penalty: float, *, steps: int = 80
) -> Floats:
    """Return the table that makes the labels most probable.

    Parameters
    ----------
    rows : Rows
        Labelled customers.
    first : ndarray of float64, shape (n_columns, n_bins, n_types)
        What the table is without labels; the penalty is half the squared distance from it.
    prior : ndarray of float64, shape (n_types,)
        Logs of the shares of types.
    penalty : float
        How much the distance from `first` costs, in units of log-likelihood.
    steps : int
        Most steps of the search (L-BFGS).
    """
    from scipy.optimize import minimize

    shape = first.shape

    def cost(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(shape)
        value, slope = _loss_and_slope(rows, table, prior)
        away = table - first
        value += 0.5 * penalty * float((away * away).sum())
        return value, (slope + penalty * away).ravel()

    found = minimize(
        cost, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 8}
    )
    table: Floats = found.x.reshape(shape)
    return table


def _loss_and_slope(rows: Rows, table: Floats, prior: Floats) -> tuple[float, Floats]:
    """Return the sum of -log P(type), and its derivatives by the table."""
    from customerintel._kernels import assigning, threads

    n = len(rows.bins)

    def piece(start: int) -> tuple[float, Floats]:
        index = np.arange(start, min(n, start + PIECE))
        some = rows.take(index)
        scores = np.tile(prior, (len(index), 1))
        assigning.score(some.bins, some.weights, table, 0, len(index), scores)
        own = np.arange(len(index)), some.codes
        before = float(scores[own].sum())
        total = assigning.to_probabilities(scores, 0, len(index))
        scores[own] -= 1.0
        slope = np.zeros_like(table)
        assigning.count(some.bins, some.weights, scores, slope)
        return float(total) - before, slope

    parts = threads.run(piece, [(start,) for start in range(0, n, PIECE)])
    total = sum(part[0] for part in parts)
    slope: Floats = np.sum([part[1] for part in parts], axis=0)
    return total, slope
