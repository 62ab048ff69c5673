"""Partitions that a group gives, takes and gives back."""

from __future__ import annotations

from typing import Any

import pytest

from customerintel import live


class Group:
    """A client that is given partitions by its group; notes from where it would read them."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[int, int]]] = []

    def subscribe(self, topics: list[str], on_assign: Any) -> None:
        self.given = on_assign

    def assign(self, parts: list[Any]) -> None:
        self.found.append(("all", {part.partition: part.offset for part in parts}))

    def incremental_assign(self, parts: list[Any]) -> None:
        self.found.append(("more", {part.partition: part.offset for part in parts}))

    def consume(self, n: int, wait: float) -> list[Any]:
        return []

    def assignment(self) -> list[Any]:
        return []

    def position(self, parts: list[Any]) -> list[Any]:
        return parts

    def commit(self, **_: Any) -> None:
        pass


@pytest.mark.parametrize(("strategy", "way"), [("range", "all"), ("cooperative-sticky", "more")])
def test_a_partition_that_comes_back_goes_on_where_the_store_is(strategy: str, way: str) -> None:
    from confluent_kafka import OFFSET_STORED, TopicPartition

    config = {"bootstrap.servers": "localhost:1", "group.id": "g"}
    source = live.KafkaSource(config | {"partition.assignment.strategy": strategy}, "events")
    source.close()
    source._consumer = group = Group()
    next(source.batches({("events", "0"): 5}))
    parts = [TopicPartition("events", 0), TopicPartition("events", 1)]
    group.given(group, parts)
    source.stored(live.SourceBatch([b"", b""], "events", "1", [8, 9]))
    group.given(group, parts)
    assert group.found == [(way, {0: 5, 1: OFFSET_STORED}), (way, {0: 5, 1: 10})]
