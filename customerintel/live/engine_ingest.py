"""Taking events in: read, decided on, and stored, one portion after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.given_events import is_table, items_of, portions_of
from customerintel.live.source_batch import SourceBatch
from customerintel.live.store import Change, KeptAside
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.live.decoding import Decoded
    from customerintel.live.engine_state import EngineState
    from customerintel.live.event_batch import EventBatch

__all__ = ["PORTION", "Ingested", "add_renamed", "ingest"]

#: Events of one transaction.
PORTION: Final = 8192
#: Due work that is done beside a portion, at least.
_BESIDE: Final = 256


@dataclass(frozen=True, repr=False)
class Ingested:
    """What became of the events of one `Engine.ingest`.

    Attributes
    ----------
    accepted : int
        Events that count from now on.
    duplicates : int
        Events that had come before: same message id, or an offset that is stored already.
    kept_aside : int
        Events that cannot be read; `Engine.kept_aside` has them, with the reason.
    decisions : int
        Fires of rules, suppressed and held-out ones too.
    pending : int
        Customers who are still to be looked at, at most, because deadlines or days of theirs are
        over; it is put off so that events do not wait for it, and `Engine.tick` does it.
    late : int
        Accepted events that are older than the engine's time when they came. They count, but a
        rule that has fired is not taken back; many of them ask for a longer `lateness`.
    """

    accepted: int = 0
    duplicates: int = 0
    kept_aside: int = 0
    decisions: int = 0
    pending: int = 0
    late: int = 0

    def _facts(self) -> dict[str, object]:
        return vars(self) | {"late": self.late or None}

    def __repr__(self) -> str:
        return one_line("Ingested", **self._facts())

    def _repr_html_(self) -> str:
        rows = [(name, one) for name, one in self._facts().items() if one is not None]
        return html_table("Ingested", rows)


@dataclass(slots=True)
class _Counts:
    accepted: int = 0
    duplicates: int = 0
    kept_aside: int = 0
    decisions: int = 0
    late: int = 0
    pending: int | None = None


def ingest(state: EngineState, events: Any, received: Any) -> Ingested:
    """Take in whatever a caller may give as events."""
    counts = _Counts()
    state.check_usable()  # before anything is taken from an iterator
    at = None if received is None else state.moment(received, "received")
    if isinstance(events, SourceBatch):
        _ingest_batch(state, events, at, counts)
    elif is_table(events):
        with state.reading():  # throughout: the columns are those of the rules as they are now
            decoded = state.decoder.decode_table(events, at, by_time=True)
            for portion in _portions(decoded):
                _take_in(state, portion, at, counts, Change())
    else:
        start = 0
        for given in portions_of(items_of(events), PORTION):
            with state.reading():
                decoded = state.decoder.decode(given, at)
                places = range(start, start + len(given))
                _take_in(state, decoded, at, counts, Change(), "", places)
            start += len(given)
    if counts.pending is None:  # there was nothing to take in
        with state.reading():
            counts.pending = state.fold.pending
    state.tell()
    return Ingested(
        counts.accepted, counts.duplicates, counts.kept_aside, counts.decisions, counts.pending,
        counts.late,
    )  # fmt: skip


def _portions(decoded: Decoded) -> Iterator[Decoded]:
    """Yield what was read of a table in portions; what cannot be used goes with the first."""
    rejected = decoded.rejected
    for start in range(0, max(len(decoded.batch), 1), PORTION):
        rows = slice(start, start + PORTION)
        yield type(decoded)(decoded.batch.take(rows), rejected if start == 0 else [])


def _ingest_batch(
    state: EngineState, batch: SourceBatch, received: int | None, counts: _Counts
) -> None:
    """Take in events with offsets, each portion with the offset that it reaches."""
    offsets = list(batch.offsets)
    _check_offsets(batch, offsets)
    at = batch.received if received is None else received
    key = (batch.source, batch.partition)
    for start in range(0, len(batch.events), PORTION):
        with state.reading():
            stop = min(start + PORTION, len(batch.events))
            first = _first_new(offsets, start, stop, state.offsets.get(key))
            counts.duplicates += first - start
            if first == stop:
                continue
            given = batch.events[first:stop]
            decoded = state.decoder.decode(given, at, source=batch.source)
            change = Change()
            if offsets:
                change.offsets[key] = offsets[stop - 1] + 1
            places = offsets[first:stop] or range(first, stop)
            _take_in(state, decoded, at, counts, change, batch.source, places)


def _check_offsets(batch: SourceBatch, offsets: list[int]) -> None:
    if not offsets:
        return
    if len(offsets) != len(batch.events):
        raise InvalidArgumentError(
            f"A SourceBatch needs one offset per event; it has {len(offsets):,} offsets and "
            f"{len(batch.events):,} events."
        )
    if any(later <= former for former, later in pairwise(offsets)):
        raise InvalidArgumentError(
            "The offsets of a SourceBatch must increase from event to event; give the events of "
            "one partition in their order."
        )


def _first_new(offsets: list[int], start: int, stop: int, reached: int | None) -> int:
    """Return the place of the first event that is not stored yet."""
    if reached is None or not offsets:
        return start
    return next((at for at in range(start, stop) if offsets[at] >= reached), stop)


def _take_in(
    state: EngineState,
    decoded: Decoded,
    received: int | None,
    counts: _Counts,
    change: Change,
    source: str = "",
    places: Any = None,
) -> None:
    """Decide on a portion and store it in one transaction."""
    batch = decoded.batch
    change.kept_aside = [
        KeptAside(
            one.reason, one.raw, source, one.position if places is None else places[one.position]
        )
        for one in decoded.rejected
    ]
    with state.changing():
        before = {old: state.fold.canonical(old) for _, old, _ in batch.links}
        time = state.fold.time
        stepped = state.fold.events(batch)
        kept = batch if stepped.accepted.all() else batch.take(stepped.accepted)
        decisions = [*stepped.decisions, *state.fold.drain(max(_BESIDE, len(batch)))]
        _fill(state, change, kept, received)
        state.add_decisions(change, decisions)
        add_renamed(state, change, before)
        if state.wants_snapshot(whole=True):
            state.add_snapshot(change)
        state.go_on(change)
        state.write(change)
        if state.wants_snapshot(whole=False):
            state.begin_snapshot()
        state.offsets.update(change.offsets)  # an interrupt before it must not go unseen
        counts.pending = state.fold.pending
    counts.accepted += len(kept)
    counts.duplicates += len(batch) - len(kept)
    counts.kept_aside += len(decoded.rejected)
    counts.decisions += len(decisions)
    counts.late += _n_late(kept.timestamp, time, state.fold.lateness)
    state.n_rejected += len(decoded.rejected)


def _n_late(timestamp: NDArray[np.int64], time: int, lateness: int) -> int:
    """Count the events that are older than the time that those before them had brought."""
    if not len(timestamp):
        return 0
    reached = np.maximum.accumulate(np.maximum(timestamp - lateness, time))
    return int((timestamp < reached).sum())


def _fill(state: EngineState, change: Change, kept: EventBatch, received: int | None) -> None:
    from customerintel.live.log_bodies import pack

    if len(kept):
        change.records.append(("events", pack(kept, received)))
        state.since_snapshot += len(kept)


def add_renamed(state: EngineState, change: Change, before: Mapping[str, str]) -> None:
    """Give the actions of customers who lead to others since to those, under the same ids.

    Those that were sent go along: caps count for the person.
    """
    moved = sorted({old for one, old in before.items() if state.fold.canonical(one) != old})
    if moved:
        rows = state.store.actions_of(moved)
        for row in rows:
            row.customer_id = state.fold.canonical(row.customer_id)
        change.updates += rows
