"""Torn tails and damaged pages: whole changes, or an error that says so."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from live.memory_store import contents
from live.store_changes import change, prefix
from live.store_faults import in_child, quick_folder

from customerintel.exceptions import LiveStoreError
from customerintel.live.sql_rows import action_of, inserted
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.testing.store_subject import an_action


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def unclosed():
    """Files of a store whose process died: a database, and a write-ahead log with all changes."""
    with quick_folder() as folder:
        write_and_die(folder)
        yield folder


def write_and_die(folder):
    """Write changes, and end without closing."""

    def work():
        store = SQLiteStore(folder / "live.db")
        for i in range(1, 41):
            store.write(change(i))
        return 0

    assert in_child(work) == 0
    assert (folder / "live.db-wal").stat().st_size > 100_000


def copied(folder, place):
    shutil.rmtree(place, ignore_errors=True)
    return shutil.copytree(folder, place) / "live.db"


class TestTornTail:
    def test_cut_anywhere(self, unclosed, tmp_path):
        """A tail that is cut off leaves the changes before it, each whole."""
        generator = random.Random(4)
        size = (unclosed / "live.db-wal").stat().st_size
        lengths = [0, 31, 32, size - 1, size, *(generator.randrange(size) for _ in range(60))]
        found = {}
        for length in lengths:
            path = copied(unclosed, tmp_path / "cut")
            os.truncate(f"{path}-wal", length)
            store = SQLiteStore(path)
            n = int(store.meta().get("i", "0"))
            assert contents(store) == prefix(n)
            store.write(change(n + 1))
            store.close()
            found[length] = n
        kept = [n for _, n in sorted(found.items())]
        assert kept == sorted(kept)
        assert (kept[0], kept[-1]) == (0, 40)
        assert len(set(kept)) > 10

    def test_overwritten_anywhere(self, unclosed, tmp_path):
        """A page of the log that was written wrong ends it there: whole changes before it."""
        generator = random.Random(5)
        size = (unclosed / "live.db-wal").stat().st_size
        seen = set()
        for _ in range(40):
            path = copied(unclosed, tmp_path / "wrong")
            with Path(f"{path}-wal").open("r+b") as file:
                file.seek(generator.randrange(32, size - 600))
                file.write(generator.randbytes(500))
            store = SQLiteStore(path)
            n = int(store.meta().get("i", "0"))
            assert contents(store) == prefix(n)
            store.close()
            seen.add(n)
        assert len(seen) > 10


class TestDamagedPages:
    def test_anywhere(self, tmp_path):
        """A page that was overwritten is told, or holds nothing of log and snapshot."""
        path = tmp_path / "live.db"
        store = SQLiteStore(path)
        for i in range(1, 41):
            store.write(change(i, 6_000))
        store.close()
        whole = prefix(40, 6_000)
        generator = random.Random(6)
        told = 0
        for _ in range(60):
            spoilt = tmp_path / "spoilt.db"
            shutil.copy(path, spoilt)
            with spoilt.open("r+b") as file:
                file.seek(4_096 * generator.randrange(path.stat().st_size // 4_096))
                file.write(generator.randbytes(4_096))
            try:
                store = SQLiteStore(spoilt)
                found = store.snapshot(), [(r.seq, r.kind, r.body) for r in store.records()]
            except LiveStoreError:
                told += 1
            else:
                assert found == whole[2:4]
                store.close()
        assert told > 30


@pytest.mark.parametrize("place", [2, 5, 6, 12])
@pytest.mark.parametrize("value", [None, b"\x00\x01", 1.5, "x"])
def test_a_row_of_the_outbox_of_other_types(place, value):
    """What SQLite reads of a damaged page is told, and is no error of Python's."""
    row = list(inserted(an_action(1)))[:-1]
    assert inserted(action_of(row))[:-1] == tuple(row)
    if isinstance(value, str) and place == 5:  # one channel cannot be told from another
        value = None
    row[place] = value
    with pytest.raises(LiveStoreError, match="A row of the outbox is damaged"):
        action_of(row)
