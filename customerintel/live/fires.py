"""What came out of the kernels, by column."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fires"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fires:
    """What rules decided, in order; arrays of shape (n,), `values` (n, properties).

    Attributes
    ----------
    row, rule : customers and rules, by place.
    due, at : when it is due, and the time of the evaluation (microseconds UTC).
    status, kind : numbers of `live_words`.
    event : place of the event, -1 without one.
    trigger : time of the arming event, local day, or number of the refresh.
    frequency, monetary, time_since_last : purchases, net spend, and days since the last one.
    values : numbers of the triggering event by property.
    """

    row: Ints
    rule: Ints
    due: Ints
    status: Ints
    kind: Ints
    event: Ints
    trigger: Ints
    at: Ints
    frequency: Floats
    monetary: Floats
    time_since_last: Floats
    values: Floats = field(repr=False)
