"""Taking actions out of the outbox, and what is said of them afterwards."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from customerintel._kernels.live_words import NEVER
from customerintel.live.dispatch import Verdict, check_dispatch
from customerintel.live.store import Change, StoredAction

if TYPE_CHECKING:
    from customerintel.live.engine_state import EngineState

__all__ = ["MAX_ATTEMPTS", "PORTION", "back_off", "lease_rows", "mark_done", "mark_failed"]

#: Attempts at an action whose rule is gone.
MAX_ATTEMPTS: Final = 5
#: Rows of one transaction.
PORTION: Final = 4096
_MINUTE: Final = 60 * 1_000_000
_LONGEST: Final = 6 * 60 * _MINUTE


def lease_rows(state: EngineState, n: int, now: int, length: int) -> list[StoredAction]:
    """Lease at most `n` actions that are due and pass the second look."""
    leased: list[StoredAction] = []
    while len(leased) < n:
        rows = state.store.due(now, min(n - len(leased), PORTION))
        if not rows:
            break
        portion = _Portion(state, now, length)
        for row in rows:
            portion.look_at(row)
        state.write(Change(updates=rows))
        leased += [row for row in rows if row.state == "leased"]
    # a later portion may hold earlier actions, where one was let through in its stead
    return sorted(leased, key=lambda row: (row.due_at, row.id))


class _Portion:
    """Rows that are leased in one transaction, of which the store does not know yet."""

    def __init__(self, state: EngineState, now: int, length: int) -> None:
        self.state, self.now, self.length = state, now, length
        self.sent: Counter[tuple[str, str]] = Counter()
        # attempts in the store that the rows looked at so far have left behind
        self.stale: dict[tuple[str, str], list[int]] = {}
        self.rules = {rule.id: rule for rule in state.rules}

    def look_at(self, row: StoredAction) -> None:
        """Set what becomes of a row."""
        rule, state = self.rules.get(row.rule_id), self.state
        key = row.customer_id, row.channel
        # an attempt that nobody answered is the action's own, whatever becomes of it now
        if row.state == "leased":
            self.stale.setdefault(key, []).append(row.sent_at)

        def count_sent(after: int) -> int:
            # a clock that was put back does not undo what went out by its former time
            stored = state.store.count_sent(*key, after, -NEVER)
            stale = sum(after < at for at in self.stale.get(key, ()))
            return stored - stale + self.sent[key]

        verdict = check_dispatch(row, rule, state.fold, count_sent, self.now, state.zone)
        self._follow(row, verdict)

    def _follow(self, row: StoredAction, verdict: Verdict) -> None:
        if verdict.fate == "send":
            row.state, row.attempts = "leased", row.attempts + 1
            row.sent_at, row.lease_until = self.now, self.now + self.length
            self.sent[row.customer_id, row.channel] += 1
            return
        row.sent_at = row.lease_until = 0
        if verdict.fate == "wait":
            row.state, row.not_before = "queued", verdict.until
            return
        row.state = "failed" if verdict.fate == "fail" else "suppressed"
        row.reason, row.not_before = verdict.reason, self.now


def mark_done(state: EngineState, action_id: str) -> bool:
    """Note that an action was carried out; False where it is not there, or was noted before.

    It counts whatever became of the lease meanwhile: the effect is out.
    """
    row = state.store.action(action_id)
    if row is None or row.state in ("done", "held_out") or not row.attempts:
        return False
    if row.state == "queued":
        # an attempt that was given up has no time of its own, and the next one is still to come
        row.not_before = max(row.due_at, min(row.not_before, state.fold.time))
    row.state, row.reason = "done", ""
    row.sent_at = row.sent_at or row.not_before
    row.lease_until = 0
    state.write(Change(updates=[row]))
    return True


def mark_failed(
    state: EngineState, action_id: str, attempt: int | None, reason: str, retry_in: int | None
) -> str:
    """Note that an attempt failed; return the state of the action, "" where it is not there.

    An attempt whose lease somebody else has since changes nothing; None is the latest one.
    """
    row = state.store.action(action_id)
    if row is None:
        return ""
    attempt = row.attempts if attempt is None else attempt
    if row.state != "leased" or row.attempts != attempt:
        return row.state
    rule = next((rule for rule in state.rules if rule.id == row.rule_id), None)
    most = MAX_ATTEMPTS if rule is None else rule.limits.max_attempts
    wait = back_off(attempt) if retry_in is None else retry_in
    row.state = "failed" if attempt >= most else "queued"
    row.not_before = row.sent_at + (wait if row.state == "queued" else 0)
    row.reason = reason if row.state == "failed" else ""
    row.sent_at = row.lease_until = 0
    state.write(Change(updates=[row]))
    return row.state


def back_off(attempt: int) -> int:
    """Return how long to wait after an attempt: 1 min, 2 min … 6 h, in microseconds."""
    return min(_MINUTE << min(attempt - 1, 16), _LONGEST)
