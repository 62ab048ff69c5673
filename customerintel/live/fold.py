"""The fold: one deterministic function over one ordered log of what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import NEVER
from customerintel.live.decision import Decision
from customerintel.live.fold_asking import no_faults, verdicts_of
from customerintel.live.fold_customers import Customers, salts_of
from customerintel.live.fold_decisions import Deciding, Triggers
from customerintel.live.fold_intake import Intake
from customerintel.live.fold_queries import FoldQueries
from customerintel.live.fold_seen import SeenMessages
from customerintel.live.stepped import Stepped

if TYPE_CHECKING:
    from customerintel.live.event_batch import EventBatch
    from customerintel.live.fold_attributes import RefreshValues
    from customerintel.live.plan import Plan
    from customerintel.live.rule import Holdout
    from customerintel.live.rule_set import RuleSet
    from customerintel.live.state import FoldState
    from customerintel.rfm import RFMThresholds, SegmentScheme
    from customerintel.tables import History

__all__ = ["Fold", "Stepped"]

_TO_ASK = 3
_NOTHING = Triggers()


class Fold(FoldQueries):
    """State of all customers, and what follows from all that happens to them.

    It knows no clock, thread, network or file: the same calls give the same decisions, live, in
    a backtest, after a recovery and in a dry run, whatever the sizes of the batches.

    Parameters
    ----------
    rules : RuleSet
        What is looked for.
    zone : str, default "UTC"
        IANA name of the zone in which days end.
    lateness : int, default 0
        How far the fold's time stays behind the latest event, microseconds.
    scheme, thresholds : SegmentScheme, RFMThresholds, optional
        Names and cut points of the segments; `seed` and `refresh` bring them, too.
    holdout : Holdout, optional
        A control group for all rules.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        zone: str = "UTC",
        lateness: int = 0,
        scheme: SegmentScheme | None = None,
        thresholds: RFMThresholds | None = None,
        holdout: Holdout | None = None,
    ) -> None:
        from customerintel.live.plan import compile_rules
        from customerintel.live.state import FoldState

        self.rules, self.zone, self.lateness, self.holdout = rules, zone, lateness, holdout
        self.scheme, self.thresholds = scheme, thresholds
        self.alive: tuple[float, float, float, float] | None = None
        plan = compile_rules(rules, zone, scheme, lateness)
        self.n_accepted = 0
        self.n_refreshed = 0
        #: The latest predicates that raised; they are no part of the state.
        self.faults = no_faults()
        #: The time up to which everything was worked off by the last `drain`.
        self.drained: int | None = NEVER
        self.seen = SeenMessages()
        #: Expressions that the last change of rules brought, with the buckets they had before.
        self.new_keys: dict[str, int] = {}
        self.take(plan, FoldState(plan), Customers(plan, salts_of(plan, holdout)))

    def take(self, plan: Plan, state: FoldState, customers: Customers) -> None:
        """Go on with this plan, state and customers."""
        self.plan, self.state, self.customers = plan, state, customers
        self._deciding = Deciding(plan, self.holdout, customers.ids, customers.arms)
        self.show_rfm()
        customers.fit(state)

    def replan(self, rules: RuleSet) -> None:
        """Compile rules and move every record to where they have it."""
        from customerintel.live.plan import compile_rules

        plan = compile_rules(rules, self.zone, self.scheme, self.lateness)
        state = self.state.relayout(plan)
        state.time = self.time
        self.take(plan, state, self.customers)
        self.customers.replan(state, plan)
        self.drained = None

    def show_rfm(self) -> None:
        """Give the kernels the cut points and parameters there are."""
        from customerintel.live.plan_rfm import pack_rfm

        self.state.rfm = pack_rfm(self.thresholds, self.scheme, alive=self.alive)

    # -- what happens ----------------------------------------------------------------------

    def drive(
        self, call: Callable[..., Any], *given: Any, triggers: Triggers = _NOTHING
    ) -> list[Decision]:
        """Call a kernel until it is done; ask predicates and collect decisions in between."""
        decisions: list[Decision] = []
        while True:
            status = call(*given)
            if self.state.n_fires:
                fires = self.state.fires()
                if (fires.status == _TO_ASK).any():
                    self.state.settle(verdicts_of(self, fires, triggers))
                    fires = self.state.fires()
                decisions += self._deciding.decisions(fires, triggers)
                self.state.taken()
            if not status:
                return decisions

    def events(
        self,
        batch: EventBatch,
        *,
        clock: NDArray[np.int64] | None = None,
        ordinals: NDArray[np.int64] | None = None,
    ) -> Stepped:
        """Apply events in their order.

        Parameters
        ----------
        batch : EventBatch
            Valid events.
        clock : ndarray of int64, optional, shape (n,)
            The fold's time when each is applied, where a part of a larger stream is folded by
            itself; by default the fold keeps it.
        ordinals : ndarray of int64, optional, shape (n,)
            Number of each event in the larger stream.
        """
        n = len(batch)
        fresh, own = self._fresh(batch)
        clock = own if clock is None else clock
        n_fresh = int(fresh.sum())
        if ordinals is None:
            ordinals = self.n_accepted + np.cumsum(fresh) - 1
        decisions = Intake(self, batch, fresh, clock, ordinals).run() if n_fresh else []
        self.n_accepted += n_fresh
        return Stepped(fresh, decisions, n - n_fresh)

    def _fresh(self, batch: EventBatch) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Tell which events are no duplicates, and the time at each."""
        if len(batch.keys) == len(batch) and batch.keys.any():
            return self.seen.mark(batch.keys, batch.timestamp, self.lateness, self.time)
        late = np.maximum(batch.timestamp - self.lateness, self.time)
        return np.ones(len(batch), bool), np.maximum.accumulate(late)

    def tick(self, now: int, budget: int | None = 65_536) -> list[Decision]:
        """Let time pass, and do due work; :attr:`pending` tells whether some is left.

        Parameters
        ----------
        now : int
            Microseconds UTC; time never goes back.
        budget : int or None, default 65536
            So many customers are looked at, about; None: all.
        """
        self.state.time = max(self.time, now)
        return self.drain(budget)

    def drain(self, budget: int | None = None) -> list[Decision]:
        """Do work that is due by the fold's time, as `tick` does."""
        most = (1 << 62) if budget is None else budget
        decisions = self.drive(self.state.due, most)
        if not self.state.pending_work:
            self.drained = self.time
        return decisions

    def catch_up(self, rows: Iterable[int]) -> list[Decision]:
        """Do the due work of some customers."""
        decisions: list[Decision] = []
        for row in rows:
            decisions += self.drive(self.state.catch_up, row, self.time)
        return decisions

    def catch_up_all(self) -> list[Decision]:
        """Do all due work."""
        return self.drive(self.state.catch_up_all)

    def merge(self, source: str, into: str) -> list[Decision]:
        """Let one customer be another from now on; an unknown `source` only leads there."""
        ids = self.customers.ids
        here, there = ids.row(source), ids.row(into)
        if source == into or (here >= 0 and here == there):
            return []
        decisions = self.catch_up(row for row in (here, there) if here >= 0 and row >= 0)
        gone, kept = ids.lead(source, into)
        self.customers.fit(self.state)
        if gone >= 0:
            self.customers.merge(self.state, gone, kept)
        return decisions

    def erase(self, ids: Sequence[str]) -> set[str]:
        """Forget customers at once; nothing of them fires any more.

        Returns
        -------
        set of str
            The ids given, and every id that led to the same customers.
        """
        return self.customers.erase(self.state, ids)

    def consent(self, entries: Any) -> list[Decision]:
        """Append a `ConsentLedger`, or entries, to what customers allow."""
        from customerintel.live.fold_consent import ledger_of, lines_of

        lines = lines_of(ledger_of(entries), self.customers.ids)
        rows = np.unique(lines.row)
        self.customers.fit(self.state)
        decisions = self.catch_up(rows.tolist())
        self.customers.consents.add(lines)
        if len(rows):
            self.customers.put_consent(self.state, rows)
        return decisions

    def seed(self, history: History | RefreshValues, **given: Any) -> None:
        """Begin with what a history tells; nothing fires by that.

        Parameters
        ----------
        history : History or RefreshValues
            The fold's time starts at its moment.
        **given
            With a history, as for `refresh_values`: `given`, `relationships`, `alive`.
        """
        from customerintel.live.fold_changes import seed

        seed(self, history, given)

    def refresh(self, values: RefreshValues) -> list[Decision]:
        """Take over scores, relationships and cut points; rules may fire by what changes."""
        from customerintel.live.fold_changes import refresh

        return refresh(self, values)

    def change_rules(self, rules: RuleSet) -> list[Decision]:
        """Go on with other rules; what equal expressions know stays."""
        from customerintel.live.fold_changes import change_rules

        return change_rules(self, rules)

    def backfill_from(self, past: Iterable[EventBatch | tuple[str, str] | int]) -> None:
        """Let what the last change of rules brought know the past; nothing fires.

        In their order: events read for the rules of now, merges (source and into) and ticks.
        """
        from customerintel.live.fold_backfill import backfill

        backfill(self, past)

    # -- snapshots -------------------------------------------------------------------------

    def parts(self, *, bit_by_bit: bool = False) -> Iterator[tuple[str, bytes]]:
        """Yield the state as it is now as named bytes; `bit_by_bit`: while the fold goes on."""
        from customerintel.live.fold_saving import parts_bit_by_bit, parts_of

        return parts_bit_by_bit(self) if bit_by_bit else parts_of(self)

    @classmethod
    def restore(
        cls,
        parts: Mapping[str, bytes],
        rules: RuleSet,
        *,
        zone: str | None = None,
        lateness: int | None = None,
        scheme: SegmentScheme | None = None,  # noqa: ARG003 - that of the snapshot holds
        holdout: Holdout | None = None,
    ) -> Self:
        """Return the fold that `parts` described; zone and lateness must be as they were.

        Raises
        ------
        LiveStoreError
            If a part is missing or damaged, or of other rules or settings.
        StoreVersionError
            If it was written in another format.
        """
        from customerintel.live.fold_saving import restored

        return restored(cls, parts, rules, {"zone": zone, "lateness": lateness, "holdout": holdout})
