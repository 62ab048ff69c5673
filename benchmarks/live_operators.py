"""Rules as one keyed operator each, in the per-event style of stream engines and online learning.

``on_item(state, time, item)`` is called for each event, as in Bytewax's `stateful_map` or with
River's rolling statistics per key, but without such an engine's own cost of moving items about.
They are spared the rule that needs midnights and the one that reads another's window. Nothing is
durable.
"""

from __future__ import annotations

from collections import defaultdict, deque
from heapq import heappop, heappush
from typing import Any

from live_rivals import COUNTS, SUM, TIMERS, Fire
from live_streams import ADDED, DAY, ORDER, VIEWED


class Operator:
    """Keeps a state per key and is called for each event of its kinds."""

    kinds: tuple[int, ...] = ()

    def __init__(self, rule: int) -> None:
        self.rule = rule
        self.states: dict[Any, Any] = defaultdict(self.fresh)

    def fresh(self) -> Any:
        """Return the state of a new key."""
        return {}

    def on_item(self, state: Any, time: int, item: dict[str, Any]) -> list[int]:
        """Return when it fires."""
        raise NotImplementedError


class Rolling(Operator):
    """Count or sum of a window, at least some value."""

    def __init__(
        self, rule: int, kind: int, window: int, least: float, key: str | None = None
    ) -> None:
        super().__init__(rule)
        self.kinds, self.window, self.least, self.key = (kind,), window, least, key

    def fresh(self) -> Any:
        return {"items": deque(), "sum": 0.0, "over": False}

    def on_item(self, state: Any, time: int, item: dict[str, Any]) -> list[int]:
        """Add, forget what is old, and compare."""
        items = state["items"]
        while items and items[0][0] <= time - self.window:
            state["sum"] -= items.popleft()[1]
        state["over"] = state["over"] and state["sum"] >= self.least
        value = 1.0 if self.key is None else item[self.key]
        items.append((time, value))
        state["sum"] += value
        fired = state["sum"] >= self.least and not state["over"]
        state["over"] = state["over"] or fired
        return [time] if fired else []


class Silence(Operator):
    """Fires where something does not follow; asks for a call at the deadline."""

    def __init__(self, rule: int, after: int, of: int, within: int) -> None:
        super().__init__(rule)
        self.kinds, self.after, self.of, self.within = (after, of), after, of, within
        self.least = 150 if rule == 0 else 6

    def on_item(self, state: Any, time: int, item: dict[str, Any]) -> list[int]:
        """Arm or disarm."""
        if item["name"] == self.of:
            state.pop("armed", None)
        if item["name"] == self.after:
            state["armed"] = time
            state["seen"] = item["total"] if self.rule == 0 else state.get("seen", 0) + 1
        return []

    def on_notify(self, state: Any, due: int) -> list[int]:
        """Fire if nothing came in between."""
        if state.get("armed") != due - self.within:
            return []
        del state["armed"]
        return [due] if state["seen"] >= self.least else []


class Simple(Operator):
    """Fires on single events with a large enough total, at most once in a while."""

    def __init__(self, rule: int, kind: int, above: float, once: int = 0) -> None:
        super().__init__(rule)
        self.kinds, self.above, self.once = (kind,), above, once

    def on_item(self, state: Any, time: int, item: dict[str, Any]) -> list[int]:
        """Compare."""
        if item["total"] <= self.above or time - state.get("last", 0) < self.once:
            return []
        state["last"] = time
        return [time]


class Steps(Operator):
    """Viewed, added, ordered within a day."""

    kinds = (VIEWED, ADDED, ORDER)

    def on_item(self, state: Any, time: int, item: dict[str, Any]) -> list[int]:
        """Move on."""
        name = item["name"]
        if name == VIEWED:
            state["viewed"] = time
        elif name == ADDED and time - state.get("viewed", -DAY) <= DAY:
            state["added"] = state["viewed"]
        elif name == ORDER and time - state.get("added", -2 * DAY) <= DAY:
            state.clear()
            return [time]
        return []


class Operators:
    """All operators over one stream, and one heap for their deadlines."""

    def __init__(self) -> None:
        counts = [Rolling(*one) for one in COUNTS]
        silences = [Silence(*one) for one in TIMERS]
        more = [Rolling(SUM[0], ORDER, SUM[1], SUM[2], "total"), Steps(16), Simple(17, ORDER, 150)]
        self.all: list[Operator] = [*counts, *silences, *more, Simple(19, ADDED, 150, 7 * DAY)]
        self.heap: list[tuple[int, int, Any]] = []
        self.fires: list[Fire] = []

    def run(
        self, customers: list[Any], times: list[int], names: list[int], totals: list[float]
    ) -> None:
        """Hand each event to each operator that is about its kind."""
        heap = self.heap
        for who, time, name, total in zip(customers, times, names, totals, strict=True):
            while heap and heap[0][0] <= time:
                due, k, one = heappop(heap)
                timed = self.all[k]
                assert isinstance(timed, Silence)
                for at in timed.on_notify(timed.states[one], due):
                    self.fires.append((timed.rule, one, at))
            item = {"name": name, "total": total}
            for k, operator in enumerate(self.all):
                if name not in operator.kinds:
                    continue
                for at in operator.on_item(operator.states[who], time, item):
                    self.fires.append((operator.rule, who, at))
                if isinstance(operator, Silence) and name == operator.after:
                    heappush(heap, (time + operator.within, k, who))
