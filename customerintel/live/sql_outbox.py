"""Reading the outbox of a store in an SQL database."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, Final

from customerintel.live import sql_rows as rows
from customerintel.live import sql_statements as sql
from customerintel.live.sql_session import SqlSession
from customerintel.live.store import StoredAction

__all__ = ["ERASED", "PORTION", "SqlOutbox"]

#: Rows per portion that is read.
PORTION: Final = 512
#: Kind of a record whose events were all erased. Its number stays, so that none is missing.
ERASED: Final = "erased"
_BEFORE_ALL: Final = -(1 << 63)
_order = attrgetter("due_at", "id")


class SqlOutbox(SqlSession):
    """What is asked of the rows of actions, and of the sizes of all tables."""

    def due(self, now: int, n: int) -> list[StoredAction]:
        """Return at most `n` actions that may be leased, ordered by (due_at, id).

        Where more than `n` are ready, those that have been ready longest.
        """
        with self._reading():
            found = self._run(sql.SELECT_DUE, (now, n))
        return sorted(map(rows.action_of, found), key=_order)

    def action(self, action_id: str) -> StoredAction | None:
        """Return one row of the outbox."""
        with self._reading():
            found = self._run(sql.SELECT_ACTION, (rows.kept_text(action_id),))
        return rows.action_of(found[0]) if found else None

    def actions(self) -> Iterator[StoredAction]:
        """Yield every row of the outbox, ordered by (due_at, id), read in portions."""
        at: tuple[int, str] = (_BEFORE_ALL, "")
        while True:
            with self._reading():
                portion = self._run(sql.SELECT_ACTIONS, (*at, PORTION))
            if not portion:
                return
            for row in portion:
                yield rows.action_of(row)
            at = portion[-1][sql.ACTION_COLUMNS.index("due_at")], portion[-1][0]

    def actions_of(self, customer_ids: Sequence[str]) -> list[StoredAction]:
        """Return the rows of some customers, ordered by (due_at, id)."""
        found = []
        with self._reading():
            for one in dict.fromkeys(customer_ids):
                found += self._run(sql.SELECT_ACTIONS_OF, (rows.kept_text(one),))
        return sorted(map(rows.action_of, found), key=_order)

    def count_sent(self, customer_id: str, channel: str, after: int, until: int) -> int:
        """Count the rows that were sent (leased or done) with ``after < sent_at <= until``."""
        kept = rows.kept_text
        with self._reading():
            found = self._run(sql.COUNT_SENT, (kept(customer_id), kept(channel), after, until))
        return int(found[0][0])

    def size(self) -> dict[str, Any]:
        """Return counts of rows and bytes, for reports. Reads through all tables.

        Returns
        -------
        dict of str to int or dict
            ``records``, ``log_bytes``, ``snapshot_bytes``, ``actions`` (by state),
            ``kept_aside``, and ``stored_bytes`` (all that the database takes up).
        """
        with self._reading():
            n_records, log_bytes = self._run(sql.SIZE_OF_LOG, (ERASED,))[0]
            return {
                "records": int(n_records),
                "log_bytes": int(log_bytes),
                "snapshot_bytes": int(self._run(sql.SIZE_OF_SNAPSHOT, (self._generation(),))[0][0]),
                "actions": {state: int(n) for state, n in self._run(sql.COUNT_STATES)},
                "kept_aside": int(self._run(sql.COUNT_ASIDE)[0][0]),
                "stored_bytes": self._stored_bytes(),
            }

    @abstractmethod
    def _generation(self) -> int:
        """Return the number of the snapshot there is."""

    @abstractmethod
    def _stored_bytes(self) -> int:
        """Return how much room the database takes."""
