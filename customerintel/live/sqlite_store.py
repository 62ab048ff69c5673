"""A store in one SQLite file beside the program: no server, nothing to set up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError, LiveStoreError, StoreLockedError
from customerintel.live.sql_store import SqlStore

__all__ = ["SQLiteStore"]

#: Says in the file's header that it is ours ("CIlv").
APPLICATION_ID: Final = 0x43496C76
#: Bytes of a page. Larger ones store many events faster, smaller ones single events; this one is
#: near the best of both.
PAGE_BYTES: Final = 8_192
#: Pages of the write-ahead log that are gathered before they go into the file. More would make
#: the slowest writes slower: 8 MB take some 6 ms.
CHECKPOINT_PAGES: Final = 1_000
#: Bytes that the write-ahead log keeps on disk after it was larger for once.
WAL_BYTES: Final = 64 << 20

_SETTINGS: Final = (
    f"PRAGMA page_size = {PAGE_BYTES}",  # of a new file; an old one stays as it is
    # Before anything is read: the lock is then taken for good, and no shared memory is needed.
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # Only macOS has these: there, a plain fsync leaves data in the cache of the disk.
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cell_size_check = ON",
    "PRAGMA cache_size = -65536",
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"PRAGMA journal_size_limit = {WAL_BYTES}",
)
_TAKEN: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SQLiteStore(SqlStore):
    """Keeps what a live engine must not lose in one SQLite file.

    Parameters
    ----------
    path : str or path-like
        The file; made where there is none. ``":memory:"`` keeps everything in memory, and loses
        it when the store is closed.

    Raises
    ------
    StoreLockedError
        If another engine has the file open, in this process or another one.
    StoreVersionError
        If the file was written in another format.
    LiveStoreError
        If the file cannot be opened or written, or is something else.

    Notes
    -----
    Each change is one transaction in the write-ahead log, flushed to the disk before it counts
    (``synchronous=FULL``). The file, and ``-wal`` beside it while it is open, belong together:
    copy them when the store is closed, or with SQLite's own backup. The lock is a lock on the
    file, so the file belongs on a local disk, not on a network share.

    Examples
    --------
    >>> from customerintel.live.sqlite_store import SQLiteStore
    >>> from customerintel.live.store import Change
    >>> store = SQLiteStore(":memory:")
    >>> store.write(Change(records=[("tick", b"12345678")]))
    1
    >>> [record.kind for record in store.records()]
    ['tick']
    >>> store.close()
    """

    _dialect = "sqlite"
    _begin = "BEGIN IMMEDIATE"
    _failures = (sqlite3.Error, OverflowError, UnicodeError)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = _read_path(path)
        super().__init__(self._path, f"The store {self._path!r}")
        try:
            self._connection = sqlite3.connect(
                self._path, timeout=0, isolation_level=None, check_same_thread=False
            )
            created = self._prepare()
        except sqlite3.Error as error:
            self._give_up()
            raise self._refusal(error) from error
        except BaseException:
            self._give_up()
            raise
        try:
            self._open(created=created)
        except BaseException:
            self._give_up()
            raise

    def _prepare(self) -> bool:
        """Take the lock and set everything; return whether the file is new."""
        for setting in _SETTINGS:
            self._run(setting)
        self._run("BEGIN IMMEDIATE")
        is_new = not self._run("SELECT 1 FROM sqlite_master LIMIT 1")
        if is_new:
            self._run(f"PRAGMA application_id = {APPLICATION_ID}")
        elif self._run("PRAGMA application_id") != [(APPLICATION_ID,)]:
            raise LiveStoreError(
                f"{self._name} is an SQLite database of another program; name another file."
            )
        self._run("COMMIT")
        # A process may die after the line above: then the mark is there, and no table yet.
        return not self._run("SELECT 1 FROM sqlite_master LIMIT 1")

    def _refusal(self, error: sqlite3.Error) -> LiveStoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _TAKEN:
            return StoreLockedError(
                f"{self._name} is open in another engine; close that one first, or give this one "
                "another file."
            )
        if code == sqlite3.SQLITE_NOTADB:
            return LiveStoreError(f"{self._name} is not an SQLite database; name another file.")
        return LiveStoreError(
            f"{self._name} cannot be opened: {error}. Check that its folder and the file can be "
            "written, and that the disk has room."
        )

    def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(statement, values).fetchall()
        return found

    def _run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(statement, rows)

    def _scrub(self) -> None:
        self._run("VACUUM")
        busy = self._run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        if busy:
            raise sqlite3.OperationalError("the write-ahead log cannot be emptied")

    def _stored_bytes(self) -> int:
        if self._path == ":memory:":
            return int(self._run("PRAGMA page_count")[0][0] * self._run("PRAGMA page_size")[0][0])
        files = (Path(self._path), Path(self._path + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())


def _read_path(path: str | os.PathLike[str]) -> str:
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text or "\0" in text:
        raise InvalidArgumentError(
            "store must be the path of a file, or ':memory:'; got "
            + (type(path).__name__ if text is None else repr(text))
            + "."
        )
    if text == ":memory:":
        return text
    if Path(text).is_dir():
        raise LiveStoreError(f"The store {text!r} is a folder; name a file in it.")
    if not Path(text).absolute().parent.is_dir():
        raise LiveStoreError(
            f"The store {text!r} cannot be made: its folder is not there; make it first."
        )
    return text
