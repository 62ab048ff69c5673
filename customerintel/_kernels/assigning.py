"""Scores of customers for types from binned signals, and counts of bins by type.

A bin of `MISSING` is a signal that is not known: it says nothing for or against any type.
"""

from __future__ import annotations

import math

from customerintel._kernels._jit import kernel

#: Bin of a signal that is not known.
MISSING = 255


@kernel
def score(bins, weights, table, first, last, out):
    """Add what each known signal says for each type.

    Parameters
    ----------
    bins : uint8, shape (n_customers, n_signals)
    weights : float32, shape (n_customers, n_signals)
    table : float64, shape (n_signals, n_bins, n_types)
        Logs of how likely a bin is for a type.
    first, last : int
        Customers that are looked at.
    out : float64, shape (n_customers, n_types)
    """
    n_types = table.shape[2]
    for i in range(first, last):
        for j in range(bins.shape[1]):
            b = bins[i, j]
            if b == MISSING:
                continue
            w = weights[i, j]
            for k in range(n_types):
                out[i, k] += w * table[j, b, k]


@kernel
def to_probabilities(scores, first, last):
    """Turn log-likelihoods into probabilities in place; return the sum of their log totals."""
    total = 0.0
    n_types = scores.shape[1]
    for i in range(first, last):
        top = scores[i, 0]
        for k in range(1, n_types):
            top = max(top, scores[i, k])
        mass = 0.0
        for k in range(n_types):
            scores[i, k] = math.exp(scores[i, k] - top)
            mass += scores[i, k]
        for k in range(n_types):
            scores[i, k] /= mass
        total += top + math.log(mass)
    return total


@kernel
def count(bins, weights, shares, out):
    """Add up, by signal, bin and type, how much of the customers is there.

    Parameters
    ----------
    bins, weights : as for `score`
    shares : float64, shape (n_customers, n_types)
        How much of each customer counts for each type.
    out : float64, shape (n_signals, n_bins, n_types)
    """
    n_types = shares.shape[1]
    for i in range(bins.shape[0]):
        for j in range(bins.shape[1]):
            b = bins[i, j]
            if b == MISSING:
                continue
            w = weights[i, j]
            for k in range(n_types):
                out[j, b, k] += w * shares[i, k]
