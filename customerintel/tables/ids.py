"""Customer ids: 64-bit integers, or texts that are numbered in ascending order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.tables.text import Text

__all__ = ["CustomerIds"]


@dataclass(frozen=True, eq=False)
class CustomerIds:
    """Ids of customers, one per customer.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_customers,)
        The ids themselves or, with `texts`, their places in it.
    texts : Text, optional
        Distinct texts in ascending order.
    """

    keys: NDArray[np.int64]
    texts: Text | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        return f"CustomerIds({len(self):,} {'integers' if self.texts is None else 'texts'})"

    def take(self, index: NDArray[Any]) -> CustomerIds:
        """Return the ids at `index` (places or a mask)."""
        return CustomerIds(self.keys[index], self.texts)

    @cached_property
    def _values(self) -> NDArray[Any]:
        if self.texts is None:
            values: NDArray[Any] = self.keys.view()
        else:
            values = self.as_text().to_numpy()
        values.flags.writeable = False
        return values

    def to_numpy(self) -> NDArray[Any]:
        """Return an int64 array, or an object array of str; read-only."""
        return self._values

    def as_text(self) -> Text:
        """Return the texts of text ids, one per customer."""
        if self.texts is None:
            raise SchemaError("The customer ids are integers; they have no texts.")
        return self.texts.take(self.keys)

    def match(self, other: CustomerIds) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places here and there of the customers that are in both, ascending.

        Both must be ascending and hold each id once, as the ids of results do.

        Raises
        ------
        SchemaError
            If one holds integers and the other texts.
        """
        there = other.keys
        if self.texts is not other.texts:
            if self.texts is None or other.texts is None:
                raise SchemaError(
                    "One side has integer customer ids, the other texts, so nobody could be in "
                    "both. Read both logs with ids of the same kind."
                )
            there = _translate(other.texts, self.texts)[there]
        place = np.searchsorted(self.keys, there)
        place[place == len(self.keys)] = 0
        common = (self.keys[place] == there) if len(self.keys) else np.zeros(len(there), bool)
        right = np.flatnonzero(common)
        left = place[right]
        return left.astype(np.int64), right.astype(np.int64)


def _translate(source: Text, target: Text) -> NDArray[np.int64]:
    """Return the place in `target` of each text of `source`, -1 where it is not there."""
    from customerintel.tables.naming import code_texts

    shift = target.offsets[-1]
    both = Text(
        np.concatenate([target.offsets, source.offsets[1:] + shift]),
        np.concatenate([target.data, source.data]),
    )
    codes, distinct = code_texts(both)
    place = np.full(len(distinct), -1, np.int64)
    place[codes[: len(target)]] = np.arange(len(target))
    return place[codes[len(target) :]]
