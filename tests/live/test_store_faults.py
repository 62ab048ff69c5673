"""Full disks, failing writes, lost answers, interrupts: nothing is half there."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess

import pytest
from live.memory_store import contents
from live.postgres_server import new_schema, postgres_or_skip
from live.store_changes import change, prefix
from live.store_faults import FailingConnection, in_child, quick_folder

from customerintel.exceptions import LiveStoreError
from customerintel.live.postgres_store import PostgresStore
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import Change


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


def stores(kind, folder):
    """Return what opens one store of a kind, again and again, and its driver's error."""
    if kind == "sqlite":
        return (lambda: SQLiteStore(folder / "live.db")), sqlite3.OperationalError("disk I/O error")
    conninfo, schema = postgres_or_skip(), new_schema()
    psycopg = pytest.importorskip("psycopg")
    return (lambda: PostgresStore(conninfo, schema=schema)), psycopg.OperationalError("lost")


MOMENTS = (
    "BEGIN", "INSERT INTO log", "INSERT INTO outbox", "UPDATE outbox", "INSERT INTO aside",
    "INSERT INTO offsets", "INSERT INTO meta", "INSERT INTO snapshot", "DELETE FROM snapshot",
    "DELETE FROM log", "INSERT INTO numbers", "COMMIT",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_failing_statement(kind, moment, after, tmp_path):
    """Whatever fails, the change is there as a whole or not at all, and the store says so."""
    make, error = stores(kind, tmp_path)
    store = make()
    for i in range(1, 10):
        store.write(change(i))
    store._connection = FailingConnection(store._connection, error, moment, after=after)
    with pytest.raises(LiveStoreError, match="Nothing of this change is certain to be stored"):
        store.write(change(10))
    assert store._connection.hits == 1
    for use in (lambda: store.write(Change()), lambda: store.due(0, 1), store.meta):
        with pytest.raises(LiveStoreError, match="close it and open it again to see what was"):
            use()
    assert repr(store).endswith("failed)")
    store.close()
    store = make()
    # Only a commit that was done and not told leaves the change behind.
    stored = 10 if (moment, after) == ("COMMIT", True) else 9
    assert contents(store) == prefix(stored)
    store.write(change(stored + 1))
    assert contents(store) == prefix(stored + 1)
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_failing_rollback(kind, tmp_path):
    """Where not even the roll back works, the error of the caller is the one that is seen."""
    make, error = stores(kind, tmp_path)
    store = make()
    store.write(change(1))
    store._connection = FailingConnection(store._connection, error, "ROLLBACK")
    with pytest.raises(ZeroDivisionError):
        store.write(Change(records=[("tick", b"")], snapshot=(("a", 1 // n) for n in (0,))))
    with pytest.raises(LiveStoreError, match="close it and open it again"):
        store.write(change(2))
    store.close()
    store = make()
    assert contents(store) == prefix(1)
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_interrupted(kind, tmp_path):
    """An interrupt may have come after the commit: the store must be opened again."""
    make, _ = stores(kind, tmp_path)
    store = make()
    store.write(change(1))

    def parts():
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        store.write(Change(records=[("tick", b"")], snapshot=parts()))
    with pytest.raises(LiveStoreError, match="close it and open it again"):
        store.write(change(2))
    store.close()
    store = make()
    assert contents(store) == prefix(1)
    store.close()


def fill(store, limit=10_000):
    """Write until the store refuses; return how many changes it took."""
    for i in range(1, limit):
        try:
            store.write(change(i, 20_000))
        except LiveStoreError as error:
            return i - 1, str(error)
    raise AssertionError("it never became full")


class TestFullDisk:
    def test_no_more_pages(self, tmp_path):
        """The database may not grow: what was acknowledged stays, and work goes on with room."""
        path = tmp_path / "live.db"
        store = SQLiteStore(path)
        store._run("PRAGMA max_page_count = 120")
        n, message = fill(store)
        assert n > 5
        assert "database or disk is full" in message
        store.close()
        store = SQLiteStore(path)
        assert contents(store) == prefix(n, 20_000)
        store.write(change(n + 1, 20_000))
        assert contents(store) == prefix(n + 1, 20_000)
        store.close()

    @pytest.mark.parametrize("limit", [150_000, 700_000, 2_500_000])
    def test_file_limit(self, tmp_path, limit):
        """The write-ahead log may not grow, in the middle of a write."""
        path = tmp_path / "live.db"

        def work():
            n, _ = fill(SQLiteStore(path))
            (tmp_path / "n").write_text(str(n))
            return 0

        assert in_child(work, limit) == 0
        n = int((tmp_path / "n").read_text())
        store = SQLiteStore(path)
        assert contents(store) == prefix(n, 20_000)
        store.write(change(n + 1, 20_000))
        store.close()

    def test_full_at_a_checkpoint(self, tmp_path):
        """The log could still be written, and the database not: the last answer is open."""
        path = tmp_path / "live.db"

        def work():
            store, n = SQLiteStore(path), 0
            with contextlib.suppress(LiveStoreError):
                while True:
                    store.write(Change(records=[("events", bytes([n % 256]) * 300_000)]))
                    n += 1
            (tmp_path / "n").write_text(str(n))
            return 0

        assert in_child(work, 4_600_000) == 0
        n = int((tmp_path / "n").read_text())
        store = SQLiteStore(path)
        found = [one.body for one in store.records()]
        assert n > 10
        assert len(found) in (n, n + 1)
        assert found == [bytes([i % 256]) * 300_000 for i in range(len(found))]
        store.close()

    def test_small_file_system(self, tmp_path):
        """A file system of its own runs full."""
        place = tmp_path / "small"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(place)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("may not mount a file system")
        try:
            store = SQLiteStore(place / "live.db")
            n, message = fill(store)
            assert n > 3
            assert "cannot be written" in message
            store.close()
            shutil.copytree(place, tmp_path / "roomy")
            store = SQLiteStore(tmp_path / "roomy" / "live.db")
            assert contents(store) == prefix(n, 20_000)
            store.write(change(n + 1, 20_000))
            store.close()
        finally:
            subprocess.run(["umount", str(place)], check=True)

    def test_opening_without_room(self, tmp_path):
        """No room even for the empty tables: an error of ours, and no harm."""
        path = tmp_path / "live.db"

        def work():
            try:
                SQLiteStore(path)
            except LiveStoreError:
                return 7
            return 1

        assert in_child(work, 8_192) == 7
        store = SQLiteStore(path)
        assert store.write(Change(records=[("tick", b"")])) == 1
        store.close()
