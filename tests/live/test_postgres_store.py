"""The store in PostgreSQL: its lock, lost connections, format, and erasure from the tables."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live.memory_store import contents
from live.postgres_server import new_schema, postgres_or_skip
from live.store_faults import in_child

from customerintel.exceptions import LiveStoreError, StoreLockedError, StoreVersionError
from customerintel.live import sql_statements as sql
from customerintel.live.postgres_store import PostgresStore
from customerintel.live.store import FORMAT_VERSION, Change, KeptAside
from customerintel.testing.store_subject import an_action

psycopg = pytest.importorskip("psycopg")


@pytest.fixture
def place():
    """Conninfo and an unused schema."""
    return postgres_or_skip(), new_schema()


def opened(place, **options):
    return PostgresStore(place[0], schema=place[1], **options)


def run(place, statement):
    """Run a statement as another client."""
    with psycopg.connect(place[0], autocommit=True) as other:
        other.execute(f'SET search_path = "{place[1]}"')
        cursor = other.execute(statement)
        return cursor.fetchall() if cursor.description else []


class TestLock:
    def test_two_schemas(self, place):
        """Two engines may share a database: each has its schema."""
        first, second = opened(place), opened((place[0], new_schema()))
        first.write(Change(meta={"a": "1"}))
        assert second.meta() == {}
        first.close()
        second.close()

    def test_waits_for_one_that_closes(self, place):
        """An engine that closes within the time to wait makes room."""
        first = opened(place)
        began = time.monotonic()
        with pytest.raises(StoreLockedError):
            opened(place, wait=0.2)
        assert time.monotonic() - began >= 0.2
        first.close()
        opened(place, wait=0).close()

    def test_killed(self, place):
        """The lock of a process that was killed is free again, and its commits are there."""

        def work():
            store = opened(place)
            for i in range(200):
                store.write(Change(records=[("tick", str(i).encode())]))
            os.kill(os.getpid(), signal.SIGKILL)

        assert in_child(work) == -signal.SIGKILL
        store = opened(place)
        assert len(list(store.records())) == 200
        store.close()

    def test_ended_by_the_server(self, place):
        """A session that the server ends is lost; the next one takes over."""
        store = opened(place)
        store.write(Change(records=[("tick", b"1")]))
        before = contents(store)
        pid = store._run("SELECT pg_backend_pid()")[0][0]
        run(place, f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(LiveStoreError, match="Nothing of this change is certain"):
            store.write(Change(records=[("tick", b"2")]))
        other = opened(place)
        assert contents(other) == before
        with pytest.raises(LiveStoreError, match="close it and open it again"):
            store.write(Change(records=[("tick", b"3")]))
        store.close()
        other.close()


class TestFormat:
    @pytest.mark.parametrize("version", [FORMAT_VERSION - 1, FORMAT_VERSION + 1])
    def test_another_version(self, place, version):
        """Older and newer tables are refused, and the lock is given back."""
        opened(place).close()
        run(place, f"UPDATE numbers SET value = {version} WHERE name = 'format_version'")
        for _ in range(2):
            with pytest.raises(StoreVersionError, match=f"format version {version}, .* reads"):
                opened(place)

    def test_tables_of_another_program(self, place):
        """A schema that is in use is left alone."""
        run(place, f'CREATE SCHEMA "{place[1]}"')
        run(place, "CREATE TABLE orders (id INTEGER)")
        with pytest.raises(LiveStoreError, match="a schema with tables of another program"):
            opened(place)
        assert run(place, "SELECT count(*) FROM orders") == [(0,)]

    def test_a_schema_made_by_an_administrator(self, place):
        """An empty schema is used."""
        run(place, f'CREATE SCHEMA "{place[1]}"')
        store = opened(place)
        assert store.write(Change(records=[("tick", b"")])) == 1
        store.close()

    def test_no_right_to_make_a_schema(self, place):
        """A user who may not: an error of ours, without the password."""
        role = f"guest_{place[1]}"
        run(place, f"CREATE ROLE {role} LOGIN")
        conninfo = place[0].replace("user=postgres", f"user={role} password=hunter2")
        with pytest.raises(LiveStoreError, match="permission denied for database") as raised:
            opened((conninfo, place[1]))
        assert "hunter2" not in str(raised.value)

    def test_commits_wait_for_the_disk(self, place):
        """Also where the server's own setting says otherwise."""
        run(place, "ALTER DATABASE postgres SET synchronous_commit = off")
        try:
            store = opened(place)
            assert store._run("SHOW synchronous_commit") == [("on",)]
            store.close()
        finally:
            run(place, "ALTER DATABASE postgres RESET synchronous_commit")

    def test_repr(self, place):
        """A repr shows the schema, not how to get there."""
        store = opened(place)
        assert repr(store) == f"PostgresStore({place[1]!r}, open)"
        store.close()


