"""What speaks for each customer's type, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.evidence_words import WORDS, shown
from customerintel.relationships.table_parts import codes_of_words

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["phrases_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Signals that are named, and how much they must say, in log-odds.
MOST, LEAST = 3, 0.05
#: Log-odds for a rank at either end, of classifiers that do not say what they look at.
FULL = 2.0
#: Ranks below and above which a value is a low or a high one.
LOW, HIGH = 1.0 / 3.0, 2.0 / 3.0
#: Customers looked at together: what is said of each is signals times types.
TOGETHER = 10_000


def phrases_of(table: RelationshipTable) -> NDArray[np.object_]:
    """Return the signals that speak most for each customer's likeliest type, with their values.

    By the log-odds of the likeliest type against the next; of a classifier that has no
    ``contributions``, by how far the rank is from the middle, times the weight of the evidence.
    At most three, empty where nothing is known. A value is low or high in the lowest or the
    highest third of the base, else usual.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    """
    model = table.model.classifier
    says = hasattr(model, "contributions")
    names = tuple(model.names if says else table.signals.names)
    stated = _stated(table)
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
        found[rows] = _texts(effects, _phrases(own, names, ranks, stated[rows], effects))
    return found


def _stated(table: RelationshipTable) -> NDArray[np.object_]:
    """Return what is said of stated types: the registry's words, never the customer's."""
    said = "stated in a survey"
    known = [f"{said}: {key.replace('_', ' ')}" for key in table.labels]
    # -1, nothing said, and -2, no type of the registry, take the last two
    return np.array([*known, said, said], object)[codes_of_words(table, table.signals.stated)]


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


def _phrases(
    own: Any, names: Sequence[str], ranks: Floats, stated: NDArray[np.object_], effects: Floats
) -> NDArray[np.object_]:
    """Return what is said of each customer's strongest signals; elsewhere empty."""
    found = np.full(effects.shape, "", object)
    strongest = np.argsort(-effects, axis=1, kind="stable")[:, :MOST]
    told = np.zeros(effects.shape, bool)
    np.put_along_axis(told, strongest, values=True, axis=1)
    told &= effects >= LEAST
    for column, name in enumerate(names):
        rows = np.flatnonzero(told[:, column])
        if len(rows):
            words = WORDS.get(name, name.replace("_", " "))
            values = own.observed(name)[rows].tolist()
            found[rows, column] = [
                f"{words}: {_told(shown(name, value), rank)}"
                for value, rank in zip(values, ranks[rows, column].tolist(), strict=True)
            ]
    found[:, -1] = np.where(told[:, -1], stated, "")
    return found


def _told(value: str, rank: float) -> str:
    # none is plain enough, though it may be usual; a rank that is not a number is not known
    if value == "none" or rank != rank:
        return value
    return f"{value} ({'low' if rank < LOW else 'high' if rank > HIGH else 'usual'})"


def _texts(effects: Floats, phrases: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join the phrases of the strongest signals of each customer."""
    rows = np.arange(len(effects))
    found = np.full(len(effects), "", object)
    for slot, place in enumerate(np.argsort(-effects, axis=1, kind="stable")[:, :MOST].T):
        phrase = phrases[rows, place]
        told = phrase != ""
        # words have commas of their own
        found[told] += ("; " if slot else "") + phrase[told]
    return found
