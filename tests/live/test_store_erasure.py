"""No page of the files of a store holds what was erased, whatever happens in between."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from live.memory_store import contents
from live.store_faults import quick_folder

from customerintel.exceptions import LiveStoreError
from customerintel.live.kept_heads import head_of
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import Change, KeptAside
from customerintel.live.stored_ids import holds_any
from customerintel.testing.store_subject import an_action


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def path(tmp_path):
    """In a folder of its own, so that all that lies beside it is looked at."""
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "live.db"


class TestErasure:
    SECRET = "zebra-4711@example.org"
    OTHER = "customer-0815"

    def prepared(self, path):
        store = SQLiteStore(path)
        for i in range(30):
            who = self.SECRET if i % 3 == 0 else self.OTHER
            store.write(
                Change(
                    records=[("events", (who * 100 + str(i)).encode())],
                    actions=[an_action(i, customer_id=who, payload=f'{{"to": "{who}"}}')],
                    kept_aside=[KeptAside("no time", f'{{"userId": "{who}"'.encode())],
                    snapshot=[("ids", (who * 5_000).encode())],
                )
            )
        return store

    def erase(self, store):
        store.erase(
            [self.SECRET],
            lambda one: b"" if self.SECRET.encode() in one.body else None,
            Change(records=[("erase", b"1")], snapshot=[("ids", self.OTHER.encode())]),
        )

    def held(self, path):
        files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
        found = b"".join(one.read_bytes() for one in files)
        return self.SECRET.encode() in found, self.OTHER.encode() in found

    def test_no_page_holds_it(self, path):
        """Neither the file nor the write-ahead log holds what was erased, open or closed."""
        store = self.prepared(path)
        assert self.held(path) == (True, True)
        self.erase(store)
        assert self.held(path) == (False, True)
        assert [one.customer_id for one in store.actions()] == [self.OTHER] * 20
        store.write(Change(records=[("tick", b"")]))
        store.close()
        assert self.held(path) == (False, True)

    def test_finished_by_the_next_opening(self, path, tmp_path, monkeypatch):
        """Where the file could not be cleaned at once, opening it cleans it."""
        store = self.prepared(path)

        def fails(self):
            raise sqlite3.OperationalError("disk I/O error")

        with monkeypatch.context() as patched:
            patched.setattr(SQLiteStore, "_scrub", fails)
            with pytest.raises(LiveStoreError, match="The rows are gone, but the files may still"):
                self.erase(store)
        with pytest.raises(LiveStoreError, match="close it and open it again"):
            store.due(0, 1)
        # As a process leaves the files that dies here.
        left = shutil.copytree(path.parent, tmp_path / "left") / path.name
        assert self.held(left)[0]
        store.close()
        store = SQLiteStore(left)
        assert self.held(left) == (False, True)
        assert len(list(store.actions())) == 20
        store.close()

    def test_undone_by_an_error_of_the_caller(self, path):
        """An error while a record is rewritten leaves everything as it was."""
        store = self.prepared(path)
        before = contents(store)
        with pytest.raises(ZeroDivisionError):
            store.erase([self.SECRET], lambda one: 1 // 0, Change(snapshot=[]))
        assert contents(store) == before
        store.close()

    @pytest.mark.parametrize("snapshot", [None, [("ids", b"")]])
    def test_a_snapshot_that_is_not_whole(self, path, snapshot):
        """What is there of a snapshot to come goes, too, and one after it is not mixed with it."""
        store = SQLiteStore(path)
        store.write(Change(coming=[("ids", self.SECRET.encode() * 900), ("old", b"1")]))
        store.erase([self.SECRET], lambda _: None, Change(snapshot=snapshot))
        assert self.held(path) == (False, False)
        store.write(Change(coming=[("ids", b"2")], complete=0))
        assert store.snapshot() == (0, {"ids": b"2"})
        store.close()

    def test_forgotten_records(self, path):
        """Records that a snapshot stands for are gone from the file once they are forgotten."""
        store = SQLiteStore(path)
        store.write(Change(records=[("events", self.SECRET.encode() * 900)], snapshot=[]))
        store.write(Change(forget_before=1))
        store.close()
        assert self.held(path) == (False, False)


class TestHoldsAny:
    @pytest.mark.parametrize(
        ("one", "raw", "found"),
        [
            ("c4", b'{"userId": "c4"', True),
            ("c4", b'{"userId": "c42"', False),
            ("c4", b'{"userId": "xc4"', False),
            ("c4", b"c4", True),
            ("c4", b"\xff\xfec4\xff", True),
            ("4", b'{"userId": 4, "total": 12', True),
            ("4", b'{"userId": 44, "total": 1_4', False),
            ("Zo\u00eb", '{"userId": "Zo\u00eb"'.encode(), True),
            ("Zo\u00eb", b'{"userId": "Zo\\u00eb"', True),
            ("Zo\u00eb", b'{"userId": "Zo\\u00EB"', True),
            ('a"b', b'{"userId": "a\\"b"', True),
            ("a.b", b'{"userId": "axb"', False),
            ("a.b", b'{"userId": "a.b"', True),
            ("a@b.org", b"to=a@b.org;", True),
            ("\ud800", b'"\\ud800"', True),
            ("", b'{"userId": ""', False),
            ("zz/c", rb'{"userId": "zz\/c"}', True),
            ("zz/c", rb'{"userId": "zz\/c"', True),
            ("zz", rb'{"userId": "\u007az"}', True),
            ("zz", '{"userId": "zz"}'.encode("utf-16"), True),
            ("zz", '{"userId": "zz"'.encode("utf-16-be"), True),
            ("Zo\u00eb", '{"userId": "Zo\u00eb"}'.encode("latin-1"), True),
            ("Zo\u00eb", '{"userId": "Zo\u00eb"'.encode("latin-1"), True),
            ("12500000", b'{"userId": 1.25e7}', True),
            ("12500000", b'{"userId": 12500000.0', True),
            ("9", b'{"userId": 1e999999999}', False),
            ("zz", b'{"data": {"user_id": "zz"}}', True),
            ("zz", b'{"userId": "zz", "userId": "a"}', True),
            ("zz", b'{"userId": "a", "properties": {"friends": ["zz"]}}', True),
            ("7", b'{"userId": 7}', True),
            ("7", b'{"userId": "a", "properties": {"n": 7}}', False),
            ("Visit", b'{"userId": "a", "event": "Visit"}', False),
            ("2026", b'{"userId": "a", "timestamp": "2026-05-01"}', False),
        ],
    )
    def test_forms(self, one, raw, found):
        """An id is found as a whole word, in every way of writing it."""
        assert holds_any([one])(raw) is found
        assert holds_any(["nobody", one])(raw) is found

    def test_nobody(self):
        """Without ids nothing is found."""
        assert holds_any([])(b"anything") is False

    def test_behind_the_cut(self):
        """An event that was too large is found by the ids behind what is kept of it."""
        long = b'{"event": "' + b"x" * 9000 + b'", "anonymousId": "zz", "userId": 7}'
        assert head_of(long).startswith(long[:4096])
        assert len(head_of(long)) < 4200
        assert holds_any(["zz"])(head_of(long))
        assert holds_any(["7"])(head_of(long))
        assert not holds_any(["8"])(head_of(long))
        assert holds_any(["zz"])(head_of(long.decode().encode("utf-16")))
