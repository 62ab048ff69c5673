"""An engine whose store fails at any one statement: opened again, it ends where it would have."""

from __future__ import annotations

import sqlite3

import pytest
from live import kill_stream
from live.kill_harness import compare, outbox_of, work_through
from live.store_faults import quick_folder

from customerintel.exceptions import LiveStoreError
from customerintel.live.sqlite_store import SQLiteStore


class Countdown:
    """A connection that fails once, at its n-th statement: before it is run or after."""

    def __init__(self, inner, n, *, after):
        self.inner, self.left, self.after = inner, n, after

    def _pass(self, call, *arguments):
        self.left -= 1
        if self.left != 0:
            return call(*arguments)
        if self.after:
            call(*arguments)
        raise sqlite3.OperationalError("disk I/O error")

    def execute(self, *arguments):
        return self._pass(self.inner.execute, *arguments)

    def executemany(self, *arguments):
        return self._pass(self.inner.executemany, *arguments)

    def close(self):
        self.inner.close()


STEPS = kill_stream.steps(5, 30)


@pytest.fixture(scope="module")
def place():
    """A folder where writing is quick: what fails here is the statement, not the disk."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def whole(place):
    """Outbox of a run that nothing interrupts, and how many statements it takes."""
    folder, counters = place, []

    def make():
        store = SQLiteStore(folder / "live.db")
        counters.append(Countdown(store._connection, 0, after=False))
        store._connection = counters[-1]
        return store

    work_through(make, STEPS, folder / "sent.txt")
    return outbox_of(lambda: SQLiteStore(folder / "live.db")), -counters[0].left


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_one_statement_fails(whole, after, place):
    """Wherever it is: the error is ours, and the rest of the way ends at the same outbox."""
    expected, n_statements = whole
    assert n_statements > 200
    for n in range(1 + after, n_statements, n_statements // 25):
        path, sent = place / f"{after}{n}.db", place / f"{after}{n}.txt"
        sent.touch()

        def failing(path=path, n=n):
            store = SQLiteStore(path)
            store._connection = Countdown(store._connection, n, after=after)
            return store

        with pytest.raises(LiveStoreError, match=r"cannot be (read|written)"):
            work_through(failing, STEPS, sent)
        work_through(lambda path=path: SQLiteStore(path), STEPS, sent)
        faults, _ = compare(expected, outbox_of(lambda path=path: SQLiteStore(path)), sent)
        assert faults == []
