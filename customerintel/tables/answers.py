"""The rows of a survey log, column by column, and the latest answer of each customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.building import Labels
from customerintel.tables.survey_items import TYPE_ITEMS

__all__ = ["LABELS", "NUMBERS", "Answers"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Columns of words and columns of numbers.
LABELS: Final = ("instrument", "version", "item", "choice", *TYPE_ITEMS)
NUMBERS: Final = ("scale_min", "scale_max", "value")


@dataclass(frozen=True, eq=False)
class Answers:
    """Accepted rows in the order in which they came.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_rows,)
        Customers: ids, or places in the texts of the log.
    times : ndarray of int64, shape (n_rows,)
        Microseconds UTC.
    instrument, version, item, choice, stated_type, desired_type : Labels
        -1 where there is none.
    scale_min, scale_max, value : ndarray of float64, shape (n_rows,)
        NaN where there is none.
    """

    keys: Ints
    times: Ints
    instrument: Labels
    version: Labels
    item: Labels
    choice: Labels
    stated_type: Labels
    desired_type: Labels
    scale_min: Floats
    scale_max: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, index: Ints) -> Answers:
        """Return the rows at `index`."""
        parts: dict[str, Any] = {
            name: Labels(part.codes[index], part.names) if isinstance(part, Labels) else part[index]
            for name, part in vars(self).items()
        }
        return replace(self, **parts)

    def known_until(self, moment: int) -> Answers:  # noqa: ARG002 - as other rows have it
        """Return the same rows: an answer is known at once."""
        return self

    def latest_values(self, until: int) -> Iterator[tuple[str, Ints, Floats]]:
        """Yield items, the rows of their latest answers, and these from 0 to 1."""
        known = (self.item.codes >= 0) & ~np.isnan(self.value) & (self.times <= until)
        # without a whole scale, what a value means would hang on who else answered
        known &= ~np.isnan(self.scale_min) & ~np.isnan(self.scale_max)
        rows = np.flatnonzero(known)
        rows = rows[np.argsort(self.item.codes[rows], kind="stable")]
        ends = np.searchsorted(self.item.codes[rows], np.arange(len(self.item.names) + 1))
        for name, (start, stop) in zip(self.item.names, pairwise(ends.tolist()), strict=True):
            if stop > start:
                mine = rows[start:stop]
                last = self._last(mine)
                yield name, mine[last], self._shares(mine)[last]

    def _shares(self, rows: Ints) -> Floats:
        """Return where on their scales the values of an item lie."""
        low, high = self.scale_min[rows], self.scale_max[rows]
        return np.clip((self.value[rows] - low) / (high - low), 0.0, 1.0)

    def latest_words(self, item: str, until: int) -> tuple[Ints, NDArray[np.object_]]:
        """Return the rows of the latest stated or desired types, and their words."""
        wide: Labels = getattr(self, item)
        words = wide.to_numpy()
        if item in self.item.names:
            long = self.item.codes == self.item.names.index(item)
            words = np.where(long & (wide.codes < 0), self.choice.to_numpy(), words)
        rows = np.flatnonzero((words != None) & (self.times <= until))  # noqa: E711 - of objects
        rows = rows[self._last(rows)]
        return rows, words[rows]

    def _last(self, rows: Ints) -> Ints:
        """Return the places in `rows` of each customer's latest one, customers ascending."""
        order = np.lexsort((self.times[rows], self.keys[rows]))
        keys = self.keys[rows][order]
        return order[np.flatnonzero(np.append(keys[1:] != keys[:-1], len(keys) > 0))]
