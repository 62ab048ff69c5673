"""Events from Kafka; their offsets are kept in the engine's own store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError, SourceError
from customerintel.live.lengths import read_length
from customerintel.live.source import Offsets
from customerintel.live.source_batch import SourceBatch
from customerintel.models.arguments import whole_number

__all__ = ["KafkaSource"]


class KafkaSource:
    """Reads topics with the client ``confluent-kafka`` (extra ``kafka``).

    The value of a message is one event as JSON (Segment Spec or CloudEvents); headers ``ce_…``
    (CloudEvents, Kafka protocol binding 1.0, binary mode) are read too. Key messages by customer:
    order holds within a partition only.

    The store decides where reading goes on, so an event is neither lost nor counted twice after a
    crash; the group's offsets in Kafka follow for those who watch the lag. A partition belongs to
    the process that has the customers' state: with several processes, give each its own
    `partitions` and its own store.

    Parameters
    ----------
    config : mapping
        Of the client: ``bootstrap.servers`` and ``group.id`` at least. ``enable.auto.commit`` is
        switched off; ``auto.offset.reset`` is ``earliest`` unless given.
    topics : str or sequence of str
        What to read.
    partitions : sequence of int, optional
        Read these of each topic, without the group's balancing.
    batch : int, default 4096
        At most so many events at once.
    wait : str, default "0.1s"
        How long to wait for further ones.
    clock : callable, default time.time
        Seconds since 1970; when events that do not say so were received.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    MissingDependencyError
        If the client is not installed.
    SourceError
        When it is read: the client reports an error that it does not mend by itself.
    """

    live = True

    def __init__(
        self,
        config: Mapping[str, Any],
        topics: str | Sequence[str],
        *,
        partitions: Sequence[int] | None = None,
        batch: int = 4096,
        wait: str = "0.1s",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.topics = [topics] if isinstance(topics, str) else list(topics)
        if not self.topics:
            raise InvalidArgumentError("topics is empty; name at least one topic to read.")
        missing = [key for key in ("bootstrap.servers", "group.id") if not config.get(key)]
        if missing:
            raise InvalidArgumentError(
                f"config has no {' and no '.join(missing)}; the Kafka client needs both."
            )
        self._batch = whole_number(batch, "batch", "events at once", least=1)
        self._wait = read_length(wait, "wait") / 1e6
        self._clock = clock
        self._partitions = partitions
        # a cooperative group gives and takes partitions one by one
        self._adds = "cooperative" in str(config.get("partition.assignment.strategy"))
        self._reached: dict[tuple[str, str], int] = {}
        self._consumer = _consumer(config)

    def batches(self, offsets: Offsets) -> Iterator[SourceBatch | None]:
        """Yield events per partition from `offsets` on; None when all is read and none came."""
        self._reached = dict(offsets)
        self._subscribe()
        while self._consumer is not None:
            try:
                messages = self._consumer.consume(self._batch, self._wait)
            except Exception as error:  # the client's own class, which is an extra
                raise _broken(str(error)) from error
            found: dict[tuple[str, int], list[Any]] = {}
            for message in messages:
                if _usable(message):
                    found.setdefault((message.topic(), message.partition()), []).append(message)
            if not found:
                yield None if self._is_at_end() else SourceBatch([], self.topics[0])
            received = int(self._clock() * 1e6)
            for (topic, partition), some in found.items():
                places = [message.offset() for message in some]
                yield SourceBatch(list(map(_event, some)), topic, str(partition), places, received)

    def _subscribe(self) -> None:
        from confluent_kafka import OFFSET_STORED, TopicPartition

        def placed(topic: str, number: int) -> Any:
            reached = self._reached.get((topic, str(number)), OFFSET_STORED)
            return TopicPartition(topic, number, reached)

        def assigned(consumer: Any, parts: list[Any]) -> None:
            assign = consumer.incremental_assign if self._adds else consumer.assign
            assign([placed(part.topic, part.partition) for part in parts])

        if self._partitions is None:
            self._consumer.subscribe(self.topics, on_assign=assigned)
        else:
            self._consumer.assign(
                [placed(topic, number) for topic in self.topics for number in self._partitions]
            )

    def _is_at_end(self) -> bool:
        """Tell whether partitions are assigned and all of them are read to their end."""
        parts = self._consumer.assignment()
        for part in self._consumer.position(parts):
            high = self._consumer.get_watermark_offsets(part, cached=True)[1]
            if (part.offset < 0 and high > 0) or part.offset < high or high < 0:
                return False
        return bool(parts)

    def stored(self, batch: SourceBatch) -> None:
        """Tell Kafka how far the store is; nothing depends on it but the shown lag."""
        from confluent_kafka import TopicPartition

        if batch.offsets:  # where a partition that was taken away and given back goes on
            self._reached[batch.source, batch.partition] = batch.offsets[-1] + 1
        if self._consumer is not None and batch.offsets:
            reached = TopicPartition(batch.source, int(batch.partition), batch.offsets[-1] + 1)
            self._consumer.commit(offsets=[reached], asynchronous=True)

    def close(self) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()

    def __repr__(self) -> str:
        return f"KafkaSource(topics={self.topics!r}, partitions={self._partitions!r})"


def _consumer(config: Mapping[str, Any]) -> Any:
    try:
        from confluent_kafka import Consumer, KafkaException
    except ImportError as error:
        raise MissingDependencyError(
            "Reading Kafka needs confluent-kafka: pip install 'customerintel[kafka]'"
        ) from error
    settings = {"auto.offset.reset": "earliest", **config, "enable.auto.commit": False}
    try:
        return Consumer(settings)
    except KafkaException as error:
        raise InvalidArgumentError(
            "The Kafka client does not take this config; its own words are the cause of this "
            "error. Correct the setting that they name."
        ) from error


def _usable(message: Any) -> bool:
    from confluent_kafka import KafkaError

    error = message.error()
    if error is None:
        return True
    if error.code() == KafkaError._PARTITION_EOF or error.retriable():
        return False
    raise _broken(error.str())


def _event(message: Any) -> Any:
    """Return the body, or the mapping of a CloudEvent in headers; what is empty is kept aside."""
    from customerintel.live.cloud_events import map_binary

    headers = message.headers()
    body = message.value() or b"null"
    if headers and any(name.lower().startswith("ce_") for name, _ in headers):
        return map_binary(headers, body)
    return body


def _broken(words: str) -> SourceError:
    return SourceError(
        f"Kafka cannot be read: {words}. What was ingested before is stored; start again when the "
        "broker is there."
    )
