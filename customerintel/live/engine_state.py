"""What an engine and its outbox share: one lock, one store, one fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from customerintel._kernels.live_words import NEVER
from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.decision import Decision
from customerintel.live.event_times import EARLIEST, LATEST
from customerintel.live.fair_lock import FairLock
from customerintel.live.queued_actions import QueuedActions
from customerintel.live.rules_without_facts import warn_without_consent
from customerintel.live.store import Change, Store
from customerintel.schema.moments import datetime_of
from customerintel.tables.moments import read_moment

if TYPE_CHECKING:
    from customerintel.live.decoding import Decoder
    from customerintel.live.fold import Fold
    from customerintel.live.rule_set import RuleSet

__all__ = ["EngineState"]

#: So many customers and messages are written whole: that takes a few milliseconds.
FEW: Final = 4096
#: Bytes of a snapshot that go with a change, and as many again as the change itself has.
PART: Final = 1 << 18
#: Records that are forgotten with a change, and twice as many again as the change itself has.
FORGOTTEN: Final = 4


@dataclass(slots=True, eq=False, repr=False)
class EngineState:
    """The parts of an open engine.

    What is in memory must never differ from what is in the store, so whatever breaks off a
    change closes the engine for all further work: opened again, it is as the store says.
    """

    store: Store
    fold: Fold
    rules: RuleSet
    zone_name: str
    zone: tzinfo
    salt: bytes
    snapshot_every: int
    retain: int | None
    seq: int = 0
    since_snapshot: int = 0
    n_rejected: int = 0
    n_refreshed: int = 0
    offsets: dict[tuple[str, str], int] = field(default_factory=dict)
    marks: list[tuple[int, int]] = field(default_factory=list)
    past_rules: str = "{}"
    """Outline of every rule that ever was here, in its latest version."""
    _decoder: Decoder | None = None
    _queued: QueuedActions | None = None
    coming: Iterator[tuple[str, bytes]] | None = None
    """What is left of a snapshot that is written bit by bit."""
    coming_at: tuple[int, int] = (0, 0)
    """The last record that it stands for, and its time."""
    forgotten: int | None = None
    """The last record that is gone; None: not known, since nothing was forgotten yet."""
    to_forget: int = 0
    """The last record that is old enough to go."""
    reopen: Callable[[], Store] | None = None
    """Opens the store again, where it outlasts the engine and is not somebody else's object."""
    lock: FairLock = field(default_factory=FairLock)
    without_consent: dict[str, None] | None = field(default_factory=dict)
    """Rules of which a fire wanted consent, to be told if nobody's is known; None: no more."""
    changes: bool = False
    broken: bool = False
    closed: bool = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock, if the engine may still be used."""
        with self.lock:
            self.check_usable()
            yield

    def check_usable(self) -> None:
        """Refuse to go on with an engine that is closed or broke off.

        Raises
        ------
        LiveStoreError
            If it is.
        """
        if self.closed:
            raise LiveStoreError("The engine is closed. Open its store with a new Engine to go on.")
        if self.broken:
            raise LiveStoreError(
                "The engine broke off in a change, so that it may differ from its store. Close it "
                "and reopen the store: the store decides what was committed."
            )

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock for a change; whatever interrupts it closes the engine for work."""
        with self.reading():
            if self.changes:
                raise InvalidArgumentError(
                    "The engine is in the middle of a change, and what it calls in it (a "
                    "Predicate) cannot change it again. Read what you need from its argument."
                )
            self.changes = True
            try:
                yield
            except BaseException:
                self.broken = True
                raise
            finally:
                self.changes = False

    @property
    def decoder(self) -> Decoder:
        """The reader of events for the rules as they are now."""
        from customerintel.live.decoding import Decoder

        wanted = self.fold.plan.wanted
        if self._decoder is None or self._decoder.wanted is not wanted:
            self._decoder = Decoder(wanted, salt=self.salt)
        return self._decoder

    def write(self, change: Change) -> None:
        """Write one transaction."""
        self.seq = self.store.write(change)

    def add_decisions(self, change: Change, decisions: Iterable[Decision]) -> None:
        """Put the rows of the outbox that follow from decisions into a change."""
        if self._queued is None or self._queued.rules is not self.rules:
            self._queued = QueuedActions(self.rules)
        of, canonical = self._queued.of, self.fold.canonical
        for decision in decisions:
            change.actions += of(decision, canonical)
            if decision.reason == "consent" and self.without_consent is not None:
                self.without_consent[decision.rule_id] = None

    def tell(self) -> None:
        """Warn once, after a change, of rules that need consent where nobody's is known."""
        if self.without_consent:
            found, self.without_consent = self.without_consent, None
            if not len(self.fold.customers.consents):
                warn_without_consent(found)

    def drain(self, portion: int) -> int:
        """Work off everything that is due, each portion in its own transaction."""
        n_decisions = 0
        while self.fold.pending:
            decisions = self.fold.drain(portion)
            n_decisions += len(decisions)
            if decisions:
                change = Change()
                self.add_decisions(change, decisions)
                self.write(change)
        return n_decisions

    def add_snapshot(self, change: Change) -> None:
        """Let a change replace the snapshot, and forget the records that are old enough."""
        change.snapshot = self.fold.parts()
        self.coming = self.fold.state.writer = None
        self.since_snapshot = 0
        # all records up to `seq` are from before this moment
        self._forget(change, self.seq, self.fold.time)

    def wants_snapshot(self, *, whole: bool) -> bool:
        """Tell whether one is due; a small one is written whole, of which nobody notices."""
        if self.since_snapshot < self.snapshot_every or self.coming is not None:
            return False
        return whole == (max(self.fold.state.n_rows, len(self.fold.seen)) <= FEW)

    def begin_snapshot(self) -> None:
        """Begin a snapshot of now that is written bit by bit beside what comes."""
        self.coming, self.coming_at = self.fold.parts(bit_by_bit=True), (self.seq, self.fold.time)
        self.since_snapshot = 0

    def go_on(self, change: Change) -> None:
        """Let a change write some more of the snapshot that was begun, and forget some more."""
        self._go_on_with_snapshot(change)
        if self.forgotten is not None and self.forgotten < self.to_forget:
            self.forgotten += FORGOTTEN + 2 * len(change.records)
            self.forgotten = min(self.forgotten, self.to_forget)
            change.forget_before = self.forgotten

    def _go_on_with_snapshot(self, change: Change) -> None:
        size, most = 0, PART + sum(len(body) for _, body in change.records)
        while self.coming is not None and size < most:
            part = next(self.coming, None)
            if part is not None:
                change.coming.append(part)
                size += len(part[1])
                continue
            self.coming, change.complete = None, self.coming_at[0]
            self._forget(change, *self.coming_at)

    def _forget(self, change: Change, seq: int, time: int) -> None:
        """Let a change forget the records that are old enough, once a snapshot has those."""
        if self.retain is None:
            return
        self.marks.append((seq, time))
        old = [mark for mark in self.marks if mark[1] <= self.fold.time - self.retain]
        if old:
            self.to_forget = old[-1][0]
            if self.forgotten is None:
                self.forgotten = change.forget_before = self.to_forget
            self.marks = self.marks[len(old) - 1 :]
        change.meta["marks"] = ";".join(f"{seq},{at}" for seq, at in self.marks)

    def moment(self, value: Any, name: str) -> int:
        """Return microseconds UTC of a moment that a caller gave; None: the engine's own time.

        A date is the last microsecond of that day; a datetime without a zone is of the
        engine's.
        """
        if value is None:
            return self.fold.time
        return read_now(value, self.zone_name, name)

    def shown_time(self) -> datetime | None:
        """Return the engine's time in its zone."""
        at = self.fold.time
        return None if at == NEVER else datetime_of(at).astimezone(self.zone)


def read_now(value: Any, zone_name: str, name: str) -> int:
    """Return microseconds UTC of a moment; one at midnight is meant as it is.

    Raises
    ------
    InvalidArgumentError
        If it is no moment, or one at which no event can be.
    """
    if isinstance(value, str) and len(value.strip()) > 10:
        with suppress(ValueError):  # read_moment says what is wrong with it
            value = datetime.fromisoformat(value.strip())
    is_midnight = isinstance(value, datetime) and value == value and value.time() == time.min
    # a clock may tick at midnight: nothing to warn of
    moment = value + timedelta(microseconds=1) if is_midnight else value
    at = read_moment(moment, zone_name, name=name) - is_midnight
    if not EARLIEST <= at <= LATEST:
        raise InvalidArgumentError(
            f"{name} lies before 1970 or after 2100, where no event is. Give the moment as it is "
            "now; time never goes back."
        )
    return at
