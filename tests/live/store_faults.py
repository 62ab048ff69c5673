"""Connections that fail where they are told to, processes that may write so much only."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path


class FailingConnection:
    """Passes statements on to a connection, and fails at one of them.

    `moment` says which, as a part of the statement: "BEGIN", "INSERT INTO log", "COMMIT";
    `after` whether the statement is run before the error is raised. That is what a lost answer
    looks like: the database has done it, and nobody was told.
    """

    def __init__(self, connection, error, moment, *, after=False):
        self.inner, self.error, self.moment, self.after = connection, error, moment, after
        self.hits = 0

    def _pass(self, call, statement, *arguments, **options):
        if self.moment not in statement:
            return call(statement, *arguments, **options)
        self.hits += 1
        if self.after:
            call(statement, *arguments, **options)
        raise self.error

    def execute(self, statement, *arguments, **options):
        return self._pass(self.inner.execute, statement, *arguments, **options)

    def executemany(self, statement, rows):
        return self._pass(self.inner.executemany, statement, rows)

    def cursor(self):
        return FailingCursor(self)

    def __getattr__(self, name):
        return getattr(self.inner, name)


class FailingCursor:
    """The cursor that psycopg sends many rows with."""

    def __init__(self, owner):
        self.owner, self.cursor = owner, owner.inner.cursor()

    def executemany(self, statement, rows):
        return self.owner._pass(self.cursor.executemany, statement, rows)

    def __enter__(self):
        self.cursor.__enter__()
        return self

    def __exit__(self, *error):
        return self.cursor.__exit__(*error)


def fork():
    """Fork, also where idle threads of other tests are still there: the child uses none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def in_child(work, limit=None):
    """Run work in a forked child that may write files up to a size; return its exit code."""
    child = fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    try:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        code = work()
    finally:
        os._exit(code)


@contextmanager
def quick_folder():
    """Yield a folder in memory: what a killed process has written stays with the system anyway."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
