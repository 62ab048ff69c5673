"""What is known of every customer: one aligned memory, a record each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_words as w
from customerintel.live.plan import Plan
from customerintel.live.plan_parts import CounterKey
from customerintel.live.plan_rfm import pack_rfm

__all__ = ["Records"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Fires that are held before somebody takes them, at least.
_ROOM: Final = 8192
_ALIGNED: Final = 64


def _memory(rows: int, width: int) -> Ints:
    """Return zeros that begin with a line of the processor's cache."""
    raw = np.zeros(rows * width + _ALIGNED // 8, np.int64)
    skip = -(raw.ctypes.data // 8) % (_ALIGNED // 8)
    return raw[skip : skip + rows * width]


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
        self._flat = _memory(max(capacity, 1), plan.layout.width)
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
        if n * width > len(self._flat):
            grown = _memory(max(n, 2 * len(self._flat) // width), width)
            grown[: self.n_rows * width] = self._flat[: self.n_rows * width]
            self._flat = grown
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
