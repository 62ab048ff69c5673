"""The live engine: events in, decisions out, everything durable."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from customerintel.live import engine_structure as structure
from customerintel.live.engine_changes import EngineChanges
from customerintel.live.engine_ingest import Ingested, ingest
from customerintel.live.engine_opening import Opening, open_engine
from customerintel.live.engine_rules import rule_set_of
from customerintel.live.engine_settings import check_is_there, open_store, read_settings, reopener
from customerintel.live.engine_structure import Ticked
from customerintel.live.lengths import read_length
from customerintel.live.outbox import Outbox
from customerintel.models.arguments import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from customerintel.live.rule import Holdout, Rule
    from customerintel.live.rule_set import RuleSet
    from customerintel.live.store import Store
    from customerintel.rfm import SegmentScheme
    from customerintel.tables import ConsentLedger, History, InteractionLog, SurveyLog

__all__ = ["Engine"]


class Engine(EngineChanges):
    """Rules that act on live events; each fires once, on time, and nothing is lost in a crash.

    Parameters
    ----------
    rules : Rule, iterable of Rule, or RuleSet, or None
        What to do when. Where the store was left with other rules, they are changed as by
        `change_rules`: timers and counters of rules that are not given end, and their actions are
        not sent. None: go on with the rules that the store was left with.
    store : str, path or Store, default "live.db"
        An SQLite file, ``":memory:"``, a ``postgresql://`` address, or an open store. One engine
        at a time has it, and closes it.
    history : History, optional
        What is known of the customers when the store is started: purchases, counted by days of
        `tz`, and with them segments, scores and relationships. What is true by it has turned true
        before, so that nothing fires. Later the store knows better: see `refresh`.
    tz : str, optional
        Zone of calendar days and quiet hours, and of moments without a zone that are given to
        methods; by default that with which the store was started, UTC for a new one. Timestamps
        of events without a zone are UTC, as in all tables of the library.
    consent : ConsentLedger, optional
        Who allows what. Entries that the store had before are not taken again.
    lateness : str or timedelta, optional
        How far the engine's time stays behind the latest event, for events out of order; by
        default as the store was started, ``"0s"`` for a new one.
    holdout : Holdout, optional
        Share of customers for whom no rule acts; by default as the store was started.
    snapshot_every : int, default 1,000,000
        Events after which the state is written; a recovery starts there. Where there are many
        customers, it is written bit by bit beside the events that follow, so that none waits.
    retain : str or timedelta, optional
        How long records are kept that a snapshot stands for. By default they all are, which
        `change_rules` with `backfill` needs.
    relationships : RelationshipTable or mapping, optional
        Relationship of each customer, for `history`; by default, where a rule reads it,
        `relationships.classify` is asked, with `interactions` and `survey`.
    interactions, survey : InteractionLog, SurveyLog, optional
        For that.
    scheme : SegmentScheme or str, optional
        Names of the segments; by default those of `score_rfm` for 5 bins.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, a rule has changed without a new version, or the store was
        started with another zone, lateness or holdout.
    StoreLockedError
        If another engine has the store.
    StoreVersionError
        If it is of another version.
    LiveStoreError
        If it cannot be read or written.

    Notes
    -----
    Nothing here looks at a clock: time is that of the events and of `tick`. Threads may share an
    engine; it does one thing at a time. When a change fails (a full disk, an interrupt), every
    later call raises `LiveStoreError`: close the engine and open the store again, which goes on
    exactly where the last transaction ended.

    Examples
    --------
    >>> from customerintel import live
    >>> cart = live.Rule(
    ...     id="cart-30m", version=1, do=[live.Action("email", template="cart")],
    ...     when=live.Absence(
    ...         after=live.On("Product Added"), of=live.On("Order Completed"), within="30m"
    ...     ),
    ... )
    >>> engine = live.Engine([cart], store=":memory:")
    >>> engine.ingest(
    ...     {"event": "Product Added", "userId": "c42", "timestamp": "2026-05-01T10:00:00Z"}
    ... )
    Ingested(accepted=1, duplicates=0, kept_aside=0, decisions=0, pending=0)
    >>> engine.tick("2026-05-01T10:30:00Z")
    Ticked(fired=1, pending=0)
    >>> engine.outbox.lease(10)[0].due_at.isoformat()
    '2026-05-01T10:30:00+00:00'
    >>> engine.close()
    """

    def __init__(
        self,
        rules: Rule | Iterable[Rule] | RuleSet | None,
        store: Any | Store = "live.db",
        *,
        history: History | None = None,
        tz: str | None = None,
        consent: ConsentLedger | None = None,
        lateness: str | timedelta | None = None,
        holdout: Holdout | None = None,
        snapshot_every: int = 1_000_000,
        retain: str | timedelta | None = None,
        relationships: Any = None,
        interactions: InteractionLog | None = None,
        survey: SurveyLog | None = None,
        scheme: SegmentScheme | str | None = None,
    ) -> None:
        self._sources = {
            "relationships": relationships, "interactions": interactions, "survey": survey,
            "scheme": scheme,
        }  # fmt: skip
        opening = Opening(
            rule_set_of([] if rules is None else rules),
            read_settings(tz, lateness, holdout),
            history,
            consent,
            whole_number(snapshot_every, "snapshot_every", "events", least=1),
            None if retain is None else read_length(retain, "retain"),
            self._sources,
            as_left=rules is None,
        )
        if rules is None:
            check_is_there(store)
        opened = open_store(store)
        try:
            self._state = open_engine(opening, opened)
        except BaseException:
            opened.close()
            raise
        self._state.reopen = reopener(store)
        self._outbox = Outbox(self._state)

    @property
    def outbox(self) -> Outbox:
        """What is to be done, and what was."""
        return self._outbox

    def ingest(self, events: Any, received: Any = None) -> Ingested:
        """Take events in, decide on them, and store it all.

        Parameters
        ----------
        events : Event, dict, JSON text or bytes, iterable of these, table, or SourceBatch
            In the order in which they came; the rows of a table are put in order of their
            receipt, or time. Text and bytes are one event or JSON Lines.
        received : date, datetime, datetime64 or str, optional
            When they arrived, for events that do not say so; no event is later than that.

        Returns
        -------
        Ingested
            Counts. Up to 8,192 events are one transaction; when this returns, all are stored.
            Where an iterable raises, what it gave before is stored, then its exception goes on.

        Raises
        ------
        InvalidArgumentError
            If `events` are none, or offsets do not fit. What cannot be read within them is kept
            aside instead.
        LiveStoreError
            If the store cannot be written, or the engine is closed.
        """
        return ingest(self._state, events, received)

    def tick(self, now: Any = None, *, most: int = 65_536) -> Ticked:
        """Let time pass: deadlines and ends of days up to `now` are worked off.

        Parameters
        ----------
        now : date, datetime, datetime64 or str, optional
            The moment. A date is the end of that day, a datetime without zone is of the engine's.
            By default, or where it is before the engine's time, only work that was put off is
            done.
        most : int, default 65536
            So many customers are looked at, about. Give less where events wait meanwhile, as in a
            loop of one thread: 8,192 take some ten milliseconds.

        Returns
        -------
        Ticked
            One call does a bounded amount of work; while its `pending` is not 0, call again.

        Raises
        ------
        InvalidArgumentError
            If `now` is no moment, or `most` no whole number from 1 on.
        """
        bound = whole_number(most, "most", "customers", least=1)
        with self._state.reading():
            at = self._state.moment(now, "now")
        return structure.tick(self._state, at, bound)

    def snapshot(self) -> None:
        """Write the state as a whole now; a recovery starts there."""
        structure.write_snapshot(self._state)

    def close(self) -> None:
        """Write a snapshot if there is anything new, and give the store back; twice is fine."""
        with self._state.lock:
            if self._state.closed:
                return
            try:
                state = self._state
                is_new = state.since_snapshot or state.coming is not None
                if is_new and not state.broken:
                    structure.write_snapshot(self._state)
            finally:
                self._state.closed = True
                self._state.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
