"""Plays a case to the oracle, to the fold and to an engine; all give the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from live.oracle_events import iso
from live.oracle_live import Decided, Oracle
from live.rule_specs import SCHEME, build_rule
from live.streams import Case, Record, Rules

from customerintel import live
from customerintel.live.decoding import Decoder
from customerintel.live.event_batch import EventBatch
from customerintel.live.fold import Fold
from customerintel.live.fold_attributes import RefreshValues
from customerintel.live.rule_set import RuleSet
from customerintel.rfm import RFMThresholds

_SALT = b"0123456789abcdef"


def row_of(decision: Any) -> Decided:
    """Return a decision of the fold as the oracle has it."""
    return (
        decision.rule_id, decision.version, decision.customer_id, decision.due_at,
        decision.trigger_key, decision.status, decision.reason,
        "" if decision.status == "suppressed" else decision.arm,
    )  # fmt: skip


def in_order(rows: Iterable[Any]) -> list[Any]:
    """Return rows in one order, whatever is in them."""
    return sorted(rows, key=repr)


def oracle_of(case: Case) -> Oracle:
    """Return the oracle at the end of a case."""
    oracle = Oracle(case.rules, zone=case.zone, lateness=case.lateness)
    for kind, *rest in case.records:
        if kind == "event":
            oracle.event(rest[0], received=rest[1])
        elif kind == "rules":
            oracle.change_rules(rest[0])
        else:
            getattr(oracle, kind)(*rest)
    oracle.drain()
    return oracle


def play_oracle(case: Case) -> list[Decided]:
    """Return what must be decided, in order."""
    return in_order(oracle_of(case).decided)


def oracle_outbox(case: Case) -> list[tuple[Any, ...]]:
    """Return what must be in the outbox at the end, under the last names of everybody.

    An action has the id of what was decided first on it, for good: a message that comes again
    when it is forgotten decides anew, and changes nothing.
    """
    oracle = oracle_of(case)
    first: dict[Any, Decided] = {}
    for row in oracle.decided:
        first.setdefault(row[:5], row)
    stopped = ("suppressed", "rule_removed")
    return in_order({
        (*row[:2], oracle.canonical(row[2]), *row[3:5],
         *(stopped if row in oracle.stopped else row[5:7]))
        for row in first.values()
    })  # fmt: skip


def entries_of(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entries of consent as the library takes them."""
    times = ("timestamp", "expires_at")
    return [
        {k: iso(v) if k in times else v for k, v in entry.items() if v is not None}
        for entry in entries
    ]


def values_of(
    moment: int, scores: dict[str, Any], labels: dict[str, str], cuts: Any, bought: dict[str, Any]
) -> RefreshValues:
    """Return scores, labels, cut points and purchases as the fold takes them."""
    thresholds = None if cuts is None else RFMThresholds(
        *cuts, bins=(3, 3, 3), method="fixed", window=None, period="day",
        frequency_of="periods", monetary_of="total",
    )  # fmt: skip
    kinds = (np.int64, float, np.int64, np.int64)
    columns = [np.array([one[k] for one in bought.values()], kind) for k, kind in enumerate(kinds)]
    return RefreshValues(
        moment, list(bought), *columns, thresholds=thresholds, scores=scores, labels=labels
    )


def rule_set(rules: Rules) -> RuleSet:
    """Return the library's rules."""
    return RuleSet([build_rule(one) for one in rules])


