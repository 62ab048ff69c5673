"""The types of a registry in a base of customers, by their description alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.binning import MISSING
from customerintel.relationships.expectations import Levels, bin_shares

__all__ = ["Described", "Known", "belonging", "counted", "describe", "observed_sizes"]

Floats = NDArray[np.float64]

#: No bin is less likely than this for a type: nobody is ruled out by one signal.
LEAST_LIKELY = 1e-6


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of customers, as bins.

    Parameters
    ----------
    bins : ndarray of uint8, shape (n_customers, n_columns)
        The last column is the stated type.
    weights : ndarray of float32, shape (n_customers, n_columns)
        How much each counts.
    n_bins : int
        Most bins of a column.
    """

    bins: NDArray[np.uint8]
    weights: NDArray[np.float32]
    n_bins: int

    def take(self, index: NDArray[np.int64]) -> Known:
        """Return some of the customers."""
        return replace(self, bins=self.bins[index], weights=self.weights[index])

    def without_statements(self) -> Known:
        """Return the customers as if nobody had stated a type."""
        bins = self.bins.copy()
        bins[:, -1] = MISSING
        return replace(self, bins=bins)


@dataclass(frozen=True, eq=False)
class Described:
    """What types look like in a base.

    Parameters
    ----------
    shares : ndarray of float64, shape (n_columns, n_bins, n_types)
        How many customers of each type are in each bin.
    reliance : ndarray of float64, shape (n_columns,)
        The factor on the log-likelihood of each column.
    """

    shares: Floats
    reliance: Floats

    @property
    def table(self) -> Floats:
        """What each bin says for each type: logs of likelihoods, shape as `shares`."""
        return self.reliance[:, None, None] * _logs(self.shares)


def observed_sizes(known: Known) -> list[Floats]:
    """Return the share of each bin of each column among those of whom it is known."""
    out = []
    for column in known.bins.T:
        found = np.bincount(column[column != MISSING], minlength=1).astype(np.float64)
        out.append(found / max(1.0, found.sum()))
    return out


def describe(known: Known, levels: Levels, stated: Floats, reliance: Floats) -> Described:
    """Return what a registry's types look like in a base in which all are equally frequent.

    No shares are assumed or estimated: published shares differ by a factor of nine, and EM on
    customers without labels follows what moves all signals together, such as how much a
    customer does at all, and not the types.

    Parameters
    ----------
    known : Known
        The customers, or a sample of them.
    levels : Levels
        What the registry expects of all columns but the last.
    stated : ndarray of float64, shape (n_types, n_types)
        The shares of the last column: how likely each type (columns) states each (rows).
    reliance : ndarray of float64, shape (n_columns,)
        The factor on the log-likelihood of each column.
    """
    n_types = stated.shape[1]
    shares = np.zeros((known.bins.shape[1], known.n_bins, n_types))
    found = bin_shares(levels, np.full(n_types, 1.0 / n_types), observed_sizes(known)[:-1])
    shares[:-1, : found.shape[1]] = found
    shares[-1, :n_types] = stated
    return Described(shares, reliance)


def belonging(known: Known, described: Described) -> Floats:
    """Return how probable each type is for each customer, all types being equally frequent."""
    from customerintel._kernels import assigning

    n = len(known.bins)
    scores = np.zeros((n, described.shares.shape[2]))
    assigning.score(known.bins, known.weights, described.table, 0, n, scores)
    assigning.to_probabilities(scores, 0, n)
    return scores


def counted(known: Known, belongs: Floats) -> Floats:
    """Return how many customers of each type are in each bin, by their weights."""
    from customerintel._kernels import assigning

    out = np.zeros((known.bins.shape[1], known.n_bins, belongs.shape[1]))
    assigning.count(known.bins, known.weights, belongs, out)
    return out


def _logs(shares: Floats) -> Floats:
    found: Floats = np.log(np.maximum(shares, LEAST_LIKELY))
    return found
