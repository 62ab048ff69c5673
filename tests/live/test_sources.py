"""Sources: files that grow, Redis with a real server, Kafka with the client's own mock cluster."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from customerintel import live
from customerintel.exceptions import InvalidArgumentError, SourceError

VISIT = live.Rule(id="visit", version=1, when=live.On("Visit"), do=[live.Action("desk")])


def line(customer: str, minute: int, **more: object) -> bytes:
    return json.dumps(
        {
            "event": "Visit",
            "userId": customer,
            "timestamp": f"2026-05-01T10:{minute:02}:00Z",
            **more,
        }
    ).encode()


LINES = [line(f"c{k}", k) for k in range(10)]


def taken(source: live.JsonLinesSource, offsets: dict[tuple[str, str], int]) -> list[bytes]:
    return [event for batch in source.batches(offsets) if batch for event in batch.events]


@pytest.mark.parametrize("ending", ["", "\n", "\n\n  \n"])
@pytest.mark.parametrize("packed", [False, True])
def test_file_goes_on_at_any_offset(tmp_path: Path, ending: str, *, packed: bool) -> None:
    data = b"\n".join([*LINES[:4], b"", *LINES[4:]]) + ending.encode()
    path = tmp_path / ("events.jsonl.gz" if packed else "events.jsonl")
    path.write_bytes(gzip.compress(data) if packed else data)
    source = live.JsonLinesSource(path, batch=3)
    batches = [batch for batch in source.batches({}) if batch]
    assert [event for batch in batches for event in batch.events] == LINES
    ends = [offset for batch in batches for offset in batch.offsets]
    assert ends == sorted(set(ends))
    for k, end in enumerate(ends):
        assert taken(source, {(source.name, ""): end + 1}) == LINES[k + 1 :]


def test_file_of_many_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customerintel.live.jsonl_source._PORTION", 7)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(LINES))
    assert taken(live.JsonLinesSource(path), {}) == LINES


def test_followed_file_waits_for_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(LINES[0] + b"\n" + LINES[1][:20])
    source = live.JsonLinesSource(path, follow=True, wait="1ms", clock=lambda: 1_800_000_000.0)
    batches = source.batches({})
    first = next(batches)
    assert first is not None
    assert first.events == LINES[:1]
    assert first.received == 1_800_000_000_000_000
    assert next(batches) is None
    with path.open("ab") as file:
        file.write(LINES[1][20:] + b"\n")
    second = next(batch for batch in batches if batch)
    assert second.events == LINES[1:2]


def test_file_that_shrank(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(LINES[0] + b"\n")
    source = live.JsonLinesSource(path)
    with pytest.raises(SourceError, match=r"events\.jsonl is shorter than what the store has read"):
        taken(source, {(source.name, ""): 10_000})
    with pytest.raises(SourceError, match="No such file"):
        taken(live.JsonLinesSource(tmp_path / "absent.jsonl"), {})
    with pytest.raises(InvalidArgumentError, match="cannot be followed"):
        live.JsonLinesSource(tmp_path / "events.jsonl.gz", follow=True)


def test_run_of_a_file_twice_counts_once(tmp_path: Path) -> None:
    path, store = tmp_path / "events.jsonl", tmp_path / "live.db"
    path.write_bytes(b"\n".join(LINES[:6]) + b"\n")
    with live.Engine([VISIT], store=store) as engine:
        assert live.run(engine, live.JsonLinesSource(path, batch=4)).accepted == 6
    with path.open("ab") as file:
        file.write(b"\n".join(LINES[6:]))
    sent: list[str] = []
    with live.Engine([VISIT], store=store) as engine:
        ran = live.run(
            engine, live.JsonLinesSource(path), handler=lambda action: sent.append(action.id)
        )
        assert (ran.accepted, ran.duplicates, ran.decisions) == (4, 0, 4)
    assert len(set(sent)) == len(sent) == 10


@pytest.fixture(scope="module")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that lives as long as these tests."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine (Debian's package redis-server has it)")
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    command = [
        program,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 20
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        yield f"unix://{socket}"
        server.terminate()


def until_quiet(engine: live.Engine, source: live.RedisSource, ack: bool = True) -> int:
    count = 0
    for batch in source.batches(engine.offsets):
        if batch is None:
            break
        count += engine.ingest(batch).accepted
        if ack:
            source.stored(batch)
    return count


def test_redis_stream(redis_address: str, tmp_path: Path) -> None:
    import redis

    with redis.Redis.from_url(redis_address) as client:
        for body in LINES[:4]:
            client.xadd("events", {"data": body})
        client.xadd(
            "events", {"event": "Visit", "userId": "flat", "timestamp": "2026-05-01T11:00Z"}
        )
        client.xadd("events", {"data": b"{broken"})
        store = tmp_path / "live.db"
        with live.Engine([VISIT], store=store) as engine:
            source = live.RedisSource(client, "events", wait="20ms", batch=3)
            assert until_quiet(engine, source, ack=False) == 5  # stored, never acknowledged
            assert len(list(engine.kept_aside())) == 1
        assert client.xpending("events", "customerintel")["pending"] == 6
        with live.Engine([VISIT], store=store) as engine:
            source = live.RedisSource(client, "events", wait="20ms", batch=3)
            assert until_quiet(engine, source) == 0
            client.xadd("events", {"data": LINES[4]})
            assert until_quiet(engine, source) == 1
        assert client.xpending("events", "customerintel")["pending"] == 0


def test_redis_entries_of_a_dead_consumer(redis_address: str) -> None:
    import redis

    with redis.Redis.from_url(redis_address) as client:
        for body in LINES:
            client.xadd("left", {"data": body})
        client.xgroup_create("left", "customerintel", id="0")
        client.xreadgroup("customerintel", "dead", {"left": ">"}, count=4)
        with live.Engine([VISIT], store=":memory:") as engine:
            source = live.RedisSource(redis_address, "left", wait="20ms", claim_after="1ms")
            time.sleep(0.01)
            assert until_quiet(engine, source) == 10
            assert len(engine.outbox) == 10
            source.close()


def test_redis_entries_that_were_deleted(redis_address: str) -> None:
    import redis

    with redis.Redis.from_url(redis_address) as client:
        keys = [client.xadd("less", {"data": body}) for body in LINES]
        client.xgroup_create("less", "customerintel", id="0")
        client.xreadgroup("customerintel", "engine", {"less": ">"}, count=2)
        client.xreadgroup("customerintel", "dead", {"less": ">"}, count=6)
        client.xdel("less", *keys[:4])  # one look at the dead consumer's entries finds nothing
        time.sleep(0.01)
        with live.Engine([VISIT], store=":memory:") as engine:
            source = live.RedisSource(client, "less", wait="20ms", batch=2, claim_after="5ms")
            assert until_quiet(engine, source) == 6
        assert client.xpending("less", "customerintel")["pending"] == 0


def test_redis_entries_with_numbers_beyond_64_bits(redis_address: str) -> None:
    import redis

    with redis.Redis.from_url(redis_address) as client:
        client.xadd("far", {"data": LINES[0]}, id=f"{2**64 - 1}-5")
        with live.Engine([VISIT], store=":memory:") as engine:
            assert until_quiet(engine, live.RedisSource(client, "far", wait="20ms")) == 1
            assert not engine.offsets


def test_redis_that_is_not_there(tmp_path: Path) -> None:
    source = live.RedisSource(f"unix://{tmp_path / 'none.sock'}", "events")
    with pytest.raises(SourceError, match=r"The Redis stream cannot be read \(ConnectionError\)"):
        next(source.batches({}))


def test_kafka_mock_cluster(tmp_path: Path) -> None:
    from confluent_kafka import Producer

    producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none"})
    broker = next(iter(producer.list_topics(timeout=10).brokers.values()))
    config = {"bootstrap.servers": f"{broker.host}:{broker.port}", "group.id": "engine"}
    for k, body in enumerate(LINES):
        producer.produce("events", body, key=f"c{k}", partition=k % 2)
    producer.produce("events", None, key="gone", partition=0)
    headers = [
        ("ce_id", "m1"),
        ("ce_source", "shop"),
        ("ce_type", "Visit"),
        ("ce_specversion", "1.0"),
    ]
    headers += [("ce_subject", "cloud"), ("ce_time", "2026-05-01T10:00:00Z")]
    producer.produce("events", b"{}", headers=headers, partition=1)
    producer.flush(10)
    store = tmp_path / "live.db"
    with live.Engine([VISIT], store=store) as engine:
        counted = consume(engine, config, 12)
        assert counted == 11
        assert len(list(engine.kept_aside())) == 1  # the message without a body
        assert engine.offsets == {("events", "0"): 6, ("events", "1"): 6}
    producer.produce("events", line("late", 30), partition=1)
    producer.flush(10)
    # what Kafka's group knows does not matter: the store says where to go on
    with live.Engine([VISIT], store=store) as engine:
        assert consume(engine, {**config, "group.id": "another"}, 1) == 1
        assert len(engine.outbox) == 12


def consume(engine: live.Engine, config: dict[str, str], wanted: int) -> int:
    source = live.KafkaSource(config, "events", partitions=[0, 1], wait="50ms")
    accepted, seen, deadline = 0, 0, time.monotonic() + 30
    for batch in source.batches(engine.offsets):
        if batch is not None:
            seen += len(batch.events)
            accepted += engine.ingest(batch).accepted
            source.stored(batch)
        if seen >= wanted or time.monotonic() > deadline:
            break
    source.close()
    return accepted


def test_bad_sources() -> None:
    with pytest.raises(InvalidArgumentError, match=r"config has no group\.id; the Kafka client"):
        live.KafkaSource({"bootstrap.servers": "localhost"}, "events")
    with pytest.raises(InvalidArgumentError, match="name at least one topic"):
        live.KafkaSource({}, [])
    with pytest.raises(InvalidArgumentError, match="does not take this config"):
        live.KafkaSource({"bootstrap.servers": "b", "group.id": "g", "no.such": 1}, "events")
    with pytest.raises(InvalidArgumentError, match="no address of a Redis server"):
        live.RedisSource("nowhere", "events")
    with pytest.raises(InvalidArgumentError, match="stream must be a text that is not empty"):
        live.RedisSource("redis://localhost", "")
