"""Events in, columns out: nothing is lost, and what is no event is kept aside with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from customerintel.live.cloud_events import from_cloud_event, is_cloud_event
from customerintel.live.event_batch import EventBatch
from customerintel.live.event_items import Lines, json_line, lines_of
from customerintel.live.event_rows import EventRow, batch_of
from customerintel.live.judging import judge
from customerintel.live.plain_lines import PlainLines, read_json
from customerintel.live.skimming import LineReader, skim
from customerintel.live.store import KeptAside
from customerintel.live.wanted import Wanted

__all__ = ["MAX_BYTES", "Decoded", "Decoder"]

#: An event that is longer is kept aside.
MAX_BYTES: Final = 1 << 20
_IDS: Final = (
    "userId", "customer_id", "anonymousId", "anonymous_id", "previousId", "previous_id",
)  # fmt: skip


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
    >>> found.batch.who, found.rejected[0].reason
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
    ) -> None:
        self.wanted = wanted
        self.salt = salt
        self.source = source
        self._max_bytes = max_bytes
        fast = find_spec("msgspec") is not None if fast is None else fast
        self._reader: LineReader = _fast_lines(wanted) if fast else PlainLines(wanted)

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
        lines, origin, rejected = given.lines, given.origin, given.rejected
        if not lines:
            return EventBatch.empty(len(self.wanted.properties), source)
        batch, places, others = skim(
            self._reader,
            lines,
            np.fromiter(origin, np.int64, len(origin)),
            buffer=given.buffer,
            received=received,
            wanted=self.wanted,
            source=source,
            salt=self.salt,
        )
        rows: list[EventRow] = []
        at: list[int] = []
        for place in others.tolist():
            for found in _read_slowly(lines[place], origin[place], received, source):
                if isinstance(found, KeptAside):
                    rejected.append(found)
                else:
                    rows.append(found)
                    at.append(place)
        if not rows:
            return batch
        slow = batch_of(rows, self.wanted, source, self.salt)
        order = np.argsort(np.concatenate([places, np.array(at, np.int64)]), kind="stable")
        return EventBatch.joined([batch, slow]).take(order)


def _fast_lines(wanted: Wanted) -> LineReader:
    from customerintel.live.fast_lines import FastLines

    return FastLines(wanted)


def _read_slowly(
    line: bytes, origin: int, received: int | None, source: str
) -> list[EventRow | KeptAside]:
    """Return the events of one line, or why there is none."""
    try:
        data = read_json(line)
    except UnicodeDecodeError:
        return [KeptAside("event: invalid_utf8", line, source, origin)]
    except RecursionError:
        return [KeptAside("event: nested_too_deep", line, source, origin)]
    except ValueError:
        return [KeptAside("event: unparseable_json", line, source, origin)]
    found: list[EventRow | KeptAside] = []
    for event, own in _events_of(data, line):
        row = _judged(event, own, origin, received)
        found.append(KeptAside(row, own, source, origin) if isinstance(row, str) else row)
    return found


def _events_of(data: Any, line: bytes) -> list[tuple[Any, bytes]]:
    """Return the events of a JSON value, each with the line that the log keeps."""
    if isinstance(data, list) and data and all(map(is_cloud_event, data)):
        return [(event, json_line(event)) for event in data]
    if isinstance(data, dict) and isinstance(data.get("batch"), list) and data["batch"]:
        sent = data.get("sentAt", data.get("sent_at"))
        messages = [_sent(message, sent) for message in data["batch"]]
        return [(message, json_line(message)) for message in messages]
    return [(data, line)]


def _sent(message: Any, sent: Any) -> Any:
    """Return a message of an envelope with the time at which the envelope was sent."""
    if sent is None or not isinstance(message, dict) or is_cloud_event(message):
        return message
    return message if "sentAt" in message or "sent_at" in message else message | {"sentAt": sent}


def _judged(data: Any, line: bytes, origin: int, received: int | None) -> EventRow | str:
    if not isinstance(data, dict):
        return "event: not_an_object"
    if is_cloud_event(data):
        mapped = from_cloud_event(data, received)
        return mapped if isinstance(mapped, str) else judge(mapped, line, origin, received)
    floats = {name: int(data[name]) for name in _IDS if _is_whole(data.get(name))}
    if floats:  # 1e2 is written 100, as `erase_lines` will look for it
        data = data | floats
        line = json_line(data)
    return judge(data, line, origin, received)


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) <= 2**53
