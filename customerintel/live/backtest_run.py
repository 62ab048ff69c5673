"""One pass over past events, in parts of the customers that are folded side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import NEVER
from customerintel._kernels.threads import get_threads, run
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.backtest_blocks import BlockDeciding, FireRecorder
from customerintel.live.backtest_fires import FireColumns, joined_fires
from customerintel.live.backtest_moments import Moments
from customerintel.live.backtest_wanted import Reading
from customerintel.live.event_batch import Coded, EventBatch

if TYPE_CHECKING:
    from customerintel.live.backtest_source import PastEvents
    from customerintel.live.engine_settings import Settings
    from customerintel.live.engine_state import EngineState
    from customerintel.live.event_filter import On
    from customerintel.live.fold import Fold
    from customerintel.live.rule_set import RuleSet
    from customerintel.rfm import SegmentScheme

__all__ = ["Run", "Setting"]

Ints = NDArray[np.int64]
#: Parts of the customers, so that no thread waits long for another.
PARTS_PER_THREAD = 2
MOST_PARTS = 16


@dataclass(frozen=True, slots=True)
class Setting:
    """What a fold starts with."""

    rules: RuleSet
    settings: Settings
    history: Any
    consent: Any
    scheme: SegmentScheme | None

    def new_fold(self) -> Fold:
        """Return a fold that has seen nothing."""
        from customerintel.live.engine_history import scheme_of
        from customerintel.live.fold import Fold

        held = self.settings
        return Fold(
            self.rules,
            zone=held.zone_name,
            lateness=held.lateness,
            scheme=scheme_of(self.scheme, self.history),
            holdout=held.holdout,
        )

    def start(self, fold: Fold) -> None:
        """Tell a fold what was known before."""
        if self.history is not None:
            from customerintel.live.engine_history import values_of_history

            # of an engine's state, rules and fold are all that is asked for
            state = cast("EngineState", SimpleNamespace(rules=self.rules, fold=fold))
            fold.seed(values_of_history(state, self.history, None, {}))
        if self.consent is not None:
            from customerintel.live.fold_consent import ledger_of

            fold.consent(ledger_of(self.consent))


class Run:
    """Goes through past events once.

    Parameters
    ----------
    setting : Setting
    outcome : On, optional
        What is counted after fires.
    """

    def __init__(self, setting: Setting, outcome: On | None) -> None:
        from customerintel.live.decoding import Decoder

        self._setting = setting
        first = setting.new_fold()
        setting.start(first)
        self._folds = [first]
        self.edges = first.plan.edges
        self.outcome = None if outcome is None else Moments(outcome)
        stops = {rule.unless.key: rule.unless for rule in setting.rules if rule.unless is not None}
        self._unless = {key: Moments(on) for key, on in stops.items()}
        looked_for = [*self._unless.values(), *([self.outcome] if self.outcome else [])]
        self._looked_for = looked_for
        self._reading = Reading(first.plan.wanted, looked_for)
        self.decoder = Decoder(self._reading.wanted, salt=b"")
        self.facts = _Facts(self)
        self._recorders: list[FireRecorder] = []
        self._apart = False
        self.time = NEVER
        self.n_events = self.n_duplicates = 0

    @property
    def n_customers(self) -> int:
        """Customers that are known."""
        return sum(fold.n_customers for fold in self._folds)

    @property
    def zone_name(self) -> str:
        """Zone of days."""
        return self._setting.settings.zone_name

    def fold_of(self, customer_id: str) -> Fold:
        """Return the fold that knows a customer."""
        return self._folds[_part(customer_id, len(self._folds))]

    def canonical(self, customer_id: str) -> str:
        """Return whom an id leads to."""
        return self.fold_of(customer_id).canonical(customer_id)

    def go_through(self, past: PastEvents, end: int | None) -> None:
        """Fold all events up to a moment, and what is due by then."""
        self._divide(apart=past.apart)
        batch = _following(past)
        if batch is not None and self._setting.history is not None:
            _check_history(self._setting.history, int(batch.timestamp[0]))
        while batch is not None:
            split = self._reading.split(batch)
            if self._apart:
                batch = self._take_apart(split, past)
            else:
                self._take_whole(split)
                batch = _following(past)
        if end is not None:
            self.time = max(self.time, end)
        if self.time != NEVER:
            run(_step, [(*pair, self.time) for pair in self._pairs()])
        for moments in self._looked_for:
            moments.settle(self.canonical)

    def _divide(self, *, apart: bool) -> None:
        """Make several folds, if customers have nothing to do with each other."""
        # who is known from before is known to each fold, so that is not divided
        self._apart = apart and self._setting.history is None and self._setting.consent is None
        if self._apart:
            more = min(PARTS_PER_THREAD * get_threads(), MOST_PARTS) - 1
            self._folds += [self._setting.new_fold() for _ in range(more)]
            for fold in self._folds:
                fold._deciding = BlockDeciding(fold._deciding)
        self.time = self._folds[0].time
        self._recorders = [FireRecorder(fold) for fold in self._folds]

    def _pairs(self) -> list[tuple[Fold, FireRecorder]]:
        return list(zip(self._folds, self._recorders, strict=True))

    def _take_apart(self, split: Any, past: PastEvents) -> EventBatch | None:
        """Fold a batch in parts, side by side, and read the next one beside them."""
        batch = split.batch
        lateness = self._setting.settings.lateness
        clock = np.maximum.accumulate(np.maximum(batch.timestamp - lateness, self.time))
        self.time = int(clock[-1])
        self._look(split, slice(None), clock)
        share = _Share(batch, clock, self.n_events, _parts_of(batch.who, len(self._folds)))
        self.n_events += len(batch)
        calls: list[tuple[Any, ...]] = [(_following, past)]
        for number, pair in enumerate(self._pairs()):
            calls.append((_step, *pair, self.time, share, number))
        following: EventBatch | None = run(_call, calls)[0]
        return following

    def _take_whole(self, split: Any) -> None:
        fold, batch = self._folds[0], split.batch
        stepped = fold.events(batch)
        decisions = [*stepped.decisions, *fold.drain(None)]
        self._recorders[0].add(decisions)
        kept = np.flatnonzero(stepped.accepted)
        before, self.time = self.time, fold.time
        late = batch.timestamp[kept] - self._setting.settings.lateness
        clock = np.zeros(len(batch), np.int64)
        clock[kept] = np.maximum.accumulate(np.maximum(late, before))
        self._look(split, stepped.accepted, clock)
        self.n_events += len(kept)
        self.n_duplicates += stepped.n_duplicates

    def _look(self, split: Any, kept: Any, clock: Ints) -> None:
        """Remember the moments that are looked for."""
        accepted = np.zeros(len(clock), bool)
        accepted[kept] = True
        for moments, named in zip(self._looked_for, split.matches, strict=True):
            moments.see(split.batch, named & accepted, split.columns, clock)

    def fires(self) -> FireColumns:
        """Return all fires in one order."""
        return joined_fires(self._recorders, self._setting.rules, self.canonical)


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """A batch of which each fold takes its own customers."""

    batch: EventBatch
    clock: Ints
    first: int
    part: NDArray[np.int8]


def _step(
    fold: Fold, recorder: FireRecorder, now: int, share: _Share | None = None, number: int = 0
) -> None:
    """Let one fold take its part of a batch, and do what is due."""
    if share is not None:
        rows = np.flatnonzero(share.part == number)
        if len(rows):
            mine = _rows_of(share.batch, rows)
            stepped = fold.events(mine, clock=share.clock[rows], ordinals=share.first + rows)
            recorder.add(stepped.decisions)
    recorder.add(fold.tick(now, None))


def _call(function: Callable[..., Any], *given: Any) -> Any:
    return function(*given)


def _following(past: PastEvents) -> EventBatch | None:
    """Return the next batch that has an event; None: there is none."""
    return next((batch for batch in past.batches if len(batch)), None)


class _Facts:
    """What the dispatcher asks: consent of the folds, and moments as they were known."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def allows(self, customer_id: str, purpose: str, at: int) -> bool:
        """Tell whether a customer allowed a use."""
        return self._run.fold_of(customer_id).allows(customer_id, purpose, at)

    def seen_since(self, customer_id: str, on: On, after: int, until: int) -> bool:
        """Tell whether an event of a filter came with ``after < timestamp <= until``."""
        return self._run._unless[on.key].seen(customer_id, after, until)


