"""Opening an engine: a first start, or going on where the store is."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.consent_record import consent_body, ledger_of_body
from customerintel.live.engine_history import scheme_of, values_of_history
from customerintel.live.engine_ingest import PORTION
from customerintel.live.engine_rules import Former, rules_of_store, stored_rules, with_past
from customerintel.live.engine_settings import Settings, no_rules
from customerintel.live.engine_state import EngineState
from customerintel.live.engine_structure import add_consent, replace_rules
from customerintel.live.fold_consent import ledger_of
from customerintel.live.rules_without_facts import warn_without_history
from customerintel.live.store import Change, LogRecord, Store
from customerintel.tables.zones import zone_of

if TYPE_CHECKING:
    from customerintel.live.decision import Decision
    from customerintel.live.fold import Fold
    from customerintel.live.rule_set import RuleSet

__all__ = ["Opening", "open_engine"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What an engine is opened with, besides its store."""

    rules: RuleSet
    settings: Settings
    history: Any
    consent: Any
    snapshot_every: int
    retain: int | None
    sources: dict[str, Any]
    """Where rules get scores, relationships and segments from; see `engine_history`."""
    as_left: bool = False
    """Whether the rules are those that the store has."""


def open_engine(opening: Opening, store: Store) -> EngineState:
    """Start a store, or recover what it holds and go on with the rules given.

    Raises
    ------
    InvalidArgumentError
        If the store was started otherwise, or a rule changed its body under the same version.
    LiveStoreError
        If what is stored cannot be read.
    """
    meta = store.meta()
    if "salt" not in meta:
        if opening.as_left:
            raise no_rules()
        return _start(opening, store)
    rules = rules_of_store(meta) if opening.as_left else opening.rules
    opening = replace(opening, settings=opening.settings.or_stored(meta), rules=rules)
    opening.settings.check(meta)
    former = Former(meta, opening.rules)
    former.warn_of_gone()
    state = _recover(opening, store, former, meta)
    _check_scheme(opening, state)
    if not former.is_given:
        replace_rules(state, opening.rules)
    if opening.consent is not None:
        _add_new_consent(state, opening.consent, meta.get("consent", ""))
    return state


def _start(opening: Opening, store: Store) -> EngineState:
    """Start an empty store; all of it is in one transaction, so it is started or still empty."""
    salt = secrets.token_bytes(16)
    state = _state(opening, store, opening.rules, _new_fold(opening, opening.rules), salt)
    change = Change(records=[("start", b"{}")])
    if opening.history is not None:
        state.fold.seed(values_of_history(state, opening.history, None, opening.sources))
    else:
        warn_without_history(opening.rules)
    if opening.consent is not None:
        ledger = ledger_of(opening.consent)
        state.fold.consent(ledger)
        change.meta["consent"] = _mark(consent_body(ledger), salt)
    change.meta |= opening.settings.as_texts()
    change.meta |= stored_rules(opening.rules) | {"salt": salt.hex()}
    change.meta["past_rules"] = state.past_rules
    state.add_snapshot(change)
    state.write(change)
    return state


def _check_scheme(opening: Opening, state: EngineState) -> None:
    given = opening.sources.get("scheme")
    if given is not None and scheme_of(given, None) != state.fold.scheme:
        raise InvalidArgumentError(
            f"The store names segments by the scheme {state.fold.scheme}, and another one is asked "
            "for. Rules read its names: open it without scheme=, or start a new store."
        )


def _new_fold(opening: Opening, rules: RuleSet) -> Fold:
    from customerintel.live.fold import Fold

    settings = opening.settings
    return Fold(
        rules,
        zone=settings.zone_name,
        lateness=settings.lateness,
        scheme=scheme_of(opening.sources.get("scheme"), opening.history),
        holdout=settings.holdout,
    )


def _state(opening: Opening, store: Store, rules: RuleSet, fold: Fold, salt: bytes) -> EngineState:
    fold.state.prepare_writer()
    return EngineState(
        store=store,
        fold=fold,
        rules=rules,
        zone_name=opening.settings.zone_name,
        zone=zone_of(opening.settings.zone_name),
        salt=salt,
        snapshot_every=opening.snapshot_every,
        retain=opening.retain,
        offsets=dict(store.offsets()),
        n_rejected=store.count_kept_aside(),
        past_rules=with_past(store.meta().get("past_rules", "{}"), rules),
    )


def _recover(opening: Opening, store: Store, former: Former, meta: dict[str, str]) -> EngineState:
    """Return the state of the snapshot and all records after it."""
    from customerintel.live.fold import Fold

    kept = store.snapshot()
    if kept is None:
        raise LiveStoreError(
            "The store has settings and no snapshot, which cannot be. Put back a copy of it."
        )
    fold = Fold.restore(kept[1], former.rules, holdout=opening.settings.holdout)
    state = _state(opening, store, former.rules, fold, bytes.fromhex(meta["salt"]))
    state.seq = kept[0]
    pairs = (pair.split(",") for pair in meta.get("marks", "").split(";") if pair)
    state.marks = [(int(seq), int(time)) for seq, time in pairs]
    has_tail = next(store.records(state.seq), None) is not None
    former.check_settled(settled=not has_tail and not fold.pending)
    _replay(state)
    return state


def _replay(state: EngineState) -> None:
    """Fold the records after the snapshot, and put their decisions into the outbox again."""
    change = Change()
    for record in state.store.records(state.seq):
        state.add_decisions(change, fold_record(state, record))
        state.seq = record.seq
        if len(change.actions) >= PORTION:
            state.write(change)
            change = Change()
    if change.actions:
        state.write(change)


def fold_record(state: EngineState, record: LogRecord) -> list[Decision]:
    """Fold one record of the log."""
    fold = state.fold
    if record.kind == "events":
        from customerintel.live.log_bodies import unpack

        batch = unpack(record.body, fold.plan.wanted, state.salt, state.decoder)
        state.since_snapshot += len(batch)
        return list(fold.events(batch).decisions)
    state.since_snapshot += 1
    if record.kind == "tick":
        return fold.tick(int.from_bytes(record.body, "little", signed=True), 0)
    if record.kind == "merge":
        ids = json.loads(record.body)
        return fold.merge(ids["source"], ids["into"])
    if record.kind == "consent":
        return fold.consent(ledger_of_body(record.body))
    return []  # a marker: the snapshot beside it holds what changed


def _add_new_consent(state: EngineState, consent: Any, mark: str) -> None:
    """Append those entries of a ledger that are not there since it was given before.

    A ledger only grows, so one that begins as the former did needs its rest alone.
    """
    ledger = ledger_of(consent)
    body = consent_body(ledger)
    if _mark(body, state.salt) == mark:
        return
    columns = json.loads(body)
    n_known = int(mark.partition(":")[0] or 0)
    former = {name: values[:n_known] for name, values in columns.items()}
    if n_known and _mark(_compact(former), state.salt) == mark:
        rest = {name: values[n_known:] for name, values in columns.items()}
        ledger = ledger_of_body(_compact(rest))
    add_consent(state, ledger, _mark(body, state.salt))


def _compact(columns: Any) -> bytes:
    return json.dumps(columns, separators=(",", ":")).encode()


def _mark(body: bytes, salt: bytes) -> str:
    """Return how many entries there are, and a digest that tells nobody which."""
    n_entries = len(json.loads(body)["timestamp"])
    return f"{n_entries}:{blake2b(body, digest_size=16, key=salt).hexdigest()}"
