"""The rows of an interaction log, column by column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import Direction, EventKind
from customerintel.schema.event_kinds import WAY_OF_KIND
from customerintel.tables.building import Labels

__all__ = ["KINDS", "NEVER", "WAYS", "Interactions"]

#: The kinds, in the order of their places.
KINDS: Final = tuple(EventKind)
#: The directions, in the order of their places.
WAYS: Final = tuple(Direction)
#: The time of what has not happened.
NEVER: Final = np.iinfo(np.int64).min
_WAY_OF: Final = np.array(
    [-1 if (way := WAY_OF_KIND[kind]) is None else WAYS.index(way) for kind in KINDS], np.int8
)


@dataclass(frozen=True, eq=False)
class Interactions:
    """Accepted rows in the order in which they came.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_rows,)
        Customers: ids, or places in the texts of the log.
    times : ndarray of int64, shape (n_rows,)
        Microseconds UTC.
    kinds : ndarray of uint8, shape (n_rows,)
        Places in `KINDS`.
    words : Labels
        What the source calls each event.
    said : ndarray of int8, shape (n_rows,) or (0,)
        Directions as places in `WAYS`, -1 where none is said; empty: there is no such column.
    sentiment : ndarray of float32, shape (n_rows,) or (0,)
        NaN where there is none.
    resolved_at : ndarray of int64, shape (n_rows,) or (0,)
        Microseconds UTC, `NEVER` where there is none.
    """

    keys: NDArray[np.int64]
    times: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    words: Labels
    said: NDArray[np.int8]
    sentiment: NDArray[np.float32]
    resolved_at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)

    def ways(self) -> NDArray[np.int8]:
        """Return the direction of each row: as said, else as is usual for its kind, else -1."""
        usual = _WAY_OF[self.kinds]
        return np.where(self.said < 0, usual, self.said) if len(self.said) else usual

    def take(self, index: NDArray[np.int64]) -> Interactions:
        """Return the rows at `index`."""
        words = Labels(self.words.codes[index], self.words.names)
        columns: dict[str, Any] = {
            name: part[index] if len(part) else part
            for name, part in vars(self).items()
            if isinstance(part, np.ndarray)
        }
        return replace(self, words=words, **columns)

    def known_until(self, moment: int) -> Interactions:
        """Return the same rows; what is settled after the moment is not settled yet."""
        late = self.resolved_at > moment
        if not late.any():
            return self
        return replace(self, resolved_at=np.where(late, NEVER, self.resolved_at))
