"""The seeds as callers give them: ids in any form, each once, with a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.given_ids import given_ids
from customerintel.tables.ids import CustomerIds

__all__ = ["Seeds", "effective_number", "read_seeds"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Seeds:
    """Who is a seed.

    Parameters
    ----------
    ids : CustomerIds
        Ascending, each once.
    weights : ndarray of float64, shape (n,)
        Above 0.
    """

    ids: CustomerIds
    weights: Floats

    @property
    def n_eff(self) -> float:
        """Number of equally weighted seeds that say as much: (Σw)² / Σw² (Kish 1965)."""
        return effective_number(self.weights)


def effective_number(weights: Floats) -> float:
    """Return (Σw)² / Σw²; 0 where there is none."""
    square = float((weights * weights).sum())
    return float(weights.sum()) ** 2 / square if square else 0.0


def read_seeds(seeds: Any, weights: Any = None, what: str = "seeds") -> Seeds:
    """Read seeds.

    Parameters
    ----------
    seeds : CustomerIds, array, list, table or object with ``customer_id``
        Ids in any order; of those that stand twice, the greatest weight counts.
    weights : array of float, optional
        One per seed as given; None: 1 each.
    what : {"seeds", "held-out seeds"}
        What they are, for a message.

    Raises
    ------
    InvalidArgumentError
        If there is none, a value is no id, or the weights are not positive numbers, one each.
    """
    ids = _ids_of(seeds)
    if not len(ids):
        wanted = "at least 10 people" if what == "seeds" else "seeds who were not learnt from"
        raise InvalidArgumentError(f"There are no {what}. Give the ids of {wanted}.")
    given = _weights(weights, len(ids))
    keys, place = np.unique(ids.keys, return_inverse=True)
    largest = np.zeros(len(keys))
    np.maximum.at(largest, place, given)
    return Seeds(CustomerIds(keys, ids.texts), largest)


def _ids_of(seeds: Any) -> CustomerIds:
    inner = getattr(seeds, "ids", None)
    if isinstance(inner, CustomerIds):
        return inner
    if not isinstance(seeds, CustomerIds) and hasattr(seeds, "customer_id"):
        return given_ids(seeds.customer_id, "seeds")  # a result, or a pandas table
    columns = seeds if isinstance(seeds, Mapping) else getattr(seeds, "columns", ())
    if "customer_id" in columns:
        return given_ids(seeds["customer_id"], "seeds")
    return given_ids(sorted(seeds) if isinstance(seeds, set | frozenset) else seeds, "seeds")


def _weights(weights: Any, n: int) -> Floats:
    if weights is None:
        return np.ones(n)
    try:
        found = np.asarray(weights, np.float64)
    except (TypeError, ValueError):
        raise InvalidArgumentError("weights must be numbers, one per seed.") from None
    if found.shape != (n,):
        raise InvalidArgumentError(
            f"weights must hold one number per seed as given: {n:,}; got shape {found.shape}."
        )
    bad = ~(np.isfinite(found) & (found > 0.0))
    if bad.any():
        shown = ", ".join(map(str, np.flatnonzero(bad)[:5].tolist()))
        raise InvalidArgumentError(
            f"{int(bad.sum()):,} of {n:,} weights are not positive numbers (places {shown}). "
            "Leave those seeds out, or weigh them."
        )
    return found