class TestDamage:
    @pytest.mark.parametrize(
        ("statement", "message"),
        [
            ("UPDATE log SET body = 'x' WHERE seq = 3", "record 3 of the log, of 5, is damaged"),
            ("DELETE FROM log WHERE seq = 4", "record 4 of .* is missing"),
        ],
    )
    def test_records(self, place, statement, message):
        """A damaged or missing record is named."""
        store = opened(place)
        store.write(Change(records=[("tick", bytes([n])) for n in range(5)]))
        run(place, statement)
        with pytest.raises(LiveStoreError, match=message):
            list(store.records())
        store.close()

    def test_table_dropped(self, place):
        """A table that somebody dropped: reading says so, as one of our errors."""
        store = opened(place)
        run(place, "DROP TABLE offsets")
        with pytest.raises(LiveStoreError, match='cannot be read: relation "offsets" does not'):
            store.offsets()
        store.close()
        with pytest.raises(LiveStoreError, match="tables of another program"):
            opened(place)


class TestErasure:
    SECRET = "zebra-4711@example.org"

    def test_tables_hold_nothing(self, place):
        """No file of the tables holds what was erased."""
        store = opened(place)
        for i in range(5):
            who = self.SECRET if i % 2 else "other"
            store.write(
                Change(
                    records=[("events", (who * 9 + str(i)).encode())],
                    actions=[an_action(i, customer_id=who)],
                    kept_aside=[KeptAside("no time", f'"{who}"'.encode())],
                    snapshot=[("ids", who.encode())],
                )
            )
        secret = self.SECRET.encode()
        assert any(secret in one for one in table_files(store))
        store.erase(
            [self.SECRET],
            lambda one: b"" if secret in one.body else None,
            Change(records=[("erase", b"1")], snapshot=[("ids", b"other")]),
        )
        assert not any(secret in one for one in table_files(store))
        assert [one.customer_id for one in store.actions()] == ["other"] * 3
        assert [one.raw for one in store.kept_aside()] == [b'"other"'] * 3
        store.close()


def table_files(store):
    """Return what the files of all tables hold, after the server has written them."""
    store._run("CHECKPOINT")
    folder = store._run("SHOW data_directory")[0][0]
    relations = "SELECT oid::regclass FROM pg_class WHERE relnamespace = ?::regnamespace"
    toasts = (
        "SELECT reltoastrelid::regclass FROM pg_class "
        "WHERE relnamespace = ?::regnamespace AND reltoastrelid <> 0"
    )
    for relation in (relations, toasts):
        paths = f"SELECT pg_relation_filepath(x) FROM ({relation}) AS t(x)"
        for (path,) in store._run(paths, (store._schema,)):
            if path is not None:
                yield Path(folder, path).read_bytes()


class TestSpeed:
    def test_indexes(self, place):
        """With ten thousand rows done, a lease and a cap read by index."""
        store = opened(place)
        store.write(Change(actions=[an_action(n, state="done") for n in range(10_000)]))
        store._run("ANALYZE outbox")
        plans = {
            "outbox_ready": (sql.SELECT_DUE, (1, 1)),
            "outbox_order": (sql.SELECT_ACTIONS, (1, "", 1)),
            "outbox_customer": (sql.COUNT_SENT, ("c1", "email", 0, 1)),
            "outbox_pkey": (sql.SELECT_ACTION, ("x",)),
        }
        for index, (statement, values) in plans.items():
            plan = "\n".join(row[0] for row in store._run("EXPLAIN " + statement, values))
            assert index in plan
            assert "Seq Scan" not in plan
        assert store.size()["stored_bytes"] > 1_000_000
        store.close()


def test_psycopg_is_loaded_late():
    """Importing the store does not import psycopg."""
    code = "import sys, customerintel.live.postgres_store; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
