"""A store in an SQL database: everything that does not depend on which one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from customerintel.exceptions import InvalidArgumentError, LiveStoreError, StoreVersionError
from customerintel.live import sql_rows as rows
from customerintel.live import sql_statements as sql
from customerintel.live.sql_outbox import ERASED, PORTION
from customerintel.live.sql_snapshot import PORTION_BYTES, SqlSnapshot
from customerintel.live.store import FORMAT_VERSION, Change, KeptAside, LogRecord
from customerintel.live.stored_ids import holds_any

__all__ = ["SqlStore"]

_NO_META = rows.crc_of({})


class SqlStore(SqlSnapshot):
    """What `SQLiteStore` and `PostgresStore` share; they open, lock, and clean up."""

    _dialect = ""

    def _open(self, *, created: bool) -> None:
        """Make the tables, or check that they are of this version, then read the counts."""
        if created:
            with self._transaction():
                for statement in sql.create_tables(self._dialect):
                    self._run(statement)
                self._set_numbers(
                    {}, {"format_version": FORMAT_VERSION, "last_record": 0, "forgotten": 0}
                )
        with self._reading():
            found = dict(self._run(sql.SELECT_NUMBERS))
        if not all(isinstance(value, int) for value in found.values()):
            raise self._damaged("counts")
        self._numbers = found
        version = self._numbers.get("format_version")
        if version != FORMAT_VERSION:
            newer = version is not None and version > FORMAT_VERSION
            advice = "Update customerintel" if newer else "Use the customerintel that wrote it"
            raise StoreVersionError(
                f"{self._name} has format version {version}, and this customerintel reads version "
                f"{FORMAT_VERSION}. {advice}, or start a new store."
            )
        self._check_sums()
        if self._numbers.get("scrub"):
            self._clean_up()

    def _check_sums(self) -> None:
        """Refuse counts and settings that are not as they were written.

        Raises
        ------
        LiveStoreError
            If a bit of them is another one.
        """
        counts = {name: n for name, n in self._numbers.items() if name != "check"}
        whole = self._numbers.get("check") == rows.crc_of(counts)
        with self._reading():
            is_sound = whole and counts.get("meta_check", _NO_META) == self._meta_check()
        if not is_sound:
            raise self._damaged("settings" if whole else "counts")

    def _damaged(self, what: str) -> LiveStoreError:
        return LiveStoreError(
            f"{self._name}: its {what} are damaged, so nobody knows what belongs to it. Put back a "
            "copy of the store."
        )

    def _meta_check(self) -> int:
        return rows.crc_of({str(name): value for name, value in self._run(sql.SELECT_META)})

    @abstractmethod
    def _scrub(self) -> None:
        """Write the database anew, so that no page holds what was removed."""

    def _set_numbers(self, before: dict[str, int], numbers: dict[str, int]) -> None:
        """Write the counts that changed, with a check sum of all, which is put into them."""
        changed = {name: n for name, n in numbers.items() if before.get(name) != n}
        if changed:
            sums = {name: n for name, n in numbers.items() if name != "check"}
            changed["check"] = numbers["check"] = rows.crc_of(sums)
            self._run_many(sql.SET_NUMBER, list(changed.items()))

    # ------------------------------------------------------------------ writing

    def write(self, change: Change) -> int:
        """Write everything of a change in one durable transaction; the number of its last record.

        Without records, the number of the last record there is (0: none).

        Raises
        ------
        LiveStoreError
            If the database refuses. Nothing of the change is certain to be stored then, and the
            store must be opened again.
        """
        with self._changing() as numbers:
            self._apply(change, numbers)
        return self._numbers["last_record"]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, int]]:
        """Yield the counts to change in a transaction; they hold once it is committed."""
        self._check_process()
        with self._lock:
            before = dict(self._numbers) if self._connection is not None else {}
            numbers = dict(before)
            with self._transaction():
                yield numbers
                self._set_numbers(before, numbers)
            self._numbers = numbers

    def _apply(self, change: Change, numbers: dict[str, int]) -> None:
        if change.records:
            first = numbers["last_record"] + 1
            self._run_many(
                sql.INSERT_RECORD,
                [
                    (seq, kind, rows.record_crc(seq, kind, body), body)
                    for seq, (kind, body) in enumerate(change.records, first)
                ],
            )
            numbers["last_record"] += len(change.records)
        if change.actions:
            # one after the other: many tuples at a time keep the garbage collector busy
            self._run_many(sql.INSERT_ACTION, map(rows.inserted, change.actions))
        if change.updates:
            self._run_many(sql.UPDATE_ACTION, [rows.updated(one) for one in change.updates])
        if change.kept_aside:
            aside = ((one.reason, one.source, one.position, one.raw) for one in change.kept_aside)
            kept = rows.kept_text
            self._run_many(sql.INSERT_ASIDE, [(kept(a), kept(b), c, d) for a, b, c, d in aside])
        if change.offsets:
            pairs = change.offsets.items()
            kept = rows.kept_text
            self._run_many(sql.SET_OFFSET, [(kept(a), kept(b), n) for (a, b), n in pairs])
        if change.meta:
            texts = [(rows.kept_text(a), rows.kept_text(b)) for a, b in change.meta.items()]
            self._run_many(sql.SET_META, texts)
            numbers["meta_check"] = self._meta_check()
        self._apply_snapshot(change, numbers)
        if change.forget_before is not None:
            self._forget(change.forget_before, numbers)

    def _forget(self, until: int, numbers: dict[str, int]) -> None:
        until = min(until, numbers.get("snapshot_record", 0))
        if until > numbers["forgotten"]:
            self._run(sql.FORGET_RECORDS, (until,))
            numbers["forgotten"] = until

    def erase(
        self,
        customer_ids: Sequence[str],
        rewrite: Callable[[LogRecord], bytes | None],
        change: Change,
    ) -> None:
        """Remove customers from every table and from the file itself, in one transaction.

        Raises
        ------
        InvalidArgumentError
            If there is a snapshot and `change` brings none in its place.
        LiveStoreError
            If the database refuses. Where it could remove but not clean up, the next opening
            cleans up.
        """
        if change.snapshot is None and "snapshot_record" in self._numbers:
            raise InvalidArgumentError(
                "erase needs a change with a snapshot: the one in the store may hold the customers."
            )
        with self._changing() as numbers:
            for record in self._read_records(numbers["forgotten"], numbers["last_record"]):
                body = rewrite(record)
                if body is not None:
                    kind = record.kind if body else ERASED
                    crc = rows.record_crc(record.seq, kind, body)
                    self._run(sql.REWRITE_RECORD, (kind, crc, body, record.seq))
            ids = [(rows.kept_text(one),) for one in customer_ids]
            self._run_many(sql.DROP_ACTIONS_OF, ids)
            found = holds_any(customer_ids)
            gone = [(n,) for n, one in self._read_aside() if found(one.raw)]
            self._run_many(sql.DROP_ASIDE, gone)
            self._apply(change, numbers)
            self._drop_coming(numbers.get("generation", 0))
            numbers["scrub"] = 1
        self._clean_up()

    def _clean_up(self) -> None:
        with self._lock:
            self._check_usable()
            try:
                self._scrub()
            except self._failures as error:
                self._failed = True
                raise LiveStoreError(
                    f"{self._name} cannot be cleaned of what was erased: {self._told(error)}. The "
                    "rows are gone, but the files may still hold bytes of them. Put that right, "
                    "close the engine and open it again: it cleans up then."
                ) from error
            numbers = self._numbers | {"scrub": 0}
            with self._transaction():
                self._set_numbers(self._numbers, numbers)
            self._numbers = numbers

    # ------------------------------------------------------------------ reading

    def meta(self) -> dict[str, str]:
        """Return all settings that were written."""
        with self._reading():
            found = self._run(sql.SELECT_META)
        return {rows.read_text(name): rows.read_text(value) for name, value in found}

    def offsets(self) -> dict[tuple[str, str], int]:
        """Return the next offset of each source and partition."""
        with self._reading():
            found = self._run(sql.SELECT_OFFSETS)
        return {(rows.read_text(a), rows.read_text(b)): n for a, b, n in found}

    def records(self, after: int = 0) -> Iterator[LogRecord]:
        """Yield the records after a number in order.

        Raises
        ------
        LiveStoreError
            At the first record that is damaged or missing.
        """
        with self._reading():
            bounds = max(after, self._numbers["forgotten"]), self._numbers["last_record"]
        return self._read_records(*bounds)

    def _read_records(self, after: int, last: int) -> Iterator[LogRecord]:
        n = 8
        while after < last:
            with self._reading():
                portion = self._run(sql.SELECT_RECORDS, (after, last, n))
            for seq, kind, crc, stored in portion or [(0, "", 0, b"")]:
                after += 1
                body = bytes(stored)
                if seq != after or rows.record_crc(seq, kind, body) != crc:
                    raise LiveStoreError(
                        f"{self._name}: record {after} of the log, of {last}, is "
                        f"{'missing' if seq != after else 'damaged'}. No later one can be trusted: "
                        "put back a copy of the store."
                    )
                if kind != ERASED:
                    yield LogRecord(seq, kind, body)
            # Records of one event come in portions of many, long ones in portions of few.
            size = sum(len(row[3]) for row in portion)
            n = min(2 * n, 4096) if size < PORTION_BYTES else max(n // 2, 1)

    def kept_aside(self) -> Iterator[KeptAside]:
        """Yield the events that could not be read."""
        return (one for _, one in self._read_aside())

    def count_kept_aside(self) -> int:
        """Count the events that could not be read."""
        with self._reading():
            return int(self._run(sql.COUNT_ASIDE)[0][0])

    def _read_aside(self) -> Iterator[tuple[int, KeptAside]]:
        at = 0
        while True:
            with self._reading():
                portion = self._run(sql.SELECT_ASIDE, (at, PORTION))
            if not portion:
                return
            for at, reason, source, position, raw in portion:
                texts = rows.read_text(reason), rows.read_text(source)
                yield at, KeptAside(texts[0], bytes(raw), texts[1], position)
