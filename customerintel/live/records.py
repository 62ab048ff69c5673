"""What is known of every customer: one aligned memory, a record each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_words as w
from customerintel.live.growing import Growing
from customerintel.live.plan import Plan
from customerintel.live.plan_parts import CounterKey
from customerintel.live.plan_rfm import pack_rfm

__all__ = ["Records"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Fires that are held before somebody takes them, at least.
_ROOM: Final = 8192


class Records:
    """Records of all customers under one plan, to be read.

    Parameters
    ----------
    plan : Plan
        Compiled rules.
    capacity : int
        Customers for whom there is room at first.
    """

    def __init__(self, plan: Plan, capacity: int = 1024) -> None:
        self.plan = plan
        self.time: int = w.NEVER
        self.n_rows = 0
        self.consent: Ints = np.zeros(2, np.int64)
        self._memory = Growing(max(capacity, 1) * plan.layout.width, huge=True)
        self._table = plan.table
        n_edges = int(plan.table[w.T_EDGE_WORDS])
        self._box = np.zeros(w.BOX_HEAD + plan.n_leaves + n_edges, np.int64)
        self._box[w.B_LOOKED] = w.NEVER
        self._wheel = np.zeros(w.WHEEL_SIZE if plan.timers else 1, np.int64)
        room = max(_ROOM, 4 * len(plan.rules))
        self._out = np.zeros((room, w.OUT_SIZE), np.int64)
        self._money = np.zeros((room, 3 + plan.n_properties), np.float64)
        self._kept = np.full(plan.n_properties, np.nan)
        self._numbers = plan.numbers
        self.rfm = pack_rfm(None, None)

    def __repr__(self) -> str:
        size = 8 * self.plan.layout.width
        return f"{type(self).__name__}({self.n_rows} customers, {size} bytes each)"

    @property
    def _flat(self) -> Ints:
        return self._memory.array

    @property
    def words(self) -> Ints:
        """Records as whole numbers, shape (capacity, width)."""
        return self._flat.reshape(-1, self.plan.layout.width)

    @property
    def floats(self) -> Floats:
        """The same memory as floating-point numbers."""
        return self._flat.view(np.float64).reshape(-1, self.plan.layout.width)

    @property
    def halves(self) -> NDArray[np.uint16]:
        """The same memory as numbers of 16 bits."""
        return self._flat.view(np.uint16).reshape(-1, 4 * self.plan.layout.width)

    @property
    def rfm(self) -> Floats:
        """Cut points, segments and model parameters, as of `pack_rfm`."""
        return self._numbers[int(self._table[w.T_RFM]) :]

    @rfm.setter
    def rfm(self, packed: Floats) -> None:
        self._numbers = np.concatenate([self.plan.numbers, packed])

    def ensure(self, n: int) -> None:
        """Make room for the rows 0 to n - 1; new ones know nothing."""
        width = self.plan.layout.width
        if n * width > len(self._memory):
            self._memory.grow(max(n, 2 * len(self._memory) // width) * width)
        if n > self.n_rows:
            self.words[self.n_rows : n] = self.plan.layout.empty
            self.n_rows = n
            self._box[w.B_MARKED] |= self.plan.layout.empty[w.W_FLAGS] & w.LOOK
        self._box[w.B_ROWS] = self.n_rows

    def _memories(self) -> tuple[Any, ...]:
        flat = self._flat
        return (
            self._table, self._numbers, self._box, flat, flat.view(np.float64),
            flat.view(np.uint16),
        )  # fmt: skip

    # reading

    def count(self, row: int, key: CounterKey, n_buckets: int, t: int) -> float:
        """Return what a counter counts in the last buckets up to a moment."""
        from customerintel._kernels.live_reading import count_at

        table, _, _, words, floats, halves = self._memories()
        base, place = row * self.plan.layout.width, self.plan.counters[key].place
        return float(count_at(table, words, floats, halves, base, place, n_buckets, t))

    def segment(self, row: int, t: int) -> int:
        """Return the code of the segment at a moment; -1 without one."""
        from customerintel._kernels.live_reading import segment_at

        table, numbers, _, words, floats, _ = self._memories()
        return int(segment_at(table, numbers, words, floats, row * self.plan.layout.width, t))

    def alive(self, row: int, t: int) -> float:
        """Return P(alive) at a moment."""
        from customerintel._kernels.live_reading import probability_at

        table, numbers, _, words, *_ = self._memories()
        return float(probability_at(table, numbers, words, row * self.plan.layout.width, t))

    def left(self) -> int:
        """Return how many customers `due` has still to look at, at most; all are not counted."""
        now, box = max(self.time, 0), self._box
        days = box[w.B_ROWS] - box[w.B_DAY_ROW] if box[w.B_DAY] < self.plan.day_of(now) else 0
        if not (self.plan.has_day_ends or box[w.B_MARKED]):
            days = 0
        if not self.plan.timers:
            return int(days)
        # timers that hang in the groups of seconds up to now
        first = max(int(box[w.B_SECOND]), now // w.SECOND - w.WHEEL + 1) // w.GROUP
        groups = np.arange(first, now // w.SECOND // w.GROUP + 1) % (w.WHEEL // w.GROUP)
        timers = self._wheel[w.WHEEL : w.HELD][np.unique(groups)].sum()
        return int(days + timers)

    def timer(self, row: int, k: int) -> tuple[int, int, int]:
        """Return when a timer was armed, last answered, and armed for its last fire."""
        at = self.plan.timers[k].offset
        armed, last_of, done = self.words[row, at : at + 3].tolist()
        return armed, last_of, done

    def day_open(self, row: int) -> int:
        """Return the local day of a customer that is not over yet; -1 where none is counted."""
        _, _, flags, seen, day = self.words[row, : w.W_DAY + 1].tolist()
        return self.plan.day_of(max(self.time, seen)) if flags & w.ASLEEP else int(day)

    def last_match(self, row: int, on: str) -> int:
        """Return the time of the last event that matches the `unless` of a rule."""
        return int(self.words[row, self.plan.layout.items[f"seen|{on}"].offset])

    def last_passed(self, row: int, rule: int) -> int:
        """Return when the customer last passed a rule; NEVER if she did not."""
        name = self.plan.rules[rule].id
        return int(self.words[row, self.plan.layout.items[f"passed|{name}"].offset])

    def edge(self, row: int, rule: int) -> bool:
        """Return whether the `when` of a rule of levels was true when last looked at."""
        item = self.plan.layout.items.get(f"edge|{self.plan.rules[rule].when.key}")
        return item is not None and bool(self.words[row, item.offset] >> item.part & 1)
