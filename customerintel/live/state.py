"""The state of a fold: records of all customers, and what runs over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_words as w
from customerintel.live.beginnings import Beginnings, call
from customerintel.live.fires import Fires
from customerintel.live.layout import Layout
from customerintel.live.plan import Plan
from customerintel.live.record_packing import Portion, RecordWriter, unpack_records
from customerintel.live.relayout import copy_items, fill_items

__all__ = ["FoldState"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: With a larger budget, work that is due may be anybody's.
_MOST_LISTED: Final = 1 << 16


class FoldState(Beginnings):
    """Records of all customers under one plan, and the kernels that run over them.

    Parameters
    ----------
    plan : Plan
        Compiled rules.
    capacity : int
        Customers for whom there is room at first.
    """

    _running = False
    #: Of a snapshot that is written bit by bit.
    writer: RecordWriter | None = None

    def prepare_writer(self) -> None:
        """Have what a snapshot needs compiled at once: later on, events would wait for it."""
        RecordWriter(self, 1).prepare()
        self._whom_due(0)

    def _write_first(self, rows: Any) -> None:
        """Have records that may change written, where a snapshot needs them as they are."""
        if self.writer is not None:
            self.writer.before(rows)
            if self.writer.is_done:
                self.writer = None

    # what runs

    def _ends(self) -> tuple[Any, ...]:
        self._box[w.B_ROOM] = len(self._out)
        return self.consent, self._out.reshape(-1), self._money.reshape(-1), self._kept

    def run(
        self,
        rows: NDArray[np.int32],
        timestamps: Ints,
        codes: NDArray[np.int32],
        values: Floats,
        clock: Ints,
        start: int,
        stop: int,
    ) -> int:
        """Fold the events from `start` to `stop`; a call after an early return goes on.

        Parameters
        ----------
        rows, codes : int32 arrays, shape (n,)
            Customers, -1 for an event that is skipped; and classes of events.
        timestamps, clock : int64 arrays, shape (n,)
            Of each event, and the time of the fold after it.
        values : float64 array, shape (properties, n)
            Contiguous by property.
        start, stop : int
            Which events.

        The status is DONE, FULL (take the fires, call again) or PENDING (settle, call again).
        """
        from customerintel._kernels.live_events import run

        if not self._running:
            self._write_first(rows[start:stop])
            self._box[w.B_POSITION], self._box[w.B_PHASE] = start, 0
        given = (
            np.ascontiguousarray(rows, np.int32),
            np.ascontiguousarray(timestamps, np.int64),
            np.ascontiguousarray(codes, np.int32),
            np.ascontiguousarray(values, np.float64).reshape(-1),
            np.ascontiguousarray(clock, np.int64),
        )
        status = call(run, self._memories(), (self._wheel,), self._ends(), given, (stop,))
        self._running = status != w.DONE
        return status

    def due(self, budget: int) -> int:
        """Work off what is due up to `time`, at most `budget` customers; a status as of `run`."""
        from customerintel._kernels.live_sweep import sweep

        if self.writer is not None:
            self._write_first(self._whom_due(budget))
        return call(
            sweep, self._memories(), (self._wheel,), self._ends(), (max(self.time, 0), budget)
        )

    def _whom_due(self, budget: int) -> Ints | None:
        """Return whom `due` may touch, and some more; None: it may be anybody."""
        from customerintel._kernels.live_peeking import list_due

        if budget > _MOST_LISTED:
            return None
        rows, now = np.empty(2 * budget, np.int64), max(self.time, 0)
        n = list_due(self._table, self._box, self._flat, self._wheel, now, budget, rows)
        return rows[:n]

    @property
    def pending_work(self) -> bool:
        """Whether the last `due` left something for the next."""
        return bool(self._box[w.B_LEFT])

    def catch_up(self, row: int, until: int) -> int:
        """Work off what is due for one customer; a status as of `run`."""
        from customerintel._kernels.live_sweep import catch_up

        self._write_first([row])
        given = (row, until, max(self.time, 0))
        return call(catch_up, self._memories(), self._ends(), given)

    def catch_up_all(self) -> int:
        """Work off everything that is due up to `time`; a status as of `run`."""
        from customerintel._kernels.live_sweep import catch_up_all

        self._write_first(None)
        return call(catch_up_all, self._memories(), self._ends(), (max(self.time, 0),))

    def refresh(self, number: int, skip: Iterable[int] = ()) -> int:
        """Evaluate every rule of levels for everybody but the rows `skip`, which nobody has."""
        from customerintel._kernels.live_sweep import refresh

        self._write_first(None)
        left = [row for row in skip if row >= self._box[w.B_ROW]]
        self.words[left, w.W_FLAGS] |= w.SKIP
        return call(refresh, self._memories(), self._ends(), (max(self.time, 0), number))

    def merge(self, source: int, into: int) -> None:
        """Add one customer to another and forget the first; both are caught up."""
        from customerintel._kernels.live_merging import merge

        self._write_first([source, into])
        table, numbers, box, *views = self._memories()
        given = (self._wheel, self.plan.layout.empty, source, into, max(self.time, 0))
        call(merge, (table, numbers, box), tuple(views), given)

    def clear(self, row: int) -> None:
        """Forget a customer; the row may be somebody else's."""
        from customerintel._kernels.live_merging import clear

        self._write_first([row])
        clear(self._table, self._flat, self._wheel, self.plan.layout.empty, row)

    # what came out

    @property
    def n_fires(self) -> int:
        """How many fires wait to be taken."""
        return int(self._box[w.B_OUT])

    def fires(self) -> Fires:
        """Return a copy of the fires that wait."""
        out = self._out[: self.n_fires].T.copy()
        money = self._money[: self.n_fires]
        values = money[:, 3:].copy()
        frequency, monetary, age = money[:, :3].T.copy()
        row, rule, due, status, kind, event, trigger, at = out
        return Fires(
            row, rule, due, status, kind, event, trigger, at, frequency, monetary, age, values
        )

    def taken(self) -> None:
        """Forget the fires."""
        self._box[w.B_OUT] = 0

    def settle(self, verdicts: NDArray[Any]) -> None:
        """Put in what the predicates say: for each fire, whether it may pass."""
        from customerintel._kernels.live_fires import settle

        given = np.ascontiguousarray(verdicts, np.uint8)
        settle(self._table, self._box, self._flat, self.consent, self._out.reshape(-1), given)

    # keeping

    def layout_data(self) -> dict[str, Any]:
        """Return where everything lies, as JSON values."""
        return self.plan.layout.to_data()

    @classmethod
    def of(
        cls, plan: Plan, n_rows: int, portions: Iterable[Portion], time: int = w.NEVER
    ) -> FoldState:
        """Make a state of what a `RecordWriter` wrote under the same plan."""
        state = cls(plan, max(n_rows, 1))
        state.time, state.n_rows = time, n_rows
        unpack_records(state, portions)
        state.ensure(n_rows)
        state.hang_timers()
        return state

    def relayout(self, plan: Plan) -> FoldState:
        """Return the state under another plan: what is equal goes on, what is new is empty."""
        found = self._under(plan, self.plan.layout, self.words[: self.n_rows], self.time)
        found.rfm = self.rfm
        found.consent = self.consent
        found.look_at_trends()
        return found

    @classmethod
    def _under(cls, plan: Plan, old: Layout, words: Ints, time: int) -> FoldState:
        state = cls(plan, max(len(words), 1))
        state.ensure(len(words))
        state.time = time
        mine = state.words[: len(words)]
        copy_items(old, words, plan.layout, mine)
        flags = words[:, w.W_FLAGS]
        mine[:, w.W_FLAGS] |= flags & w.LOOK
        # whose days nobody looked at is where time is
        mine[flags & w.ASLEEP != 0, w.W_DAY] = -1
        edges = {key for key, item in plan.layout.items.items() if item.kind == "edge"}
        if edges - set(old.items):
            # a new condition may be true already
            mine[:, w.W_FLAGS] |= w.LOOK
        state.hang_timers()
        return state

    def copy_columns(
        self,
        other: FoldState,
        keys: Mapping[str, int],
        rows_here: NDArray[np.int32],
        rows_there: NDArray[np.int32],
    ) -> None:
        """Take items, see `fill_items`, over from a state under the same plan."""
        if len(rows_here):
            here = self.words[rows_here]
            words = other.words[rows_there]
            fill_items(self.plan.layout, words, here, keys)
            self.words[rows_here] = here
        self.hang_timers()
        self.look_at_trends()
