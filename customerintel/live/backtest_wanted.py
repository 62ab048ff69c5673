"""What a backtest reads of events: what its rules need, and what it looks for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from customerintel.live.backtest_moments import Moments
from customerintel.live.event_batch import EventBatch
from customerintel.live.event_matching import matches_name
from customerintel.live.wanted import Property, Wanted
from customerintel.schema.event_kinds import EventKind

__all__ = ["Reading"]


class Reading:
    """Classes and properties of the rules, and of filters that are looked for beside them.

    Parameters
    ----------
    wanted : Wanted
        What the rules need.
    looked_for : sequence of Moments
    """

    def __init__(self, wanted: Wanted, looked_for: Sequence[Moments]) -> None:
        self._own = wanted
        self._looked_for = looked_for
        more = [one for moments in looked_for for one in moments.properties]
        self._properties = tuple(dict.fromkeys((*wanted.properties, *more)))
        # class of the rules and matches of the filters, by our own class
        self._classes: dict[tuple[int, tuple[bool, ...]], int] = {}
        self.wanted = Wanted(self._properties, self._classify)

    def _classify(self, name: str, kind: EventKind) -> int:
        own = self._own._classify(name, kind)
        found = tuple(matches_name(one.on, name, kind) for one in self._looked_for)
        if own < 0 and not any(found):
            return -1
        return self._classes.setdefault((own, found), len(self._classes))

    def split(self, batch: EventBatch) -> _Split:
        """Return the batch as the fold wants it, and what the filters match by name."""
        n_own = len(self._own.properties)
        # the last entry is for class -1
        own = np.array([*(own for own, _ in self._classes), -1], np.int32)
        named = np.array([*(found for _, found in self._classes), (False,) * len(self._looked_for)])
        columns = dict(zip(self._properties, batch.values, strict=True))
        folded = replace(batch, code=own[batch.code], values=batch.values[:n_own])
        matches = named.reshape(len(own), -1)[batch.code].T
        return _Split(folded, columns, list(matches))


@dataclass(frozen=True, eq=False)
class _Split:
    batch: EventBatch
    columns: Mapping[Property, NDArray[np.float64]]
    matches: list[NDArray[np.bool_]]
