"""Stores that cannot be opened or used: class and whole message."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from live.memory_store import contents
from live.store_faults import quick_folder

from customerintel.exceptions import (
    InvalidArgumentError,
    LiveStoreError,
    MissingDependencyError,
    StoreLockedError,
    StoreVersionError,
)
from customerintel.live.postgres_store import PostgresStore
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import FORMAT_VERSION, Change
from customerintel.testing.stores import check_store


def opened_twice():
    store = SQLiteStore("live.db")
    try:
        SQLiteStore("live.db")
    finally:
        store.close()


def after_closing():
    store = SQLiteStore(":memory:")
    store.close()
    store.write(Change())


DAMAGED = (
    "The store 'live.db': its {} are damaged, so nobody knows what belongs to it. Put back a copy "
    "of the store."
)


def changed(statement):
    """Open a store that somebody else wrote into."""
    store = SQLiteStore("live.db")
    store.write(Change(meta={"tz": "UTC", "salt": "00"}))
    store.close()
    other = sqlite3.connect("live.db")
    with other:
        other.execute(statement)
    other.close()
    SQLiteStore("live.db")


def of_version(version):
    changed(f"UPDATE numbers SET value = {version} WHERE name = 'format_version'")


def of_another_program():
    other = sqlite3.connect("live.db")
    with other:
        other.execute("CREATE TABLE orders (id)")
    other.close()
    SQLiteStore("live.db")


def no_database():
    Path("live.db").write_text("customer_id,timestamp\n" * 99)
    SQLiteStore("live.db")


def a_folder():
    Path("live").mkdir()
    SQLiteStore("live")


def damaged_record():
    store = SQLiteStore("live.db")
    store.write(Change(records=[("tick", b"1"), ("tick", b"2")]))
    store._run("UPDATE log SET body = x'00' WHERE seq = 2")
    try:
        list(store.records())
    finally:
        store.close()


def number_too_large():
    store = SQLiteStore(":memory:")
    try:
        store.write(Change(offsets={("orders", "0"): 1 << 63}))
    finally:
        store.close()


def erased_without_snapshot():
    store = SQLiteStore(":memory:")
    store.write(Change(snapshot=[("state", b"")]))
    try:
        store.erase(["c1"], lambda record: None, Change())
    finally:
        store.close()


def without_psycopg():
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "psycopg", None)
        PostgresStore("host=localhost")


PATH = "store must be the path of a file, or ':memory:'; got "
SCHEMA = "schema must be a lower-case name of letters, digits and '_', such as 'customerintel_live'"
VERSION = "The store 'live.db' has format version {}, and this customerintel reads version 2. "

#: What is given: a call, the class and the whole message.
CASES = {
    "two engines on one store": (
        opened_twice,
        StoreLockedError,
        (
            "The store 'live.db' is open in another engine; close that one first, or give this one "
            "another file."
        ),
    ),
    "a store that was closed": (
        after_closing,
        LiveStoreError,
        "The store ':memory:' is closed; open it again.",
    ),
    "a store of a newer format": (
        lambda: of_version(FORMAT_VERSION + 1),
        StoreVersionError,
        VERSION.format(FORMAT_VERSION + 1) + "Update customerintel, or start a new store.",
    ),
    "a store of an older format": (
        lambda: of_version(0),
        StoreVersionError,
        VERSION.format(0) + "Use the customerintel that wrote it, or start a new store.",
    ),
    "a store whose counts are damaged": (
        lambda: changed("UPDATE numbers SET value = value + 4 WHERE name = 'last_record'"),
        LiveStoreError,
        DAMAGED.format("counts"),
    ),
    "a store whose counts are texts": (
        lambda: changed("UPDATE numbers SET value = 'x' WHERE name = 'forgotten'"),
        LiveStoreError,
        DAMAGED.format("counts"),
    ),
    "a store without a count": (
        lambda: changed("DELETE FROM numbers WHERE name = 'forgotten'"),
        LiveStoreError,
        DAMAGED.format("counts"),
    ),
    "a store whose settings are damaged": (
        lambda: changed("UPDATE meta SET value = 'x' || value WHERE name = 'salt'"),
        LiveStoreError,
        DAMAGED.format("settings"),
    ),
    "a store without a setting": (
        lambda: changed("DELETE FROM meta WHERE name = 'tz'"),
        LiveStoreError,
        DAMAGED.format("settings"),
    ),
    "a database of another program": (
        of_another_program,
        LiveStoreError,
        "The store 'live.db' is an SQLite database of another program; name another file.",
    ),
    "a file that is no database": (
        no_database,
        LiveStoreError,
        "The store 'live.db' is not an SQLite database; name another file.",
    ),
    "a folder in place of a store": (
        a_folder,
        LiveStoreError,
        "The store 'live' is a folder; name a file in it.",
    ),
    "a store in a folder that is not there": (
        lambda: SQLiteStore("nowhere/live.db"),
        LiveStoreError,
        "The store 'nowhere/live.db' cannot be made: its folder is not there; make it first.",
    ),
    "a store where nothing can be written": (
        lambda: SQLiteStore("/proc/live.db"),
        LiveStoreError,
        (
            "The store '/proc/live.db' cannot be opened: unable to open database file. Check that "
            "its folder and the file can be written, and that the disk has room."
        ),
    ),
    "no path": (lambda: SQLiteStore(""), InvalidArgumentError, PATH + "''."),
    "a number in place of a path": (lambda: SQLiteStore(7), InvalidArgumentError, PATH + "int."),
    "bytes in place of a path": (
        lambda: SQLiteStore(b"live.db"),
        InvalidArgumentError,
        PATH + "bytes.",
    ),
    "a path with NUL": (
        lambda: SQLiteStore("live\0.db"),
        InvalidArgumentError,
        PATH + "'live\\x00.db'.",
    ),
    "a damaged record of the log": (
        damaged_record,
        LiveStoreError,
        (
            "The store 'live.db': record 2 of the log, of 2, is damaged. No later one can be "
            "trusted: put back a copy of the store."
        ),
    ),
    "an offset beyond 64 bits": (
        number_too_large,
        LiveStoreError,
        (
            "The store ':memory:' cannot be written: Python int too large to convert to SQLite "
            "INTEGER. Nothing of this change is certain to be stored: put that right, close the "
            "engine and open it again; what was committed is there then."
        ),
    ),
    "an erasure that leaves a snapshot": (
        erased_without_snapshot,
        InvalidArgumentError,
        "erase needs a change with a snapshot: the one in the store may hold the customers.",
    ),
    "PostgreSQL without psycopg": (
        without_psycopg,
        MissingDependencyError,
        'PostgresStore needs psycopg: pip install "customerintel[postgres]".',
    ),
    "a PostgreSQL server that is not there": (
        lambda: PostgresStore("host=/nowhere password=secret connect_timeout=2"),
        LiveStoreError,
        (
            "The store 'customerintel_live' in PostgreSQL cannot be opened: OperationalError of "
            "psycopg. Check that the server is there, and that the user may make tables in the "
            "schema."
        ),
    ),
    "a conninfo that is no text": (
        lambda: PostgresStore(5432),
        InvalidArgumentError,
        "conninfo must be a text such as 'postgresql://user@host/name'; got int.",
    ),
    "a schema with a space": (
        lambda: PostgresStore("", schema="my live"),
        InvalidArgumentError,
        SCHEMA + "; got 'my live'.",
    ),
    "a schema in capitals": (
        lambda: PostgresStore("", schema="Live"),
        InvalidArgumentError,
        SCHEMA + "; got 'Live'.",
    ),
    "a wait below nothing": (
        lambda: PostgresStore("", wait=-1),
        InvalidArgumentError,
        "wait must be a number of seconds from 0 on; got -1.",
    ),
    "a store in place of what opens one": (
        lambda: check_store("live.db"),
        InvalidArgumentError,
        (
            "make_store must be a function that opens the store of a name, such as lambda name: "
            "SQLiteStore(folder / name); got str."
        ),
    ),
}


@pytest.fixture
def tmp_path():
    """A folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Names of files in messages are short."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    """Class and whole message."""
    if "PostgreSQL" in given:
        pytest.importorskip("psycopg")
    call, error, message = CASES[given]
    with pytest.raises(error) as raised:
        call()
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_an_empty_file():
    """A file without a byte becomes a store."""
    Path("live.db").touch()
    store = SQLiteStore("live.db")
    assert store.write(Change(records=[("tick", b"")])) == 1
    store.close()


def test_refused_stores_go_on():
    """The engine that has the store does not notice those that were refused."""
    store = SQLiteStore("live.db")
    store.write(Change(records=[("tick", b"1")]))
    before = contents(store)
    for _ in range(20):
        with pytest.raises(StoreLockedError):
            SQLiteStore("live.db")
    assert contents(store) == before
    assert store.write(Change(records=[("tick", b"2")])) == 2
    store.close()
