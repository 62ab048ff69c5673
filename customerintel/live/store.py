"""What a store must do for a live engine, whatever database is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["FORMAT_VERSION", "Change", "KeptAside", "LogRecord", "Store", "StoredAction"]

#: Version of the tables and of what is in them.
FORMAT_VERSION = 2


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of the ordered log: what happened, as bytes."""

    seq: int
    kind: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptAside:
    """An event that could not be read, and why."""

    reason: str
    raw: bytes = field(repr=False)
    source: str = ""
    position: int = -1


@dataclass(slots=True)
class StoredAction:
    """One row of the outbox. Times are microseconds UTC, 0 where there is none.

    `state` is one of queued, leased, done, suppressed, held_out, failed.
    """

    id: str
    rule_id: str
    rule_version: int
    customer_id: str = field(repr=False)
    position: int
    channel: str
    due_at: int
    not_before: int
    state: str
    reason: str = ""
    attempts: int = 0
    lease_until: int = 0
    sent_at: int = 0
    payload: str = field(default="{}", repr=False)
    trigger_key: str = field(default="", repr=False)
    arm: str = ""
    unit_at: int = 0
    frequency: float = float("nan")
    monetary: float = float("nan")
    time_since_last: float = float("nan")


@dataclass(slots=True)
class Change:
    """All that one transaction writes; nothing of it or everything is there afterwards."""

    records: list[tuple[str, bytes]] = field(default_factory=list)
    actions: list[StoredAction] = field(default_factory=list)
    """Inserted; a row whose id is there already is left as it is."""
    updates: list[StoredAction] = field(default_factory=list)
    """Written over the rows with these ids; an id that is not there (any more) is passed over."""
    kept_aside: list[KeptAside] = field(default_factory=list)
    offsets: dict[tuple[str, str], int] = field(default_factory=dict)
    """Per source and partition, the first offset that is still to come."""
    meta: dict[str, str] = field(default_factory=dict)
    snapshot: Iterable[tuple[str, bytes]] | None = None
    """Parts that replace the former snapshot; it stands for all records up to this change, those
    of the change included."""
    coming: list[tuple[str, bytes]] = field(default_factory=list)
    """Parts of a snapshot that is written bit by bit, each once; the former one counts until it
    is whole. A `snapshot`, for which there is none of these in the same change, and opening the
    store anew do away with what there is of it."""
    complete: int | None = None
    """The coming snapshot is whole with this change: it replaces the former one, and stands for
    the records up to this number."""
    forget_before: int | None = None
    """Records up to this number go, as far as a snapshot stands for them."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all would be written."""
        return self == Change()


class Store(Protocol):
    """Keeps what a live engine must not lose. One engine at a time may have it open.

    An implementation opens (and locks) in its constructor, raises `StoreLockedError` where
    another engine has it, `StoreVersionError` for another `FORMAT_VERSION`, and `LiveStoreError`
    for everything that the database refuses. After a failed `write` it is unknown what was
    committed: the store refuses all further work, and the next opening says what is there.
    Methods may be called from any thread. ``customerintel.testing.check_store`` checks all this.
    """

    def meta(self) -> dict[str, str]:
        """Return all settings that were written."""
        ...

    def write(self, change: Change) -> int:
        """Write everything of a change in one durable transaction; the number of its last record.

        Without records, the number of the last record there is (0: none).
        """
        ...

    def records(self, after: int = 0) -> Iterator[LogRecord]:
        """Yield the records after a number in order, erased ones excepted.

        A damaged or missing one raises `LiveStoreError`. A number is never used twice.
        """
        ...

    def snapshot(self) -> tuple[int, dict[str, bytes]] | None:
        """Return the last snapshot and the number of the last record that it stands for."""
        ...

    def offsets(self) -> dict[tuple[str, str], int]:
        """Return the next offset of each source and partition."""
        ...

    def due(self, now: int, n: int) -> list[StoredAction]:
        """Return at most `n` actions that may be leased, ordered by (due_at, id).

        Those are queued with ``due_at <= now`` and ``not_before <= now``, or leased with
        ``lease_until <= now``. Where there are more than `n`, those that have been ready longest.
        """
        ...

    def action(self, action_id: str) -> StoredAction | None:
        """Return one row of the outbox."""
        ...

    def actions(self) -> Iterator[StoredAction]:
        """Yield every row of the outbox, ordered by (due_at, id), read in portions."""
        ...

    def actions_of(self, customer_ids: Sequence[str]) -> list[StoredAction]:
        """Return the rows of some customers, ordered by (due_at, id)."""
        ...

    def count_sent(self, customer_id: str, channel: str, after: int, until: int) -> int:
        """Count the rows that were sent (leased or done) with ``after < sent_at <= until``."""
        ...

    def kept_aside(self) -> Iterator[KeptAside]:
        """Yield the events that could not be read."""
        ...

    def count_kept_aside(self) -> int:
        """Count the events that could not be read."""
        ...

    def erase(
        self,
        customer_ids: Sequence[str],
        rewrite: Callable[[LogRecord], bytes | None],
        change: Change,
    ) -> None:
        """Remove customers from every table and from the file itself, in one transaction.

        Their outbox rows go, and kept-aside events that hold one of the ids. `rewrite` returns
        the new body of a log record, or None where it stays; an empty body removes the record.
        `change` (a marker and a snapshot) is written in the same transaction; it must have a
        snapshot if the store has one. Afterwards no page of the files holds what was removed.
        """
        ...

    def size(self) -> dict[str, Any]:
        """Return counts of rows and bytes, for reports; may take long."""
        ...

    def close(self) -> None:
        """Give the store back; calling it twice is fine."""
        ...
