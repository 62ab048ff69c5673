"""Events into the fold: in stretches between which customers are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import Coded, EventBatch
from customerintel.live.fold_decisions import Triggers
from customerintel.live.spans import Spans

if TYPE_CHECKING:
    from customerintel.live.decision import Decision
    from customerintel.live.fold import Fold
    from customerintel.live.fold_ids import CustomerRows

__all__ = ["Intake"]


class _Rows:
    """The row of each event, found stretch by stretch: links change where an id leads."""

    def __init__(self, batch: EventBatch, ids: CustomerRows, fresh: NDArray[np.bool_]) -> None:
        self._who = batch.who
        self._users = fresh if batch.users is None else batch.users & fresh
        self._ids = ids
        self._fresh = fresh
        self._all = bool(fresh.all())
        self.found = np.full(len(batch), -1, np.int32)
        self._upto = 0
        texts = batch.who.texts if isinstance(batch.who, Coded) else ()
        self._known = ids.known(texts)

    def find(self, stop: int) -> None:
        """Find the rows of all events before `stop`."""
        part = slice(self._upto, stop)
        self._upto = stop
        fresh = self._fresh[part]
        if isinstance(self._who, Coded):
            self._find_coded(self._who, part, fresh)
        elif isinstance(self._who, Spans):
            kept = np.flatnonzero(fresh) + part.start
            self.found[kept] = self._ids.of_spans(self._who.take(kept), self._users[kept])
        elif self._all:
            self.found[part] = self._ids.of(self._who[part])
        else:
            kept = np.flatnonzero(fresh) + part.start
            self.found[kept] = self._ids.of([self._who[at] for at in kept.tolist()])
        places = np.flatnonzero(self._users[part]) + part.start
        ids = self._who
        self._ids.mark_users(self.found[places], lambda at: ids[int(places[at])])

    def _find_coded(self, who: Coded, part: slice, fresh: NDArray[np.bool_]) -> None:
        codes = who.codes[part]
        missing = np.unique(codes[(self._known[codes] < 0) & fresh])
        if len(missing):
            self._known[missing] = self._ids.of([who.texts[code] for code in missing.tolist()])
        self.found[part] = np.where(fresh, self._known[codes], -1)

    def moved(self, gone: int, kept: int) -> None:
        """Follow a merge."""
        self._known[self._known == gone] = kept


class Intake:
    """Takes one batch in.

    Parameters
    ----------
    fold : Fold
    batch : EventBatch
    fresh : ndarray of bool, shape (n,)
        Events that are no duplicates.
    clock : ndarray of int64, shape (n,)
        The fold's time when each is applied.
    ordinals : ndarray of int64, shape (n,)
        Number of each among all accepted events.
    """

    def __init__(
        self, fold: Fold, batch: EventBatch, fresh: NDArray[np.bool_],
        clock: NDArray[np.int64], ordinals: NDArray[np.int64],
    ) -> None:  # fmt: skip
        self._fold = fold
        self._batch = batch
        self._fresh = fresh
        self._clock = clock
        self._triggers = Triggers(batch.message, ordinals, batch.names, batch.source)
        self._rows = _Rows(batch, fold.customers.ids, fresh)
        self._done = 0
        self._decisions: list[Decision] = []
        self._withdrawn = np.array(batch.withdrawals, np.int64)

    def run(self) -> list[Decision]:
        """Apply all events; return what was decided."""
        for place, source, into in self._batch.links:
            if self._fresh[place]:
                self._link(place, source, into)
        self._rows.find(len(self._batch))
        self._run(len(self._batch))
        return self._decisions

    def _link(self, place: int, source: str, into: str) -> None:
        """Merge one id into another before the event at `place` is applied."""
        ids = self._fold.customers.ids
        here, there = ids.row(source), ids.row(into)
        if here >= 0 and here == there:
            return
        # the events before may tell whose id it is
        self._rows.find(place)
        if not ids.may_link(source, into):
            return
        here = ids.row(source)
        if here >= 0:
            self._run(place)
            self._fold.state.time = max(self._fold.time, int(self._clock[place]))
        self._decisions += self._fold.merge(source, into)
        if here >= 0:
            self._rows.moved(here, ids.row(into))

    def _run(self, stop: int) -> None:
        """Let the kernels apply the events up to `stop`."""
        start, self._done = self._done, stop
        if start == stop:
            return
        fold, batch, rows = self._fold, self._batch, self._rows.found
        fold.customers.fit(fold.state)
        arguments: tuple[Any, ...] = (
            rows, batch.timestamp, batch.code, batch.values, self._clock, start, stop,
        )  # fmt: skip
        self._decisions += fold.drive(fold.state.run, *arguments, triggers=self._triggers)
        fold.state.time = max(fold.time, int(self._clock[stop - 1]))
        low, high = np.searchsorted(self._withdrawn, [start, stop])
        gone = self._withdrawn[low:high]
        gone = gone[self._fresh[gone]]
        if len(gone):
            fold.customers.consents.withdraw(rows[gone].astype(np.int64), batch.timestamp[gone])
