"""The snapshot in an SQL database: written as a whole, or bit by bit beside other changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from customerintel.exceptions import LiveStoreError
from customerintel.live import sql_rows as rows
from customerintel.live import sql_statements as sql
from customerintel.live.sql_outbox import SqlOutbox
from customerintel.live.store import Change

__all__ = ["PORTION_BYTES", "SqlSnapshot"]

#: Bytes that a portion of records, or of a snapshot, should come near.
PORTION_BYTES: Final = 1 << 22
#: Pieces of former snapshots that are removed beside a change.
_REMOVED: Final = 4


class SqlSnapshot(SqlOutbox):
    """Keeps snapshots under numbers that grow; only one of them counts.

    One that is written bit by bit has the next number. What has another one than that and the one
    that counts is left over, and removed bit by bit.
    """

    _numbers: dict[str, int]
    #: Number of the snapshot that is being written (0: none), its pieces so far, and whether
    #: there may be some left over.
    _coming = 0
    _n_coming = 0
    _is_tidy = False

    def _generation(self) -> int:
        return self._numbers.get("generation", 0)

    def _apply_snapshot(self, change: Change, numbers: dict[str, int]) -> None:
        """Write what a change has of a snapshot, and remove some of what is left over."""
        if change.snapshot is not None:
            numbers["snapshot_chunks"] = self._replace_snapshot(change.snapshot)
            numbers["snapshot_record"] = numbers["last_record"]
            return
        if change.coming or change.complete is not None:
            self._add_coming(change.coming, numbers)
        if change.complete is not None:
            numbers["generation"], numbers["snapshot_chunks"] = self._coming, self._n_coming
            numbers["snapshot_record"] = change.complete
            self._coming, self._is_tidy = 0, False
        if not self._is_tidy:
            given = (numbers.get("generation", 0), self._coming, _REMOVED)
            found = self._run(sql.SELECT_OTHER_CHUNKS, given)
            self._run_many(sql.DROP_CHUNK, found)
            self._is_tidy = len(found) < _REMOVED

    def _replace_snapshot(self, parts: Iterable[tuple[str, bytes]]) -> int:
        """Write the chunks that differ from those there are; return how many there are now."""
        own = self._generation()
        former = {
            (part, chunk): digest for part, chunk, digest in self._run(sql.SELECT_DIGESTS, (own,))
        }
        n_chunks, waiting, size = 0, [], 0
        for part, chunk, body in rows.chunks_of(parts):
            n_chunks += 1
            name, digest = rows.kept_text(part), rows.digest_of(body)
            if former.pop((name, chunk), None) == digest:
                continue
            waiting.append((own, name, chunk, digest, body))
            size += len(body)
            if size >= PORTION_BYTES:
                self._run_many(sql.SET_CHUNK, waiting)
                waiting, size = [], 0
        self._run_many(sql.SET_CHUNK, waiting)
        self._run_many(sql.DROP_CHUNK, [(own, *one) for one in former])
        self._drop_coming(own)
        return n_chunks

    def _drop_coming(self, own: int) -> None:
        """Remove all but the snapshot that counts."""
        self._run(sql.DROP_OTHER_CHUNKS, (own,))
        self._coming, self._is_tidy = 0, True

    def _add_coming(self, parts: Iterable[tuple[str, bytes]], numbers: dict[str, int]) -> None:
        if not self._coming:
            # never a number that was used before: its pieces may still be there
            self._coming, self._n_coming = numbers.get("last_generation", 0) + 1, 0
        numbers["last_generation"] = self._coming
        found = [
            (self._coming, rows.kept_text(part), chunk, rows.digest_of(body), body)
            for part, chunk, body in rows.chunks_of(parts)
        ]
        self._run_many(sql.SET_CHUNK, found)
        self._n_coming += len(found)

    def snapshot(self) -> tuple[int, dict[str, bytes]] | None:
        """Return the last snapshot and the number of the last record that it stands for.

        Raises
        ------
        LiveStoreError
            If a piece of it is damaged or missing.
        """
        if "snapshot_record" not in self._numbers:
            return None
        pieces: dict[str, list[bytes]] = {}
        own, at, n_read = self._generation(), ("", -1), 0
        with self._reading():
            while portion := self._run(sql.SELECT_CHUNKS, (own, *at, 64)):
                for part, chunk, digest, stored in portion:
                    listed = pieces.setdefault(part, [])
                    body = bytes(stored)
                    if chunk != len(listed) or rows.digest_of(body) != bytes(digest):
                        raise self._damaged_snapshot(n_read + 1)
                    listed.append(body)
                    at, n_read = (part, chunk), n_read + 1
        if n_read != self._numbers["snapshot_chunks"]:
            raise self._damaged_snapshot(n_read + 1)
        parts = {rows.read_text(name): b"".join(pieces.pop(name)) for name in list(pieces)}
        return self._numbers["snapshot_record"], parts

    def _damaged_snapshot(self, piece: int) -> LiveStoreError:
        return LiveStoreError(
            f"{self._name}: piece {piece} of the snapshot, of {self._numbers['snapshot_chunks']}, "
            "is damaged or missing. Put back a copy of the store."
        )
