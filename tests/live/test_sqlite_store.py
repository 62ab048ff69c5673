"""The store in one SQLite file: lock, format, damage, erasure from the file, indexes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sqlite3
import threading

import pytest
from live.store_faults import fork, in_child, quick_folder

from customerintel.exceptions import LiveStoreError, StoreLockedError, StoreVersionError
from customerintel.live import sql_statements as sql
from customerintel.live.sqlite_store import APPLICATION_ID, SQLiteStore
from customerintel.live.store import FORMAT_VERSION, Change, KeptAside
from customerintel.testing.store_subject import an_action


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def path(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "live.db"


def filled(path, n=20):
    """Return an open store with some of everything."""
    store = SQLiteStore(path)
    for i in range(1, n + 1):
        store.write(
            Change(
                records=[("events", f"body of record {i} ".encode() * 50)],
                actions=[an_action(i)],
                offsets={("s", "0"): i},
            )
        )
    return store


def edit(path, statement, *values):
    """Change a closed file as another program would."""
    other = sqlite3.connect(path)
    with other:
        other.execute(statement, values)
    other.close()


class TestLock:
    def test_another_process(self, path):
        """A second process is refused at once, and let in once the first has closed."""
        store = SQLiteStore(path)
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            assert pool.apply(opened, (path,)) == "StoreLockedError"
            store.close()
            assert pool.apply(opened, (path,)) == "opened"

    def test_by_another_name(self, path, tmp_path):
        """A link to the file is the same file."""
        store = SQLiteStore(path)
        link = tmp_path / "link.db"
        link.symlink_to(path)
        with pytest.raises(StoreLockedError):
            SQLiteStore(link)
        store.close()

    def test_an_idle_store_keeps_it(self, path):
        """Also one that never wrote, and one that only just read, keeps others out."""
        store = filled(path, 1)
        store.close()
        store = SQLiteStore(path)
        with pytest.raises(StoreLockedError):
            SQLiteStore(path)
        store.due(0, 1)
        with pytest.raises(StoreLockedError):
            SQLiteStore(path)
        store.close()

    def test_one_of_many_threads(self, path):
        """Of threads that open it at one moment, one gets it."""
        found = []
        barrier = threading.Barrier(8)

        def work():
            barrier.wait()
            with contextlib.suppress(StoreLockedError):
                found.append(SQLiteStore(path))

        workers = [threading.Thread(target=work) for _ in range(8)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert len(found) <= 1
        for one in found:
            one.close()
        SQLiteStore(path).close()

    def test_forked_child(self, path):
        """A child that a fork made cannot use the store, and does not harm it by closing it."""
        store = filled(path, 3)
        # As it is where another thread is writing while this one forks.
        holder = threading.Thread(target=store._lock.acquire)
        holder.start()
        holder.join()
        child = fork()
        if child == 0:
            try:
                store.write(Change(records=[("tick", b"")]))
            except LiveStoreError:
                store.close()
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        store._lock = threading.RLock()
        store.write(Change(records=[("tick", b"")]))
        store.close()
        store = SQLiteStore(path)
        assert [one.seq for one in store.records()] == [1, 2, 3, 4]
        store.close()


@pytest.mark.parametrize(("mode_of_file", "mode_of_folder"), [(0o444, 0o755), (0o644, 0o555)])
def test_not_writable(path, mode_of_file, mode_of_folder):
    """A file or folder that may only be read is told as such, and left as it is."""
    filled(path, 2).close()
    before = path.read_bytes()
    path.chmod(mode_of_file)
    path.parent.chmod(mode_of_folder)
    path.parent.parent.chmod(0o755)

    def work():
        if os.geteuid() == 0:
            os.setuid(65_534)
        try:
            SQLiteStore(path)
        except LiveStoreError as error:
            return 7 if "cannot be opened" in str(error) else 8
        return 1

    assert in_child(work) == 7
    assert path.read_bytes() == before
    path.parent.chmod(0o755)


def opened(path):
    """Say what comes of opening a store, for another process."""
    try:
        SQLiteStore(path).close()
    except LiveStoreError as error:
        return type(error).__name__
    return "opened"


class TestFormat:
    @pytest.mark.parametrize("version", [FORMAT_VERSION - 1, FORMAT_VERSION + 1])
    def test_another_version(self, path, version):
        """Older and newer stores are refused, and left as they are."""
        filled(path).close()
        edit(path, "UPDATE numbers SET value = ? WHERE name = 'format_version'", version)
        before = path.read_bytes()
        for _ in range(2):
            with pytest.raises(StoreVersionError, match=f"format version {version}, .* reads"):
                SQLiteStore(path)
        assert path.read_bytes() == before

    def test_made_halfway(self, path):
        """A process that died between marking the file and making the tables harms nothing."""
        edit(path, f"PRAGMA application_id = {APPLICATION_ID}")
        store = SQLiteStore(path)
        assert store.write(Change(records=[("tick", b"")])) == 1
        store.close()

    def test_settings(self, path):
        """What durability and privacy rest on is set."""
        store = SQLiteStore(path)
        found = {
            name: store._run(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "locking_mode", "secure_delete")
        }
        assert found == {
            "journal_mode": "wal", "synchronous": 2, "locking_mode": "exclusive",
            "secure_delete": 1,
        }  # fmt: skip
        store.close()

    def test_repr(self, path):
        """A repr says which file, and in what state it is."""
        store = SQLiteStore(path)
        assert repr(store) == f"SQLiteStore({str(path)!r}, open)"
        store.close()
        assert repr(store) == f"SQLiteStore({str(path)!r}, closed)"


class TestDamage:
    @pytest.mark.parametrize(
        ("statement", "message"),
        [
            ("UPDATE log SET body = x'00' WHERE seq = 3", "record 3 of the log, of 20, is damaged"),
            ("UPDATE log SET kind = 'tick' WHERE seq = 4", "record 4 of .* is damaged"),
            ("UPDATE log SET crc = crc + 1 WHERE seq = 20", "record 20 of .* is damaged"),
            ("DELETE FROM log WHERE seq = 7", "record 7 of .* is missing"),
            ("DELETE FROM log WHERE seq = 1", "record 1 of .* is missing"),
            ("DELETE FROM log WHERE seq = 20", "record 20 of .* is missing"),
            ("DELETE FROM log", "record 1 of .* is missing"),
        ],
    )
    def test_records(self, path, statement, message):
        """A damaged or missing record is named; those before it are given."""
        filled(path).close()
        edit(path, statement)
        store = SQLiteStore(path)
        with pytest.raises(LiveStoreError, match=message):
            list(store.records())
        store.close()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE snapshot SET body = x'00' WHERE chunk = 1",
            "DELETE FROM snapshot WHERE chunk = 1",
            "DELETE FROM snapshot WHERE chunk = 2",
            "DELETE FROM snapshot",
        ],
    )
    def test_snapshot(self, path, statement):
        """A damaged or missing piece of a snapshot is told."""
        store = SQLiteStore(path)
        store.write(Change(snapshot=[("state", bytes(600_000))]))
        store.close()
        edit(path, statement)
        store = SQLiteStore(path)
        with pytest.raises(LiveStoreError, match=r"piece . of the snapshot, of 3, is damaged"):
            store.snapshot()
        store.close()


class TestSpeed:
    def plan(self, store, statement, *values):
        return " ".join(row[3] for row in store._run("EXPLAIN QUERY PLAN " + statement, values))

    def test_indexes(self, path):
        """What is asked at each event and each lease reads no row in vain."""
        store = SQLiteStore(path)
        plans = {
            "due": self.plan(store, sql.SELECT_DUE, 1, 1),
            "portion": self.plan(store, sql.SELECT_ACTIONS, 1, "", 1),
            "sent": self.plan(store, sql.COUNT_SENT, "c", "email", 0, 1),
            "of": self.plan(store, sql.SELECT_ACTIONS_OF, "c"),
            "one": self.plan(store, sql.SELECT_ACTION, "x"),
        }
        store.close()
        indexes = {
            "due": "USING INDEX outbox_ready", "portion": "USING INDEX outbox_order",
            "sent": "USING INDEX outbox_customer", "of": "USING INDEX outbox_customer",
            "one": "USING INDEX sqlite_autoindex_outbox_1",
        }  # fmt: skip
        for name, plan in plans.items():
            assert indexes[name] in plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan

    def test_done_rows_are_not_in_the_index(self, path):
        """However many are done, the index over what is ready holds what is left."""
        store = SQLiteStore(path)
        done = [an_action(n, state="done") for n in range(5_000)]
        store.write(Change(actions=[*done, an_action(6_000)]))
        assert store._run("SELECT count(*) FROM outbox WHERE ready_at IS NOT NULL") == [(1,)]
        assert [one.due_at for one in store.due(1 << 60, 10)] == [6_000_000]
        store.close()

    def test_size(self, path):
        """Sizes count rows and bytes, erased records not."""
        store = filled(path, 3)
        store.write(Change(kept_aside=[KeptAside("r", b"x")], snapshot=[("a", b"12345")]))
        size = store.size()
        assert size.pop("stored_bytes") > 10_000
        assert size == {
            "records": 3, "log_bytes": 3 * 50 * len("body of record 1 "), "snapshot_bytes": 5,
            "actions": {"queued": 3}, "kept_aside": 1,
        }  # fmt: skip
        store.close()
