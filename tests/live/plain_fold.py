"""A slow, obvious twin of the live kernels, for UTC and events in order of time."""

from __future__ import annotations

from dataclasses import dataclass, field

MINUTE = 60_000_000
DAY = 86_400_000_000
Fire = tuple[int, int, int, int, int]


@dataclass
class Plain:
    """The rules of `test_kernel_fold`, one customer at a time.

    Rules: 0 ``Count("A", 3 days) >= 3``, 1 ``Absence(A, B, 30 min)`` where P(x) > 5, 2
    ``Absence(A, A, 2 days)`` once per 5 days, 3 ``Sequence(A, B, C, 1 h)``, 4 ``On("B")`` where
    ``Count("C", 2 h) >= 2``, 5 ``Drop(Count("A"), 2 days, by 0.5, at least 2)``, 6
    ``Count("C", 2 h) < 1``.
    """

    row: int
    events: list[tuple[int, str, float]] = field(default_factory=list)
    fires: list[Fire] = field(default_factory=list)
    armed: dict[int, tuple[int, float]] = field(default_factory=dict)
    done: dict[int, int] = field(default_factory=dict)
    true: dict[int, bool] = field(default_factory=dict)
    starts: list[int | None] = field(default_factory=lambda: [None, None])
    passed: int | None = None
    day: int | None = None

    def count(self, name: str, grain: int, n: int, t: int) -> int:
        """Count by buckets."""
        now = t // grain
        return sum(
            1 for u, other, _ in self.events if other == name and now - n < u // grain <= now
        )

    def say(self, rule: int, due: int, kind: int, trigger: int) -> None:
        """Note a fire, with its cooldown."""
        status = 0
        if rule == 2:
            if self.passed is not None and due - self.passed < 5 * DAY:
                status = 1
            else:
                self.passed = due
        self.fires.append((due, rule, status, kind, trigger))

    def holds(self, rule: int, t: int) -> bool:
        """Evaluate a rule of levels."""
        if rule == 0:
            return self.count("A", DAY, 3, t) >= 3
        return self.count("C", MINUTE * 60, 48, t) < 1

    def level(self, rule: int, now: bool, due: int, kind: int, trigger: int) -> None:
        """Fire where something turns true."""
        if now and not self.true.get(rule, False):
            self.say(rule, due, kind, trigger)
        self.true[rule] = now

    def catch_up(self, until: int) -> None:
        """Deadlines and day ends in order of time."""
        while True:
            waits = [(at + (30 * MINUTE if k == 1 else 2 * DAY), 0, k) for k, (at, _) in
                     self.armed.items()]  # fmt: skip
            if self.day is not None:
                waits.append(((self.day + 1) * DAY, 1, 5))
            if not waits or min(waits)[0] > until:
                return
            due, is_day, k = min(waits)
            if is_day:
                self.end_day(due)
                continue
            at, x = self.armed.pop(k)
            self.done[k] = at
            if k == 2 or x > 5:
                self.say(k, due, 1, at)

    def end_day(self, due: int) -> None:
        """Look at the day that ended."""
        assert self.day is not None
        now, before = (self.count("A", DAY, 2, due - 1 - back) for back in (0, 2 * DAY))
        self.level(5, before >= 2 and now <= 0.5 * before, due, 2, self.day)
        self.level(6, self.holds(6, due - 1), due, 2, self.day)
        self.level_off(0, due - 1)
        self.day += 1

    def level_off(self, rule: int, t: int) -> None:
        """Re-arm."""
        if self.true.get(rule) and not self.holds(rule, t):
            self.true[rule] = False

    def event(self, u: int, name: str, x: float) -> None:
        """Apply one event."""
        self.catch_up(u)
        if self.day is None:
            self.day = u // DAY
        self.level_off(0, u)
        self.level_off(6, u)
        if name == "A":
            for k in (1, 2):
                if u > self.done.get(k, -1):
                    self.armed[k] = (u, x)
        if name == "B" and 1 in self.armed:
            del self.armed[1]
        complete = self.step(u, name)
        self.events.append((u, name, x))
        if name == "A":
            self.level(0, self.holds(0, u), u, 0, 0)
        if complete:
            self.say(3, u, 0, 0)
        if name == "B" and self.count("C", MINUTE, 90, u) >= 2:
            self.say(4, u, 0, 0)
        if name == "C":
            self.level(6, self.holds(6, u), u, 0, 0)

    def step(self, u: int, name: str) -> bool:
        """Move the sequence."""
        first, second = self.starts
        if name == "C" and second is not None and u - second <= 60 * MINUTE:
            self.starts = [None, None]
            return True
        if name == "B" and first is not None and u - first <= 60 * MINUTE:
            self.starts[1] = first if second is None else max(first, second)
        if name == "A":
            self.starts[0] = u
        return False
