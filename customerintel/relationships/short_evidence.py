"""What speaks for each customer's type, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.evidence_words import WORDS

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["phrases_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Signals that are named, and how much they must say, in log-odds.
MOST, LEAST = 3, 0.05
#: Log-odds for a rank at either end, of classifiers that do not say what they look at.
FULL = 2.0
#: Customers looked at together: what is said of each is signals times types.
TOGETHER = 10_000


def phrases_of(table: RelationshipTable) -> NDArray[np.object_]:
    """Return the signals that speak most for each customer's likeliest type, with their ranks.

    By the log-odds of the likeliest type against the next; of a classifier that has no
    ``contributions``, by how far the rank is from the middle, times the weight of the evidence.
    At most three, empty where nothing is known.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    """
    model = table.model.classifier
    says = hasattr(model, "contributions")
    names = tuple(model.names if says else table.signals.names)
    known = np.array([*_phrases(names), "stated in a survey"], object)
    found = np.full(len(table), "", object)
    for start in range(0, len(table), TOGETHER):
        rows = np.arange(start, min(start + TOGETHER, len(table)))
        own = table.signals.take(rows)
        ranks = np.column_stack([*(_rank(own, name) for name in names), np.full(len(rows), 0.5)])
        if says:
            effects = _effects(model.contributions(own), table.probabilities[rows])
        else:
            weights = np.column_stack([*(own.weight(name) for name in names), np.zeros(len(rows))])
            effects = 2.0 * FULL * np.abs(np.nan_to_num(ranks, nan=0.5) - 0.5) * weights
        effects[np.isnan(table.probabilities[rows]).any(axis=1)] = 0.0
        found[rows] = _texts(effects, ranks, known)
    return found


def _rank(own: Any, name: str) -> Floats:
    known = name in own.names
    rank: Floats = own.rank(name) if known else np.full(len(own), np.nan)
    return rank


def _effects(said: Floats, probabilities: Floats) -> Floats:
    """Return what each signal adds to the log-odds of the likeliest type against the next."""
    rows = np.arange(len(said))
    order = np.argsort(-probabilities, axis=1, kind="stable")
    first, second = order[:, 0], order[:, min(1, order.shape[1] - 1)]
    found: Floats = said[rows, :, first] - said[rows, :, second]
    return found


def _phrases(names: Sequence[str]) -> list[str]:
    """Return what is said of each signal at each percent of its rank."""
    return [
        f"{WORDS.get(name, name.replace('_', ' '))}: rank {percent / 100:.2f}"
        for name in names
        for percent in range(101)
    ]


def _texts(effects: Floats, ranks: Floats, known: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join the phrases of the strongest signals of each customer."""
    rows = np.arange(len(effects))
    found = np.full(len(effects), "", object)
    percent = np.rint(np.nan_to_num(ranks, nan=0.5) * 100.0).astype(np.int64)
    for slot, place in enumerate(np.argsort(-effects, axis=1, kind="stable")[:, :MOST].T):
        phrase = known[np.minimum(place * 101 + percent[rows, place], len(known) - 1)]
        told = effects[rows, place] >= LEAST
        found[told] += (", " if slot else "") + phrase[told]
    return found
