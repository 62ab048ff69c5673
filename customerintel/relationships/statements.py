"""What customers who stated their type show of the types, and how far to believe it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.binning import MISSING
from customerintel.relationships.description import (
    Described,
    Known,
    belonging,
    counted,
)

__all__ = ["learn_from_statements"]

Floats = NDArray[np.float64]

#: Fewer stated types than this, per type, change nothing.
LEAST_STATED = 10
#: Customers of each type that the description counts for; none of it is learned at infinity.
STRENGTHS = (np.inf, 300.0, 100.0, 30.0, 10.0)
#: How far the sum of the signals may be believed when the likelihood of statements is judged.
BELIEFS = (0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.45, 1.75, 2.1, 2.5)
#: How often customers are taken to state their own type.
HONEST = (0.5, 0.65, 0.8)
#: Log-likelihoods that differ by less than this hardly tell two choices apart.
NEARLY_ALIKE = 10.0
#: Steps of the EM through the statements.
STEPS = 2


def learn_from_statements(known: Known, described: Described) -> Described:
    """Let statements say how far the description of the types is right in a base.

    Stated types are noisy reports of the types. An EM of few steps over the customers who stated
    one pulls each type from its description to what they show; how far, and how reliable
    statements are, is weighed by how probable that makes the statements of other customers, in
    both halves of those who stated one. It is a mean over all choices and not the best of them,
    which could be another one tomorrow and move many labels at once.

    Parameters
    ----------
    known : Known
        The customers, or a sample of them.
    described : Described
        The types by their description.

    Returns
    -------
    Described
        As it was where too few stated a type.
    """
    stated = np.flatnonzero(known.bins[:, -1] != MISSING)
    n_types = described.shares.shape[2]
    if len(stated) < LEAST_STATED * n_types:
        return described
    some = known.take(stated)
    # halves by what customers are like: one more customer puts nobody else in the other half
    odd = (some.bins.astype(np.int64).sum(axis=1) & 1).astype(bool)
    halves = some.take(np.flatnonzero(odd)), some.take(np.flatnonzero(~odd))
    likely, found = [], []
    for honest, strength in product(HONEST, STRENGTHS):
        start = _told(described, honest)
        tried = np.zeros(len(BELIEFS))
        for own, other in (halves, halves[::-1]):
            tried += _probable(other, _pulled(own, start, strength))
        likely.append(tried.max())
        found.append(_pulled(some, start, strength).shares)
    weights = np.exp((np.array(likely) - max(likely)) / NEARLY_ALIKE)
    shares = np.tensordot(weights / weights.sum(), np.array(found), axes=1)
    return replace(described, shares=shares)


def _told(described: Described, honest: float) -> Described:
    """Return the description with another share of customers who state their own type."""
    shares = described.shares.copy()
    n_types = shares.shape[2]
    others = shares[-1, :n_types] * (1.0 - np.eye(n_types))
    others *= (1.0 - honest) / others.sum(axis=0)
    shares[-1, :n_types] = others + honest * np.eye(n_types)
    return replace(described, shares=shares)


def _pulled(known: Known, start: Described, strength: float) -> Described:
    """Return the types between their description and what customers show."""
    if np.isinf(strength):
        return start
    found = start
    for _ in range(STEPS):
        belongs = belonging(known, found)
        seen = counted(known, belongs)
        shares = (seen + strength * start.shares) / (seen.sum(axis=1, keepdims=True) + strength)
        shares[-1] = start.shares[-1]
        found = replace(start, shares=shares)
    return found


def _probable(known: Known, described: Described) -> Floats:
    """Return the log-likelihood of the statements, for each of `BELIEFS`."""
    hidden = np.log(np.maximum(belonging(known.without_statements(), described), 1e-300))
    said = described.shares[-1, known.bins[:, -1]]
    out = np.empty(len(BELIEFS))
    for place, belief in enumerate(BELIEFS):
        scores = belief * hidden
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        out[place] = np.log((scores * said).sum(axis=1) / scores.sum(axis=1)).sum()
    return out
