"""What changes an engine besides events: time, merges, erasure, consent, rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.consent_record import consent_body, without_customers
from customerintel.live.engine_ingest import add_renamed
from customerintel.live.engine_rules import stored_rules, with_past
from customerintel.live.fold_consent import ledger_of
from customerintel.live.fold_ids import is_blocked
from customerintel.live.store import Change, LogRecord, StoredAction
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.live.engine_state import EngineState
    from customerintel.live.event_batch import EventBatch
    from customerintel.live.fold_attributes import RefreshValues
    from customerintel.live.rule_set import RuleSet

__all__ = [
    "Ticked",
    "add_consent",
    "customer_text",
    "erase",
    "merge",
    "refresh",
    "replace_rules",
    "tick",
    "write_snapshot",
]

#: Customers with due work of one transaction.
PORTION: Final = 4096
#: The same while others may want to take events in.
TICK_PORTION: Final = 512
_EMPTY: Final = b"{}"


@dataclass(frozen=True, repr=False)
class Ticked:
    """What one `Engine.tick` did.

    Attributes
    ----------
    fired : int
        Decisions, suppressed and held-out ones too.
    pending : int
        Customers who are still to be looked at, at most: call `Engine.tick` again.
    """

    fired: int = 0
    pending: int = 0

    def __repr__(self) -> str:
        return one_line("Ticked", **vars(self))

    def _repr_html_(self) -> str:
        return html_table("Ticked", list(vars(self).items()))


def customer_text(value: Any, name: str) -> str:
    """Return a customer id as text.

    Raises
    ------
    InvalidArgumentError
        If it is neither a text nor a whole number.
    """
    whole = hasattr(value, "__index__") and not isinstance(value, bool)
    if isinstance(value, str) and value:
        return str(value)
    if whole:
        return str(int(value))
    raise InvalidArgumentError(
        f"{name} must be the id of a customer: a text that is not empty, or a whole number; got "
        f"{'an empty text' if value == '' else type(value).__name__}."
    )


def tick(state: EngineState, now: int, most: int) -> Ticked:
    """Let time pass, and do due work in portions of which each is stored by itself.

    Between portions the lock is free, so that events need not wait for a storm of deadlines.
    """
    fired = pending = 0
    for portion in range(-(-most // TICK_PORTION)):
        with state.changing():
            change = Change()
            if portion == 0 and now > state.fold.time:
                change.records.append(("tick", now.to_bytes(8, "little", signed=True)))
            elif portion and not state.fold.pending:
                pending = 0  # others have done it meanwhile
                break
            decisions = state.fold.tick(now, min(TICK_PORTION, most))
            fired += len(decisions)
            state.add_decisions(change, decisions)
            state.go_on(change)
            if not change.is_empty:
                state.write(change)
            pending = state.fold.pending
    state.tell()
    return Ticked(fired, pending)


def merge(state: EngineState, source: Any, into: Any) -> None:
    """Let one customer be another from now on."""
    old, new = customer_text(source, "source"), customer_text(into, "into")
    for name, one in (("source", old), ("into", new)):
        if is_blocked(one):
            raise InvalidArgumentError(
                f"{name} is a word that senders write where they know nobody, so it is no "
                "customer to merge. Give the id of a customer."
            )
    body = json.dumps({"source": old, "into": new}).encode()
    with state.changing():
        before = {old: state.fold.canonical(old)}
        change = Change(records=[("merge", body)])
        state.add_decisions(change, state.fold.merge(old, new))
        add_renamed(state, change, before)
        state.write(change)
        state.since_snapshot += 1


def add_consent(state: EngineState, entries: Any, mark: str | None = None) -> int:
    """Append entries to the consent record; return how many. `mark` names the ledger they end."""
    ledger = ledger_of(entries)
    if not ledger.n_rows:
        return 0
    with state.changing():
        change = Change(records=[("consent", consent_body(ledger))])
        if mark is not None:
            change.meta["consent"] = mark
        state.add_decisions(change, state.fold.consent(ledger))
        state.write(change)
        state.since_snapshot += 1
    return ledger.n_rows


def erase(state: EngineState, ids: Any) -> int:
    """Remove customers from everything; return how many ids there were of them."""
    given = ids if _is_many(ids) else [ids]
    asked = [customer_text(one, "ids") for one in given]
    if not asked:
        return 0
    with state.changing():
        gone = state.fold.erase(asked)
        change = Change(records=[("erase", _EMPTY)])
        state.add_snapshot(change)
        state.store.erase(sorted(gone), _Rewriter(gone), change)
        state.seq += 1
        state.n_rejected = state.store.count_kept_aside()
    return len(gone)


def _is_many(ids: Any) -> bool:
    return isinstance(ids, Iterable) and not isinstance(ids, str | bytes | Mapping)


class _Rewriter:
    """Takes customers out of records of the log."""

    def __init__(self, ids: set[str]) -> None:
        self._ids = ids

    def __call__(self, record: LogRecord) -> bytes | None:
        """Return the new body; None: it stays, b"": nothing is left."""
        from customerintel.live.log_bodies import erase_lines

        if record.kind == "events":
            return erase_lines(record.body, self._ids)
        if record.kind == "consent":
            return without_customers(record.body, self._ids)
        if record.kind == "merge":
            return b"" if self._ids & set(json.loads(record.body).values()) else None
        return None


def replace_rules(state: EngineState, rules: RuleSet, *, backfill: bool = False) -> None:
    """Go on with other rules; what is due by the former ones is done first."""
    rules.changes_from(state.past_rules)
    with state.changing():
        state.drain(PORTION)
        change = Change(records=[("rules", rules.outline().encode())])
        state.past_rules = with_past(state.past_rules, rules)
        change.meta |= stored_rules(rules) | {"past_rules": state.past_rules}
        state.add_decisions(change, state.fold.change_rules(rules))
        change.updates += _of_removed_rules(state, rules, change)
        state.rules = rules
        if backfill:
            state.fold.backfill_from(_past(state))
        state.add_snapshot(change)
        state.write(change)


def _of_removed_rules(state: EngineState, rules: RuleSet, change: Change) -> list[StoredAction]:
    """Stop the actions that wait for rules that are gone; return those that are stored already.

    At once, not when they are leased: the rule may come back, and what was to be stopped with it.
    """
    kept, gone = {rule.id for rule in rules}, {rule.id for rule in state.rules}
    if gone <= kept:
        return []
    waiting = ("queued", "leased")
    stored = [
        row for row in state.store.actions() if row.state in waiting and row.rule_id not in kept
    ]
    new = [row for row in change.actions if row.state in waiting and row.rule_id not in kept]
    for row in (*stored, *new):
        row.state, row.reason = "suppressed", "rule_removed"
        row.not_before, row.lease_until = max(state.fold.time, row.due_at), 0
    return stored


def _past(state: EngineState) -> Iterator[EventBatch | tuple[str, str] | int]:
    """Yield all events, merges and ticks that the log still has, read for the rules of now."""
    from customerintel.live.log_bodies import unpack

    wanted = state.fold.plan.wanted
    for record in state.store.records():
        if record.kind == "events":
            yield unpack(record.body, wanted, state.salt, state.decoder)
        elif record.kind == "merge":
            ids = json.loads(record.body)
            yield ids["source"], ids["into"]
        elif record.kind == "tick":
            yield int.from_bytes(record.body, "little", signed=True)


def refresh(state: EngineState, values: RefreshValues) -> int:
    """Take over what a history tells; return how many decisions follow."""
    with state.changing():
        n_decisions = state.drain(PORTION)
        decisions = state.fold.refresh(values)
        change = Change(records=[("refresh", _EMPTY)])
        state.add_decisions(change, decisions)
        state.add_snapshot(change)
        state.write(change)
    return n_decisions + len(decisions)


def write_snapshot(state: EngineState) -> None:
    """Write the whole state, so that a recovery starts here."""
    with state.changing():
        change = Change()
        state.add_snapshot(change)
        state.write(change)
