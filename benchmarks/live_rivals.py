"""The twenty rules in plain Python, as a good engineer writes them by hand.

A dict of customers with slots, deques for windows, one heap of deadlines with lazy cancelling,
lists of what each kind of event does. Windows roll exactly here; the library's move in grains.
Nothing is durable.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Any

from live_streams import ADDED, DAY, HOUR, MINUTE, OPENED, ORDER, START, VIEWED, VISIT

#: Rule, the event that arms, the one that disarms, and how long.
TIMERS = (
    (0, ADDED, ORDER, 30 * MINUTE), (1, VIEWED, ORDER, 7 * DAY), (2, VISIT, VISIT, 10 * DAY),
    (3, ORDER, ORDER, 12 * DAY), (4, OPENED, VISIT, 3 * DAY),
)  # fmt: skip
#: Rule, event, window, and the least count.
COUNTS = (
    (5, VIEWED, 7 * DAY, 25), (6, VIEWED, 36 * HOUR, 12), (7, ADDED, 7 * DAY, 8),
    (8, VISIT, 7 * DAY, 8), (9, VISIT, 14 * DAY, 12), (10, OPENED, 30 * DAY, 6),
    (11, ORDER, 30 * DAY, 4), (13, VIEWED, 6 * HOUR, 6), (14, ADDED, HOUR, 3),
)  # fmt: skip
SUM = (12, 30 * DAY, 300.0)
Fire = tuple[int, Any, int]


class _State:
    """Of one customer."""

    __slots__ = (
        "armed", "cart", "cooled", "counts", "over", "spent", "start", "sum", "visits",
    )  # fmt: skip

    def __init__(self) -> None:
        self.armed = [0] * 5
        self.cart = 0.0
        self.counts = [deque[int]() for _ in COUNTS]
        self.over = [False] * 11
        self.spent: deque[tuple[int, float]] = deque()
        self.sum = 0.0
        self.start = [0, 0]
        self.visits: deque[int] = deque()
        self.cooled = 0


class PlainFold:
    """One loop over events; `fires` holds (rule, customer, due)."""

    def __init__(self) -> None:
        self.states: dict[Any, _State] = {}
        self.heap: list[tuple[int, int, Any, int]] = []
        self.fires: list[Fire] = []
        self.midnight = START + DAY
        self.arms = [[k for k, t in enumerate(TIMERS) if t[1] == e] for e in range(5)]
        self.ends = [[k for k, t in enumerate(TIMERS) if t[2] == e] for e in range(5)]
        self.adds = [
            [
                (k, rule, window, n)
                for k, (rule, event, window, n) in enumerate(COUNTS)
                if event == e
            ]
            for e in range(5)
        ]

    def run(
        self, customers: list[Any], times: list[int], names: list[int], totals: list[float]
    ) -> None:
        """Apply events in order of time."""
        states, heap, fires = self.states, self.heap, self.fires
        arms, ends, adds = self.arms, self.ends, self.adds
        for who, time, name, total in zip(customers, times, names, totals, strict=True):
            while heap and heap[0][0] <= time:
                due, k, one, armed = heappop(heap)
                if states[one].armed[k] == armed:
                    states[one].armed[k] = 0
                    if self._wanted(states[one], k):
                        fires.append((TIMERS[k][0], one, due))
            while time >= self.midnight:
                self._day_end()
            state = states.get(who)
            if state is None:
                state = states[who] = _State()
            for k in ends[name]:
                state.armed[k] = 0
            if name == ADDED:
                state.cart = total
            for k in arms[name]:
                state.armed[k] = time
                heappush(heap, (time + TIMERS[k][3], k, who, time))
            for k, rule, window, least in adds[name]:
                times_ = state.counts[k]
                while times_ and times_[0] <= time - window:
                    times_.popleft()
                if len(times_) < least:
                    state.over[k] = False
                times_.append(time)
                if len(times_) >= least and not state.over[k]:
                    state.over[k] = True
                    fires.append((rule, who, time))
            self._more(state, who, time, name, total)

    @staticmethod
    def _wanted(state: _State, k: int) -> bool:
        """Tell whether a timer that ran out acts."""
        if k == 0:
            return state.cart > 150
        if k == 3:
            return state.sum >= 300
        return len(state.counts[(0, 0, 4, 0, 5)[k]]) >= (0, 20, 6, 0, 6)[k]

    def _more(self, state: _State, who: Any, time: int, name: int, total: float) -> None:
        fires = self.fires
        if name == VIEWED:
            state.start[0] = time
        elif name == ADDED:
            if state.start[0] and time - state.start[0] <= DAY:
                state.start[1] = state.start[0]
            if total > 150 and time - state.cooled >= 7 * DAY:
                state.cooled = time
                fires.append((19, who, time))
        elif name == VISIT:
            state.visits.append(time)
        elif name == ORDER:
            self._order(state, who, time, total)
        else:
            visits = state.counts[3]
            while visits and visits[0] <= time - 7 * DAY:
                visits.popleft()
            if len(visits) >= 6:
                fires.append((18, who, time))

    def _order(self, state: _State, who: Any, time: int, total: float) -> None:
        rule, window, least = SUM
        spent = state.spent
        while spent and spent[0][0] <= time - window:
            state.sum -= spent.popleft()[1]
        if state.sum < least:
            state.over[9] = False
        spent.append((time, total))
        state.sum += total
        if state.sum >= least and not state.over[9]:
            state.over[9] = True
            self.fires.append((rule, who, time))
        if state.start[1] and time - state.start[1] <= DAY:
            state.start = [0, 0]
            self.fires.append((16, who, time))
        if total > 150:
            self.fires.append((17, who, time))

    def _day_end(self) -> None:
        end = self.midnight
        for who, state in self.states.items():
            visits = state.visits
            if not visits:
                continue
            while visits and visits[0] < end - 6 * DAY:
                visits.popleft()
            before = sum(1 for time in visits if time < end - 3 * DAY)
            fell = before >= 4 and len(visits) - before <= 0.5 * before
            if fell and not state.over[10]:
                self.fires.append((15, who, end))
            state.over[10] = fell
        self.midnight = end + DAY
