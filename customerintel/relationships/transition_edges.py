"""How far each customer moved between two assessments: drift, jump, or nothing to speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.table_parts import SPANS
from customerintel.rfm.read_only import seal

__all__ = ["CHANGES", "Moves", "moves_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHANGES: Final = ("still", "drift", "jump", "unsettled", "unknown", "jump unlabelled")
#: Hellinger distance below which probabilities stay as they are.
STILL: Final = 0.1


@dataclass(frozen=True, eq=False)
class Moves:
    """How far customers moved; one entry per customer of both moments.

    Attributes
    ----------
    distance : ndarray of float64
        Hellinger distance of the probabilities, 0 to 1.
    moved : ndarray of float64
        Root of the mean squared change over the dimensions known at both moments, 0 to 1.
    changed : ndarray of float64
        Probability of another type than before, were the two assessments independent.
    towards : ndarray of int64
        Type that gained most, as a place among the labels; -1 where nothing is known.
    change : ndarray of int64
        Place in ``("still", "drift", "jump", "unsettled", "unknown", "jump unlabelled")``.
    """

    distance: Floats
    moved: Floats
    changed: Floats
    towards: Ints
    change: Ints

    def __post_init__(self) -> None:
        seal(self)


def moves_of(
    before: tuple[Floats, Floats],
    after: tuple[Floats, Floats],
    states: tuple[Ints, Ints],
    prototypes: Floats,
    level: float,
) -> Moves:
    """Return how far customers moved from one assessment to the next.

    With p and q the probabilities before and after:

    - ``changed = 1 - sum(p q)`` is the probability that two types drawn from p and from q differ:
      near 1 only where both assessments are sure, and of different types. A **jump** is a change
      of at least `level`, so beyond the noise of both, from one known label to another. With no
      type on one side (unknown, inactive), there is no label that changed: **jump unlabelled**.
    - ``distance = sqrt(1 - sum(sqrt(p q)))`` (Hellinger 1909). Below 0.1 a customer is **still**.
    - What is between is a **drift** where the dimensions moved towards the prototype of the type
      that gained most (positive inner product of their change and the way to it, over the
      dimensions known at both moments), and **unsettled** where they moved elsewhere or nothing
      is known of them: then the change may be noise.

    Parameters
    ----------
    before, after : (probabilities, dimensions)
        ndarrays of float64, shapes (n, k) and (n, 8), NaN where nothing is known.
    states : (before, after)
        ndarrays of int64, shape (n,): labels as places of types; k and above are no types.
    prototypes : ndarray of float64, shape (k, 8)
        Of the types.
    level : float
        From which probability a change is a jump.
    """
    (p, x), (q, y) = before, after
    blank = np.asarray(np.isnan(p).any(axis=1) | np.isnan(q).any(axis=1), bool)
    p, q = (np.where(blank[:, None], 0.0, one) for one in (p, q))
    overlap = np.minimum(np.sqrt(p * q).sum(axis=1), 1.0)
    distance = np.where(blank, np.nan, np.sqrt(1.0 - overlap))
    # sums of floats miss 1: what stays exactly as it was has not moved at all
    distance[(p == q).all(axis=1) & ~blank] = 0.0
    changed = np.where(blank, np.nan, np.clip(1.0 - (p * q).sum(axis=1), 0.0, 1.0))
    gained = np.argmax(q - p, axis=1) if len(p) else np.empty(0, np.int64)
    step = (y - x) / SPANS
    known = ~np.isnan(step)
    n = known.sum(axis=1)
    with np.errstate(invalid="ignore"):
        moved = np.sqrt((np.where(known, step, 0.0) ** 2).sum(axis=1) / n)
    along = np.nansum(step * (prototypes[gained] - x) / SPANS, axis=1)
    sure, labelled = changed >= level, np.maximum(*states) < len(prototypes)
    jumped = sure & labelled & (states[0] != states[1])
    choices = [blank, distance < STILL, jumped, sure & ~labelled, along > 0.0]
    names = ("unknown", "still", "jump", "jump unlabelled", "drift")
    codes = [CHANGES.index(name) for name in names]
    change = np.select(choices, codes, CHANGES.index("unsettled")).astype(np.int64)
    towards = np.where(blank, -1, gained).astype(np.int64)
    return Moves(distance, np.where(n > 0, moved, np.nan), changed, towards, change)
