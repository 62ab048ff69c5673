"""What one batch of events came to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from customerintel.live.decision import Decision

__all__ = ["Stepped"]


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """What one batch of events came to.

    Attributes
    ----------
    accepted : ndarray of bool, shape (n,)
        Events that are no duplicates.
    decisions : list of Decision
        In the order in which they were made.
    n_duplicates : int
        Events that had come before.
    """

    accepted: NDArray[np.bool_] = field(repr=False)
    decisions: list[Decision] = field(repr=False)
    n_duplicates: int = 0
