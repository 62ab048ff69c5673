"""A store in a PostgreSQL database, for those who run one and back it up."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from customerintel.exceptions import (
    InvalidArgumentError,
    LiveStoreError,
    MissingDependencyError,
    StoreLockedError,
)
from customerintel.live.sql_statements import TABLES
from customerintel.live.sql_store import SqlStore

__all__ = ["PostgresStore"]

_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
#: Seconds between two tries to get the lock.
PAUSE: Final = 0.05
_SETTINGS: Final = (
    # A change counts only once it is on the disk, whatever the server's own setting is.
    "SET synchronous_commit = on",
    "SET client_encoding = 'UTF8'",
    # A machine that is gone must not keep its lock for the two hours that TCP waits otherwise.
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)


class PostgresStore(SqlStore):
    """Keeps what a live engine must not lose in a schema of a PostgreSQL database.

    Needs ``pip install 'customerintel[postgres]'``.

    Parameters
    ----------
    conninfo : str
        How to reach the database, as libpq reads it: ``"postgresql://user@host/name"`` or
        ``"host=... dbname=..."``. No message and no repr shows it.
    schema : str, default "customerintel_live"
        Schema of the tables; made where there is none. One engine per schema.
    wait : float, default 2.0
        Seconds to wait for the lock. The server needs a moment to see that an engine has died.

    Raises
    ------
    StoreLockedError
        If another engine has the schema open.
    StoreVersionError
        If the tables were written in another format.
    LiveStoreError
        If the database cannot be reached, or refuses.
    MissingDependencyError
        If psycopg is not installed.

    Notes
    -----
    Each change is one transaction with ``synchronous_commit = on``. The lock is an advisory lock
    of the session: it is free again once the session has ended, and with it every transaction of
    the session, so the next engine sees all that the last one committed. A pooler that shares
    sessions between clients (PgBouncer in transaction mode) breaks that; connect directly.

    ``erase`` writes the tables anew (``VACUUM FULL``). The server's own write-ahead log, its
    replicas and backups keep older pages for as long as they are set to.
    """

    _dialect = "postgres"

    def __init__(
        self, conninfo: str, *, schema: str = "customerintel_live", wait: float = 2.0
    ) -> None:
        _check_arguments(conninfo, schema, wait)
        psycopg = _psycopg()
        self._schema = schema
        self._failures = (psycopg.Error, OverflowError, UnicodeError)
        super().__init__(schema, f"The store {schema!r} in PostgreSQL")
        try:
            self._connection = psycopg.connect(
                conninfo, autocommit=True, application_name="customerintel"
            )
            self._take_lock(wait)
            created = self._prepare()
        except psycopg.Error as error:
            self._give_up()
            raise LiveStoreError(
                f"{self._name} cannot be opened: {self._told(error)}. Check that the server is "
                "there, and that the user may make tables in the schema."
            ) from error
        except BaseException:
            self._give_up()
            raise
        try:
            self._open(created=created)
        except BaseException:
            self._give_up()
            raise

    def _take_lock(self, wait: float) -> None:
        # One number per schema; advisory locks are of one database already.
        digest = blake2b(f"customerintel\0{self._schema}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "big", signed=True)
        until = time.monotonic() + wait
        while not self._run("SELECT pg_try_advisory_lock(?)", (number,))[0][0]:
            if time.monotonic() >= until:
                raise StoreLockedError(
                    f"{self._name} is open in another engine; close that one first, or give this "
                    "one another schema."
                )
            time.sleep(PAUSE)

    def _prepare(self) -> bool:
        for setting in _SETTINGS:
            self._run(setting)
        if not self._run("SELECT 1 FROM pg_namespace WHERE nspname = ?", (self._schema,)):
            self._run(f'CREATE SCHEMA "{self._schema}"')
        self._run(f'SET search_path = "{self._schema}"')
        found = self._run("SELECT tablename FROM pg_tables WHERE schemaname = ?", (self._schema,))
        names = {name for (name,) in found}
        if names and not names.issuperset(TABLES):
            raise LiveStoreError(
                f"{self._name} is a schema with tables of another program; name another schema."
            )
        return not names

    def close(self) -> None:
        """Give the store back; calling it twice is fine."""
        # The server ends a session when it comes to it; the next engine need not wait for that.
        if self._process == os.getpid():
            with self._lock, contextlib.suppress(*self._failures):
                if self._connection is not None:
                    self._run("SELECT pg_advisory_unlock_all()")
        super().close()

    def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _told(self, error: Exception) -> str:
        # The details of an error of the server may quote a row, those of a connection an address.
        primary = getattr(getattr(error, "diag", None), "message_primary", None)
        return primary or f"{type(error).__name__} of psycopg"

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(_translated(statement), values, binary=True)
        found: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        return found

    def _run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        # psycopg sends all rows before it waits for the first answer.
        with self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), rows)

    def _scrub(self) -> None:
        for table in TABLES:
            self._run(f"VACUUM FULL {table}")

    def _stored_bytes(self) -> int:
        sizes = (self._run("SELECT pg_total_relation_size(?::regclass)", (t,)) for t in TABLES)
        return sum(int(found[0][0]) for found in sizes)


@lru_cache(maxsize=128)
def _translated(statement: str) -> str:
    return statement.replace("?", "%s")


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise MissingDependencyError(
            'PostgresStore needs psycopg: pip install "customerintel[postgres]".'
        ) from None
    return psycopg


def _check_arguments(conninfo: object, schema: object, wait: object) -> None:
    if not isinstance(conninfo, str):
        raise InvalidArgumentError(
            "conninfo must be a text such as 'postgresql://user@host/name'; got "
            f"{type(conninfo).__name__}."
        )
    if not isinstance(schema, str) or not _SCHEMA.fullmatch(schema):
        raise InvalidArgumentError(
            "schema must be a lower-case name of letters, digits and '_', such as "
            f"'customerintel_live'; got {schema!r}."
        )
    if isinstance(wait, bool) or not isinstance(wait, (int, float)) or not 0 <= wait < 3600:
        raise InvalidArgumentError(f"wait must be a number of seconds from 0 on; got {wait!r}.")
