"""Every store keeps what the engine relies on; the suite finds those that do not."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live import bad_stores
from live.memory_store import MemoryStore, contents, fields
from live.postgres_server import new_schema, postgres_or_skip
from live.store_faults import quick_folder

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.postgres_store import PostgresStore
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import Change, KeptAside
from customerintel.testing.store_subject import StoreSubject, an_action
from customerintel.testing.stores import STORE_CHECKS, check_store

KINDS = ("sqlite", "postgres")
FAULTS = sorted(name for name in vars(bad_stores) if name.startswith("Bad"))


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def folder():
    """As `tmp_path`, for all examples together."""
    with quick_folder() as made:
        yield made


def opener(kind, folder):
    """Return what opens stores of a kind by name."""
    if kind == "sqlite":
        return lambda name: SQLiteStore(folder / name)
    conninfo = postgres_or_skip()
    return lambda name: PostgresStore(conninfo, schema=name, wait=0.0)


@pytest.mark.parametrize("check", STORE_CHECKS)
@pytest.mark.parametrize("kind", KINDS)
def test_conformance(check, kind, tmp_path):
    """The checks of the suite, one by one."""
    subject = StoreSubject(opener(kind, tmp_path))
    try:
        STORE_CHECKS[check].run(subject)
    finally:
        subject.close()


def test_in_memory():
    """SQLite in memory keeps to everything that needs no second opening."""
    store = SQLiteStore(":memory:")
    store.write(Change(records=[("tick", b"1")], actions=[an_action(1)], meta={"a": "b"}))
    other = SQLiteStore(":memory:")
    assert contents(other) == contents(MemoryStore({}, "a"))
    assert [one.body for one in store.records()] == [b"1"]
    assert store.size()["stored_bytes"] > 0
    store.close()
    other.close()


def test_only_what_changed_is_written(tmp_path):
    """Pieces of a snapshot that are as they were are not written again."""
    store = SQLiteStore(tmp_path / "live.db")
    large = bytearray(random.Random(1).randbytes(4 << 20))
    store.write(Change(snapshot=[("state", bytes(large))]))
    before = store._connection.total_changes
    large[5] ^= 1
    store.write(Change(snapshot=[("state", bytes(large))]))
    # One piece and at most one number.
    assert store._connection.total_changes - before <= 2
    assert store.snapshot() == (0, {"state": bytes(large)})
    store.close()


class TestSuite:
    """The suite passes what is right, and names what is wrong."""

    def test_a_store_of_somebody_else(self):
        """A store that is no class of ours passes."""
        shelves: dict[str, object] = {}
        report = check_store(lambda name: MemoryStore(shelves, name))
        report.raise_if_failed()
        assert len(report) == len(STORE_CHECKS)
        assert "store" in repr(report.kind)

    @pytest.mark.parametrize("fault", FAULTS)
    def test_faults_are_found(self, fault):
        """Each store with one fault fails the check that is about it."""
        kind = getattr(bad_stores, fault)
        shelves: dict[str, object] = {}
        report = check_store(lambda name: kind(shelves, name))
        failed = {one.name for one in report.failures}
        assert kind.fails in failed
        assert all(one.what_to_do for one in report.failures)

    def test_not_callable(self):
        """A store in place of a function that opens one."""
        with pytest.raises(InvalidArgumentError, match="make_store must be a function"):
            check_store(3)


texts = st.sampled_from(["", "a", "c1", "c\0", "\ud800x", "é", "Z"])
times = st.integers(-3, 12)
bodies = st.binary(max_size=5)


@st.composite
def actions(draw):
    return an_action(
        draw(st.integers(0, 12)), customer_id=draw(texts), channel=draw(st.sampled_from("ab")),
        due_at=draw(times), not_before=draw(times), lease_until=draw(times), sent_at=draw(times),
        state=draw(st.sampled_from(["queued", "leased", "done", "failed", "suppressed"])),
        monetary=draw(st.floats(width=32).map(lambda x: x + 0.0)), payload=draw(texts),
    )  # fmt: skip


changes = st.builds(
    Change,
    records=st.lists(st.tuples(st.sampled_from(["events", "tick"]), bodies), max_size=3),
    actions=st.lists(actions(), max_size=4),
    updates=st.lists(actions(), max_size=3),
    kept_aside=st.lists(st.builds(KeptAside, texts, bodies, texts), max_size=2),
    offsets=st.dictionaries(st.tuples(texts, texts), times, max_size=2),
    meta=st.dictionaries(texts, texts, max_size=2),
    snapshot=st.none() | st.dictionaries(texts, bodies, max_size=2).map(lambda d: list(d.items())),
    coming=st.lists(bodies, max_size=2),
    complete=st.none() | st.integers(0, 9),
    forget_before=st.none() | st.integers(0, 9),
)  # fmt: skip
steps = st.lists(changes | st.just("reopen") | st.lists(texts, max_size=2), max_size=8)


def rewrite(record):
    """Take every zero byte from a record; one that is empty then goes."""
    return record.body.replace(b"\0", b"") if b"\0" in record.body else None


def as_given(step, place, last):
    """Give what is to come names of its own; a whole snapshot comes alone."""
    step.coming = [(f"{place}.{k}", body) for k, body in enumerate(step.coming)]
    if step.snapshot is not None:
        step.coming, step.complete = [], None
    elif step.complete is not None:
        step.complete = min(step.complete, last)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(steps=steps, now=times, n=st.integers(0, 9), after=st.integers(0, 5))
def test_against_dicts(kind, folder, steps, now, n, after):
    """Whatever is written, opened again and erased: the same as in a store of dicts."""
    make = opener(kind, folder)
    name, shelves = new_schema(), {}
    store, plain = make(name), MemoryStore(shelves, name)
    try:
        for place, step in enumerate(steps):
            if isinstance(step, Change):
                as_given(step, place, plain.data["last"])
            if step == "reopen":
                store.close()
                plain.close()
                store, plain = make(name), MemoryStore(shelves, name)
            elif isinstance(step, list):
                change = Change(records=[("erase", b"")], snapshot=[("s", b"")])
                store.erase(step, rewrite, change)
                plain.erase(step, rewrite, change)
            else:
                assert store.write(step) == plain.write(replace(step))
            assert contents(store) == contents(plain)
        assert list(map(fields, store.due(now, n))) == list(map(fields, plain.due(now, n)))
        assert list(store.records(after)) == list(plain.records(after))
        for one, channel in itertools.product(["c1", "c\0", "\ud800x"], "ab"):
            window = (one, channel, now, now + n)
            assert store.count_sent(*window) == plain.count_sent(*window)
        assert list(map(fields, store.actions_of(["é", "c1"]))) == list(
            map(fields, plain.actions_of(["é", "c1"]))
        )
    finally:
        store.close()
