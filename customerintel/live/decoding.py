"""Events in, columns out: nothing is lost, and what is no event is kept aside with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import EventBatch
from customerintel.live.event_items import Lines, lines_of
from customerintel.live.event_rows import EventRow, batch_of
from customerintel.live.event_times import buffer_of_lines
from customerintel.live.line_scanner import LineScanner
from customerintel.live.nesting import is_too_deep
from customerintel.live.plain_lines import PlainLines
from customerintel.live.skimming import LineReader, skim
from customerintel.live.slow_lines import read_slowly
from customerintel.live.store import KeptAside
from customerintel.live.wanted import Wanted

__all__ = ["MAX_BYTES", "Decoded", "Decoder"]

Places = NDArray[np.int64]
#: A batch, and which of the lines it holds and which it does not.
Read = tuple[EventBatch, Places, Places]
#: An event that is longer is kept aside.
MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of the given items.

    Attributes
    ----------
    batch : EventBatch
        The valid events, in order.
    rejected : list of KeptAside
        All others, in order, each with its bytes and a reason without values.
    """

    batch: EventBatch
    rejected: list[KeptAside] = field(repr=False)


class Decoder:
    """Reads events for one set of rules.

    Parameters
    ----------
    wanted : Wanted
        Classes and properties that the rules need.
    salt : bytes
        Secret of the store, for the keys of message ids.
    source : str, default ""
        Where the events come from; message ids are unique within it.
    max_bytes : int, default 1 MiB
        A longer event is kept aside with its first 4 KiB.
    fast : bool, optional
        Whether to read with msgspec; by default if it is installed. The result is the same.
    scan : bool, default True
        Whether the kernels read the lines that they can. The result is the same.

    Notes
    -----
    `schema.Event` alone decides what is valid. Lines of the usual shape, which it would surely
    accept, are not shown to it.

    Examples
    --------
    >>> decoder = Decoder(Wanted([], lambda name, kind: 0), salt=b"secret")
    >>> found = decoder.decode(
    ...     [{"userId": "c1", "event": "Visit", "timestamp": "2024-05-01T12:00:00Z"}, b"{"]
    ... )
    >>> list(found.batch.who), found.rejected[0].reason
    (['c1'], 'event: unparseable_json')
    """

    def __init__(
        self,
        wanted: Wanted,
        *,
        salt: bytes,
        source: str = "",
        max_bytes: int = MAX_BYTES,
        fast: bool | None = None,
        scan: bool = True,
    ) -> None:
        self.wanted = wanted
        self.salt = salt
        self.source = source
        self._max_bytes = max_bytes
        fast = find_spec("msgspec") is not None if fast is None else fast
        self._reader: LineReader = _fast_lines(wanted) if fast else PlainLines(wanted)
        self._scanner = LineScanner(wanted) if scan else None

    def __repr__(self) -> str:
        return f"Decoder({len(self.wanted.properties)} properties)"

    def decode(
        self, items: Iterable[Any], received: int | None = None, *, source: str | None = None
    ) -> Decoded:
        """Read events.

        Parameters
        ----------
        items : iterable
            Mappings, `Event` objects, or lines of JSON (bytes, str) with events of the Segment
            Spec, its ``batch`` envelopes, or CloudEvents 1.0; or one bytes object with many
            lines.
        received : int, optional
            When they came in, microseconds UTC, for events that do not say so: none of them
            happened later.
        source : str, optional
            In place of the decoder's own.

        Returns
        -------
        Decoded
            Every event is in `batch` or in `rejected`. Whatever is in the items, nothing raises.
        """
        source = self.source if source is None else source
        given = lines_of(items, source, self._max_bytes)
        rejected = given.rejected
        batch = self._read(given, received, source)
        rejected.sort(key=lambda aside: aside.position)
        return Decoded(batch, rejected)

    def decode_table(
        self, table: Any, received: int | None = None, *, keep_lines: bool = True,
        by_time: bool = False,
    ) -> Decoded:  # fmt: skip
        """Read a table with one event per row; see `event_tables.decode_table`."""
        from customerintel.live.event_tables import decode_table

        return decode_table(self, table, received, keep_lines=keep_lines, by_time=by_time)

    def _read(self, given: Lines, received: int | None, source: str) -> EventBatch:
        """Read lines; what is no event joins those that were rejected before."""
        if not given.lines:
            return EventBatch.empty(len(self.wanted.properties), source)
        origin = np.fromiter(given.origin, np.int64, len(given.lines))
        places = np.arange(len(origin))
        found: list[tuple[EventBatch, Places]] = []
        for read in (self._scan, self._skim, self._judge):
            batch, here, left = read(given, places, origin, received, source)
            if len(here):
                found.append((batch, places[here]))
            places = places[left]
            if read == self._scan:  # which takes nothing that is deep
                places = _without_deep(given, places, origin, source)
            if not len(places):
                break
        if not found:
            return EventBatch.empty(len(self.wanted.properties), source)
        if len(found) == 1:
            return found[0][0]
        order = np.argsort(np.concatenate([at for _, at in found]), kind="stable")
        return EventBatch.joined([batch for batch, _ in found]).take(order)

    def _scan(
        self, given: Lines, places: Places, origin: Places, received: int | None, source: str
    ) -> Read:
        """Read lines in the kernels."""
        if self._scanner is None:
            return EventBatch.empty(len(self.wanted.properties), source), places[:0], places
        buffer = given.buffer or buffer_of_lines(given.lines)
        batch, here, left = self._scanner.scan(buffer, origin, received, source, self.salt)
        batch.lines = given.lines if not len(left) else _lines_at(given.lines, here)
        return batch, here, left

    def _skim(
        self, given: Lines, places: Places, origin: Places, received: int | None, source: str
    ) -> Read:
        """Read lines of the usual shape."""
        whole = len(places) == len(given.lines)
        return skim(
            self._reader,
            given.lines if whole else _lines_at(given.lines, places),
            origin[places],
            buffer=given.buffer if whole else None,
            received=received,
            wanted=self.wanted,
            source=source,
            salt=self.salt,
        )

    def _judge(
        self, given: Lines, places: Places, origin: Places, received: int | None, source: str
    ) -> Read:
        """Read lines one by one; what is no event joins those that were rejected before."""
        rows: list[EventRow] = []
        at: list[int] = []
        for here, place in enumerate(places.tolist()):
            line = given.lines[place]
            for found in read_slowly(line, int(origin[place]), received, source):
                if isinstance(found, KeptAside):
                    given.rejected.append(found)
                else:
                    rows.append(found)
                    at.append(here)
        if not rows:
            return EventBatch.empty(len(self.wanted.properties), source), places[:0], places[:0]
        batch = batch_of(rows, self.wanted, source, self.salt)
        return batch, np.array(at, np.int64), places[:0]


def _without_deep(given: Lines, places: Places, origin: Places, source: str) -> Places:
    """Return the places of the lines that are not nested too deep; the others are rejected."""
    deep = np.array([is_too_deep(given.lines[at]) for at in places.tolist()], bool)
    for at in places[deep].tolist():
        aside = KeptAside("event: nested_too_deep", given.lines[at], source, int(origin[at]))
        given.rejected.append(aside)
    left: Places = places[~deep]
    return left


def _lines_at(lines: list[bytes], places: Places) -> list[bytes]:
    return [lines[at] for at in places.tolist()]


def _fast_lines(wanted: Wanted) -> LineReader:
    from customerintel.live.fast_lines import FastLines

    return FastLines(wanted)