class FoldPlayer:
    """Plays records to a fold in batches, with bounded ticks and cuts.

    Parameters
    ----------
    batch : int
        Events per call at most; consecutive ones only.
    budget : int or None
        Of due work per tick.
    cuts : collection of int
        Places before which the fold is written out and restored.
    as_lines : bool
        Whether events are read as JSON lines, many at once.
    """

    def __init__(
        self, case: Case, *, batch: int = 4096, budget: int | None = None,
        cuts: Sequence[int] = (), as_lines: bool = False,
    ) -> None:  # fmt: skip
        self.as_lines = as_lines
        self.case, self.batch, self.budget, self.cuts = case, batch, budget, set(cuts)
        self.rules = rule_set(case.rules)
        self.options = {"zone": case.zone, "lateness": case.lateness}
        self.fold = Fold(self.rules, scheme=SCHEME, **self.options)
        self.waiting: list[Record] = []
        self.past: list[Record] = []
        self.found: list[Any] = []
        self.duplicates = 0
        self._decode()

    def _decode(self) -> None:
        self.decoder = Decoder(self.fold.plan.wanted, salt=_SALT)

    def play(self) -> list[Decided]:
        """Return everything that was decided."""
        for place, record in enumerate(self.case.records):
            if place in self.cuts and record[0] != "backfill":
                self._flush()
                self._restore()
            if record[0] == "event":
                self.waiting.append(record)
                if len(self.waiting) >= self.batch:
                    self._flush()
            else:
                self._flush()
                self._other(record)
        self._flush()
        while self.fold.pending:
            self.found += self.fold.drain(self.budget)
        return in_order(row_of(one) for one in self.found)

    def _flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        batches, read = [], []
        for received, group in groupby(waiting, key=itemgetter(2)):
            records = list(group)
            given = [one[1] for one in records]
            if self.as_lines:
                given = [json.dumps(one).encode() for one in given]
            batch = self.decoder.decode(given, received=received).batch
            batches.append(batch)
            read += [records[place] for place in batch.origin.tolist()]
        batches = [batch for batch in batches if len(batch)]
        if batches:
            stepped = self.fold.events(EventBatch.joined(batches))
            fresh = stepped.accepted.tolist()
            self.past += [one for one, is_new in zip(read, fresh, strict=True) if is_new]
            self.found += stepped.decisions
            self.duplicates += stepped.n_duplicates

    def _restore(self) -> None:
        parts = dict(self.fold.parts())
        self.fold = Fold.restore(parts, self.rules, **self.options)

    def _told(self) -> Iterator[Any]:
        """Yield what a log has of the past."""
        for kind, *rest in self.past:
            if kind == "event":
                yield self.decoder.decode([rest[0]], received=rest[1]).batch
            else:
                yield rest[0] if kind == "tick" else tuple(rest)

    def _other(self, record: Record) -> None:
        kind, *rest = record
        fold = self.fold
        if kind in ("tick", "merge"):
            self.past.append(record)
        if kind == "tick":
            self.found += fold.tick(rest[0], self.budget)
        elif kind == "merge":
            self.found += fold.merge(*rest)
        elif kind == "consent":
            self.found += fold.consent(entries_of(rest[0]))
        elif kind == "erase":
            gone = fold.erase(rest[0])
            self.found = [one for one in self.found if one.customer_id not in gone]
        elif kind == "backfill":
            fold.backfill_from(self._told())
        elif kind == "refresh":
            self.found += fold.refresh(values_of(*rest))
        elif kind == "seed":
            fold.seed(values_of(*rest))
        else:
            self.rules = rule_set(rest[0])
            self.found += fold.change_rules(self.rules)
            self._decode()


def play_fold(case: Case, **options: Any) -> list[Decided]:
    """Return what the fold decides."""
    return FoldPlayer(case, **options).play()


def moment(us: int | None) -> datetime | None:
    """Return a time as an engine takes it."""
    return None if us is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def play_engine(case: Case, batch: int = 4096) -> list[tuple[Any, ...]]:
    """Return the outbox of an engine in memory."""
    engine = live.Engine(
        [build_rule(one) for one in case.rules], store=":memory:", tz=case.zone,
        lateness=timedelta(microseconds=case.lateness),
    )  # fmt: skip
    waiting: list[Any] = []
    received: list[int | None] = [None]

    def flush() -> None:
        if waiting:
            engine.ingest(list(waiting), received=moment(received[0]))
            waiting.clear()

    following = [*[one[0] for one in case.records[1:]], ""]
    for (kind, *rest), after in zip(case.records, following, strict=True):
        if kind == "event":
            if len(waiting) >= batch or rest[1] != received[0]:
                flush()
            waiting.append(rest[0])
            received[0] = rest[1]
            continue
        flush()
        if kind == "rules":
            rules = [build_rule(one) for one in rest[0]]
            engine.change_rules(rules, backfill=after == "backfill")
        elif kind == "consent":
            engine.consent(entries_of(rest[0]))
        elif kind == "merge":
            engine.merge(rest[0], into=rest[1])
        elif kind == "tick":
            engine.tick(moment(rest[0]))
        elif kind == "erase":
            engine.erase(rest[0])
    flush()
    while engine.tick(moment(case.records[-1][1])).pending:
        pass
    rows = [
        (a.rule_id, a.rule_version, a.customer_id, a.due_at, a.trigger_key, a.state, a.reason)
        for a in engine._state.store.actions()
    ]
    engine.close()
    return in_order(rows)
