"""One connection to a database: transactions, and what its failures mean for the store."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from customerintel.exceptions import LiveStoreError

__all__ = ["SqlSession"]


class SqlSession(ABC):
    """Runs statements one at a time and turns every error of the database into ours.

    A transaction that fails leaves its outcome open: the database may have committed before it
    could say so. So nothing more is written through this connection; a new one sees what is there.
    """

    #: Statement that starts a transaction.
    _begin = "BEGIN"
    #: Errors of the database driver.
    _failures: tuple[type[Exception], ...] = ()

    def __init__(self, place: str, name: str) -> None:
        self._place = place
        self._name = name
        self._connection: Any = None
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._failed = False

    @abstractmethod
    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""

    @abstractmethod
    def _run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once per row."""

    def _told(self, error: Exception) -> str:
        """Return what the database says is wrong, without any value of a row."""
        return str(error)

    def _check_process(self) -> None:
        # Before the lock is asked for: a fork may have copied it while another thread held it.
        if self._process != os.getpid():
            raise LiveStoreError(
                f"{self._name} was opened by another process; open it again in this one, after "
                "the other has closed it."
            )

    def _check_usable(self) -> None:
        if self._connection is None:
            raise LiveStoreError(f"{self._name} is closed; open it again.")
        if self._failed:
            raise LiveStoreError(
                f"{self._name} failed while it was written to; close it and open it again to see "
                "what was committed."
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._check_process()
        with self._lock:
            self._check_usable()
            try:
                yield
            except self._failures as error:
                raise LiveStoreError(
                    f"{self._name} cannot be read: {self._told(error)}. If it is damaged, put back "
                    "a copy of it."
                ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._check_process()
        with self._lock:
            self._check_usable()
            try:
                self._run(self._begin)
                yield
                self._run("COMMIT")
            except self._failures as error:
                self._failed = True
                self._roll_back()
                raise LiveStoreError(
                    f"{self._name} cannot be written: {self._told(error)}. Nothing of this change "
                    "is certain to be stored: put that right, close the engine and open it again; "
                    "what was committed is there then."
                ) from error
            except BaseException as error:
                # What our own code raises is undone; an interrupt may have come after the commit.
                undone = self._roll_back()
                self._failed = not (undone and isinstance(error, Exception))
                raise

    def _roll_back(self) -> bool:
        try:
            self._run("ROLLBACK")
        except self._failures:
            return False
        return True

    @property
    def closed(self) -> bool:
        """Whether the store was given back."""
        return self._connection is None

    def close(self) -> None:
        """Give the store back; calling it twice is fine."""
        # What a fork took along belongs to the process that opened it.
        if self._process != os.getpid():
            return
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is None:
                return
            try:
                connection.close()
            except self._failures as error:
                raise LiveStoreError(
                    f"{self._name} cannot be closed: {self._told(error)}. All that was committed "
                    "is stored."
                ) from error

    def __repr__(self) -> str:
        state = "closed" if self.closed else "failed" if self._failed else "open"
        return f"{type(self).__name__}({self._place!r}, {state})"
