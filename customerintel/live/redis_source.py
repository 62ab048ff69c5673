"""Events from a Redis stream, acknowledged when they are stored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError, SourceError
from customerintel.live.cloud_events import is_cloud_event
from customerintel.live.lengths import read_length
from customerintel.live.source import Offsets
from customerintel.live.source_batch import SourceBatch
from customerintel.models.arguments import whole_number

__all__ = ["RedisSource"]

#: Fields whose value is a whole event as JSON.
_BODIES: Final = (b"event_json", b"data", b"json", b"payload", b"body")
#: So many entries of one millisecond have numbers of their own.
_PER_MILLISECOND: Final = 1 << 20
#: The store keeps the next number, in 64 bits.
_LAST_NUMBER: Final = (1 << 63) - 2


class RedisSource:
    """Reads a stream as one consumer of a group (extra ``redis``, Redis 6.2 or later).

    An entry is an event as JSON in one of the fields ``data``, ``json``, ``payload``, ``body``,
    ``event_json``, or its fields are those of the event (``properties`` as JSON).

    Entries are acknowledged after the store has them (at least once); what was stored before a
    crash and not acknowledged comes again and is dropped by its number. Entries of consumers that
    died are taken over after `claim_after`; they are told apart by their ``messageId``, which is
    their number in the stream where they have none.

    Parameters
    ----------
    client : redis.Redis or str
        The client, or an address such as ``"redis://localhost:6379/0"``.
    stream, group, consumer : str
        Names; the group is made if it is not there, from the beginning of the stream.
    batch : int, default 4096
        At most so many events at once.
    wait : str, default "0.1s"
        How long to wait for further ones.
    claim_after : str, default "60s"
        Entries that another consumer has had for so long are taken over.
    clock : callable, default time.time
        Seconds since 1970; when events that do not say so were received.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If the client is not installed.
    SourceError
        When it is read: the server is not there, or refuses.
    """

    live = True

    def __init__(
        self,
        client: Any,
        stream: str,
        *,
        group: str = "customerintel",
        consumer: str = "engine",
        batch: int = 4096,
        wait: str = "0.1s",
        claim_after: str = "60s",
        clock: Callable[[], float] = time.time,
    ) -> None:
        for name, value in (("stream", stream), ("group", group), ("consumer", consumer)):
            if not isinstance(value, str) or not value:
                raise InvalidArgumentError(f"{name} must be a text that is not empty.")
        self.stream, self.group, self.consumer = stream, group, consumer
        self._batch = whole_number(batch, "batch", "events at once", least=1)
        self._wait = max(1, read_length(wait, "wait") // 1000)
        self._claim_after = read_length(claim_after, "claim_after") // 1000
        self._clock = clock
        self._own = isinstance(client, str)
        self._client: Any = _connected(client) if self._own else client
        self._entries: dict[int, list[bytes]] = {}

    def batches(self, _offsets: Offsets, /) -> Iterator[SourceBatch | None]:
        """Yield entries; None when none came for a while.

        First come those that this consumer had before and did not acknowledge. The server keeps
        what was read, so offsets only serve the engine, which drops what it has stored.
        """
        self._make_group()
        after: bytes | str = "0"
        while after != ">":
            entries = self._read(after, None)
            yield from self._yielded(entries, numbered=False)
            after = entries[-1][0] if entries else ">"
        claimed = float("-inf")
        while self._client is not None:
            if (now := self._clock()) - claimed >= self._claim_after / 1000:
                claimed = now
                for taken in self._claimed():
                    yield from self._yielded(taken, numbered=False)
            entries = self._read(">", self._wait)
            if entries:
                yield from self._yielded(entries, numbered=True)
            else:
                yield None

    def _yielded(self, entries: list[Any], *, numbered: bool) -> Iterator[SourceBatch]:
        """Yield a batch; what was taken over comes out of order, so its numbers say nothing."""
        lost = [entry[0] for entry in entries if entry[0] and not entry[1]]
        if lost:  # deleted before they were read: nobody can ever read them
            self._ask("xack", self.stream, self.group, *lost)
        entries = [entry for entry in entries if entry[1]]
        if not entries:
            return
        events = [_event(fields, f"{self.stream}:{_text(key)}") for key, fields in entries]
        offsets = [_number(key) for key, _ in entries] if numbered else []
        if offsets and offsets[-1] > _LAST_NUMBER:  # ids that are no times, but far beyond
            offsets = []
        received = int(self._clock() * 1e6)
        batch = SourceBatch(events, f"redis:{self.stream}", self.consumer, offsets, received)
        self._entries[id(batch)] = [key for key, _ in entries]
        try:
            yield batch
        finally:
            self._entries.pop(id(batch), None)

    def stored(self, batch: SourceBatch) -> None:
        """Acknowledge the entries of a batch."""
        keys = self._entries.get(id(batch), [])
        if keys:
            self._ask("xack", self.stream, self.group, *keys)

    def _make_group(self) -> None:
        try:
            self._client.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        except Exception as error:  # the client's own class, which is an extra
            if "BUSYGROUP" not in str(error):
                raise _broken(error) from error

    def _read(self, after: bytes | str, wait: int | None) -> list[Any]:
        answer = self._ask(
            "xreadgroup", self.group, self.consumer, {self.stream: after}, self._batch, wait
        )
        if isinstance(answer, Mapping):  # third version of the protocol
            return [entry for part in answer.values() for some in part for entry in some]
        return [entry for _, some in answer or () for entry in some]

    def _claimed(self) -> Iterator[list[Any]]:
        """Take over what other consumers have had for long; one look through all of it."""
        cursor: bytes | str = "0-0"
        while True:
            answer = self._ask(
                "xautoclaim", self.stream, self.group, self.consumer, self._claim_after, cursor,
                self._batch,
            )  # fmt: skip
            cursor = answer[0]
            yield list(answer[1])
            if _text(cursor) == "0-0":
                return

    def _ask(self, command: str, *arguments: Any) -> Any:
        try:
            return getattr(self._client, command)(*arguments)
        except Exception as error:  # the client's own class, which is an extra
            raise _broken(error) from error

    def close(self) -> None:
        """Close the connection, if it was made here."""
        client, self._client = self._client, None
        if client is not None and self._own:
            client.close()

    def __repr__(self) -> str:
        return f"RedisSource({self.stream!r}, group={self.group!r}, consumer={self.consumer!r})"


def _connected(address: str) -> Any:
    try:
        import redis
    except ImportError as error:
        raise MissingDependencyError(
            "Reading Redis streams needs redis: pip install 'customerintel[redis]'"
        ) from error
    try:
        return redis.Redis.from_url(address)
    except ValueError as error:
        raise InvalidArgumentError(
            "client is no address of a Redis server; give one such as 'redis://localhost:6379/0'."
        ) from error


def _text(key: bytes | str) -> str:
    return key.decode() if isinstance(key, bytes) else key


def _number(key: bytes | str) -> int:
    """Return the number of an entry: increasing, as the stream gives them."""
    milliseconds, _, count = _text(key).partition("-")
    return int(milliseconds) * _PER_MILLISECOND + min(int(count), _PER_MILLISECOND - 1)


def _event(fields: Mapping[Any, Any], key: str) -> Any:
    """Return the JSON of an event, or a mapping made of the entry's fields.

    Without a ``messageId`` it gets its number in the stream, so that it counts once however often
    it is delivered.
    """
    raw = {_bytes(name): _bytes(value) for name, value in fields.items()}
    body = next((raw[name] for name in _BODIES if raw.get(name, b"").lstrip()[:1] == b"{"), None)
    if body is None and len(raw) == 1:
        body = next(iter(raw.values()))
    if body is not None:
        return _named(body, key)
    event: dict[str, Any] = {"messageId": key}
    for name, value in raw.items():
        text = value.decode("utf-8", "replace")
        word = name.decode("utf-8", "replace")
        event[word] = _parsed(text) if word in ("properties", "traits", "context") else text
    return event


def _named(body: bytes, key: str) -> Any:
    """Return a body whose events all have an id; those of CloudEvents have one of their own."""
    found = _parsed(body)
    if not isinstance(found, dict) or is_cloud_event(found):
        return body
    batch = found.get("batch")
    if isinstance(batch, list):
        named = [_with_id(one, f"{key}:{place}") for place, one in enumerate(batch)]
        return body if named == batch else {**found, "batch": named}
    named_one = _with_id(found, key)
    return body if named_one is found else named_one


def _with_id(event: Any, key: str) -> Any:
    if not isinstance(event, dict) or is_cloud_event(event):
        return event
    if any(event.get(name) not in (None, "") for name in ("messageId", "message_id")):
        return event
    return {name: one for name, one in event.items() if name != "message_id"} | {"messageId": key}


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _broken(error: Exception) -> SourceError:
    return SourceError(
        f"The Redis stream cannot be read ({type(error).__name__}). What was ingested before is "
        "stored, and what was not acknowledged comes again; start again when the server is there."
    )
