"""Signals and stated types of customers as bins, and the sample that a base is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.binning import MISSING, Binning

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.type_collection import TypeRegistry

__all__ = ["bins_of", "most_bins", "sample_rows", "stated_codes"]

#: Customers from whom a base is learned; more are sampled evenly.
SAMPLED = 40_000


def sample_rows(n: int) -> NDArray[np.int64]:
    """Return the places of all customers, or of `SAMPLED` spread evenly."""
    return np.linspace(0, n - 1, min(n, SAMPLED)).round().astype(np.int64)


def most_bins(binning: Binning, types: TypeRegistry) -> int:
    """Return the most bins that a column has, the stated type's included."""
    return int(max([*binning.sizes.tolist(), len(types)]))


def bins_of(
    signals: Signals, names: Sequence[str], binning: Binning, types: TypeRegistry
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return bins and weights of all signals and, last, of the stated type.

    A word that is no type of the registry is as good as none. Weights are the roots of the
    signals' own: a value that is half its base's still lies on one side of it.
    """
    n = len(signals)
    unknown = np.full(n, np.nan)
    columns = [signals[name] if name in signals.names else unknown for name in names]
    bins = np.full((n, len(names) + 1), MISSING, np.uint8)
    weights = np.ones((n, len(names) + 1), np.float32)
    if names:
        bins[:, :-1] = binning.bins(columns)
    for j, name in enumerate(names):
        if name in signals.names:
            weights[:, j] = np.sqrt(signals.weight(name))
    bins[:, -1] = stated_codes(signals.stated, types)
    return bins, weights


def stated_codes(words: NDArray[Any], types: TypeRegistry) -> NDArray[np.uint8]:
    """Return the place of each stated type, `MISSING` for none and for unknown words."""
    places = {key: place for place, key in enumerate(types.labels)}
    known: dict[Any, int] = {None: MISSING}
    out = np.empty(len(words), np.uint8)
    for i, word in enumerate(words.tolist()):
        if word not in known:
            key = types.resolve(word)
            known[word] = MISSING if key is None else places[key]
        out[i] = known[word]
    return out
