"""Moments of the events that a filter matches, gathered as a backtest goes along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import Coded
from customerintel.live.event_filter import On
from customerintel.live.event_matching import matches_values, properties_of
from customerintel.live.uplift_outcomes import Outcomes
from customerintel.live.wanted import Property

if TYPE_CHECKING:
    from customerintel.live.event_batch import EventBatch

__all__ = ["Moments"]


class Moments:
    """When customers did what one filter is about.

    Parameters
    ----------
    on : On
    """

    def __init__(self, on: On) -> None:
        self.on = on
        self.properties = properties_of(on)
        self._names: list[str] = []
        self._when: list[NDArray[np.int64]] = []
        self._known: list[NDArray[np.int64]] = []
        self._found: Outcomes | None = None

    def see(
        self, batch: EventBatch, candidates: NDArray[np.bool_],
        columns: Mapping[Property, NDArray[np.float64]], clock: NDArray[np.int64],
    ) -> None:  # fmt: skip
        """Keep the matching events of a batch.

        Parameters
        ----------
        batch : EventBatch
        candidates : ndarray of bool, shape (n,)
            Events of the right name or kind.
        columns : mapping of Property to ndarray of float64, shape (n,)
        clock : ndarray of int64, shape (n,)
            Time of the engine at which each became known.
        """
        places = np.flatnonzero(candidates & matches_values(self.on, columns, len(batch)))
        if not len(places):
            return
        who = batch.who
        if isinstance(who, Coded):
            self._names += [who.texts[code] for code in who.codes[places].tolist()]
        else:
            self._names += [str(who[place]) for place in places.tolist()]
        self._when.append(batch.timestamp[places])
        self._known.append(clock[places])

    def settle(self, canonical: Callable[[str], str]) -> None:
        """Bring the moments into order, when all were seen."""
        place: dict[str, int] = {}
        leads = {name: canonical(name) for name in dict.fromkeys(self._names)}
        who = np.array([place.setdefault(leads[n], len(place)) for n in self._names], np.int64)
        when = np.concatenate([np.empty(0, np.int64), *self._when])
        known = np.concatenate([np.empty(0, np.int64), *self._known])
        # the amounts of `Outcomes` carry when each became known; exact up to the year 2255
        self._found = Outcomes.of(place, who, when, np.ones(len(who)), known.astype(np.float64))
        self._names, self._when, self._known = [], [], []

    def counts(
        self, customer_id: list[str], after: NDArray[np.int64], until: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return how often each customer did it in ``(after, until]``."""
        if self._found is None:
            return np.zeros(len(customer_id))
        return self._found.within(customer_id, after, until)[0]

    def seen(self, customer_id: str, after: int, until: int) -> bool:
        """Tell whether a customer did it in ``(after, until]``, as was known at `until`."""
        found = self._found
        number = -1 if found is None else found.place.get(customer_id, -1)
        if found is None or found.amounts is None or number < 0:
            return False
        low, high = np.searchsorted(found.who, [number, number + 1])
        start, stop = np.searchsorted(found.when[low:high], [after, until], "right")
        return bool((found.amounts[low + start : low + stop] <= until).any())
