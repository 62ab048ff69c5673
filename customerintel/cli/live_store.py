"""A copy of a store for a dry run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from customerintel.exceptions import InvalidArgumentError, StoreLockedError

__all__ = ["copied_store"]


@contextmanager
def copied_store(store: str) -> Iterator[str]:
    """Give a copy that goes when it is done with; of a store that is not there, an empty one.

    Parameters
    ----------
    store : str
        An SQLite file; it is only read.

    Yields
    ------
    str
        What an engine opens.

    Raises
    ------
    InvalidArgumentError
        If the store is on a server.
    StoreLockedError
        If an engine has it open.
    """
    if store.startswith(("postgresql://", "postgres://")):
        raise InvalidArgumentError(
            "--dry-run copies a store, which it can do with files alone. Leave --store out, to see "
            "what the rules decide without it."
        )
    path = Path(store)
    if store == ":memory:" or not path.is_file():
        yield ":memory:"
        return
    with TemporaryDirectory(prefix="customerintel-") as folder:
        copy = Path(folder, "copy.db")
        _copy(path, copy)
        yield str(copy)


def _copy(path: Path, copy: Path) -> None:
    # an engine at work has a log beside its file; without one, SQLite need not make its own
    is_closed = not Path(f"{path}-wal").exists()
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_closed else ''}"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=0)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("SELECT 1 FROM sqlite_master")  # a backup would wait for the lock
            source.backup(target)
    except sqlite3.OperationalError as error:
        raise StoreLockedError(
            f"The store {path.name!r} cannot be copied ({error}): an engine has it open. Close "
            "that first, or copy the file by other means."
        ) from error
    except sqlite3.DatabaseError as error:
        raise InvalidArgumentError(
            f"{path.name!r} is no store of live rules. Give the file of one, or a new name."
        ) from error
