"""Where customers lie on the dimensions of relationships, from the ranks of their signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.loadings import LOADINGS
from customerintel.relationships.type_fields import DIMENSIONS, TWO_SIDED

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = ["dimensions_of"]

Floats = NDArray[np.float64]


def dimensions_of(signals: Signals) -> Floats:
    """Return the weighted mean rank of the signals that tell of each dimension.

    Returns
    -------
    ndarray of float64, shape (n_customers, 8)
        In the order of `DIMENSIONS`. A rank, turned round where a signal loads negatively,
        counts by its loading and by the evidence behind it; NaN without any.
    """
    total = np.zeros((len(signals), len(DIMENSIONS)))
    weight = np.zeros_like(total)
    for name in signals.names:
        held = signals.weight(name)
        rank = np.where(held > 0.0, signals.rank(name), 0.0)
        for dimension, loading in LOADINGS.get(name, {}).items():
            place = DIMENSIONS.index(dimension)
            counted = np.where(np.isnan(rank), 0.0, held * abs(loading))
            turned = rank if loading > 0.0 else 1.0 - rank
            total[:, place] += np.where(counted > 0.0, counted * turned, 0.0)
            weight[:, place] += counted
    out = np.full_like(total, np.nan)
    np.divide(total, weight, out=out, where=weight > 0.0)
    for name in TWO_SIDED:
        place = DIMENSIONS.index(name)
        out[:, place] = 2.0 * out[:, place] - 1.0
    return out