def _part(text: str, n: int) -> int:
    # of one process only; nothing that comes out depends on it
    return hash(text) % n


def _parts_of(who: Coded | list[str], n: int) -> NDArray[np.int8]:
    texts = who.texts if isinstance(who, Coded) else who
    parts = np.array([hash(text) % n for text in texts], np.int8)
    return parts[who.codes] if isinstance(who, Coded) else parts


def _rows_of(batch: EventBatch, rows: Ints) -> EventBatch:
    """Return the events at some rows, without what only a log needs."""
    return EventBatch(
        who=_taken(batch.who, rows),
        timestamp=batch.timestamp[rows],
        code=batch.code[rows],
        values=np.ascontiguousarray(batch.values[:, rows]),
        names=_taken(batch.names, rows) if len(batch.names) else [],
        withdrawals=np.flatnonzero(np.isin(rows, batch.withdrawals)).tolist(),
        source=batch.source,
    )


def _taken(column: Any, rows: Ints) -> Any:
    if isinstance(column, Coded):
        return column.take(rows)
    return [column[row] for row in rows.tolist()]


def _check_history(history: Any, first: int) -> None:
    """Refuse a history that knows what came after the first event."""
    known = int(np.datetime64(history.moment, "us").astype(np.int64))
    if known > first:
        raise InvalidArgumentError(
            f"history is of {np.datetime64(known, 'us')}, and the first event of "
            f"{np.datetime64(first, 'us')}: rules would act on what was not known yet. Give "
            "history=log.as_of(…) of a moment before the first event, or later events."
        )
